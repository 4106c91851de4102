"""The list of cases behind a figure: where each stands, never what was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from flask import request
from numpy.typing import NDArray

from surveyapp.fieldwork.case_lines import CaseChoice, Standing
from surveyapp.fieldwork.wave_cases import STANDINGS, Ints, WaveCases
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.numerals import whole_number
from surveyapp.reports import formatting
from surveyapp.reports.live import LiveWaves
from surveyapp.storage.database import Session
from surveyapp.web.console.choices import Chip, chips, one_of, page_title, read_choice, standing_name
from surveyapp.web.console.frame import WaveFrame, value_name
from surveyapp.web.languages import current, translate, translate_plural
from surveyapp.web.rendering import day, whole

PER_PAGE = 50
DASH = "–"
NEWEST = "-started"
"""The order nobody asked for: the newest day first."""


@dataclass(frozen=True, slots=True)
class SortHead:
    """The head of a column, and the address of the same list in its order."""

    label: str
    address: str
    order: str  # ascending · descending · none: of aria-sort
    is_number: bool = False
    is_more: bool = False  # not on a phone's cards
    is_wide: bool = False


Value = str | float | date | None
"""What stands in a column of a list: a text, minutes, a day, or nothing."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list: a text for each head, and where its page is."""

    cells: tuple[str, ...]
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """The days a list is limited to, and what else is chosen: a form that asks for other days keeps it."""

    since: str
    until: str
    kept: tuple[tuple[str, str], ...]


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
    files: tuple[tuple[str, str], ...] = ()  # what the same list is called as a file, and where it is
    days: Days | None = None  # the range of days that can be chosen, where cases keep theirs


def case_list(session: Session, live: LiveWaves, wave: WaveFrame) -> CaseList:
    """The cases of the choice in this request's address; a page that is no longer there gives the first.

    Raises
    ------
    BadQuery     the address chooses or sorts by something that cannot be
    """
    choice = read_choice(request.args, wave.instrument)
    cases = live.cases(session, wave.study, wave.year)
    sort = _asked_sort()
    found = _sorted(cases.chosen(choice), sort, wave, cases)
    page, pages, notice = asked_page(len(found))
    return CaseList(
        heading=translate_plural("%(count)s case", "%(count)s cases", len(found), count=whole(len(found))),
        count=len(found),
        chips=chips(wave, choice, "console.fieldwork_cases"),
        notice=notice,
        heads=_sort_heads(wave, choice, sort, cases),
        keeps_days=cases.keeps_days,
        is_sorted=sort != NEWEST,
        rows=tuple(
            CaseRow(tuple(map(in_words, _values(wave, cases, at))), case_address(wave, cases.line(at).short_id))
            for at in found[(page - 1) * PER_PAGE : page * PER_PAGE].tolist()
        ),
        page=page,
        pages=pages,
        previous=_part(wave, choice, sort, page - 1) if page > 1 else None,
        next=_part(wave, choice, sort, page + 1) if page < pages else None,
        fieldwork=wave.address("console.fieldwork"),
        all=wave.address("console.fieldwork_cases"),
        files=file_addresses(wave, choice.parts()) if len(found) else (),
        days=_days(choice, sort) if cases.keeps_days else None,
    )


def _days(choice: CaseChoice, sort: str) -> Days:
    asked = dict(choice.parts())
    since, until = asked.pop("since", ""), asked.pop("until", "")
    return Days(since, until, (*asked.items(), *([("sort", sort)] if sort != NEWEST else [])))


def case_rows(session: Session, live: LiveWaves, wave: WaveFrame) -> tuple[list[str], list[tuple[Value, ...]]]:
    """The whole list of the choice in this request's address as a file has it: heads, and a line for each case."""
    choice = read_choice(request.args, wave.instrument)
    cases = live.cases(session, wave.study, wave.year)
    found = _sorted(cases.chosen(choice), _asked_sort(), wave, cases)
    labels = _labels()
    return [labels[name] for name in _columns(cases)], [_values(wave, cases, at) for at in found.tolist()]


