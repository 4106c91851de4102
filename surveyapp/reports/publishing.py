"""How a wave is published while it is open: in steps, drawn by lot, so that no look tells of a few.

Who may not see cases gets half of the finished questionnaires that the last step knew. A step is made when somebody
looks and enough others have come, and draws the half that is held back anew among all. So nobody needs to be
remembered: whatever of a population was shown before, what is shown now differs from it by the threshold and more, as
long as twice the threshold of it are held back (`surveyapp.analysis.published_steps`), and so does everybody, at the
closing. What the database keeps is the lots, and which cases the last step knew: the same for every process, and no
order in which they came.

A wave that is over is shown whole, unless answers were taken back: then what the steps had made sure of is made sure of
by those who are held back now or cannot have been shown before (`surveyapp.storage.publication`).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import numpy as np

from surveyapp import clock
from surveyapp.analysis.columns import Bools, Ints
from surveyapp.analysis.dataset import STATES, Dataset
from surveyapp.errors import StorageBusy
from surveyapp.reports.wave_data import Extent, Step, WaveData
from surveyapp.storage import publication, waves
from surveyapp.storage.case_feed import Keys, case_ids, each, keys_of, places_of, published_keys
from surveyapp.storage.database import Database, Session

LEAST_STEP = 2
"""A step takes so many times the threshold, and a fifth of those that the last one knew."""
GROWTH = 0.2
HELD_BACK = 2
"""One in so many is held back, at least `LEAST_STEP` times the threshold of whatever is shown."""


def least_for_figures(threshold: int) -> int:
    """Finished questionnaires from which a first step can be made."""
    return threshold * LEAST_STEP * HELD_BACK


def least_for_step(threshold: int) -> int:
    """Finished questionnaires that a further step takes at the least, in a wave that goes on."""
    return threshold * LEAST_STEP


@dataclass(frozen=True, eq=False)
class Standing:
    """What the database says of one wave's steps, and whom the last of them knows, in order."""

    steps: tuple[Step, ...] = ()
    stand: datetime | None = None
    keys: Keys = field(default_factory=lambda: keys_of(()))

    @property
    def last(self) -> Step:
        """The last step, or what stands for it before the first."""
        return self.steps[-1] if self.steps else Step(0)

    @cached_property
    def is_held(self) -> Bools:
        """Who of them is held back; drawn once a step, as there is a draw for every case."""
        return _held_back(self.last, self.keys)


def standing(session: Session, study: str, year: int, known: Standing | None = None) -> Standing:
    """The steps as they stand; which cases they know is not read again where the steps are the ones that are known.

    To be read in one picture with the data: of a case that only one of them holds nobody knows whether it came or left.
    """
    steps, stand = _steps(session, study, year)
    if known is not None and known.steps == steps:
        return known
    return Standing(steps, stand, published_keys(session, study, year))


def _steps(session: Session, study: str, year: int) -> tuple[tuple[Step, ...], datetime | None]:
    """The steps and the moment of the last. Their numbers begin anew when a wave is opened again; their lots do not."""
    rows = publication.steps(session, study, year)
    steps = tuple(Step(row.step, row.is_whole, row.has_lost, row.is_blind, row.lot, row.held_back) for row in rows)
    return steps, rows[-1].stand if rows else None


def published(data: WaveData, standing: Standing, *, is_over: bool = False) -> WaveData:
    """The data of a wave as far as they are published: one that is open, or over with somebody's answers taken back."""
    if is_over:
        return _published_over(data, standing.steps)
    sent, last = _as_sent(data.finished), standing.last
    is_known, places, gone = _known(sent.keys, standing)
    here, held = sent.take(np.flatnonzero(is_known)), standing.is_held[places]
    is_paused = _is_paused(standing, gone)
    return replace(
        data,
        dataset=here.take(np.flatnonzero(~held & (not is_paused))),
        stand=standing.stand or data.stand,
        version=last.number * 2 + is_paused,
        extent=Extent(here, ~held, () if last.is_whole else (held,), standing.steps, is_paused=is_paused),
        left_out=int((data.finished.is_excluded & ~is_known).sum()),
        kept={},
    )


