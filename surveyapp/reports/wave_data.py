"""The data of one wave as they stand: what every table is made of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from surveyapp.analysis.columns import Bools
from surveyapp.analysis.dataset import Dataset
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.weighting import UNWEIGHTED_ONLY, Schemes


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
class Extent:
    """How far a wave is published: one that is open, or one that is over and out of which answers were taken back.

    Parameters
    ----------
    known :  the finished cases that count or are held back
    counts : shape (n,), who counts
    kept :   shape (n,) each: whatever is shown has enough people of every one of these in it
    is_drawn : of whoever counted before nobody is known, so twice as many are enough
    steps :  in order
    is_paused : somebody who counts took answers back after the last step: nothing is shown until the next
    is_over : the wave is closed
    """

    known: Dataset
    counts: Bools
    kept: tuple[Bools, ...]
    steps: tuple[Step, ...]
    is_drawn: bool = True
    is_paused: bool = False
    is_over: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether nothing is shown at all: before the first step, or until the next."""
        return self.is_paused or not self.steps


@dataclass(frozen=True, slots=True, eq=False)
class WaveData:
    """An instrument, its cases as columns, and when and how they stand.

    ``stand`` is the moment up to which every change is in: of a wave that is over, when it closed, however much later
    somebody looks. ``version`` changes only when figures can have changed. ``earlier`` are the other versions that some
    of these cases were asked by. ``plans_before`` are the versions by which figures were shown before this one, first
    to last, each with the filters that had been released on request by then. ``requested`` counts the filters on
    request that are written down, with any that cannot be read any more.
    """

    instrument: Instrument
    dataset: Dataset
    stand: datetime
    version: int
    earlier: tuple[Instrument, ...] = ()
    extent: Extent | None = None  # None: all of it is published, or this is for who may see cases
    is_made_up: bool = False  # robots filled it, to look around in
    plans_before: tuple[Instrument, ...] = ()
    requested: int = 0
    schemes: Schemes = UNWEIGHTED_ONLY  # the weightings in force
    whole: Dataset | None = None  # with those that are excluded; None: nobody is
    is_tried: bool = False  # what was answered while the wave was tried, and nothing else
    left_out: int = 0  # so many finished questionnaires are excluded from these figures
    rules_not_run: tuple[str, ...] = ()  # codes of quality rules that failed at the last run; set where files are made
    kept: dict[str, object] = field(default_factory=dict, repr=False)  # worked out of these cases once; goes with them

    @property
    def finished(self) -> Dataset:
        """Every finished questionnaire, the excluded ones among them with a state of their own."""
        return (self.whole or self.dataset).finished()

    def with_excluded(self) -> WaveData:
        """The same data for a list of all cases: those excluded stand in it, with a state of their own."""
        return self if self.whole is None else replace(self, dataset=self.whole, whole=None, kept={})

    @property
    def is_imported(self) -> bool:
        """Whether the wave came in as a file."""
        return self.instrument.wave.imported_series is not None

    def cases(self, *, partials: bool = False) -> Dataset:
        """The cases figures rest on: those that were sent, and on request those broken off as far as they came.

        Of an imported wave every case of the file counts: its own reports counted every valid answer.
        """
        return self.dataset.with_partials() if partials or self.is_imported else self.dataset.complete()
