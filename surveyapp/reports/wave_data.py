"""The data of one wave as they stand: what every table is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from surveyapp.analysis.dataset import Dataset
from surveyapp.instrument.model import Instrument


@dataclass(frozen=True, slots=True, eq=False)
class WaveData:
    """An instrument, its cases as columns, and when and how they stand.

    ``stand`` is the moment up to which every change is in; ``version`` changes only when figures can have changed.
    """

    instrument: Instrument
    dataset: Dataset
    stand: datetime
    version: int