def _as_sent(finished: Dataset) -> Dataset:
    """Finished cases, those excluded since the last step like any other: what it showed stays until the next one."""
    if not finished.is_excluded.any():
        return finished
    return replace(finished, state=np.full_like(finished.state, STATES.index("complete")), _cache={})


def _known(keys: Keys, standing: Standing) -> tuple[Bools, Ints, Ints]:
    """Which cases the last step knows, the place of each among whom it knows, and who is gone, by place."""
    found = places_of(keys, standing.keys)
    is_gone: Bools = np.ones(len(standing.keys), dtype=np.bool_)
    is_gone[found[found >= 0]] = False
    return found >= 0, found[found >= 0], np.flatnonzero(is_gone)


def _is_paused(standing: Standing, gone: Ints) -> bool:
    """Whether nothing may be shown before the next step: somebody who counted is among those who are gone, or left
    while everybody could see everything, or nobody knows any more what had been shown."""
    if not standing.steps:
        return False
    last = standing.last
    return not standing.is_held[gone].all() or not len(standing.keys) or (last.is_whole and last.has_lost)


def _held_back(step: Step, keys: Keys) -> Bools:
    if step.lot is None:
        return np.zeros(len(keys), dtype=np.bool_)
    places = (publication.place_of(step.lot, key) for key in each(keys))
    held: Bools = np.fromiter(places, dtype=np.intp, count=len(keys)) >= publication.PLACES - step.held_back
    return held


def _published_over(data: WaveData, steps: tuple[Step, ...]) -> WaveData:
    finished, last = data.dataset.complete(), steps[-1]
    kept = tuple(_held_back(step, finished.keys) for step in steps if step.lot is not None)
    counts: Bools = ~kept[-1] if last.is_blind else np.ones(finished.n, dtype=np.bool_)
    return replace(
        data,
        dataset=finished.take(np.flatnonzero(counts)),
        version=last.number * 2,
        extent=Extent(finished, counts, kept, steps, is_drawn=last.is_blind, is_over=True),
        kept={},
    )


def advance(database: Database, data: WaveData, standing: Standing) -> bool:
    """Make the next step when enough people have finished; whether one was made, by this process or another."""
    step = next_step(data, standing)
    if step is None:
        return False
    study, year = data.instrument.study.id, data.instrument.wave.year
    known = case_ids(data.dataset.complete().keys)
    with suppress(StorageBusy), database.write() as session:
        wave = waves.find(session, study, year, lock=True)
        if wave is not None and wave.state == "open" and _steps(session, study, year)[0] == standing.steps:
            stand = clock.now().replace(second=0, microsecond=0)
            lot, held_back = step.lot, step.held_back
            publication.add_step(
                session, study, year, step.number, stand, known, has_lost=step.has_lost, lot=lot, held_back=held_back
            )
        return True
    return False


def next_step(data: WaveData, standing: Standing) -> Step | None:
    """The step that can be made of all who have finished, drawn anew among them; None: not enough have come yet."""
    threshold = data.instrument.study.threshold
    finished = data.dataset.complete()
    is_known, _, _ = _known(finished.keys, standing)
    gone = _known(data.finished.keys, standing)[2]  # who is excluded is not: a step holds back enough for that
    growth = 0 if _is_paused(standing, gone) else int(GROWTH * len(standing.keys))
    least = max(least_for_step(threshold), growth)
    if finished.n < least_for_figures(threshold) or (~is_known).sum() < least:
        return None
    while True:  # half of all lots hold back as many as they should
        step = Step(
            standing.last.number + 1, has_lost=len(gone) > 0, lot=publication.new_lot(), held_back=publication.HALF
        )
        if int(_held_back(step, finished.keys).sum()) * HELD_BACK >= finished.n:
            return step
