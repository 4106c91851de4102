"""How long a questionnaire takes, as the last closed wave measured it; the estimate from its words stands until then.

What is measured was another year's questionnaire. Its median is carried over by the ratio of the two estimates: a
questionnaire with a tenth more to read and answer takes a tenth longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from surveyapp.errors import SurveyError
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.made_up import is_made_up
from surveyapp.fieldwork.waves import WaveInfo, wave_list
from surveyapp.instrument.minutes import estimated_seconds, whole_minutes
from surveyapp.instrument.model import Instrument
from surveyapp.recent import Recent
from surveyapp.storage.cases import complete_seconds
from surveyapp.storage.database import Session

ENOUGH = 30
"""Complete questionnaires of a role below which its median says little; also the low base of the reports."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Whole minutes per role, measured in the wave of ``year``; a role with too few is left out."""

    year: int | None = None
    minutes: Mapping[str, int] = field(default_factory=dict)

    def of(self, instrument: Instrument, role: str) -> int:
        """What to tell someone of this role: the minutes the team set, the measured ones, or else the estimate."""
        if role in instrument.wave.minutes:
            return instrument.wave.minutes[role]
        return self.minutes.get(role, instrument.questionnaires[role].minutes)

    def covers(self, *roles: str) -> bool:
        """Whether every one of these roles was measured."""
        return bool(roles) and all(role in self.minutes for role in roles)


KEPT = 32


class MeasuredMinutes:
    """One per process. Computed once per closed wave and definition; a wave opened and closed again counts anew."""

    def __init__(self, library: InstrumentLibrary) -> None:
        self._library = library
        self._kept: Recent[tuple[object, ...], Measured] = Recent(KEPT)

    def before(self, session: Session, instrument: Instrument) -> Measured:
        """By the last wave of the study that closed before this definition's own; empty when there is none."""
        last = _last_closed(wave_list(session, instrument.study.id), instrument.wave.year)
        if last is None:
            return Measured()
        key = (last.study, last.year, last.closed_at, last.instrument_hash, instrument.hash)
        return self._kept.get(key, lambda: self._computed(session, last, instrument))

    def _computed(self, session: Session, last: WaveInfo, instrument: Instrument) -> Measured:
        if is_made_up(session, last.study, last.year):
            return Measured()  # robots measure nothing
        try:
            earlier = self._library.get(session, last.study, last.instrument_hash)
        except SurveyError:
            return Measured()  # a definition that cannot be read any more keeps nobody from the questionnaire
        spent: dict[str, list[int]] = {}
        for role, seconds in complete_seconds(session, last.study, last.year):
            spent.setdefault(role, []).append(seconds)
        minutes = {
            role: whole_minutes(median(spent[role]) * _estimate(instrument, role) / _estimate(earlier, role))
            for role in instrument.questionnaires
            if len(spent.get(role, ())) >= ENOUGH
            and role in earlier.questionnaires
            and role not in instrument.wave.minutes
        }
        return Measured(last.year, minutes)


def _last_closed(waves: tuple[WaveInfo, ...], year: int) -> WaveInfo | None:
    closed = [wave for wave in waves if wave.is_settled and wave.year < year]
    return max(closed, key=lambda wave: wave.year, default=None)


def _estimate(instrument: Instrument, role: str) -> float:
    return estimated_seconds(instrument.questionnaires[role].pages, instrument.study.source_language)
