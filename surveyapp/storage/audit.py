"""Who did what to what, when: append-only, each entry sealed with the hash of the one before.

An entry that was changed or taken out shows, because every later hash rests on it. A cut at the end shows only against
a hash noted elsewhere, which is why `verify` gives the last one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, update
from sqlmodel import Session

from surveyapp import clock
from surveyapp.storage.tables import AuditRow

ENTRIES: Any = AuditRow.__table__  # type: ignore[attr-defined]
FIRST = "0" * 64
_LOCK = 7_305_082_027
_FIELDS = ("entry", "at", "actor", "action", "subject", "details", "previous_hash", "hash")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the chain holds: how many entries were read, the first that does not fit, the last hash."""

    entries: int
    broken_at: int | None
    last_hash: str

    @property
    def holds(self) -> bool:
        """Whether every entry fits the one before."""
        return self.broken_at is None


def _sealed(
    entry: int, at: datetime, actor: str, action: str, subject: str, details: Mapping[str, Any], previous: str
) -> str:
    content = json.dumps(
        [entry, at.isoformat(timespec="microseconds"), actor, action, subject, dict(details), previous],
        sort_keys=True,
        ensure_ascii=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()


def be_alone(session: Session) -> None:
    """Let nobody else write an entry before this transaction ends, or two entries would follow the same one."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite's writers are alone already
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def add(session: Session, actor: str, action: str, subject: str, details: Mapping[str, Any] | None = None) -> int:
    """Append an entry, in the transaction of the deed itself: both happen or neither.

    Parameters
    ----------
    actor :   the account's address, or ``system``
    action :  a dotted verb, e.g. ``wave.open``, ``export.data``, ``user.add``
    subject : what it was done to, e.g. ``course 2026``
    details : plain JSON values; never an answer, a token or a respondent's address

    Returns
    -------
    entry     its number, counted from 1 without gaps
    """
    be_alone(session)
    last = session.execute(select(ENTRIES.c.entry, ENTRIES.c.hash).order_by(ENTRIES.c.entry.desc()).limit(1)).first()
    entry, previous = (1, FIRST) if last is None else (last.entry + 1, last.hash)
    at, held = clock.now(), dict(details or {})
    session.execute(
        insert(ENTRIES).values(
            entry=entry,
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            details=held,
            previous_hash=previous,
            hash=_sealed(entry, at, actor, action, subject, held, previous),
        )
    )
    return entry


def last(session: Session, action: str, subject: str) -> Row[*tuple[Any, ...]] | None:
    """The newest entry of this deed done to this subject; None when it was never done."""
    statement = select(*(ENTRIES.c[name] for name in _FIELDS)).where(
        ENTRIES.c.action == action, ENTRIES.c.subject == subject
    )
    return session.execute(statement.order_by(ENTRIES.c.entry.desc()).limit(1)).first()


def details_of(session: Session, action: str, subject: str) -> list[dict[str, Any]]:
    """The details of every entry of this deed done to this subject, in no order."""
    statement = select(ENTRIES.c.details).where(ENTRIES.c.action == action, ENTRIES.c.subject == subject)
    return list(session.execute(statement).scalars())


def latest(session: Session, limit: int = 100) -> Sequence[Row[*tuple[Any, ...]]]:
    """The newest entries, newest first."""
    statement = select(*(ENTRIES.c[name] for name in _FIELDS)).order_by(ENTRIES.c.entry.desc()).limit(limit)
    return session.execute(statement).all()


def verify(session: Session) -> Verdict:
    """Read the whole chain and compute every hash anew.

    An entry whose names were forgotten (`forget_names`) is held against its neighbours alone.
    """
    previous, count = FIRST, 0
    forgotten = max((each["through"] for each in details_of(session, FORGET_NAMES, TRAIL)), default=0)
    in_order = select(ENTRIES).order_by(ENTRIES.c.entry).execution_options(yield_per=500)
    with closing(session.execute(in_order)) as rows:
        for row in rows:
            count += 1
            is_nameless = row.entry <= forgotten and row.actor == ""
            computed = (
                row.hash
                if is_nameless
                else _sealed(row.entry, row.at, row.actor, row.action, row.subject, row.details, row.previous_hash)
            )
            if row.entry != count or row.previous_hash != previous or row.hash != computed:
                return Verdict(count, row.entry, previous)
            previous = row.hash
    return Verdict(count, None, previous)


FORGET_NAMES, TRAIL = "audit.forget-names", "audit log"
_OF_PEOPLE = ("contact.", "user.", "account.", "person.")
"""Deeds whose subject and details speak of a person; of all others they say what became of a wave, and stay."""


def oldest_named(session: Session) -> datetime | None:
    """When the oldest entry was made that still says who did it."""
    statement = select(func.min(ENTRIES.c.at)).where(ENTRIES.c.actor.not_in(_NOBODY))
    found: datetime | None = session.execute(statement).scalar_one()
    return found


_NOBODY = ("", "system")


def count_named(session: Session, before: datetime) -> int:
    """How many entries from before a moment still say who did it."""
    named = (ENTRIES.c.at < before, ENTRIES.c.actor.not_in(_NOBODY))
    return int(session.execute(select(func.count()).select_from(ENTRIES).where(*named)).scalar_one())


def forget_names(session: Session, before: datetime, actor: str) -> int:
    """Take out of the entries from before a moment who did it, and to whom; what was done, and its hash, stay.

    What is left of them can no longer be computed anew. An entry of its own says up to which one that is so, and
    `verify` takes its word only for entries that name nobody.

    Returns
    -------
    how many entries named somebody
    """
    be_alone(session)
    found = count_named(session, before)
    if not found:
        return 0
    named = (ENTRIES.c.at < before, ENTRIES.c.actor.not_in(_NOBODY))
    through = int(session.execute(select(func.max(ENTRIES.c.entry)).where(*named)).scalar_one())
    of_people = or_(*(ENTRIES.c.action.startswith(start, autoescape=True) for start in _OF_PEOPLE))
    session.execute(update(ENTRIES).where(*named, of_people).values(subject="", details={}))
    session.execute(update(ENTRIES).where(*named).values(actor=""))
    add(session, actor, FORGET_NAMES, TRAIL, {"through": through, "entries": found})
    return found


FIELDS = ("entry", "at", "actor", "action", "subject", "details")


@dataclass(frozen=True, slots=True)
class AuditChoice:
    """Which entries: parts of names, days (both included), and the entry above which the page ends."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


def entries(session: Session, choice: AuditChoice, most: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The newest entries that fit, newest first."""
    statement = select(*(ENTRIES.c[name] for name in FIELDS))
    for name in ("actor", "action", "subject"):
        if wanted := getattr(choice, name):
            statement = statement.where(ENTRIES.c[name].icontains(wanted, autoescape=True))
    if choice.since is not None:
        statement = statement.where(ENTRIES.c.at >= _midnight(choice.since))
    if choice.until is not None:
        statement = statement.where(ENTRIES.c.at < _midnight(choice.until + timedelta(days=1)))
    if choice.before is not None:
        statement = statement.where(ENTRIES.c.entry < choice.before)
    return session.execute(statement.order_by(ENTRIES.c.entry.desc()).limit(most)).all()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.ZONE)
