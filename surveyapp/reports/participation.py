"""How many finished, of everyone and by role, language, source and device: what anybody may know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import SKIPPED
from surveyapp.analysis.dataset import STATES
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.release import hidden_counts, release_of
from surveyapp.reports.wave_data import WaveData

PARTS = tuple(SYSTEM_VARIABLES)


@dataclass(frozen=True, slots=True)
class Finished:
    """One group; None where the figure is hidden."""

    key: str
    complete: int | None
    minutes: float | None  # median


@dataclass(frozen=True, slots=True)
class Participation:
    """Who finished. ``partial`` and ``screened_out`` are known only when the wave is over, and hidden together."""

    everyone: Finished
    groups: Mapping[str, tuple[Finished, ...]]  # by part
    partial: int | None = None
    screened_out: int | None = None


def participation(data: WaveData) -> Participation:
    """Count the finished questionnaires of a wave as far as they are released."""
    release = release_of(data)
    cases = data.cases()
    nobody = np.zeros(release.cases.n, dtype=np.int16)
    timed = np.where(release.cases.seconds > 0, nobody, np.int16(SKIPPED))
    everyone = np.ones(cases.n, dtype=np.bool_)
    groups: dict[str, tuple[Finished, ...]] = {}

    def finished(key: str, here: np.ndarray[tuple[int], np.dtype[np.bool_]], *hidden: bool) -> Finished:
        seconds = cases.seconds[here & (cases.seconds > 0)]
        median = None if hidden[1] or not len(seconds) else float(np.median(seconds)) / 60
        return Finished(key, None if hidden[0] else int(here.sum()), median)

    whole = (bool(release.hidden(nobody)[0]), bool(release.hidden(timed)[0]))
    for part in PARTS:
        names: tuple[str, ...] = getattr(cases, f"{part}s")
        counted, measured = release.hidden_groups(part, nobody)[1:], release.hidden_groups(part, timed)[1:]
        if len(counted) < len(names):
            continue  # more groups than a table holds
        groups[part] = tuple(
            finished(name, getattr(cases, part) == place, bool(counted[place]), bool(measured[place]))
            for place, name in enumerate(names)
            if part == "role" or counted[place] or (getattr(cases, part) == place).any()
        )
    if data.publication is not None:
        return Participation(finished("", everyone, *whole), groups)
    states = [data.dataset.state == STATES.index(state) for state in ("started", "screened_out")]
    is_hidden = bool(hidden_counts((), [*states, states[0] | states[1]], release.threshold)[0])
    partial, screened = (None if is_hidden else int(state.sum()) for state in states)
    return Participation(finished("", everyone, *whole), groups, partial, screened)
