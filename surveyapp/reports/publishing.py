"""How a wave is published while it is open: in steps, drawn by lot, with a reserve, so that no look tells of a few.

Who may not see cases gets the finished questionnaires of the last step. A step is made when somebody looks and enough
others have come; which of them count is drawn by lot, the rest is the reserve out of which closing the wave is the last
and large step. Which figures wait for a later step is decided per variable (`surveyapp.analysis.published_steps`); the
choice here only sees to it that few have to. Steps stand in the database: every process shows the same, also after a
restart.

A wave that is over is shown whole, unless answers were taken back: then what the steps had made sure of is made sure of
by those who are held back now or had never been shown before (`surveyapp.storage.publication`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlmodel import Session

from surveyapp import clock
from surveyapp.analysis.columns import Bools, Ints
from surveyapp.analysis.dataset import Dataset
from surveyapp.errors import StorageBusy
from surveyapp.reports.release import FILTER, release_of
from surveyapp.reports.wave_data import Publication, Step, WaveData
from surveyapp.storage import publication, waves
from surveyapp.storage.database import Database

LEAST_RESERVE, MOST_RESERVE = 2, 15
"""Half of what has come is held back, within so many times the threshold: a group needs the threshold in reserve."""
LEAST_STEP = 2
"""A step takes so many times the threshold, and a fifth of what is published."""
GROWTH = 0.2


def least_for_figures(threshold: int) -> int:
    """Finished questionnaires from which a first step can be made."""
    return threshold * (LEAST_RESERVE + LEAST_STEP)


def least_for_step(threshold: int) -> int:
    """Finished questionnaires that a further step takes at the least, in a wave that goes on."""
    return threshold * LEAST_STEP


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database says of one wave's steps."""

    steps: tuple[Step, ...] = ()
    stand: datetime | None = None
    cases: Mapping[UUID, tuple[int, int | None]] | None = None


def standing(database: Database, study: str, year: int, known: Standing | None = None) -> Standing:
    """The steps as they stand; which cases count is not read again where the steps are the ones that are known."""
    with database.read_primary() as session:
        steps, stand = _steps(session, study, year)
        if known is not None and known.steps == steps and known.cases is not None:
            return known
        return Standing(steps, stand, publication.cases(session, study, year))


def _steps(session: Session, study: str, year: int) -> tuple[tuple[Step, ...], datetime | None]:
    """The steps and the moment of the last. Their numbers begin anew when a wave is opened again; their lots do not."""
    rows = publication.steps(session, study, year)
    steps = tuple(Step(row.step, row.is_whole, row.has_lost, row.is_blind, row.lot, row.held_back) for row in rows)
    return steps, rows[-1].stand if rows else None


def published(data: WaveData, standing: Standing, *, is_over: bool = False) -> WaveData:
    """The data of a wave as far as they are published: one that is open, or over with somebody's answers taken back."""
    if is_over:
        return _published_over(data, standing.steps[-1])
    finished = data.dataset.complete()
    cases = standing.cases or {}
    places = [cases.get(UUID(str(case))) for case in finished.ids]
    index = np.array([place for place, one in enumerate(places) if one is not None], dtype=np.intp)
    known = finished.take(index)
    by = np.array([one[0] for one in places if one is not None], dtype=np.intp)
    since = np.array([one[1] or 0 for one in places if one is not None], dtype=np.intp)
    counted = sum(step is not None for _, step in cases.values())
    is_paused = counted > int((since > 0).sum()) or (bool(standing.steps) and _is_unsafe_yet(standing.steps[-1]))
    present = {UUID(str(case)) for case in finished.ids}
    gone = tuple(by for case, (by, _) in cases.items() if case not in present)
    number = standing.steps[-1].number if standing.steps else 0
    return WaveData(
        data.instrument,
        known.take(np.flatnonzero((since > 0) & (not is_paused))),
        standing.stand or data.stand,
        number * 2 + is_paused,
        data.earlier,
        Publication(known, by, since, standing.steps, is_paused, gone),
        is_made_up=data.is_made_up,
    )


def _is_unsafe_yet(last: Step) -> bool:
    """Whether nothing may be shown before the next step: answers were taken back while everybody could see everything,
    or a database was restored and nobody knows what had been shown."""
    return (last.is_whole and last.has_lost) or (last.is_blind and last.lot is None)


