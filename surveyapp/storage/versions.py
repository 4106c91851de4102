"""Queries on the versions of a wave's instrument: which were published, how many cases stand on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, Row, func, select, update
from sqlmodel import Session

from surveyapp.storage.audit import ENTRIES
from surveyapp.storage.changes import CASES
from surveyapp.storage.statements import in_wave
from surveyapp.storage.waves import VERSIONS


def published(session: Session, study: str, year: int) -> Mapping[str, datetime]:
    """When each version of this wave was published, by hash, earliest first."""
    statement = (
        select(VERSIONS.c.hash, VERSIONS.c.published_at)
        .where(*in_wave(VERSIONS, study, year))
        .order_by(VERSIONS.c.published_at, VERSIONS.c.hash)
    )
    return {row.hash: row.published_at for row in session.execute(statement)}


def cases_by_version(session: Session, study: str, year: int) -> Mapping[str, int]:
    """How many cases stand on each version, by hash; tests, withdrawn and erased cases left out."""
    statement = (
        select(CASES.c.instrument_hash, func.count())
        .where(
            *in_wave(CASES, study, year),
            CASES.c.is_test.is_(False),
            CASES.c.state.not_in(("withdrawn", "erased")),
        )
        .group_by(CASES.c.instrument_hash)
    )
    return {hash_: int(count) for hash_, count in session.execute(statement)}


def move_running(session: Session, study: str, year: int, old: str, new: str) -> int:
    """Let the cases that are still answering go on with another version; how many did.

    Not stamped as a change: no figure rests on the words of a version.
    """
    statement = update(CASES).where(
        *in_wave(CASES, study, year),
        CASES.c.instrument_hash == old,
        CASES.c.state == "started",
    )
    result: CursorResult[Any] = session.connection().execute(statement.values(instrument_hash=new))
    return int(result.rowcount)


def entries(session: Session, subject: str, actions: Sequence[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    """The audit's entries on one wave with these actions, newest first."""
    statement = (
        select(ENTRIES.c.at, ENTRIES.c.actor, ENTRIES.c.action, ENTRIES.c.details)
        .where(ENTRIES.c.subject == subject, ENTRIES.c.action.in_(actions))
        .order_by(ENTRIES.c.entry.desc())
    )
    return session.execute(statement).all()


def replacements(session: Session, subject: str, actions: Sequence[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    """When these deeds of the audit put another version in force, and which one gave way: ``at`` and ``hash``, in
    order."""
    gave_way = func.coalesce(ENTRIES.c.details["replaces"].as_string(), ENTRIES.c.details["corrects"].as_string())
    statement = (
        select(ENTRIES.c.at, gave_way.label("hash"))
        .where(ENTRIES.c.subject == subject, ENTRIES.c.action.in_(actions))
        .order_by(ENTRIES.c.entry)
    )
    return session.execute(statement).all()
