"""Lists of contacts between being sent in and being confirmed: in the database, so that any process has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlmodel import Session

from surveyapp.storage.sample_tables import StagedListRow
from surveyapp.storage.statements import in_wave

STAGED: Any = StagedListRow.__table__  # type: ignore[attr-defined]


def _of(study: str, year: int, list_id: str) -> tuple[Any, ...]:
    return *in_wave(STAGED, study, year), STAGED.c.list_id == list_id


def add(
    session: Session,
    study: str,
    year: int,
    list_id: str,
    *,
    actor: str,
    at: datetime,
    columns: Sequence[str | None],
    content: bytes,
) -> None:
    """Keep a list until it is confirmed."""
    values = {"actor": actor, "staged_at": at, "columns": list(columns), "content": content}
    session.connection().execute(insert(STAGED).values(study_id=study, year=year, list_id=list_id, **values))


def one(session: Session, study: str, year: int, list_id: str, *, lock: bool = False) -> Row[*tuple[Any, ...]] | None:
    """One list; locked, nobody else takes it in before this transaction ends."""
    statement = select(STAGED).where(*_of(study, year, list_id))
    return session.connection().execute(statement.with_for_update() if lock else statement).first()


def set_columns(session: Session, study: str, year: int, list_id: str, columns: Sequence[str | None]) -> None:
    """Note what each of its columns holds."""
    session.connection().execute(update(STAGED).where(*_of(study, year, list_id)).values(columns=list(columns)))


def remove(session: Session, study: str, year: int, list_id: str) -> None:
    """Let go of a list."""
    session.connection().execute(delete(STAGED).where(*_of(study, year, list_id)))


def forget_before(session: Session, moment: datetime) -> int:
    """Let go of every list that was sent in before; the number of them."""
    gone = delete(STAGED).where(STAGED.c.staged_at < moment).returning(STAGED.c.list_id)
    return len(session.connection().execute(gone).all())


def forget_wave(session: Session, study: str, year: int) -> None:
    """Let go of every list of a wave."""
    session.connection().execute(delete(STAGED).where(*in_wave(STAGED, study, year)))
