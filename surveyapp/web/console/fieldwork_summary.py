"""The fieldwork page of who may not see cases: how many finished, of whom, in the steps in which figures are published.

No list stands behind a figure, no group is combined with another, and nothing tells of one to nine people: days, pages
and who is answering now belong to who may see cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import request

from surveyapp import clock
from surveyapp.errors import NotReleased
from surveyapp.reports import formatting
from surveyapp.reports.grid import Figure, Grid
from surveyapp.reports.publishing import least_for_figures, least_for_step
from surveyapp.reports.response import participation
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.wording import steps_note
from surveyapp.web.console.choices import LIMITS
from surveyapp.web.console.fieldwork_cards import closing
from surveyapp.web.console.frame import WaveFrame, part_titles
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import whole


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
    closing: tuple[str, str] | None  # days left and until when; absent where the fieldwork is over
    roles: tuple[SummaryRow, ...]
    tables: tuple[SummaryTable, ...]
    note: str


def fieldwork_summary(
    wave: WaveFrame, data: WaveData, announcement: str, targets: Mapping[str, int]
) -> FieldworkSummary:
    """The page for who may not see cases.

    Raises
    ------
    NotReleased     the address asks for a part of the wave, or for something only cases tell
    """
    if any(request.args.get(name) for name in LIMITS):
        raise NotReleased("Parts of the fieldwork and combinations of groups take the role of researcher.")
    found = participation(data)
    names = part_titles()
    by_part: dict[str, list[tuple[str, int]]] = {}
    for at, group in enumerate(found.groups):
        by_part.setdefault(group.banner or "", []).append((group.key.partition(":")[2], at))
    is_open = data.extent is not None and not data.extent.is_over
    return FieldworkSummary(
        stand=data.stand,
        announcement=announcement,
        pause=step_line(data),
        here=wave.address("console.fieldwork"),
        everyone=_row(wave, "", "", found, 0, sum(targets.values()) or None),
        others=()
        if is_open
        else (
            (translate("Begun and not sent"), _count(found.figure("partial"))),
            (translate("Not eligible"), _count(found.figure("screened_out"))),
        ),
        closing=closing(wave, clock.today()),
        roles=tuple(_row(wave, "role", key, found, at, targets.get(key)) for key, at in by_part.get("role", ())),
        tables=tuple(
            SummaryTable(part, names[part], tuple(_row(wave, part, key, found, at) for key, at in places))
            for part, places in by_part.items()
            if part
        ),
        note=translate(
            "A dot means that the figure, by itself or by subtraction, would be about fewer than %(threshold)s people.",
            threshold=wave.instrument.study.threshold,
        ),
    )


def no_figures_yet(data: WaveData) -> str:
    """Why an open wave shows nothing to who may not see its cases, and when it will; empty when it shows figures."""
    extent = data.extent
    if extent is None:
        return ""
    if not extent.steps:
        return translate(
            "Figures follow when at least %(n)s people have sent their answers.",
            n=least_for_figures(data.instrument.study.threshold),
        )
    if extent.is_paused and not extent.known.n:
        return translate(
            "What was shown before is not known any more. Figures come back when at least %(n)s people have sent "
            "their answers, drawn anew, so that nothing tells of a few.",
            n=least_for_figures(data.instrument.study.threshold),
        )
    if extent.is_paused:
        return translate(
            "Somebody took answers back. The figures pause until at least %(n)s others have sent theirs, "
            "so that nothing tells of one person.",
            n=least_for_step(data.instrument.study.threshold),
        )
    return ""


def step_line(data: WaveData) -> str:
    """How the figures of an open wave move, or why there are none yet; empty when they stand still or move at once."""
    found, extent = no_figures_yet(data), data.extent
    if found or extent is None:
        return found
    if extent.is_over and extent.steps[-1].lot is None:
        return ""
    if extent.is_over and extent.steps[-1].is_blind:
        return translate(
            "Who takes part in this wave changed after others had seen all its figures. So that nothing tells of a few "
            "people, figures rest on two thirds of the finished questionnaires, drawn by lot, and small groups have "
            "none."
        )
    if extent.is_over:
        return translate(
            "Before the wave closed, somebody took answers back. What would tell of fewer than %(n)s people, held "
            "against what was shown earlier, has no figures.",
            n=data.instrument.study.threshold,
        )
    said = steps_note(data)
    return said[current()] if said is not None else ""


def _row(wave: WaveFrame, part: str, key: str, found: Grid, at: int, target: int | None = None) -> SummaryRow:
    complete, minutes = (found.figures[line][at] for line in (0, 1))
    progress = None if complete.count is None or not target else complete.count / target
    return SummaryRow(
        key=key,
        name=found.groups[at].label[current()] if part else translate("All"),
        tone=wave.tone(key) if part == "role" else "",
        complete=_count(complete),
        minutes=formatting.figure_text(minutes, "minutes", current()) or "–",
        target=whole(target) if target else "",
        percent="" if progress is None else formatting.share(progress, current()),
        progress=None if progress is None else min(100, int(100 * progress)),
    )


def _count(figure: Figure) -> str:
    return formatting.figure_text(figure, "count", current())
