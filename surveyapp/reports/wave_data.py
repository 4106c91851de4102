"""The data of one wave as they stand: what every table is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from surveyapp.analysis.columns import Bools, Ints
from surveyapp.analysis.dataset import Dataset
from surveyapp.instrument.model import Instrument


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the figures of an open wave."""

    number: int
    is_whole: bool = False  # everything was shown: the wave had been closed
    has_lost: bool = False  # somebody published before took answers back
    is_blind: bool = False  # what was shown before is not known any more
    lot: str | None = None  # by which it is drawn who is held back
    held_back: int = 0  # so many of a million


@dataclass(frozen=True, slots=True, eq=False)
class Publication:
    """How far a wave is published: one that is open, or one that is over and out of which answers were taken back.

    Parameters
    ----------
    known : the finished cases that are published or held in reserve
    by :    shape (n,), by which step each was known
    since : shape (n,), since which step it counts; 0: held in reserve
    steps : in order
    is_paused : somebody who is published took answers back after the last step: nothing is shown until the next
    gone :  of everyone known who took answers back, by which step
    is_over : the wave is closed, and there is at most one step
    """

    known: Dataset
    by: Ints
    since: Ints
    steps: tuple[Step, ...]
    is_paused: bool = False
    gone: tuple[int, ...] = ()
    is_over: bool = False

    def moments(self) -> Iterator[PublishedMoment]:
        """Who counted and who waited at each step; none where all of a wave that is over is shown."""
        is_blind = False
        for step in self.steps:
            if self.is_over and step.lot is None:
                continue
            is_blind |= step.is_blind
            counts = (self.since > 0) & (self.since <= step.number)
            # Of a wave that is over: who is held back now, or is shown now for the first time.
            waits = self.by == 0 if self.is_over else (self.by <= step.number) & ~counts
            yield PublishedMoment(step, counts, waits, sum(by <= step.number for by in self.gone), is_blind)


@dataclass(frozen=True, slots=True, eq=False)
class PublishedMoment:
    """One step with who of the known cases counted and who waited then, and how many known then have left since."""

    step: Step
    counts: Bools
    waits: Bools
    gone: int
    is_blind: bool


@dataclass(frozen=True, slots=True, eq=False)
class WaveData:
    """An instrument, its cases as columns, and when and how they stand.

    ``stand`` is the moment up to which every change is in: of a wave that is over, when it closed, however much later
    somebody looks. ``version`` changes only when figures can have changed. ``earlier`` are the other versions that some
    of these cases were asked by.
    """

    instrument: Instrument
    dataset: Dataset
    stand: datetime
    version: int
    earlier: tuple[Instrument, ...] = ()
    publication: Publication | None = None  # None: all of it is published, or this is for who may see cases
    is_made_up: bool = False  # robots filled it, to look around in
    kept: dict[str, object] = field(default_factory=dict, repr=False)  # worked out of these cases once; goes with them

    @property
    def is_imported(self) -> bool:
        """Whether the wave came in as a file."""
        return self.instrument.wave.imported_series is not None

    def cases(self, *, partials: bool = False) -> Dataset:
        """The cases figures rest on: those that were sent, and on request those broken off as far as they came.

        Of an imported wave every case of the file counts: its own reports counted every valid answer.
        """
        return self.dataset.with_partials() if partials or self.is_imported else self.dataset.complete()
