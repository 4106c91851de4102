"""Work that outlives a request: put in with what it works on, taken by one worker at a time, gone when done.

* A worker says every few seconds that it lives, and which jobs it has in hand (`beat`). What it claimed and has not in
  hand, and what a worker claimed that fell silent, is free again: a job whose worker was killed is taken up by another.
* Every step of a job asks whether the claim still `holds`: of two workers that have a job, because one was cut off from
  the database for a while, only the later one gets anything written.
* What ended its worker `ATTEMPTS` times is not tried again (`drop_exhausted`).

The moments are the database's, not a machine's: half a minute of silence is told from a clock that is behind.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlmodel import Session

from surveyapp import clock
from surveyapp.storage.job_tables import JobRow, WorkerRow
from surveyapp.storage.statements import put

JOBS: Any = JobRow.__table__  # type: ignore[attr-defined]
WORKERS: Any = WorkerRow.__table__  # type: ignore[attr-defined]
BEAT = 5
"""Seconds between two signs of life of a worker."""
SILENCE = timedelta(seconds=30)
"""A worker that said nothing for this long is gone."""
AHEAD = timedelta(minutes=5)
"""A moment further ahead was written by a clock that went back since: nothing is put off for as long."""
ATTEMPTS = 3


def _moment(session: Session) -> datetime:
    if session.get_bind().dialect.name == "sqlite":
        return clock.now()
    found: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return found


def _alive(now: datetime) -> Any:
    return select(WORKERS.c.worker_id).where(WORKERS.c.seen_at > now - SILENCE, WORKERS.c.seen_at < now + AHEAD)


def append(session: Session, job_id: str, message: str) -> None:
    """Put a job in."""
    values = {"job_id": job_id, "message": message, "due_at": _moment(session), "attempts": 0}
    session.connection().execute(insert(JOBS).values(**values))


def is_there(session: Session, job_id: str) -> bool:
    """Whether a job waits or is being done."""
    return session.connection().execute(select(JOBS.c.job_id).where(JOBS.c.job_id == job_id)).first() is not None


def put_back(session: Session, job_id: str, message: str, delay: timedelta, worker: str) -> None:
    """Let a job be tried again later, unless another worker has it by now; its attempts are kept."""
    mine = update(JOBS).where(JOBS.c.job_id == job_id, JOBS.c.claim == worker)
    session.connection().execute(mine.values(message=message, due_at=_moment(session) + delay, claim=None))


def waits(session: Session, job_id: str) -> bool:
    """Whether a job is there: it waits, or somebody has it."""
    return session.connection().execute(select(JOBS.c.job_id).where(JOBS.c.job_id == job_id)).first() is not None


def message(session: Session, job_id: str) -> str | None:
    """The message of a job; None where it is not there."""
    found: str | None = session.connection().execute(select(JOBS.c.message).where(JOBS.c.job_id == job_id)).scalar()
    return found


def is_due(session: Session, worker: str, in_hand: Collection[str] = ()) -> bool:
    """Whether there is anything this worker could take; only reads."""
    return session.connection().execute(_free(_moment(session), worker, in_hand)).first() is not None


def _free(now: datetime, worker: str, in_hand: Collection[str]) -> Any:
    is_free = or_(JOBS.c.claim.is_(None), JOBS.c.claim.not_in(_alive(now)) & (JOBS.c.claim != worker))
    is_due = or_(JOBS.c.due_at <= now, JOBS.c.due_at > now + AHEAD)
    due = select(JOBS.c.job_id).where(is_due, JOBS.c.attempts < ATTEMPTS, is_free, JOBS.c.job_id.not_in(list(in_hand)))
    return due.order_by(JOBS.c.due_at, JOBS.c.job_id).limit(1)


def claim(session: Session, worker: str, in_hand: Collection[str] = ()) -> tuple[str, str] | None:
    """Take the job that waits longest: its id and message; None when there is none.

    Parameters
    ----------
    in_hand : what this worker is at, also where it gave the claim up: a claim bears the worker's name, so of one
              worker's two threads at one job neither could be told that the other has it
    """
    # SQLite has no locks of rows and needs none: its writers come one by one.
    free = _free(_moment(session), worker, in_hand)
    found = session.connection().execute(free.with_for_update(skip_locked=True)).first()
    if found is None:
        return None
    taken = update(JOBS).where(JOBS.c.job_id == found.job_id).values(claim=worker, attempts=JOBS.c.attempts + 1)
    row = session.connection().execute(taken.returning(JOBS.c.job_id, JOBS.c.message)).one()
    return row.job_id, row.message


def holds(session: Session, job_id: str, worker: str) -> bool:
    """Whether this worker still has the job; nobody else gets it before this transaction ends."""
    mine = select(JOBS.c.job_id).where(JOBS.c.job_id == job_id, JOBS.c.claim == worker).with_for_update()
    return session.connection().execute(mine).first() is not None


def finish(session: Session, job_id: str) -> None:
    """The job is done, or never will be."""
    session.connection().execute(delete(JOBS).where(JOBS.c.job_id == job_id))


def beat(session: Session, worker: str, in_hand: Collection[str]) -> None:
    """Say that a worker lives; what it claimed and has not in hand is free, and who is long gone is forgotten."""
    now = _moment(session)
    put(session, WORKERS, {"worker_id": worker, "seen_at": now}, key=("worker_id",), replaced=("seen_at",))
    connection = session.connection()
    dropped = update(JOBS).where(JOBS.c.claim == worker, JOBS.c.job_id.not_in(list(in_hand)))
    connection.execute(dropped.values(claim=None))
    gone = (WORKERS.c.seen_at < now - 10 * SILENCE) | (WORKERS.c.seen_at > now + AHEAD)
    connection.execute(delete(WORKERS).where(gone))


def leave(session: Session, worker: str) -> None:
    """A worker ends: what it has in hand is free at once."""
    session.connection().execute(delete(WORKERS).where(WORKERS.c.worker_id == worker))


def workers(session: Session) -> list[str]:
    """The workers that live."""
    return list(session.connection().execute(_alive(_moment(session))).scalars())


def longest_wait(session: Session) -> timedelta:
    """How long the job that waits longest, and that nobody has, has been due."""
    now = _moment(session)
    waiting = select(func.min(JOBS.c.due_at)).where(or_(JOBS.c.claim.is_(None), JOBS.c.claim.not_in(_alive(now))))
    since = session.connection().execute(waiting).scalar_one()
    return max(now - since, timedelta()) if since is not None else timedelta()


def drop_exhausted(session: Session) -> list[str]:
    """Let go of jobs that were tried often enough and that nobody has in hand; their ids."""
    now = _moment(session)
    idle = or_(JOBS.c.claim.is_(None), JOBS.c.claim.not_in(_alive(now)))
    gone = delete(JOBS).where(JOBS.c.attempts >= ATTEMPTS, idle).returning(JOBS.c.job_id)
    return list(session.connection().execute(gone).scalars())
