"""An insert that says what to do when the row is there already: both databases know it, each by its own class."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session


def insert_into(session: Session, table: Any) -> sqlite.Insert | postgresql.Insert:
    """An insert with ``on_conflict_do_nothing`` and ``on_conflict_do_update``, as this session's database has it."""
    return insert_for(session.get_bind().dialect.name, table)


def insert_for(dialect: str, table: Any) -> sqlite.Insert | postgresql.Insert:
    """The same for the database of this name."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
