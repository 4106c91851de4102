"""Returned mail: whose it was, and what follows for them.

A mail that comes back usually bears the head of ours, and in it the signed address for no more mail
(`fieldwork.unsubscribing`): nobody but who got the mail knows that one, so it names its contact beyond doubt. Failing
that our name of the message does, and failing that the address that is reported. Each report counts once, however
often and from wherever it is read
(docs/decisions/0049-returned-mail.md).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any

from surveyapp import clock
from surveyapp.fieldwork import unsubscribing
from surveyapp.fieldwork.delivery_reports import Kind, Report, fingerprint, read
from surveyapp.fieldwork.unsubscribing import Subscription
from surveyapp.fieldwork.waves import wave_info
from surveyapp.storage import audit, bounces, contacts, invitation_messages
from surveyapp.storage.database import Session

READ = "bounces.read"
_KEY = re.compile("[0-9a-f]{32}")
KNOWN, UNMATCHED = "known", "unmatched"
KINDS = ("hard", "soft", "complaint", UNMATCHED, "not_understood", KNOWN)
"""What may become of a mail in the mailbox; ``unmatched`` was understood and is about nobody we know."""


def is_known(session: Session, raw: bytes, *, salt: str) -> bool:
    """Whether a mail was read before."""
    return bounces.is_known(session, fingerprint(raw, salt))


def take_in(session: Session, raw: bytes, *, salt: str) -> str:
    """Read one mail of the mailbox and note at the contact what it says.

    Parameters
    ----------
    raw :  the mail, or its first `delivery_reports.MOST` bytes
    salt : the application's secret

    Returns
    -------
    one of `KINDS`
    """
    report = read(raw)
    people = _people(session, report, salt)
    kind = report.kind.value if people or report.kind is Kind.NOT_UNDERSTOOD else UNMATCHED
    first = people[0] if people else None
    values = {
        "study_id": first.study_id if first is not None else None,
        "year": first.year if first is not None else None,
        "kind": kind,
        "code": report.code,
        "read_on": clock.today(),
    }
    if not bounces.note(session, fingerprint(raw, salt), values):
        return KNOWN
    for row in people:
        _note(session, row, report)
    if report.kind is Kind.HARD:
        for message in _messages(session, report):
            invitation_messages.mark_bounced(session, message.study_id, message.message_id, report.code or "")
    return kind


def _people(session: Session, report: Report, salt: str) -> Sequence[Any]:
    """Whom a report is about: who got the very mail, else whoever is invited at the address."""
    if report.kind is Kind.NOT_UNDERSTOOD:
        return ()
    signed = [unsubscribing.read(token, salt=salt) for token in report.tokens]
    sent_to = signed if any(signed) else [message.contact_id for message in _messages(session, report)]
    named = dict.fromkeys(one for one in sent_to if one is not None)
    found = [row for one in named if (row := contacts.by_id(session, one)) is not None]
    return found or bounces.by_address(session, report.recipients)


def _messages(session: Session, report: Report) -> list[Any]:
    """The messages of rounds that came back: ``<key@host>``, as `jobs.mail` names them."""
    keys = [name.partition("@")[0] for name in report.message_ids]
    known = [uuid.UUID(hex=key) for key in keys if _KEY.fullmatch(key)]
    return [row for one in known if (row := invitation_messages.by_id(session, one)) is not None]


def _note(session: Session, row: Any, report: Report) -> None:
    today = clock.today()
    match report.kind:
        case Kind.HARD:
            bounces.set_bounced(session, row.study_id, row.contact_id, today, report.code)
        case Kind.SOFT:
            bounces.add_soft(session, row.study_id, row.contact_id, report.code)
        case Kind.COMPLAINT:
            bounces.set_complained(session, row.study_id, row.contact_id, today)
            info = wave_info(session, row.study_id, row.year)
            unsubscribing.opt_out(session, Subscription(info, row.contact_id, row.opted_out_on), "complaint")


def note_reading(session: Session, counts: dict[str, int]) -> None:
    """Put into the audit log what a reading came to; nothing where all was known."""
    fresh = {kind: n for kind, n in counts.items() if n and kind != KNOWN}
    if fresh:
        audit.add(session, "system", READ, "mailbox", fresh)
