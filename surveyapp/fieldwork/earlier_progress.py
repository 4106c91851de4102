"""How far the wave before was on each day of its fieldwork, to lay beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveyapp.fieldwork.case_lines import DayCount
from surveyapp.fieldwork.figures import counted_by_day
from surveyapp.fieldwork.waves import WaveInfo, wave_list
from surveyapp.storage import editions, progress
from surveyapp.storage.database import Session


@dataclass(frozen=True, slots=True)
class EarlierWave:
    """Completes so far per role by day of the fieldwork, the day on which the first person began being the first."""

    year: int
    so_far: tuple[Mapping[str, int], ...]


def last_wave(session: Session, study: str, year: int) -> tuple[WaveInfo, int] | None:
    """The last earlier wave that is over, with the number of its edition; with another its figures are others."""
    found = next((one for one in wave_list(session, study) if one.year < year and one.is_settled), None)
    if found is None:
        return None
    made = editions.of_wave(session, study, found.year)
    return found, max((row.number for row in made), default=0)


def earlier_wave(session: Session, info: WaveInfo) -> EarlierWave:
    """Its completes by day; no days where it came in as a file and knows none."""
    counts = [DayCount(*row) for row in progress.by_day(session, info.study, info.year)]
    days = counted_by_day(counts, sorted({count.role for count in counts}))
    return EarlierWave(info.year, tuple(one.so_far for one in days))
