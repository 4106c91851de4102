"""The fieldwork page and the list of cases as view models: every word and address the templates print."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for
from sqlmodel import Session

from surveyapp import clock
from surveyapp.fieldwork.case_lines import CaseChoice, CaseLine, Standing, WaveCases
from surveyapp.fieldwork.drop_off import PageDropOff, drop_off
from surveyapp.fieldwork.figures import Counts, FieldworkFigures, GroupCounts, fieldwork_figures
from surveyapp.fieldwork.live_cases import REVIEW, LiveCases, arrivals
from surveyapp.reports import formatting
from surveyapp.web.accounts import may
from surveyapp.web.console.choices import (
    LIMITS,
    Chip,
    cases_address,
    chips,
    page_title,
    read_choice,
    standing_name,
)
from surveyapp.web.console.fieldwork_charts import Bars, SoFar, day_bars, so_far
from surveyapp.web.console.frame import WaveFrame, device_name, language_name, source_name
from surveyapp.web.languages import current, translate, translate_plural
from surveyapp.web.rendering import day, whole

PER_PAGE = 50
DASH = "–"
STANDINGS = ("in_progress", "left", "screened_out", "withdrawn", "complete")


@dataclass(frozen=True, slots=True)
class Line:
    """A small line under a figure."""

    text: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One figure above the fold."""

    id: str
    name: str
    value: str
    lines: tuple[Line, ...] = ()
    address: str | None = None
    beside: str = ""
    progress: int | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """A count and the cases behind it."""

    value: int
    address: str | None


@dataclass(frozen=True, slots=True)
class CountRow:
    """One group of a table of counts."""

    name: str
    cells: tuple[Linked, ...]
    break_off: str
    minutes: str


@dataclass(frozen=True, slots=True)
class CountTable:
    """The counts by one part."""

    part: str
    name: str
    rows: tuple[CountRow, ...]


