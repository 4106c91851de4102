"""The fieldwork page as a view model: every word and address the templates print."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from flask import render_template, request
from markupsafe import Markup

from surveyapp import clock
from surveyapp.fieldwork.arrival_counts import arrivals
from surveyapp.fieldwork.case_lines import REVIEW, CaseChoice
from surveyapp.fieldwork.drop_off import PageDropOff, drop_off
from surveyapp.fieldwork.figures import Counts, FieldworkFigures, GroupCounts, fieldwork_figures
from surveyapp.fieldwork.targets import role_targets
from surveyapp.fieldwork.wave_cases import WaveCases
from surveyapp.fieldwork.waves import landing
from surveyapp.instrument.system_variables import labels
from surveyapp.recent import Recent
from surveyapp.reports import formatting
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import progress
from surveyapp.storage.database import Session
from surveyapp.web.console.choices import (
    LIMITS,
    CasesAddress,
    Select,
    chips,
    page_title,
    read_choice,
)
from surveyapp.web.console.fieldwork_alerts import alerts
from surveyapp.web.console.fieldwork_beside import Beside, flagged_and_waiting, round_marks, waiting_card
from surveyapp.web.console.fieldwork_cards import DASH, Cards, distance, share
from surveyapp.web.console.fieldwork_charts import SoFar, day_bars, so_far
from surveyapp.web.console.fieldwork_outlook import outlook
from surveyapp.web.console.fieldwork_shapes import (
    CountRow,
    CountTable,
    DayRow,
    FieldworkPage,
    Linked,
    PageRow,
    RoleDropOff,
    RolePanel,
)
from surveyapp.web.console.frame import WaveFrame, group_name, part_titles
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import day, whole

_recent: Recent[tuple[str, CaseChoice], FieldworkPage] = Recent(16)
STANDINGS = ("in_progress", "left", "screened_out", "withdrawn", "complete")


def fieldwork_page(session: Session, live: LiveWaves, wave: WaveFrame) -> FieldworkPage:
    """The page for the choice in this request's address.

    Raises
    ------
    BadQuery     the address limits by something that cannot be
    """
    choice = read_choice(request.args, wave.instrument, LIMITS)
    cases = live.cases(session, wave.study, wave.year)
    roles = [role.id for role in wave.instrument.study.roles if _takes_part(role.id, wave, cases)]
    people = arrivals(session, wave.study, wave.year, choice, is_test=wave.state == "test")
    figures = fieldwork_figures(cases, people, role_targets(session, wave.instrument), roles, choice)
    pages = {
        role: (*(page.id for page in questionnaire.pages), REVIEW)
        for role, questionnaire in wave.instrument.questionnaires.items()
    }
    left = drop_off(cases, pages, choice)
    earlier = live.wave_before(session, wave.study, wave.year)
    sent = [(one.number, one.state) for one in progress.rounds(session, wave.study, wave.year)]
    waiting = None if choice.parts() else flagged_and_waiting(session, wave)
    version = _version(wave, figures, left, cases, (earlier, sent, waiting))

    def drawn() -> FieldworkPage:
        beside = Beside(round_marks(session, wave) if sent else (), earlier, waiting)
        return _drawn(wave, cases, figures, left, choice, version, beside)

    page = _recent.get((version, choice), drawn)
    return replace(page, stand=clock.now())


def _drawn(
    wave: WaveFrame,
    cases: WaveCases,
    figures: FieldworkFigures,
    left: Mapping[str, tuple[PageDropOff, ...]],
    choice: CaseChoice,
    version: str,
    beside: Beside,
) -> FieldworkPage:
    """The page with what moves on it as HTML, so that a look at what did not move costs no words and no addresses."""
    builder = _Builder(wave, cases, figures, choice, beside)
    here = wave.address("console.fieldwork", **choice.parts())
    blocks = tuple(builder.of_role(role, rows) for role, rows in left.items())
    marked = sorted(
        (row for block in blocks for row in block.rows if row.rank is not None), key=lambda row: row.rank or 0
    )
    ends = outlook(wave, figures, cases.today)
    page = FieldworkPage(
        stand=clock.now(),
        version=version,
        here=here,
        part=wave.address("console.fieldwork", _part="figures", version=version, **choice.parts()),
        unlimited=wave.address("console.fieldwork"),
        landing=landing(wave.study, wave.year, current()),
        is_live=wave.info.is_answerable,
        is_empty=not figures.total.counts.begun,
        announcement=announcement(wave),
        filters=builder.filters(),
        chips=chips(wave, choice, "console.fieldwork"),
        cards=(*Cards(wave, cases, figures, builder.to).all(), *waiting_card(wave, beside)),
        roles=(roles := builder.roles()),
        bars=day_bars(figures.days),
        days=builder.days(),
        tables=builder.tables() if figures.total.counts.begun else (),
        total=builder.row(figures.total, translate("All"), {}),
        worst=tuple(marked),
        drop_off=blocks if figures.total.counts.begun else (),
        alerts=alerts(figures, cases.today, lambda role: outlook(wave, figures, cases.today, role), builder.name, here),
        marks=beside.marks,
        earlier=beside.earlier.year if beside.earlier and any(r.chart and r.chart.earlier for r in roles) else None,
        has_range=ends is not None and ends.low is not None,
        keeps_days=cases.keeps_days,
    )
    html = render_template("console/fieldwork/_moving.html", wave=wave, page=page)
    return replace(page, moving=Markup(html))  # noqa: S704 – a template wrote it


def _takes_part(role: str, wave: WaveFrame, cases: WaveCases) -> bool:
    """A wave that came in as a file asks nobody anything: there only the roles that occur have a place."""
    return role in wave.instrument.questionnaires or role in cases.values("role")


def _version(wave: WaveFrame, figures: FieldworkFigures, left: object, cases: WaveCases, beside: object) -> str:
    """Names what the page shows: the same on every process, and other as soon as one figure is."""
    shown = repr((wave.info, figures, left, cases.today, beside, current()))
    return hashlib.sha256(shown.encode()).hexdigest()[:20]


def announcement(wave: WaveFrame) -> str:
    """What a wave that takes no answers says of itself."""
    definition = wave.instrument.wave
    match wave.state:
        case "draft":
            if definition.opens and definition.opens >= clock.today().isoformat():
                return translate("This wave is a draft; it is planned to open on %(day)s.", day=day(definition.opens))
            return translate("This wave is a draft: nobody can answer yet.")
        case "closed" | "archived":
            if definition.imported_series:
                return translate("This wave came in as a file; its figures change only by what is listed below.")
            closed = wave.info.closed_at
            if closed:
                return translate(
                    "This wave closed on %(day)s; its figures change only by what is listed below.", day=day(closed)
                )
    return ""


class _Builder:
    """Puts figures into words and addresses; holds what all of them need."""

    def __init__(
        self, wave: WaveFrame, cases: WaveCases, figures: FieldworkFigures, choice: CaseChoice, beside: Beside
    ) -> None:
        self.beside = beside
        self.wave = wave
        self.cases = cases
        self.figures = figures
        self.choice = choice
        self._address = CasesAddress(wave)

    def to(self, **parts: object) -> str:
        """The address of the cases of the page's choice with these parts besides."""
        return self._address(self.choice.but(**parts))

    def name(self, part: str, key: str) -> str:
        """A group in words."""
        return group_name(self.wave.instrument, part, key)

    def filters(self) -> tuple[Select, ...]:
        """The selects, each with what occurs in this wave."""
        titles = labels(LIMITS, current())
        chosen = self.choice.parts()
        found = []
        for part in LIMITS:
            keys = (
                tuple(role.id for role in self.wave.instrument.study.roles)
                if part == "role"
                else self.cases.values(part)
            )
            options = (("", translate("all")), *((key, self.name(part, key)) for key in keys))
            found.append(Select(part, titles[part], options, chosen.get(part, "")))
        return tuple(found)

    def roles(self) -> tuple[RolePanel, ...]:
        """How far each role is."""
        return tuple(
            RolePanel(
                key=group.key,
                name=self.name("role", group.key),
                tone=self.wave.tone(group.key),
                complete=Linked(group.counts.complete, self.to(role=group.key, state="complete")),
                target=group.target,
                percent=share(group.progress),
                distance=distance(group, self.wave),
                chart=self.chart(group),
                outlook=self.ends(group.key),
            )
            for group in self.figures.groups["role"]
        )

    def chart(self, group: GroupCounts) -> SoFar | None:
        """The picture of a role; the wave before is laid beside whole roles."""
        is_part = bool(set(self.choice.parts()) - {"role"})
        earlier = None if is_part else self.beside.earlier
        return so_far(group, self.name("role", group.key), self.figures.days, self.beside.marks, earlier)

    def ends(self, role: str) -> str:
        """Where a role ends at its pace; nothing where no pace can be told."""
        found = outlook(self.wave, self.figures, self.cases.today, role)
        return "" if found is None or found.is_early else str(found)

    def days(self) -> tuple[DayRow, ...]:
        """The table behind the bars, the newest day first."""
        roles, keeps_days = [group.key for group in self.figures.groups["role"]], self.cases.keeps_days
        return tuple(
            DayRow(
                name=day(one.day, form="EEE d MMM yyyy"),
                begun=Linked(one.begun, self.to(started=one.day) if keeps_days else None),
                complete=Linked(one.complete, self.to(state="complete", sent=one.day) if keeps_days else None),
                so_far=tuple(one.so_far.get(role, 0) for role in roles),
            )
            for one in reversed(self.figures.days)
        )

    def tables(self) -> tuple[CountTable, ...]:
        """The counts by role, language, source and device."""
        names = part_titles()
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
                *(self._standing(counts, standing, parts) for standing in STANDINGS),
            ),
            share(counts.break_off),
            formatting.mean(counts.minutes.median, current(), 1) if counts.minutes else DASH,
            self.wave.tone(group.key) if "role" in parts else "",
        )

    def _standing(self, counts: Counts, standing: str, parts: dict[str, object]) -> Linked:
        if standing == "in_progress" and self.cases.takes_answers and not self.cases.keeps_days:
            return Linked(None, None)  # not told from who broke off
        return Linked(getattr(counts, standing), self.to(**parts, state=standing))

    def of_role(self, role: str, rows: tuple[PageDropOff, ...]) -> RoleDropOff:
        """The pages of a role that were reached or left, in order."""
        shown = tuple(self._page_row(row) for row in rows if row.reached)
        counts = next((group.counts for group in self.figures.groups["role"] if group.key == role), Counts())
        return RoleDropOff(
            role,
            self.name("role", role),
            translate(
                "%(left)s of the %(ended)s who sent or broke off (%(share)s)",
                left=whole(counts.left),
                ended=whole(counts.left + counts.complete),
                share=share(counts.break_off),
            ),
            shown,
        )

    def _page_row(self, row: PageDropOff) -> PageRow:
        return PageRow(
            title=page_title(self.wave.instrument, row.page, row.role),
            reached=Linked(row.reached, self.to(role=row.role, reached=row.page)),
            left=Linked(row.left, self.to(role=row.role, state="left", page=row.page)),
            share=share(row.share),
            seconds=formatting.mean(row.seconds, current(), 0) if row.seconds is not None else DASH,
            rank=row.rank,
            sentence=translate(
                "%(role)s: %(left)s of the %(reached)s who reached it broke off here (%(share)s)",
                role=self.name("role", row.role),
                left=whole(row.left),
                reached=whole(row.reached),
                share=share(row.share),
            ),
        )
