"""Mails that are still to be sent: put in, taken by one worker at a time, gone when sent.

The order of a mail's life: `append` · `claim` · `hand_over` just before the mail server gets it · `remove` when the
server took it, or `put_back` when it did not. Every step is one short transaction of the caller's.

* Two workers never hold the same mail: a claim takes the row, and every later step asks for that claim.
* A worker that dies before `hand_over` leaves a claim that lapses; the mail is taken again.
* A worker that dies after it leaves a mail of which nobody knows whether it went. It is not sent again: `drop_unsure`.

Never append in a transaction that stores answers, and never what ties an address to a case of an anonymous wave
(docs/decisions/0015-mail.md).
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, tuple_, update
from sqlmodel import Session

from surveyapp import clock
from surveyapp.storage import keys
from surveyapp.storage.mail_tables import OutboxRow
from surveyapp.storage.statements import insert_into

OUTBOX: Any = OutboxRow.__table__  # type: ignore[attr-defined]
LEASE = timedelta(minutes=15)
"""How long a claim holds; a worker must be done with all it took well before."""
AHEAD = timedelta(days=2)
"""A turn further ahead was written by a clock that went back since: no mail is ever put off for as long."""


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail this worker may send."""

    study: str
    mail_id: uuid.UUID
    year: int
    kind: str
    email: str
    language: str
    attempts: int  # this one included
    claim: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the outbox holds."""

    mails: int
    oldest: datetime | None  # when the first of them was, or is, to go


def append(session: Session, study: str, year: int, kind: str, email: str, language: str, *, send_key: str) -> bool:
    """Put a mail in; False when one with this key waits there already.

    Parameters
    ----------
    kind :     ``link`` or ``opened``
    send_key : what may be sent only once while it waits, e.g. ``link:2026:name@example.org``
    """
    values = {
        "study_id": study,
        "mail_id": keys.apart_id(),
        "year": year,
        "kind": kind,
        "email": email,
        "language": language,
        "send_key": send_key,
        "attempts": 0,
        "due_at": clock.now(),
        "claim": None,
        "is_handed": False,
    }
    statement = insert_into(session, OUTBOX).values(**values).on_conflict_do_nothing().returning(OUTBOX.c.mail_id)
    return session.connection().execute(statement).first() is not None


def is_due(session: Session) -> bool:
    """Whether there is anything to take or to tidy now; only reads."""
    statement = select(OUTBOX.c.mail_id).where(_is_turn(clock.now())).limit(1)
    return session.connection().execute(statement).first() is not None


def _is_turn(now: datetime) -> Any:
    return (OUTBOX.c.due_at <= now) | (OUTBOX.c.due_at > now + AHEAD)


def claim(session: Session, most: int, lease: timedelta = LEASE) -> list[ClaimedMail]:
    """Take mails that are due, the longest waiting first; nobody else gets them while the claim holds."""
    now, mine = clock.now(), secrets.token_hex(16)
    due = (
        select(OUTBOX.c.study_id, OUTBOX.c.mail_id)
        .where(_is_turn(now), OUTBOX.c.is_handed.is_(False))
        .order_by(OUTBOX.c.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)  # SQLite has no locks of rows and needs none: its writers come one by one
    )
    found = [(row.study_id, row.mail_id) for row in session.connection().execute(due)]
    if not found:
        return []
    statement = (
        update(OUTBOX)
        .where(tuple_(OUTBOX.c.study_id, OUTBOX.c.mail_id).in_(found))
        .values(claim=mine, due_at=now + lease, attempts=OUTBOX.c.attempts + 1)
        .returning(OUTBOX)
    )
    return [_mail(row, mine) for row in session.connection().execute(statement)]


def _mail(row: Any, claimed: str) -> ClaimedMail:
    return ClaimedMail(row.study_id, row.mail_id, row.year, row.kind, row.email, row.language, row.attempts, claimed)


def _mine(mail: ClaimedMail) -> tuple[Any, ...]:
    return OUTBOX.c.study_id == mail.study, OUTBOX.c.mail_id == mail.mail_id, OUTBOX.c.claim == mail.claim


def hand_over(session: Session, mail: ClaimedMail) -> bool:
    """Note that the mail server gets this mail now; False when the claim has lapsed, and it may not be sent."""
    statement = update(OUTBOX).where(*_mine(mail), OUTBOX.c.is_handed.is_(False), OUTBOX.c.due_at > clock.now())
    return (
        session.connection().execute(statement.values(is_handed=True).returning(OUTBOX.c.mail_id)).first() is not None
    )


def remove(session: Session, mail: ClaimedMail) -> None:
    """The mail has gone, or never will: its address is not needed any more."""
    session.connection().execute(delete(OUTBOX).where(*_mine(mail)))


def put_back(session: Session, mail: ClaimedMail, due_at: datetime, *, is_untried: bool = False) -> None:
    """The mail server did not take it, or never got it: try again from this moment on.

    Parameters
    ----------
    is_untried : it was only claimed, which counts for no attempt
    """
    attempts = mail.attempts - 1 if is_untried else mail.attempts
    statement = update(OUTBOX).where(*_mine(mail))
    session.connection().execute(statement.values(claim=None, is_handed=False, due_at=due_at, attempts=attempts))


def drop_unsure(session: Session) -> Sequence[str]:
    """Let go of mails whose worker died while the mail server had them; their kinds.

    Nobody knows whether they went. Twice is worse than not at all: who gets none can ask again.
    """
    gone = delete(OUTBOX).where(OUTBOX.c.is_handed.is_(True), _is_turn(clock.now()))
    return session.connection().execute(gone.returning(OUTBOX.c.kind)).scalars().all()


def drop_due_before(session: Session, moment: datetime) -> list[ClaimedMail]:
    """Let go of mails whose turn came before this moment and that nobody took; what they were."""
    gone = delete(OUTBOX).where(OUTBOX.c.due_at < moment)
    return [_mail(row, "") for row in session.connection().execute(gone.returning(OUTBOX))]


def waiting(session: Session) -> Waiting:
    """How many mails wait, and since when."""
    row = session.connection().execute(select(func.count(), func.min(OUTBOX.c.due_at)).select_from(OUTBOX)).one()
    return Waiting(row[0], row[1])
