"""The flags of a wave and what was decided, as every page about quality reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from surveyapp.fieldwork import quality as deeds
from surveyapp.fieldwork.quality import Decision
from surveyapp.reports.quality_flags import Flags, flags_of
from surveyapp.reports.quality_summary import decided_of
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.database import Session
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.sessions import services


@dataclass(frozen=True, slots=True, eq=False)
class QualityData:
    """What a page about quality speaks of; no flags: a large wave whose first run is still to come."""

    data: WaveData
    flags: Flags | None
    decisions: Mapping[UUID, Decision]
    decided: NDArray[np.int8]


def quality_data(session: Session, wave: WaveFrame) -> QualityData:
    """Read it."""
    live = services().live
    flags = flags_of(services().database, live, wave.study, wave.year)
    decisions = deeds.decisions(session, wave.study, wave.year)
    decided = np.zeros(0, dtype=np.int8) if flags is None else decided_of(flags, decisions)
    return QualityData(live.data(wave.study, wave.year), flags, decisions, decided)
