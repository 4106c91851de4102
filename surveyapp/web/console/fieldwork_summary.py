"""The fieldwork page of who may not see cases: how many finished, of whom, in the steps in which figures are published.

No list stands behind a figure, no group is combined with another, and nothing tells of one to nine people: days, pages
and who is answering now belong to who may see cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for

from surveyapp import clock
from surveyapp.errors import NotReleased
from surveyapp.reports import formatting
from surveyapp.reports.participation import Finished, participation
from surveyapp.reports.publishing import least_for_figures, least_for_step
from surveyapp.reports.wave_data import WaveData
from surveyapp.web.console.choices import LIMITS
from surveyapp.web.console.frame import WaveFrame, group_name, part_titles
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import day, whole

HIDDEN = "."


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One group in words."""

    key: str
    name: str
    tone: str
    complete: str
    minutes: str
    target: str = ""
    percent: str = ""
    progress: int | None = None


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """The groups of one part."""

    part: str
    name: str
    rows: tuple[SummaryRow, ...]


@dataclass(frozen=True, slots=True)
class FieldworkSummary:
    """The whole page."""

    stand: datetime
    announcement: str
    pause: str
    here: str
    everyone: SummaryRow
    others: tuple[tuple[str, str], ...]
    closing: tuple[str, str]
    roles: tuple[SummaryRow, ...]
    tables: tuple[SummaryTable, ...]
    note: str


def fieldwork_summary(wave: WaveFrame, data: WaveData, announcement: str) -> FieldworkSummary:
    """The page for who may not see cases.

    Raises
    ------
    NotReleased     the address asks for a part of the wave, or for something only cases tell
    """
    if any(request.args.get(name) for name in LIMITS):
        raise NotReleased("Parts of the fieldwork and combinations of groups take the role of researcher.")
    found = participation(data)
    targets = wave.instrument.wave.targets
    names = part_titles()
    roles = tuple(_row(wave, "role", one, targets.get(one.key)) for one in found.groups.get("role", ()))
    return FieldworkSummary(
        stand=data.stand,
        announcement=announcement,
        pause=step_line(data),
        here=url_for("console.fieldwork", study=wave.study, year=wave.year),
        everyone=_row(wave, "", found.everyone, sum(targets.values()) or None),
        others=_others(
            found.partial, found.screened_out, is_open=data.publication is not None and not data.publication.is_over
        ),
        closing=_closing(wave),
        roles=roles,
        tables=tuple(
            SummaryTable(part, names[part], tuple(_row(wave, part, one) for one in groups))
            for part, groups in found.groups.items()
        ),
        note=translate(
            "A dot stands where fewer than %(threshold)s people would be spoken of, alone or by subtraction.",
            threshold=wave.instrument.study.threshold,
        ),
    )


def no_figures_yet(data: WaveData) -> str:
    """Why an open wave shows nothing to who may not see its cases, and when it will; empty when it shows figures."""
    publication = data.publication
    if publication is None:
        return ""
    if not publication.steps:
        return translate(
            "Figures follow when at least %(n)s people have sent their answers.",
            n=least_for_figures(data.instrument.study.threshold),
        )
    if publication.is_paused and publication.steps[-1].is_blind:
        return translate(
            "The database was restored. Figures come back when at least %(n)s people have sent their answers, "
            "drawn anew, so that nothing tells of a few.",
            n=least_for_figures(data.instrument.study.threshold),
        )
    if publication.is_paused:
        return translate(
            "Somebody took answers back. The figures pause until at least %(n)s others have sent theirs, "
            "so that nothing tells of one person.",
            n=least_for_step(data.instrument.study.threshold),
        )
    return ""


def step_line(data: WaveData) -> str:
    """How the figures of an open wave move, or why there are none yet; empty when they stand still or move at once."""
    found = no_figures_yet(data)
    if found or data.publication is None:
        return found
    if data.publication.is_over and data.publication.steps[-1].lot is None:
        return ""
    if data.publication.is_over and data.publication.steps[-1].is_blind:
        return translate(
            "Somebody took answers back after others had seen figures. So that nothing tells of one person, figures "
            "rest on two thirds of the finished questionnaires, drawn by lot, and small groups have none."
        )
    if data.publication.is_over:
        return translate(
            "Before the wave closed, somebody took answers back. What would tell of fewer than %(n)s people, held "
            "against what was shown earlier, has no figures.",
            n=data.instrument.study.threshold,
        )
    return translate(
        "While the wave is open, figures move in steps of at least %(n)s finished questionnaires, drawn by lot.",
        n=data.instrument.study.threshold,
    )


def _others(partial: int | None, screened_out: int | None, *, is_open: bool) -> tuple[tuple[str, str], ...]:
    if is_open:
        return ()
    return (
        (translate("Begun and not sent"), HIDDEN if partial is None else whole(partial)),
        (translate("Not eligible"), HIDDEN if screened_out is None else whole(screened_out)),
    )


def _closing(wave: WaveFrame) -> tuple[str, str]:
    closes = wave.instrument.wave.closes
    if wave.state not in ("open", "test") or not closes:
        return "–", wave.state_name if closes else translate("no closing date set")
    left = (datetime.fromisoformat(closes).date() - clock.today()).days
    if left < 0:
        return "0", translate("planned closing day was %(day)s", day=day(closes))
    return whole(left), translate("closes on %(day)s", day=day(closes))


def _row(wave: WaveFrame, part: str, one: Finished, target: int | None = None) -> SummaryRow:
    progress = None if one.complete is None or not target else one.complete / target
    return SummaryRow(
        key=one.key,
        name=group_name(wave.instrument, part, one.key) if part else translate("All"),
        tone=wave.tone(one.key) if part == "role" else "",
        complete=HIDDEN if one.complete is None else whole(one.complete),
        minutes=formatting.mean(one.minutes, current(), 1)
        if one.minutes is not None
        else ("–" if one.complete == 0 else HIDDEN),
        target=whole(target) if target else "",
        percent="" if progress is None else formatting.share(progress, current()),
        progress=None if progress is None else min(100, int(100 * progress)),
    )
