"""Attempts at a door, counted exactly over all processes: sign-in, resume code, reset.

One statement counts and tells, so two processes can never both take the last attempt. Count *before* the secret is
looked at, in a transaction of its own, so that the count stays when the request fails. No address is kept: only a keyed
hash, gone after a day (`forget_old`). Of respondents not even the time is kept: their windows begin at the last full
`GRAIN`, so that a row does not tell when somebody came; a window may end those few minutes early.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, select, update
from sqlmodel import Session

from surveyapp import clock
from surveyapp.storage.door_tables import ThrottleRow
from surveyapp.storage.statements import insert_into

ATTEMPTS: Any = ThrottleRow.__table__  # type: ignore[attr-defined]
KEPT = timedelta(hours=24)
SHORT = ("resume", "link", "report-address", "mail-opening", "mail-link", "sent")
"""Doors of respondents whose windows last an hour at most: what was counted there goes as soon as it is of no use."""
SHORT_KEPT = timedelta(hours=1)
GRAIN = timedelta(minutes=5)
"""How coarse the time is that is kept of a respondent's attempt."""
AHEAD = timedelta(minutes=5)
"""By how much the clocks of two servers may differ."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of one attempt."""

    allowed: bool
    attempts: int  # in this window, this one included
    retry_after: int  # seconds until the window ends; 0 when allowed


def source_hash(source: str, salt: str) -> str:
    """What is kept of an address or account: useless without the application's secret."""
    return hmac.new(salt.encode(), source.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def attempt(
    session: Session,
    door: str,
    source: str,
    *,
    limit: int,
    window: timedelta,
    salt: str,
    grain: timedelta | None = None,
) -> Turn:
    """Count one attempt and say whether it may go on.

    Parameters
    ----------
    door :   what is tried, e.g. ``login``, ``resume``
    source : an address or an account name; only its keyed hash is stored
    limit :  attempts allowed within one window; an attempt beyond it does not lengthen the window
    salt :   the application's secret
    grain :  how coarse the time is that is kept; absent: exact, for the team's own doors
    """
    now = clock.now()
    began = last_full(now, grain)
    statement = insert_into(session, ATTEMPTS).values(
        door=door, source_hash=source_hash(source, salt), attempts=1, window_started_at=began
    )
    # A window that begins later than now was counted by a clock that went back since: it would never end.
    is_over = (ATTEMPTS.c.window_started_at <= now - window) | (ATTEMPTS.c.window_started_at > now + AHEAD)
    counted = statement.on_conflict_do_update(
        index_elements=["door", "source_hash"],
        set_={
            "attempts": case((is_over, 1), else_=ATTEMPTS.c.attempts + 1),
            "window_started_at": case((is_over, began), else_=ATTEMPTS.c.window_started_at),
        },
    ).returning(ATTEMPTS.c.attempts, ATTEMPTS.c.window_started_at)
    row = session.execute(counted).one()
    started: datetime = row.window_started_at
    allowed = row.attempts <= limit
    left = 0 if allowed else max(1, round((started + window - now).total_seconds()))
    return Turn(allowed, row.attempts, left)


def counted(session: Session, door: str, source: str, *, salt: str) -> tuple[int, datetime] | None:
    """How often something was counted of this source, and when its window began; None where it was not."""
    here = (ATTEMPTS.c.door == door, ATTEMPTS.c.source_hash == source_hash(source, salt))
    row = session.execute(select(ATTEMPTS.c.attempts, ATTEMPTS.c.window_started_at).where(*here)).first()
    return None if row is None else (row.attempts, row.window_started_at)


def last_full(now: datetime, grain: timedelta | None) -> datetime:
    """The last moment of the grain, such as ten past; this moment where there is none."""
    return now if grain is None else now - (now - _EPOCH) % grain


def forgive(session: Session, door: str, source: str, *, salt: str) -> None:
    """Start counting anew after a success."""
    session.execute(
        delete(ATTEMPTS).where(ATTEMPTS.c.door == door, ATTEMPTS.c.source_hash == source_hash(source, salt))
    )


def take_back(session: Session, door: str, source: str, *, salt: str) -> None:
    """Give one attempt back after a success: of a network, where other people's failures must go on counting.

    Where it was the only one nothing of the source is left: the next failure begins a window of its own.
    """
    here = (ATTEMPTS.c.door == door, ATTEMPTS.c.source_hash == source_hash(source, salt))
    # In this order: an attempt counted by another process in between is never taken for the one to give back.
    session.execute(delete(ATTEMPTS).where(*here, ATTEMPTS.c.attempts <= 1))
    session.execute(update(ATTEMPTS).where(*here, ATTEMPTS.c.attempts > 1).values(attempts=ATTEMPTS.c.attempts - 1))


def forget_old(session: Session) -> int:
    """Delete what is older than a day or a day ahead, at respondents' doors than an hour; the number of rows."""
    now = clock.now()
    gone = delete(ATTEMPTS).where(
        (ATTEMPTS.c.window_started_at < now - KEPT)
        | (ATTEMPTS.c.window_started_at > now + KEPT)
        | (ATTEMPTS.c.door.in_(SHORT) & (ATTEMPTS.c.window_started_at <= now - SHORT_KEPT))
    )
    return len(session.execute(gone.returning(ATTEMPTS.c.door)).all())
