"""What opens once: the code of an app, a form that mails, a session until it is signed out.

One statement uses a ticket and tells whether it was the first to, so of two processes only one goes on. Only a keyed
hash of it is kept, for a day (`forget_old`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session

from surveyapp import clock
from surveyapp.storage.door_tables import TicketRow
from surveyapp.storage.statements import insert_into
from surveyapp.storage.throttle import KEPT, last_full, source_hash

TICKETS: Any = TicketRow.__table__  # type: ignore[attr-defined]


def use(session: Session, kind: str, ticket: str, *, salt: str, grain: timedelta | None = None) -> bool:
    """Use a ticket; False when it was used before.

    Parameters
    ----------
    kind :   what it opens
    ticket : only its keyed hash is stored
    salt :   the application's secret
    grain :  how coarse the time is that is kept; absent: exact, for the team's own
    """
    statement = insert_into(session, TICKETS).values(
        kind=kind, ticket_hash=source_hash(ticket, salt), used_at=last_full(clock.now(), grain)
    )
    return session.execute(statement.on_conflict_do_nothing().returning(TICKETS.c.kind)).first() is not None


def is_used(session: Session, kind: str, ticket: str, *, salt: str) -> bool:
    """Whether a ticket was used."""
    statement = select(TICKETS.c.kind).where(TICKETS.c.kind == kind, TICKETS.c.ticket_hash == source_hash(ticket, salt))
    return session.execute(statement).first() is not None


def give_back(session: Session, kind: str, ticket: str, *, salt: str) -> None:
    """Let a ticket open again: what it was used for did not come off."""
    session.execute(delete(TICKETS).where(TICKETS.c.kind == kind, TICKETS.c.ticket_hash == source_hash(ticket, salt)))


def forget_old(session: Session) -> int:
    """Delete what was used more than a day ago, or a day ahead by a clock that went back; the number of rows."""
    now = clock.now()
    gone = delete(TICKETS).where((TICKETS.c.used_at < now - KEPT) | (TICKETS.c.used_at > now + KEPT))
    return len(session.execute(gone.returning(TICKETS.c.kind)).all())
