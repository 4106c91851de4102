"""How many answers are wanted: what the questionnaire says per role, and what the team set since, also per segment."""

from __future__ import annotations

from collections.abc import Mapping

from surveyapp.errors import WrongState
from surveyapp.fieldwork.waves import wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit, targets
from surveyapp.storage.database import Session

SET = "wave.targets"
HIGHEST = 1_000_000


def role_targets(session: Session, instrument: Instrument) -> dict[str, int]:
    """Completes wanted per role: as it was set for the wave or else as the questionnaire says."""
    held = targets.of_wave(session, instrument.study.id, instrument.wave.year)
    whole = {role: number for (role, segment), number in held.items() if not segment}
    return {**instrument.wave.targets, **whole}


def segment_targets(session: Session, instrument: Instrument) -> dict[tuple[str, str], int]:
    """Completes wanted per role and segment."""
    held = targets.of_wave(session, instrument.study.id, instrument.wave.year)
    return {key: number for key, number in held.items() if key[1]}


def set_targets(session: Session, instrument: Instrument, wanted: Mapping[tuple[str, str], int], actor: str) -> None:
    """Set every target of a wave; '' stands for a role as a whole.

    Raises
    ------
    WrongState     the wave is over, or a number cannot be a target
    """
    study, year = instrument.study.id, instrument.wave.year
    if wave_info(session, study, year).is_settled:
        raise WrongState("The wave of %(year)s is over: its targets stay as they are.", year=year)
    if any(role not in instrument.questionnaires or not 0 <= n <= HIGHEST for (role, _), n in wanted.items()):
        raise WrongState("A target is a whole number up to a million, for a role of this wave.")
    targets.replace(session, study, year, wanted)
    said = {f"{role} / {segment}" if segment else role: number for (role, segment), number in wanted.items()}
    audit.add(session, actor, SET, f"{study} {year}", said)
