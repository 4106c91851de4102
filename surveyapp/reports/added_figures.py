"""Figures that the team adds to the report of a wave beside its plan: a view of the results that everyone may see.

Only what is released can be added, a variable over banners of the plan for everyone or for a filter by its name. So a
figure that is added changes nothing of what others may show, and whatever the release control hides in a table of the
plan it hides here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp import clock
from surveyapp.errors import BadQuery, NotFound, WrongState
from surveyapp.instrument.model import Instrument, Shape, TableDefinition, Text, Variable
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.instrument.weighting import UNWEIGHTED, UNWEIGHTED_ONLY, Schemes
from surveyapp.reports.plans import BESIDE
from surveyapp.reports.released_filters import named_filter, require_released
from surveyapp.reports.sentences import both, in_both
from surveyapp.storage import audit, report_figures, waves
from surveyapp.storage.database import Session

SECTION = "added on the console"
"""Of the report book, behind the sections of the plan."""
MOST = 60
"""Figures that can be added to a report: more of them are a plan of their own."""
ADDED, REMOVED = "report.add-figure", "report.remove-figure"
_PREFIX = "ADD"
_KINDS = {Shape.CHOICE: "multiple", Shape.RANKING: "ranking", Shape.NUMBER: "numbers", Shape.ALLOCATION: "numbers"}


@dataclass(frozen=True, slots=True)
class AddedFigure:
    """One figure as it was asked for; ``table`` is what makes it, absent where this version no longer can."""

    number: int
    variable: str
    banners: tuple[str, ...]
    filter: str
    weight: str  # the name of a scheme, or none
    chart: str
    actor: str
    at: Any  # an aware moment
    table: TableDefinition | None

    @property
    def id(self) -> str:
        """Its permanent id: ADD and its number."""
        return f"{_PREFIX}{self.number:02}"


def added_figures(session: Session, study: str, year: int, instrument: Instrument) -> tuple[AddedFigure, ...]:
    """The figures that were added to a wave's report, in order; ``instrument`` knows the filters on request too."""
    return tuple(_read(row, instrument) for row in report_figures.of_wave(session, study, year))


def tables_of(added: Iterable[AddedFigure], schemes: Schemes) -> tuple[TableDefinition, ...]:
    """What makes those that can be made; ``schemes`` are the weightings in force."""
    known = {UNWEIGHTED, *(scheme.id for scheme in schemes.all)}
    return tuple(one.table for one in added if one.table is not None and one.weight in known)


def add_figure(
    session: Session,
    instrument: Instrument,
    variable: str,
    by: Sequence[str],
    named: str,
    weight: str = UNWEIGHTED,
    chart: str = "",
    *,
    schemes: Schemes = UNWEIGHTED_ONLY,
    actor: str,
) -> AddedFigure:
    """Add a view of the results to the report; one that stands there already is not added again.

    Parameters
    ----------
    named : the name of a released filter; empty for everyone
    weight : the name of one of the ``schemes`` in force, or none
    chart : how it is drawn; empty for what fits

    Raises
    ------
    NotReleased     not everybody may see it
    BadQuery        there is no such variable or scheme, or people's own words are no figure
    WrongState      the report has as many as it can hold
    """
    require_released(instrument, by, named or None)
    study, year = instrument.study.id, instrument.wave.year
    known = weight == UNWEIGHTED or schemes.find(weight) is not None
    if not known or _table(0, variable, tuple(by), named, weight, chart, instrument) is None:
        raise BadQuery("There is no figure of “%(name)s” that a report could hold.", name=variable[:40])
    waves.find(session, study, year, lock=True)
    standing = added_figures(session, study, year, instrument)
    asked = (variable, tuple(by), named, weight, chart)
    for one in standing:
        if (one.variable, one.banners, one.filter, one.weight, one.chart) == asked:
            return one
    if len(standing) >= MOST:
        raise WrongState("A report holds %(n)s added figures; take one out first, or put them into its plan.", n=MOST)
    values = {"variable": variable, "banners": ",".join(by), "filter": named, "weight": weight, "chart": chart}
    number = report_figures.add(session, study, year, at=clock.now(), actor=actor, **values)
    audit.add(session, actor, ADDED, f"{study} {year}", {"number": number, **values})
    return next(one for one in added_figures(session, study, year, instrument) if one.number == number)


def remove_figure(session: Session, study: str, year: int, number: int, *, actor: str) -> None:
    """Take a figure out of the report; its number is not given out again.

    Raises
    ------
    NotFound     it does not stand there
    """
    waves.find(session, study, year, lock=True)
    if not report_figures.remove(session, study, year, number, clock.now()):
        raise NotFound("There is no added figure %(number)s in this report.", number=number)
    audit.add(session, actor, REMOVED, f"{study} {year}", {"number": number})


def _read(row: Any, instrument: Instrument) -> AddedFigure:
    banners = tuple(name for name in row.banners.split(",") if name)
    asked = row.variable, banners, row.filter, row.weight, row.chart
    return AddedFigure(row.number, *asked, row.actor, row.at, _table(row.number, *asked, instrument))


def _table(
    number: int, name: str, by: tuple[str, ...], named: str, weight: str, chart: str, instrument: Instrument
) -> TableDefinition | None:
    variable = instrument.variables.get(name)
    if variable is None:
        said = SYSTEM_VARIABLES.get(name)
        if said is None or name in BESIDE:
            return None
        label, kind = said.label, "frequencies"
    elif variable.is_stored_apart or variable.type.shape is Shape.TEXT:
        return None
    else:
        label, kind = variable.label, _kind(variable)
    chosen = named_filter(named, instrument) if named else None
    if (named and chosen is None) or not set(by) <= set(instrument.banners):
        return None
    title = in_both(label)
    if by:
        labels = [(SYSTEM_VARIABLES.get(one) or instrument.variables[one]).label for one in by]
        listed = {language: ", ".join(in_both(one)[language] for one in labels) for language in title}
        title = both("%(title)s, by %(banners)s", title=title, banners=listed)
    condition = chosen.condition if chosen else None
    return TableDefinition(
        f"{_PREFIX}{number:02}", Text(title), SECTION, kind, (name,), by, condition, chart or None, weight
    )


def _kind(variable: Variable) -> str:
    return _KINDS.get(variable.type.shape, "marks" if variable.type.traits.headline == "mean" else "frequencies")
