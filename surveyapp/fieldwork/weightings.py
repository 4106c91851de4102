"""The targets of a wave while it goes on: put in force from its weighting.yaml, each time as a version of their own."""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp import clock
from surveyapp.errors import NotFound, Word, WrongState
from surveyapp.fieldwork import editions
from surveyapp.fieldwork.wave_moves import OVER
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.weighting import Schemes
from surveyapp.storage import audit, waves, weightings
from surveyapp.storage.database import Session

WEIGH = "wave.weigh"
"""What the audit log and the editions call it."""


@dataclass(frozen=True, slots=True)
class PutInForce:
    """The names of the schemes that hold from now on, each with its version; ``report``: which weights the report."""

    names: tuple[str, ...]
    report: str | None


def weigh(session: Session, instrument: Instrument, actor: str, reason: str = "") -> PutInForce:
    """Put the targets of a wave's weighting.yaml in force; without that file nothing is weighted from now on.

    Raises
    ------
    NotFound       there is no such wave
    WrongState     it is archived, nothing differs from what is in force, or it is closed and no reason is given
    """
    # Only here: the parser of definitions has no place in a respondent's process.
    from surveyapp.instrument.schemes import schemes_of

    study, year = instrument.study.id, instrument.wave.year
    row = waves.find(session, study, year, lock=True)
    if row is None:
        raise NotFound(
            "There is no wave %(study)s %(year)s; make it with: surveyapp wave create %(study)s %(year)s",
            study=study,
            year=year,
        )
    if row.state == "archived":
        raise WrongState(
            "%(study)s %(year)s is %(state)s: in it nothing changes any more.",
            study=study,
            year=year,
            state=Word(row.state),
        )
    found = schemes_of(instrument.weighting)
    made = PutInForce(tuple(scheme.name for scheme in found.all), found.report)
    number, held = weightings.in_force(session, study, year)
    if dict(held) == dict(instrument.weighting):
        raise WrongState("%(study)s %(year)s: these targets are in force already.", study=study, year=year)
    if row.state in OVER:
        editions.require_reason(study, year, reason)
    weightings.add(session, study, year, instrument.weighting, at=clock.now(), actor=actor, number=number + 1)
    details = {"schemes": list(made.names), "report": made.report, "reason": reason.strip()}
    audit.add(session, actor, WEIGH, f"{study} {year}", details)
    if row.state in OVER:
        editions.make(session, study, year, actor, WEIGH, reason)
    return made


def schemes_in_force(session: Session, study: str, year: int) -> Schemes:
    """The weightings that hold in a wave."""
    from surveyapp.instrument.schemes import schemes_of

    return schemes_of(weightings.in_force(session, study, year)[1])


def weigh_from_the_start(session: Session, instrument: Instrument, actor: str) -> None:
    """Put the targets in force with the definition they stand beside, where they differ from those that are."""
    _, held = weightings.in_force(session, instrument.study.id, instrument.wave.year)
    if dict(held) != dict(instrument.weighting):
        weigh(session, instrument, actor)