def _published_over(data: WaveData, step: Step) -> WaveData:
    finished = data.dataset.complete()
    held: Bools = np.zeros(finished.n, dtype=np.bool_)
    if step.lot is not None:
        held = _places(step.lot, finished) >= publication.PLACES - step.held_back
    counts = ~held if step.is_blind else np.ones(finished.n, dtype=np.bool_)
    return WaveData(
        data.instrument,
        finished.take(np.flatnonzero(counts)),
        data.stand,
        step.number * 2,
        data.earlier,
        Publication(
            finished,
            np.where(held, 0, step.number).astype(np.intp),
            np.where(counts, step.number, 0).astype(np.intp),
            (step,),
            is_over=True,
        ),
        is_made_up=data.is_made_up,
    )


def _places(lot: str, cases: Dataset) -> Ints:
    return np.array([publication.place_of(lot, UUID(str(case))) for case in cases.ids], dtype=np.intp)


def advance(database: Database, data: WaveData, standing: Standing) -> bool:
    """Make the next step when enough people have finished; whether one was made, by this process or another."""
    finished, cases = data.dataset.complete(), standing.cases or {}
    ids = [UUID(str(case)) for case in finished.ids]
    counts = np.array([(cases.get(case) or (0, None))[1] is not None for case in ids], dtype=np.bool_)
    present = set(ids)
    lost = [case for case, (_, step) in cases.items() if step is not None and case not in present]
    has_lost = bool(lost)
    lot = next((step.lot for step in reversed(standing.steps) if step.lot), None) or publication.new_lot()
    chosen = chosen_cases(data, counts, lot, has_lost=has_lost)
    if chosen is None:
        return False
    highest = int(_places(lot, finished)[chosen | counts].max())
    study, year = data.instrument.study.id, data.instrument.wave.year
    number = standing.steps[-1].number if standing.steps else 0
    with suppress(StorageBusy), database.write() as session:
        wave = waves.find(session, study, year, lock=True)
        if wave is not None and wave.state == "open" and _steps(session, study, year)[0] == standing.steps:
            publication.add_step(
                session,
                study,
                year,
                number + 1,
                clock.now().replace(second=0, microsecond=0),
                [case for case, here in zip(ids, chosen, strict=True) if here],
                [case for case, out in zip(ids, chosen | counts, strict=True) if not out],
                lost,
                has_lost=has_lost,
                lot=lot,
                held_back=publication.PLACES - 1 - highest,
            )
        return True
    return False


def chosen_cases(data: WaveData, counts: Bools, lot: str, *, has_lost: bool = False) -> Bools | None:
    """Who of the finished cases counts from the next step on, besides those that ``counts`` already; None: not yet.

    Parameters
    ----------
    counts : shape (n,) over the finished cases
    lot :    by which it is drawn: whoever waits lowest comes first
    """
    threshold = data.instrument.study.threshold
    waits = np.flatnonzero(~counts)
    published = int(counts.sum())
    reserve = min(max(LEAST_RESERVE * threshold, len(counts) // 2), MOST_RESERVE * threshold)
    many = len(waits) - reserve
    least = LEAST_STEP * threshold
    if many < (least if has_lost else max(least, int(GROWTH * published))):
        return None
    places = _places(lot, data.dataset.complete())
    chosen: Bools = np.zeros(len(counts), dtype=np.bool_)
    chosen[waits[np.argsort(places[waits], kind="stable")[:many]]] = True
    return _without_a_few(data, counts, chosen, least)


def _without_a_few(data: WaveData, counts: Bools, chosen: Bools, least: int) -> Bools:
    """The same choice, less the few of a group that is shown already: they come with a later step."""
    release = release_of(data)
    threshold = data.instrument.study.threshold
    groups = _over_finished(release.groups(least_rank=FILTER), release.cases.is_complete)
    for members in groups:
        few = chosen & members
        if 0 < few.sum() < threshold <= (counts & members).sum() and chosen.sum() - few.sum() >= least:
            chosen = chosen & ~members
    return chosen


def _over_finished(groups: Sequence[Bools], is_complete: Bools) -> list[Bools]:
    return [members[is_complete] for members in groups]
