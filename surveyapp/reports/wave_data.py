"""The data of one wave as they stand: what every table is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from surveyapp.analysis.dataset import Dataset
from surveyapp.instrument.model import Instrument


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

    @property
    def is_imported(self) -> bool:
        """Whether the wave came in as a file."""
        return self.instrument.wave.imported_series is not None

    def cases(self, *, partials: bool = False) -> Dataset:
        """The cases figures rest on: those that were sent, and on request those broken off as far as they came.

        Of an imported wave every case of the file counts: its own reports counted every valid answer.
        """
        return self.dataset.with_partials() if partials or self.is_imported else self.dataset.complete()
