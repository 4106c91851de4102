"""The list of cases behind a figure: where each stands, never what was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import request, url_for
from sqlmodel import Session

from surveyapp.errors import BadQuery
from surveyapp.fieldwork.case_lines import CaseChoice, CaseLine, Standing, WaveCases
from surveyapp.fieldwork.live_cases import LiveCases
from surveyapp.numerals import whole_number
from surveyapp.reports import formatting
from surveyapp.web.console.choices import Chip, chips, page_title, read_choice, standing_name
from surveyapp.web.console.frame import WaveFrame, value_name
from surveyapp.web.languages import current, translate, translate_plural
from surveyapp.web.rendering import day, whole

PER_PAGE = 50
DASH = "–"
NEWEST = "-started"
"""The order nobody asked for: the newest day first."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case of the list."""

    id: str
    role: str
    state: str
    page: str
    started: str
    sent: str
    minutes: str
    device: str
    language: str
    source: str


@dataclass(frozen=True, slots=True)
class SortHead:
    """The head of a column, and the address of the same list in its order."""

    label: str
    address: str
    order: str  # ascending · descending · none: of aria-sort
    is_number: bool = False
    is_more: bool = False  # not on a phone's cards


@dataclass(frozen=True, slots=True)
class CaseList:
    """One page of the cases behind a figure."""

    heading: str
    count: int
    chips: tuple[Chip, ...]
    notice: str
    heads: tuple[SortHead, ...]
    keeps_days: bool  # the cases of an anonymous wave have no day to show or to sort by
    is_sorted: bool  # in an order that somebody asked for
    rows: tuple[CaseRow, ...]
    page: int
    pages: int
    previous: str | None
    next: str | None
    fieldwork: str
    all: str