@dataclass(frozen=True, slots=True)
class RolePanel:
    """One role: how far it is."""

    key: str
    name: str
    mark: str
    complete: int
    address: str | None
    target: int | None
    gap: int | None
    percent: str
    chart: SoFar | None


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of the table."""

    name: str
    begun: int
    begun_address: str | None
    complete: int
    complete_address: str | None
    so_far: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page of a role's drop-off."""

    title: str
    reached: int
    reached_address: str | None
    left: int
    left_address: str | None
    share: str
    seconds: str
    rank: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class RoleDropOff:
    """The pages of one role."""

    role: str
    name: str
    summary: str
    rows: tuple[PageRow, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """One select of the filter."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class FieldworkPage:
    """The whole page."""

    stand: datetime
    version: str
    here: str
    part: str
    unlimited: str
    landing: str
    is_live: bool
    is_empty: bool
    announcement: str
    filters: tuple[Filter, ...]
    chips: tuple[Chip, ...]
    cards: tuple[Card, ...]
    roles: tuple[RolePanel, ...]
    bars: tuple[Bars, ...]
    days: tuple[DayRow, ...]
    tables: tuple[CountTable, ...]
    total: CountRow
    worst: tuple[PageRow, ...]
    drop_off: tuple[RoleDropOff, ...]


def fieldwork_page(session: Session, live: LiveCases, wave: WaveFrame) -> FieldworkPage:
    """The page for the choice in this request's address.

    Raises
    ------
    BadQuery     the address limits by something that cannot be
    """
    choice = read_choice(request.args, wave.instrument, LIMITS)
    cases = live.of_wave(session, wave.study, wave.year)
    roles = [role.id for role in wave.instrument.study.roles if _takes_part(role.id, wave, cases)]
    people = arrivals(session, wave.study, wave.year, choice)
    figures = fieldwork_figures(cases, people, wave.instrument.wave.targets, roles, choice)
    pages = {
        role: (*(page.id for page in questionnaire.pages), REVIEW)
        for role, questionnaire in wave.instrument.questionnaires.items()
    }
    left = drop_off(cases, pages, choice)
    builder = _Builder(wave, cases, figures, choice)
    version = _version(wave, figures, left, cases)
    here = url_for("console.fieldwork", study=wave.study, year=wave.year, **choice.parts())  # type: ignore[arg-type]
    blocks = tuple(builder.of_role(role, rows) for role, rows in left.items())
    marked = sorted(
        (row for block in blocks for row in block.rows if row.rank is not None), key=lambda row: row.rank or 0
    )
    return FieldworkPage(
        stand=clock.now(),
        version=version,
        here=here,
        part=url_for(
            "console.fieldwork",
            study=wave.study,
            year=wave.year,
            _part="figures",
            version=version,
            **choice.parts(),  # type: ignore[arg-type]
        ),
        unlimited=url_for("console.fieldwork", study=wave.study, year=wave.year),
        landing=_landing(wave),
        is_live=wave.info.is_answerable,
        is_empty=not figures.total.counts.begun,
        announcement=_announcement(wave),
        filters=builder.filters(),
        chips=chips(wave, choice, "console.fieldwork"),
        cards=builder.cards(),
        roles=builder.roles(),
        bars=day_bars(figures.days),
        days=builder.days(),
        tables=builder.tables() if figures.total.counts.begun else (),
        total=builder.row(figures.total, translate("All"), {}),
        worst=tuple(marked),
        drop_off=blocks if figures.total.counts.begun else (),
    )


def _takes_part(role: str, wave: WaveFrame, cases: WaveCases) -> bool:
    """A wave that came in as a file asks nobody anything: there only the roles that occur have a place."""
    return role in wave.instrument.questionnaires or role in cases.values("role")


def _version(wave: WaveFrame, figures: FieldworkFigures, left: object, cases: WaveCases) -> str:
    """Names what the page shows: the same on every process, and other as soon as one figure is."""
    shown = repr((wave.info, figures, left, cases.today, current()))
    return hashlib.sha256(shown.encode()).hexdigest()[:20]


def _landing(wave: WaveFrame) -> str:
    names = {"nl": "/nl/onderzoek", "en": "/en/survey"}
    return f"{names[current()]}/{wave.study}-{wave.year}"


def _announcement(wave: WaveFrame) -> str:
    definition = wave.instrument.wave
    match wave.state:
        case "draft":
            if definition.opens:
                return translate(
                    "This wave is a draft; by its definition it opens on %(day)s.", day=day(definition.opens)
                )
            return translate("This wave is a draft: nobody can answer yet.")
        case "closed" | "archived":
            if definition.imported_series:
                return translate("This wave came in as a file; the figures will not change.")
            closed = wave.info.closed_at
            if closed:
                return translate("This wave closed on %(day)s; the figures will not change.", day=day(closed))
    return ""


class _Builder:
    """Puts figures into words and addresses; holds what all of them need."""

    def __init__(self, wave: WaveFrame, cases: WaveCases, figures: FieldworkFigures, choice: CaseChoice) -> None:
        self.wave = wave
        self.cases = cases
        self.figures = figures
        self.choice = choice

    def to(self, **parts: object) -> str | None:
        """The address of the cases of the page's choice with these parts besides; None for who may not see cases."""
        return cases_address(self.wave, self.choice.but(**parts)) if may("researcher") else None

    def name(self, part: str, key: str) -> str:
        """A group in words."""
        match part:
            case "role":
                return self.wave.instrument.role(key).plural[current()]
            case "language":
                return language_name(key)
            case "source":
                return source_name(key)
            case _:
                return device_name(key)

    def filters(self) -> tuple[Filter, ...]:
        """The selects, each with what occurs in this wave."""
        labels = {
            "role": translate("Role"),
            "language": translate("Language"),
            "source": translate("Source"),
            "device": translate("Device"),
        }
        chosen = self.choice.parts()
        found = []
        for part in LIMITS:
            keys = (
                tuple(role.id for role in self.wave.instrument.study.roles)
                if part == "role"
                else self.cases.values(part)
            )
            options = (("", translate("all")), *((key, self.name(part, key)) for key in keys))
            found.append(Filter(part, labels[part], options, chosen.get(part, "")))
        return tuple(found)

    def cards(self) -> tuple[Card, ...]:
        """The figures above the fold."""
        total = self.figures.total
        counts = total.counts
        return (
            self._complete(total),
            Card(
                "begun",
                translate("Begun"),
                whole(counts.begun),
                (
                    Line(
                        translate("%(n)s busy today", n=whole(counts.in_progress)),
                        self.to(state="in_progress") if counts.in_progress else None,
                    ),
                    Line(
                        translate("%(n)s outside the group", n=whole(counts.screened_out)),
                        self.to(state="screened_out") if counts.screened_out else None,
                    ),
                ),
                self.to() if counts.begun else None,
            ),
            Card(
                "break-off",
                translate("Break-off after consent"),
                self._share(counts.break_off),
                (
                    Line(
                        translate_plural("%(left)s left", "%(left)s left", counts.left, left=whole(counts.left)),
                        self.to(state="left") if counts.left else None,
                    ),
                    Line(translate("of %(n)s who sent or left", n=whole(counts.left + counts.complete))),
                ),
            ),
            self._introduction(),
            self._minutes(counts),
            self._closing(),
            Card(
                "response-rate",
                translate("Response rate"),
                translate("n.a."),
                (Line(translate("No response rate: with an open link we don’t know how many people were asked.")),),
            ),
        )

    def _complete(self, total: GroupCounts) -> Card:
        lines = []
        if total.gap:
            lines.append(Line(translate("%(n)s to go", n=whole(total.gap))))
        elif total.target:
            lines.append(Line(translate("target reached")))
        return Card(
            "complete",
            translate("Complete"),
            whole(total.counts.complete),
            tuple(lines),
            self.to(state="complete") if total.counts.complete else None,
            translate("of %(target)s", target=whole(total.target)) if total.target else "",
            min(100, int(100 * (total.progress or 0))) if total.target else None,
        )

    def _introduction(self) -> Card:
        name = translate("Break-off at the introduction")
        people = self.figures.arrivals
        if people is None:
            reason = translate("not known for this choice: nobody is kept before consent")
            return Card("introduction", name, DASH, (Line(reason),))
        if not people.role_chosen:
            return Card("introduction", name, DASH, (Line(translate("nobody was counted before consent")),))
        return Card(
            "introduction",
            name,
            self._share(people.break_off),
            (
                Line(translate("%(n)s chose a role", n=whole(people.role_chosen))),
                Line(translate("%(n)s gave consent", n=whole(people.consent_given))),
            ),
        )

    def _minutes(self, counts: Counts) -> Card:
        name = translate("Median minutes")
        if counts.minutes is None:
            return Card("minutes", name, DASH, (Line(translate("no times yet")),))
        low, high = (formatting.mean(value, current(), 0) for value in (counts.minutes.p10, counts.minutes.p90))
        return Card(
            "minutes",
            name,
            formatting.mean(counts.minutes.median, current(), 1),
            (Line(translate("eight in ten took %(low)s to %(high)s", low=low, high=high)),),
        )

    def _closing(self) -> Card:
        closes = self.wave.instrument.wave.closes
        name = translate("Days left")
        if self.wave.state not in ("open", "test") or not closes:
            reason = self.wave.state_name if closes else translate("no closing date set")
            return Card("closing", name, DASH, (Line(reason),))
        left = (datetime.fromisoformat(closes).date() - self.cases.today).days
        if left < 0:
            return Card("closing", name, "0", (Line(translate("planned closing day was %(day)s", day=day(closes))),))
        return Card("closing", name, whole(left), (Line(translate("closes on %(day)s", day=day(closes))),))

    def roles(self) -> tuple[RolePanel, ...]:
        """How far each role is."""
        return tuple(
            RolePanel(
                key=group.key,
                name=self.name("role", group.key),
                mark=f"mark-{self._place(group.key)}",
                complete=group.counts.complete,
                address=self.to(role=group.key, state="complete"),
                target=group.target,
                gap=group.gap,
                percent=self._share(group.progress),
                chart=so_far(group, self.name("role", group.key), self.figures.days),
            )
            for group in self.figures.groups["role"]
        )

    def _place(self, role: str) -> int:
        return [one.id for one in self.wave.instrument.study.roles].index(role) % 4 + 1

    def days(self) -> tuple[DayRow, ...]:
        """The table behind the bars, the newest day first."""
        roles = [group.key for group in self.figures.groups["role"]]
        return tuple(
            DayRow(
                name=day(one.day, form="EEE d MMM yyyy"),
                begun=one.begun,
                begun_address=self.to(started=one.day),
                complete=one.complete,
                complete_address=self.to(state="complete", sent=one.day),
                so_far=tuple(one.so_far.get(role, 0) for role in roles),
            )
            for one in reversed(self.figures.days)
        )

    def tables(self) -> tuple[CountTable, ...]:
        """The counts by role, language, source and device."""
        names = {
            "role": translate("By role"),
            "language": translate("By language"),
            "source": translate("By source"),
            "device": translate("By device"),
        }
        return tuple(
            CountTable(
                part,
                names[part],
                tuple(self.row(group, self.name(part, group.key), {part: group.key}) for group in groups),
            )
            for part, groups in self.figures.groups.items()
        )

    def row(self, group: GroupCounts, name: str, parts: dict[str, object]) -> CountRow:
        """One row of a table of counts."""
        counts = group.counts
        return CountRow(
            name,
            (
                Linked(counts.begun, self.to(**parts)),
                *(Linked(getattr(counts, standing), self.to(**parts, state=standing)) for standing in STANDINGS),
            ),
            self._share(counts.break_off),
            formatting.mean(counts.minutes.median, current(), 1) if counts.minutes else DASH,
        )

    def of_role(self, role: str, rows: tuple[PageDropOff, ...]) -> RoleDropOff:
        """The pages of a role that were reached or left, in order."""
        shown = tuple(self._page_row(row) for row in rows if row.reached)
        left = sum(row.left for row in shown)
        begun = sum(line.role == role for line in self.cases.chosen(self.choice))
        return RoleDropOff(
            role,
            self.name("role", role),
            translate("%(left)s of %(begun)s left", left=whole(left), begun=whole(begun)),
            shown,
        )

    def _page_row(self, row: PageDropOff) -> PageRow:
        return PageRow(
            title=page_title(self.wave.instrument, row.page, row.role),
            reached=row.reached,
            reached_address=self.to(role=row.role, reached=row.page),
            left=row.left,
            left_address=self.to(role=row.role, state="left", page=row.page),
            share=self._share(row.share),
            seconds=formatting.mean(row.seconds, current(), 0) if row.seconds is not None else DASH,
            rank=row.rank,
            sentence=translate(
                "%(role)s: %(left)s of the %(reached)s who reached it left here (%(share)s)",
                role=self.name("role", row.role),
                left=whole(row.left),
                reached=whole(row.reached),
                share=self._share(row.share),
            ),
        )

    @staticmethod
    def _share(value: float | None) -> str:
        return DASH if value is None else formatting.share(value, current())


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
    found = sorted(cases.chosen(choice), key=lambda line: (-line.started_on.toordinal(), line.short_id))
    pages = max(1, -(-len(found) // PER_PAGE))
    asked = request.args.get("part", "1")
    page = int(asked) if asked.isdecimal() and len(asked) < 6 and 1 <= int(asked) <= pages else 1
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
        role=wave.instrument.role(line.role).label[current()],
        state=standing_name(standing),
        page=page_title(wave.instrument, line.stopped_at, line.role)
        if line.stopped_at and standing in (Standing.LEFT, Standing.IN_PROGRESS)
        else DASH,
        started=day(line.started_on, form="d MMM yyyy"),
        sent=day(line.sent_on, form="d MMM yyyy") or DASH,
        minutes=formatting.mean(line.seconds / 60, current(), 1) if line.seconds else DASH,
        device=device_name(line.device),
        language=language_name(line.language),
        source=source_name(line.source),
    )
