"""A researcher puts right what became of somebody, with a reason, and can take it back.

What may stand in the place of what is the one table of `fieldwork.dispositions`. The audit log names the contact or the
case, whichever it was said of, and never both: together they would outlive the link between them. A reason may tell who
somebody is; said of a case it therefore stands beside the decision, where the cutting of links finds it, and not in the
log, which is never shortened.
"""

from __future__ import annotations

import uuid

from surveyapp import clock
from surveyapp.errors import NotFound, Word, WrongState
from surveyapp.fieldwork.case_lines import short_id
from surveyapp.fieldwork.dispositions import MOVES, Disposition
from surveyapp.fieldwork.participation import Participation, participation
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit, dispositions
from surveyapp.storage.database import Session

DECIDE, REVOKE = "disposition.decide", "disposition.revoke"


def record_of(session: Session, info: WaveInfo, instrument: Instrument, subject: uuid.UUID) -> Participation:
    """The record of a contact or of a case.

    Raises
    ------
    NotFound     there is none (any more)
    """
    for one in participation(session, info, instrument):
        if subject in (one.contact_id, one.case_id):
            return one
    raise NotFound("There is no such person or case in this wave any more.")


def choices(record: Participation) -> tuple[Disposition, ...]:
    """What may be decided of somebody, in the order in which dispositions are listed."""
    allowed = MOVES.get(record.found, frozenset())
    return tuple(one for one in Disposition if one in allowed)


def decide(
    session: Session,
    info: WaveInfo,
    instrument: Instrument,
    subject: uuid.UUID,
    disposition: Disposition,
    reason: str,
    actor: str,
) -> None:
    """Let a contact or a case count as something else than follows from the deeds.

    Raises
    ------
    NotFound       there is no such contact or case
    WrongState     that may not stand in the place of what was found
    """
    record = record_of(session, info, instrument, subject)
    if disposition not in choices(record):
        raise WrongState(
            "Who counts as “%(found)s” cannot be made “%(wanted)s” by hand.",
            found=Word(record.found),
            wanted=Word(disposition),
        )
    dispositions.decide(session, info.study, info.year, subject, disposition, reason, actor, clock.today())
    is_contact = subject == record.contact_id
    _note(session, info, actor, DECIDE, subject, is_contact, {"disposition": str(disposition), "reason": reason})


def revoke(session: Session, info: WaveInfo, instrument: Instrument, subject: uuid.UUID, actor: str) -> None:
    """Let a contact or a case count as what follows from the deeds again; a second time changes nothing.

    Raises
    ------
    NotFound     there is no such contact or case
    """
    record = record_of(session, info, instrument, subject)
    if dispositions.revoke(session, info.study, subject):
        _note(session, info, actor, REVOKE, subject, subject == record.contact_id, {})


def _note(
    session: Session,
    info: WaveInfo,
    actor: str,
    deed: str,
    subject: uuid.UUID,
    is_contact: bool,
    details: dict[str, str],
) -> None:
    if is_contact:
        audit.add(session, actor, deed, f"{info.study} {info.year}", {"contact": str(subject), **details})
        return
    details.pop("reason", None)
    audit.add(session, actor, deed, case_subject(info, subject), details)


def case_subject(info: WaveInfo, case_id: uuid.UUID) -> str:
    """What the audit log calls a case."""
    return f"{info.study} {info.year} {short_id(case_id)}"
