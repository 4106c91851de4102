"""Queries on editions, and on what a new one rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlmodel import Session

from surveyapp.storage.changes import CASES
from surveyapp.storage.published_tables import EditionRow
from surveyapp.storage.statements import count, in_wave
from surveyapp.storage.tables import EXCLUDED, WaveRow

EDITIONS: Any = EditionRow.__table__  # type: ignore[attr-defined]
WAVES: Any = WaveRow.__table__  # type: ignore[attr-defined]


def of_wave(session: Session, study: str, year: int) -> Sequence[Any]:
    """The editions of a wave, first to last."""
    statement = select(EDITIONS).where(*in_wave(EDITIONS, study, year)).order_by(EDITIONS.c.number)
    return session.connection().execute(statement).all()


def add(
    session: Session, study: str, year: int, *, at: datetime, actor: str, act: str, reason: str, instrument_hash: str,
    compared_with: int | None,
) -> int:  # fmt: skip
    """Add an edition that counts what stands in the wave now; its number, from 1. The caller holds the wave."""
    connection = session.connection()
    last = connection.execute(
        select(func.coalesce(func.max(EDITIONS.c.number), 0)).where(*in_wave(EDITIONS, study, year))
    )
    number = int(last.scalar_one()) + 1
    # Without its salt a hash of answers that are no longer there proves nothing of them to anybody.
    connection.execute(update(EDITIONS).where(*in_wave(EDITIONS, study, year)).values(data_salt=None))
    connection.execute(
        insert(EDITIONS).values(
            study_id=study,
            year=year,
            number=number,
            at=at,
            actor=actor[:254],
            act=act,
            reason=reason,
            instrument_hash=instrument_hash,
            compared_with=compared_with,
            cases=complete_cases(session, study, year),
        )
    )
    return number


def freeze(session: Session, study: str, year: int, number: int, hash_: str, salt: str) -> None:
    """Write down the hash of the answers an edition counts."""
    mine = update(EDITIONS).where(*in_wave(EDITIONS, study, year), EDITIONS.c.number == number)
    session.connection().execute(mine.values(data_hash=hash_, data_salt=salt))


_HASHED = ("instrument_hash", "role", "language", "source", "device", "state", "started_on", "sent_on", "answers")


def fingerprint(session: Session, study: str, year: int, salt: str) -> tuple[str, int]:
    """The hash of a wave's cases, whatever their order, and how many they are; tests and erased ones left out.

    Each case is JSON with sorted names, of which SHA-256; those in the order of their values, behind the salt and
    their number, of which SHA-256 again.
    """
    statement = select(*(CASES.c[name] for name in _HASHED)).where(
        *in_wave(CASES, study, year), CASES.c.is_test.is_(False), CASES.c.state.not_in(("withdrawn", "erased"))
    )
    rows = []
    for row in session.execute(statement.execution_options(yield_per=500)):
        written = json.dumps([*row], sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
        rows.append(hashlib.sha256(written.encode()).digest())
    whole = hashlib.sha256(f"{salt}:{len(rows)}:".encode() + b"".join(sorted(rows)))
    return whole.hexdigest(), len(rows)


def complete_cases(session: Session, study: str, year: int) -> int:
    """How many finished cases a wave counts."""
    return count(session, CASES, *_complete(study), CASES.c.year == year)


def wave_before(session: Session, study: str, year: int, states: Sequence[str]) -> int | None:
    """The last earlier wave in one of these states that somebody finished; None when there is none."""
    statement = (
        select(func.max(CASES.c.year))
        .join(WAVES, (WAVES.c.study_id == CASES.c.study_id) & (WAVES.c.year == CASES.c.year))
        .where(*_complete(study), CASES.c.year < year, WAVES.c.state.in_(tuple(states)))
    )
    return session.connection().execute(statement).scalar()


def forget(session: Session, study: str, year: int) -> None:
    """Delete the editions of a wave that goes itself."""
    session.connection().execute(delete(EDITIONS).where(*in_wave(EDITIONS, study, year)))


def _complete(study: str) -> tuple[ColumnElement[bool], ...]:
    is_counted = func.coalesce(CASES.c.quality_decision, "") != EXCLUDED
    return (CASES.c.study_id == study, CASES.c.state == "complete", CASES.c.is_test.is_(False), is_counted)
