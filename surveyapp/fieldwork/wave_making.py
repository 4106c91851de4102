"""A new wave made of an earlier one: its questionnaire and tables, and what stands beside them in the database."""

from __future__ import annotations

from collections.abc import Callable

from surveyapp.config import Settings
from surveyapp.errors import WrongState
from surveyapp.fieldwork import definitions, waves, weightings
from surveyapp.fieldwork.definition_changes import examined
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.next_wave import next_wave
from surveyapp.numerals import YEARS
from surveyapp.storage import audit, sources, targets
from surveyapp.storage.database import Session

Copy = Callable[[Session, str, int, int], object]
"""Copies something of a study from one year to another."""


def _targets(session: Session, study: str, earlier: int, year: int) -> None:
    targets.replace(session, study, year, targets.of_wave(session, study, earlier))


def _sources(session: Session, study: str, earlier: int, year: int) -> None:
    sources.add(session, study, year, sources.of_wave(session, study, earlier))


BESIDE: tuple[Copy, ...] = (_targets, _sources)
"""What a new wave gets beside its definition. Never people, never answers."""


def new_wave(session: Session, settings: Settings, study: str, earlier: int, year: int, actor: str) -> Instrument:
    """Make the draft of a wave of what an earlier one runs on; its dates move to the same days of the week.

    Parameters
    ----------
    earlier : the wave to begin with; its state does not matter

    Raises
    ------
    NotFound              there is no such earlier wave, or it asks nobody anything
    WrongState            the wave is there already, or does not come after the earlier one
    DefinitionRefused     what would be made of it holds an error
    """
    waves.wave_info(session, study, earlier)
    if year not in YEARS or year <= earlier:
        raise WrongState("A new wave comes after the one it is made of: choose a year after %(year)s.", year=earlier)
    if any(info.year == year for info in waves.wave_list(session, study)):
        raise WrongState("The wave %(study)s %(year)s is there already.", study=study, year=year)
    contents = next_wave(definitions.contents_in_force(session, settings, study, earlier), earlier, year)
    instrument, _ = examined(settings, study, year, contents)
    made = waves.create_wave(session, instrument)
    definitions.hold(session, study, year, contents, actor, expected=0, based_on=earlier)
    audit.add(session, actor, "wave.create", f"{study} {year}", {"version": instrument.hash, "from": earlier})
    weightings.weigh_from_the_start(session, instrument, actor)
    for copy in BESIDE:
        copy(session, study, earlier, made.year)
    return instrument