def case_list(session: Session, live: LiveCases, wave: WaveFrame) -> CaseList:
    """The cases of the choice in this request's address; a page that is no longer there gives the first.

    Raises
    ------
    BadQuery     the address chooses or sorts by something that cannot be
    """
    choice = read_choice(request.args, wave.instrument)
    cases = live.of_wave(session, wave.study, wave.year)
    sort = _asked_sort()
    found = _sorted(cases.chosen(choice), sort, wave, cases)
    pages = max(1, -(-len(found) // PER_PAGE))
    asked = request.args.get("part", "1")
    page = whole_number(asked, least=1, most=pages) or 1
    return CaseList(
        heading=translate_plural("%(count)s case", "%(count)s cases", len(found), count=whole(len(found))),
        count=len(found),
        chips=chips(wave, choice, "console.fieldwork_cases"),
        notice="" if asked == str(page) else translate("This page of the list is no longer there; you see the first."),
        heads=_sort_heads(wave, choice, sort, keeps_days=cases.keeps_days),
        keeps_days=cases.keeps_days,
        is_sorted=sort != NEWEST,
        rows=tuple(_case_row(wave, cases, line) for line in found[(page - 1) * PER_PAGE : page * PER_PAGE]),
        page=page,
        pages=pages,
        previous=_part(wave, choice, sort, page - 1) if page > 1 else None,
        next=_part(wave, choice, sort, page + 1) if page < pages else None,
        fieldwork=url_for("console.fieldwork", study=wave.study, year=wave.year),
        all=url_for("console.fieldwork_cases", study=wave.study, year=wave.year),
    )


def _part(wave: WaveFrame, choice: CaseChoice, sort: str, page: int | None = None) -> str:
    return url_for(
        "console.fieldwork_cases",
        study=wave.study,
        year=wave.year,
        sort=None if sort == NEWEST else sort,
        part=page,
        **choice.parts(),  # type: ignore[arg-type]
    )


def _asked_sort() -> str:
    asked = request.args.get("sort", NEWEST)
    if asked.removeprefix("-") not in _KEYS:
        raise BadQuery(
            "%(name)s=%(value)s is not one of %(known)s.", name="sort", value=asked[:40], known=", ".join(_KEYS)
        )
    return asked


def _sorted(found: Sequence[CaseLine], sort: str, wave: WaveFrame, cases: WaveCases) -> list[CaseLine]:
    """The cases in an order of a column, those alike by their code, which tells nothing of when somebody came.

    What a column does not have stands last, whichever way it is sorted.
    """
    by, is_down = _KEYS[sort.removeprefix("-")], sort.startswith("-")
    lines = sorted(found, key=lambda line: line.short_id)
    known = [(_folded(value), line) for line in lines if (value := by(wave, cases, line)) is not None]
    known.sort(key=lambda pair: pair[0], reverse=is_down)  # type: ignore[arg-type, return-value]  # one kind a column
    without = [line for line in lines if by(wave, cases, line) is None]
    return [*(line for _, line in known), *without]


def _folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value


_KEYS: Mapping[str, Callable[[WaveFrame, WaveCases, CaseLine], object | None]] = {
    "case": lambda _wave, _cases, line: line.short_id,
    "role": lambda wave, _cases, line: value_name(wave.instrument, "role", line.role),
    "state": lambda _wave, cases, line: standing_name(cases.standing(line)),
    "page": lambda wave, cases, line: _stopped_at(wave, cases, line),
    "started": lambda _wave, _cases, line: line.started_on,
    "sent": lambda _wave, _cases, line: line.sent_on,
    "minutes": lambda _wave, _cases, line: line.seconds or None,
    "device": lambda wave, _cases, line: value_name(wave.instrument, "device", line.device),
    "language": lambda wave, _cases, line: value_name(wave.instrument, "language", line.language),
    "source": lambda wave, _cases, line: value_name(wave.instrument, "source", line.source),
}
"""What each column is sorted by; nothing where a case has none."""
_MORE = frozenset({"sent", "device", "language", "source"})
_DAYS = frozenset({"started", "sent"})


def _sort_heads(wave: WaveFrame, choice: CaseChoice, sort: str, *, keeps_days: bool) -> tuple[SortHead, ...]:
    """The head of every column that has something; the one in order leads to the other way round."""
    labels = {
        "case": translate("Case"),
        "role": translate("Role"),
        "state": translate("Status"),
        "page": translate("Stopped at"),
        "started": translate("Begun"),
        "sent": translate("Sent"),
        "minutes": translate("Minutes"),
        "device": translate("Device"),
        "language": translate("Language"),
        "source": translate("Source"),
    }
    order = "descending" if sort.startswith("-") else "ascending"
    return tuple(
        SortHead(
            labels[name],
            _part(wave, choice, f"-{name}" if sort == name else name),
            order if sort.removeprefix("-") == name else "none",
            is_number=name == "minutes",
            is_more=name in _MORE,
        )
        for name in _KEYS
        if keeps_days or name not in _DAYS
    )


def _stopped_at(wave: WaveFrame, cases: WaveCases, line: CaseLine) -> str | None:
    if not line.stopped_at or cases.standing(line) not in (Standing.LEFT, Standing.IN_PROGRESS):
        return None
    return page_title(wave.instrument, line.stopped_at, line.role)


def _case_row(wave: WaveFrame, cases: WaveCases, line: CaseLine) -> CaseRow:
    return CaseRow(
        id=line.short_id,
        role=value_name(wave.instrument, "role", line.role),
        state=standing_name(cases.standing(line)),
        page=_stopped_at(wave, cases, line) or DASH,
        started=day(line.started_on, form="d MMM yyyy") or DASH,
        sent=day(line.sent_on, form="d MMM yyyy") or DASH,
        minutes=formatting.mean(line.seconds / 60, current(), 1) if line.seconds else DASH,
        device=value_name(wave.instrument, "device", line.device),
        language=value_name(wave.instrument, "language", line.language),
        source=value_name(wave.instrument, "source", line.source),
    )
