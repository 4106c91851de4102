"""A wave gets another definition: looked at by the checks first, and then whole or not at all.

What is changed on the console, what comes in as a file and what the command line takes in goes through :func:`put_in`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveyapp.config import Settings
from surveyapp.errors import DefinitionRefused, NotFound, Word, WrongState
from surveyapp.fieldwork import definitions, versions, waves, weightings
from surveyapp.fieldwork.definitions import Contents
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.wave_moves import BEFORE_OPENING
from surveyapp.instrument.corrections import version_difference
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.loader import read_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit, contacts
from surveyapp.storage import waves as stored
from surveyapp.storage.database import Session

DEFINE = "wave.define"
"""What the audit log calls a change of files that changes nothing of what is asked, such as an approval."""
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class PutIn:
    """What became of it: the revision that holds now, and whether the wave runs on another version since."""

    revision: int
    version: str
    is_new_version: bool


def examined(settings: Settings, study: str, year: int, contents: Contents) -> tuple[Instrument, tuple[Finding, ...]]:
    """The instrument these files make, and what the checks say of it.

    Raises
    ------
    DefinitionRefused     they are of another study or year, or hold an error; ``faults`` names each
    """
    instrument, findings = read_instrument(definitions.lay_out(settings, study, contents), year)
    errors = [each for each in findings if each.level == "error"]
    if errors or instrument is None:
        raise DefinitionRefused(
            "The definition holds errors; nothing was written.", tuple(each.as_fault() for each in errors[:MOST_TOLD])
        )
    require_same(instrument, study, year)
    return instrument, findings


def require_same(instrument: Instrument, study: str, year: int) -> None:
    """Refuse the definition of another wave.

    Raises
    ------
    DefinitionRefused     it is of another study or year
    """
    if (instrument.study.id, instrument.wave.year) != (study, year):
        raise DefinitionRefused(
            "This is the definition of %(other)s %(then)s, not of %(study)s %(year)s.",
            other=instrument.study.id,
            then=instrument.wave.year,
            study=study,
            year=year,
        )


def put_in(
    session: Session,
    settings: Settings,
    study: str,
    year: int,
    contents: Contents,
    actor: str,
    *,
    expected: int,
    by: str,
    reason: str = "",
    told: Mapping[str, Any] | None = None,
) -> PutIn:
    """Let a wave have this definition from now on: as its draft, or once it opened as a correction or a version beside.

    Parameters
    ----------
    expected : the revision that was looked at; 0 where the console held none
    by :       how it came: settings, archive, translation, approval; it stands in the audit log
    reason :   why; needed once the wave has opened
    told :     what else stands in the audit log

    Raises
    ------
    NotFound              there is no such wave
    DefinitionRefused     the checks find an error, or it is of another wave
    WrongState            somebody else was first; the wave is archived; or it opened, and the change is none that may
                          be made then
    """
    row = stored.find(session, study, year, lock=True)
    if row is None:
        raise NotFound("There is no definition of %(study)s %(year)s.", study=study, year=year)
    if row.state == "archived":
        raise WrongState(
            "%(study)s %(year)s is %(state)s: in it nothing changes any more.",
            study=study,
            year=year,
            state=Word(row.state),
        )
    instrument, _ = examined(settings, study, year, contents)
    _require_mode(session, instrument, row.mode)
    before = row.instrument_hash
    revision = definitions.hold(session, study, year, contents, actor, expected=expected)
    log = {"version": instrument.hash, "revision": revision, "by": by, **(told or {})}
    if row.state in BEFORE_OPENING:
        waves.adopt(session, instrument)
        action = "wave.adopt" if instrument.hash != before else DEFINE
        audit.add(session, actor, action, f"{study} {year}", log)
        weightings.weigh_from_the_start(session, instrument, actor)
    else:
        if instrument.hash != before:
            _put_beside(session, instrument, before, actor, reason)
        audit.add(session, actor, DEFINE, f"{study} {year}", log | {"reason": reason.strip()})
    return PutIn(revision, instrument.hash, instrument.hash != before)


def _put_beside(session: Session, instrument: Instrument, before: str, actor: str, reason: str) -> None:
    from surveyapp.instrument.loader import instrument_from_documents

    documents = stored.version(session, instrument.study.id, before)
    old = instrument_from_documents(documents) if documents is not None else instrument
    deed = versions.revise if version_difference(old, instrument).others else versions.correct
    deed(session, instrument, actor, reason)


def _require_mode(session: Session, instrument: Instrument, mode: str) -> None:
    """Refuse to promise anonymity where people stand by name."""
    study, year = instrument.study.id, instrument.wave.year
    if mode == CONFIDENTIAL != instrument.wave.mode and contacts.is_anybody(session, study, year):
        raise WrongState(
            "The wave of %(year)s has contacts by name, so it cannot be anonymous; remove them first, or delete the "
            "draft.",
            year=year,
        )
