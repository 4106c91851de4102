"""After sending: the own answers beside those of the own role in the last closed wave.

Nothing of this page is needed for the receipt, so a fault here takes nothing from it. What computes it is imported when
the page is asked for (`web.sessions.Services.comparisons`): who only answers never waits for numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.errors import SurveyError
from surveyapp.storage.cases import ANSWERABLE
from surveyapp.storage.database import Session
from surveyapp.web import languages
from surveyapp.web.languages import translate as _
from surveyapp.web.respondent import report_address
from surveyapp.web.respondent.address_form import AddressForm, answered
from surveyapp.web.respondent.addresses import address
from surveyapp.web.respondent.interview import Interview, ended
from surveyapp.web.sessions import reading_primary, services

if TYPE_CHECKING:
    from surveyapp.reports.comparison import Compared, Comparison

WIDTH, MARGIN = 288, 14
"""Pixels: the strip fits a screen of 320, and the outermost signs fit the strip."""


@dataclass(frozen=True, slots=True)
class Strip:
    """One indicator as it is drawn and as it stands in the table; places across are pixels."""

    label: str
    sentence: str
    own: str
    average: str
    n: str
    low: int
    high: int
    own_at: float
    average_at: float
    ticks: tuple[float, ...]


def compare() -> ResponseReturnValue:
    """The comparison; or why there is none (yet), and a form for who wants to hear of the report."""
    with reading_primary() as database:
        interview = ended(database, "complete")
        found = _comparison(database, interview)
    taken = report_address.left(interview, address("compare")) if request.method == "POST" else None
    if taken is not None and not isinstance(taken, AddressForm):
        return taken
    page = render_template(
        "respondent/compare.html",
        frame=interview.frame("compare"),
        strips=[_strip(line, found) for line in found.lines] if found else [],
        role=found.role[languages.current()] if found else "",
        year=found.year if found else None,
        least=found.least if found else 0,
        has_failed=found is None,
        is_open=interview.case.wave_state in ANSWERABLE,
        has_own=found is not None and found.has_own,
        is_partial=bool(interview.hidden),
        width=WIDTH,
        margin=MARGIN,
        back=address("done"),
        offer=report_address.offer(interview, address("compare"), taken),
    )
    return answered(page, taken)


def _comparison(database: Session, interview: Interview) -> Comparison | None:
    """What there is to show; None when it cannot be computed just now."""
    try:
        counted = interview.quotable(interview.case.answers)  # but for those given on another device
        return services().comparisons.of(database, interview.instrument, interview.case.role, counted)
    except SurveyError:
        return None


def _strip(line: Compared, found: Comparison) -> Strip:
    from surveyapp.reports.formatting import count, mean

    language = languages.current()
    own = mean(line.own, language, 0 if line.indicator.is_single else 1)
    average = mean(line.average, language)
    role = found.role[language]
    values = {"x": own, "y": average, "role": role[:1].upper() + role[1:], "year": found.year}
    if line.indicator.is_single:
        sentence = _("You gave %(x)s. %(role)s gave %(y)s on average in %(year)s.", **values)
    else:
        sentence = _("Your answers average %(x)s. %(role)s averaged %(y)s in %(year)s.", **values)
    return Strip(
        label=line.indicator.label[language],
        sentence=sentence,
        own=own,
        average=average,
        n=count(line.n, language),
        low=line.indicator.low,
        high=line.indicator.high,
        own_at=_across(line.own, line),
        average_at=_across(line.average, line),
        ticks=tuple(_across(step, line) for step in range(line.indicator.low, line.indicator.high + 1)),
    )


def _across(value: float, line: Compared) -> float:
    room = WIDTH - 2 * MARGIN
    return round(MARGIN + room * (value - line.indicator.low) / (line.indicator.high - line.indicator.low), 1)
