"""The list of cases behind a figure: where each stands, never what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import request, url_for
from sqlmodel import Session

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
class CaseList:
    """One page of the cases behind a figure."""

    heading: str
    count: int
    chips: tuple[Chip, ...]
    notice: str
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
    BadQuery     the address chooses by something that cannot be
    """
    choice = read_choice(request.args, wave.instrument)
    cases = live.of_wave(session, wave.study, wave.year)
    found = sorted(cases.chosen(choice), key=lambda line: (-(line.started_on or date.min).toordinal(), line.short_id))
    pages = max(1, -(-len(found) // PER_PAGE))
    asked = request.args.get("part", "1")
    page = whole_number(asked, least=1, most=pages) or 1
    return CaseList(
        heading=translate_plural("%(count)s case", "%(count)s cases", len(found), count=whole(len(found))),
        count=len(found),
        chips=chips(wave, choice, "console.fieldwork_cases"),
        notice="" if asked == str(page) else translate("This page of the list is no longer there; you see the first."),
        rows=tuple(_case_row(wave, cases, line) for line in found[(page - 1) * PER_PAGE : page * PER_PAGE]),
        page=page,
        pages=pages,
        previous=_part(wave, choice, page - 1) if page > 1 else None,
        next=_part(wave, choice, page + 1) if page < pages else None,
        fieldwork=url_for("console.fieldwork", study=wave.study, year=wave.year),
        all=url_for("console.fieldwork_cases", study=wave.study, year=wave.year),
    )


def _part(wave: WaveFrame, choice: CaseChoice, page: int) -> str:
    return url_for("console.fieldwork_cases", study=wave.study, year=wave.year, part=page, **choice.parts())  # type: ignore[arg-type]


def _case_row(wave: WaveFrame, cases: WaveCases, line: CaseLine) -> CaseRow:
    standing = cases.standing(line)
    return CaseRow(
        id=line.short_id,
        role=value_name(wave.instrument, "role", line.role),
        state=standing_name(standing),
        page=page_title(wave.instrument, line.stopped_at, line.role)
        if line.stopped_at and standing in (Standing.LEFT, Standing.IN_PROGRESS)
        else DASH,
        started=day(line.started_on, form="d MMM yyyy") or DASH,
        sent=day(line.sent_on, form="d MMM yyyy") or DASH,
        minutes=formatting.mean(line.seconds / 60, current(), 1) if line.seconds else DASH,
        device=value_name(wave.instrument, "device", line.device),
        language=value_name(wave.instrument, "language", line.language),
        source=value_name(wave.instrument, "source", line.source),
    )
