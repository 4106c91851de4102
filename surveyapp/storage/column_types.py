"""The column types and constraint names both databases share, and how SQLite's STRICT tables spell them.

STRICT refuses every type name but INTEGER, REAL, TEXT, BLOB and ANY, and in exchange it refuses a text in a number's
column. SQLAlchemy would write VARCHAR, BOOLEAN, DATETIME and so on; the rules below say for SQLite which of the five
each of them is. Values are converted as before.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Date, DateTime, Float, String, Uuid
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlmodel import SQLModel, UTCDateTime

# Every constraint has a name, so that a migration can change it on both databases.
SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
}


Json = JSON().with_variant(JSONB(), "postgresql")
"""One JSON document; replaced as a whole, never changed in place."""

OrderedJson = JSON()
"""A JSON document whose keys keep their order, which PostgreSQL's JSONB would not."""

Moment = UTCDateTime()
"""An aware moment in UTC, on SQLite too; a naive one is refused."""

STRICT = {"sqlite_strict": True, "sqlite_with_rowid": False}
"""Table options: typed columns, and no hidden row number that would tell the order of arrival."""


@compiles(String, "sqlite")
@compiles(Uuid, "sqlite")
@compiles(JSON, "sqlite")
@compiles(sqlite.JSON, "sqlite")
@compiles(Date, "sqlite")
@compiles(DateTime, "sqlite")
def _as_text(type_: object, compiler: object, **options: Any) -> str:
    return "TEXT"


@compiles(BigInteger, "sqlite")
@compiles(Boolean, "sqlite")
def _as_integer(type_: object, compiler: object, **options: Any) -> str:
    return "INTEGER"


@compiles(Float, "sqlite")
def _as_real(type_: object, compiler: object, **options: Any) -> str:
    return "REAL"
