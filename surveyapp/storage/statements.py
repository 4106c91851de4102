"""Parts of statements that many modules write: the rows of a wave, how many, and inserts where a row may be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

T = TypeVar("T")
AT_ONCE = 500
"""Rows or keys in one statement."""


def in_wave(table: Any, study: str, year: int) -> tuple[ColumnElement[bool], ...]:
    """The conditions for the rows of one wave."""
    return (table.c.study_id == study, table.c.year == year)


def count(session: Session, table: Any, *conditions: ColumnElement[bool]) -> int:
    """How many rows there are."""
    counted = select(func.count()).select_from(table).where(*conditions)
    return int(session.connection().execute(counted).scalar_one())


def batches(listed: Sequence[T]) -> Iterator[Sequence[T]]:
    """Some hundreds at a time."""
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))


def insert_into(session: Session, table: Any) -> sqlite.Insert | postgresql.Insert:
    """An insert with ``on_conflict_do_nothing`` and ``on_conflict_do_update``, as this session's database has it."""
    return insert_for(session.get_bind().dialect.name, table)


def insert_for(dialect: str, table: Any) -> sqlite.Insert | postgresql.Insert:
    """The same for the database of this name."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def put(
    session: Session, table: Any, values: Mapping[str, Any], *, key: Sequence[str], replaced: Sequence[str]
) -> None:
    """Insert a row; where one with this key is there, these of its columns get the new values."""
    statement = insert_into(session, table).values(**values)
    anew = {name: statement.excluded[name] for name in replaced}
    session.connection().execute(statement.on_conflict_do_update(index_elements=list(key), set_=anew))


def add_times(session: Session, table: Any, key: Mapping[str, Any], times: int) -> None:
    """Add to the count that stands under this key; exact over all processes."""
    statement = insert_into(session, table).values(**key, times=times)
    more = {"times": table.c.times + statement.excluded.times}
    session.connection().execute(statement.on_conflict_do_update(index_elements=list(key), set_=more))