def asked_page(count: int) -> tuple[int, int, str]:
    """Which page of a list this request asks for, of how many, and what to say where it is no longer there."""
    pages = max(1, -(-count // PER_PAGE))
    asked = request.args.get("part", "1")
    page = whole_number(asked, least=1, most=pages) or 1
    said = "" if asked == str(page) else translate("This page of the list is no longer there; you see the first.")
    return page, pages, said


def in_words(value: Value) -> str:
    """What a page shows of a value."""
    if value is None or value == "":
        return DASH
    if isinstance(value, date):
        return day(value, form="d MMM yyyy")
    return value if isinstance(value, str) else formatting.mean(value, current(), 1)


def case_address(wave: WaveFrame, code: str) -> str:
    """Where one case is shown."""
    return wave.address("console.fieldwork_case", code=code)


def file_addresses(wave: WaveFrame, parts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The same list as files."""
    return tuple(
        (name, wave.address("console.fieldwork_cases_file", form=form, sort=request.args.get("sort") or None, **parts))
        for name, form in ((translate("Excel"), "xlsx"), (translate("CSV"), "csv"))
    )


def _part(wave: WaveFrame, choice: CaseChoice, sort: str, page: int | None = None) -> str:
    return wave.address("console.fieldwork_cases", sort=None if sort == NEWEST else sort, part=page, **choice.parts())


def _asked_sort() -> str:
    asked = request.args.get("sort", NEWEST)
    one_of("sort", asked.removeprefix("-"), _labels())
    return asked or NEWEST


def _sorted(found: Ints, sort: str, wave: WaveFrame, cases: WaveCases) -> Ints:
    """The cases in an order of a column, those alike by their code, which tells nothing of when somebody came.

    What a column does not have stands last, whichever way it is sorted.
    """
    values = _KEYS[sort.removeprefix("-")](wave, cases)[found]
    values = np.where(values == NONE, np.iinfo(np.int64).max, -values if sort.startswith("-") else values)
    return found[np.lexsort((cases.names[found], values))]


Numbers = NDArray[np.int64]
NONE = -1
"""Where a case has nothing in a column."""


def _in_words(words: Sequence[str | None], positions: NDArray[Any]) -> Numbers:
    """Numbers in the order of the words that these positions mean; words that are alike give the same."""
    folded = [None if word is None else word.casefold() for word in words]
    order = {word: at for at, word in enumerate(sorted({word for word in folded if word is not None}))}
    numbers: Numbers = np.array([NONE if word is None else order[word] for word in folded], dtype=np.int64)[positions]
    return numbers


def _by_part(part: str) -> Callable[[WaveFrame, WaveCases], Numbers]:
    def values(wave: WaveFrame, cases: WaveCases) -> Numbers:
        factor = cases.factors[part]
        return _in_words([value_name(wave.instrument, part, name) for name in factor.names], factor.positions)

    return values


def _by_page(wave: WaveFrame, cases: WaveCases) -> Numbers:
    """By the title that a page has in the role of the case."""
    role = cases.factors["role"]
    is_shown = (cases.stopped >= 0) & (cases.has(Standing.LEFT) | cases.has(Standing.IN_PROGRESS))
    cells, which = np.unique(cases.stopped * len(role.names) + role.positions, return_inverse=True)
    titles = [
        page_title(wave.instrument, cases.pages[cell // len(role.names)], role.names[cell % len(role.names)])
        if cell >= 0
        else None
        for cell in cells.tolist()
    ]
    return np.where(is_shown, _in_words(titles, which), NONE)


def _or_none(numbers: NDArray[Any]) -> Numbers:
    return np.where(numbers > 0, numbers, NONE).astype(np.int64)


_KEYS: Mapping[str, Callable[[WaveFrame, WaveCases], Numbers]] = {
    "case": lambda _, cases: cases.names,
    "role": _by_part("role"),
    "state": lambda _, cases: _in_words([standing_name(standing) for standing in STANDINGS], cases.standing),
    "page": _by_page,
    "started": lambda _, cases: _or_none(cases.started),
    "sent": lambda _, cases: _or_none(cases.sent),
    "minutes": lambda _, cases: _or_none(cases.seconds),
    "device": _by_part("device"),
    "language": _by_part("language"),
    "source": _by_part("source"),
}
"""What each column is sorted by: a number per case."""
_MORE = frozenset({"sent", "device", "language", "source"})
_DAYS = frozenset({"started", "sent"})


def _sort_heads(wave: WaveFrame, choice: CaseChoice, sort: str, cases: WaveCases) -> tuple[SortHead, ...]:
    """The head of every column that has something; the one in order leads to the other way round."""
    labels = _labels()
    order = "descending" if sort.startswith("-") else "ascending"
    return tuple(
        SortHead(
            labels[name],
            _part(wave, choice, f"-{name}" if sort == name else name),
            order if sort.removeprefix("-") == name else "none",
            is_number=name == "minutes",
            is_more=name in _MORE,
        )
        for name in _columns(cases)
    )


def _labels() -> dict[str, str]:
    """What each column is called."""
    return {
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


def _values(wave: WaveFrame, cases: WaveCases, at: int) -> tuple[Value, ...]:
    line, standing = cases.line(at), cases.standing_of(at)
    is_under_way = standing in (Standing.LEFT, Standing.IN_PROGRESS)
    values: dict[str, Value] = {
        "case": line.short_id,
        "state": standing_name(standing),
        "page": page_title(wave.instrument, line.stopped_at, line.role) if line.stopped_at and is_under_way else None,
        "started": line.started_on,
        "sent": line.sent_on,
        "minutes": line.seconds / 60 if line.seconds else None,
        **{part: value_name(wave.instrument, part, getattr(line, part)) for part in SYSTEM_VARIABLES},
    }
    return tuple(values[name] for name in _columns(cases))


def _columns(cases: WaveCases) -> list[str]:
    """The columns that have something."""
    return [name for name in _KEYS if cases.keeps_days or name not in _DAYS]
