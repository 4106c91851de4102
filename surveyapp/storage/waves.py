"""Queries on waves and instrument versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from surveyapp.storage.statements import insert_into
from surveyapp.storage.tables import InstrumentVersionRow, WaveRow

VERSIONS: Any = InstrumentVersionRow.__table__  # type: ignore[attr-defined]


def find(session: Session, study: str, year: int, *, lock: bool = False) -> WaveRow | None:
    """One wave; locked, nobody else changes it before this transaction ends."""
    statement = select(WaveRow).where(col(WaveRow.study_id) == study, col(WaveRow.year) == year)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).first()


def every(session: Session, study: str | None = None) -> Sequence[WaveRow]:
    """Every wave by study, newest first."""
    statement = select(WaveRow).order_by(col(WaveRow.study_id), col(WaveRow.year).desc())
    if study is not None:
        statement = statement.where(col(WaveRow.study_id) == study)
    return session.scalars(statement).all()


def add(
    session: Session,
    study: str,
    year: int,
    state: str,
    mode: str,
    instrument_hash: str,
    created_at: datetime,
    closed_at: datetime | None = None,
) -> WaveRow:
    """Make a wave."""
    row = WaveRow(
        study_id=study,
        year=year,
        state=state,
        mode=mode,
        instrument_hash=instrument_hash,
        created_at=created_at,
        closed_at=closed_at,
    )
    session.add(row)
    session.flush()
    return row


def mark_demonstration(session: Session, study: str, year: int) -> None:
    """Write down that the people of a wave are made up."""
    mark = update(WaveRow).where(col(WaveRow.study_id) == study, col(WaveRow.year) == year)
    session.execute(mark.values(is_demonstration=True))


def is_demonstration(session: Session, study: str | None, year: int | None) -> bool:
    """Whether the people of this wave are made up, or those of any wave where none is named."""
    statement = select(col(WaveRow.year)).where(col(WaveRow.is_demonstration))
    if study is not None:
        statement = statement.where(col(WaveRow.study_id) == study)
    if year is not None:
        statement = statement.where(col(WaveRow.year) == year)
    return session.execute(statement.limit(1)).first() is not None


def add_version(
    session: Session, study: str, hash_: str, year: int, documents: Mapping[str, Any], published_at: datetime
) -> None:
    """Store a definition under its hash, unless it stands there: a version never changes."""
    session.execute(
        insert_into(session, VERSIONS)
        .values(study_id=study, hash=hash_, year=year, documents=dict(documents), published_at=published_at)
        .on_conflict_do_nothing()
    )


def version(session: Session, study: str, hash_: str) -> dict[str, Any] | None:
    """The documents of a version."""
    statement = select(VERSIONS.c.documents).where(VERSIONS.c.study_id == study, VERSIONS.c.hash == hash_)
    return session.execute(statement).scalar_one_or_none()
