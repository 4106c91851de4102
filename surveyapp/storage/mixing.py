"""A wave's rows written anew in random order and in one transaction: what the database itself remembers of the order
in which they came is then the same for all.

A table says nothing of when a row was written, and the database does: PostgreSQL keeps rows where there was room when
they came and beside each the number of its transaction, SQLite puts what came later lower on the same page of its file.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from surveyapp.storage import postgresql
from surveyapp.storage.cases import DRAFTS, SAVES
from surveyapp.storage.changes import CASES, take_back
from surveyapp.storage.coding import OF_CASES
from surveyapp.storage.stop_reasons import REASONS

CHILDREN: tuple[Any, ...] = (SAVES, DRAFTS, REASONS, *OF_CASES)
SECONDS = 120
"""How long a statement of a mixing may take; a respondent's may five."""


def hold(session: Session) -> None:
    """Let nobody write what `mix` writes anew until this transaction ends; asked before any other lock."""
    postgresql.keep_writers_out(session, CASES.name, *(table.name for table in CHILDREN))


def join_writers(session: Session) -> None:
    """Write before or after a mixing, never beside it; asked before any other lock."""
    postgresql.join_writers(session, CASES.name)


def mix(session: Session, study: str, year: int) -> None:
    """Write the cases of a wave, their page saves, drafts, words, codes and quotations anew, in random order.

    Nothing changes for who reads: values, marks and keys stay. The caller asked :func:`hold` first.
    """
    take_back(session, study, year)
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL statement_timeout = '{SECONDS}s'"))
    wave = {"study": study, "year": year}
    of_wave = "study_id = :study AND year = :year"
    of_cases = f"study_id = :study AND case_id IN (SELECT case_id FROM cases WHERE {of_wave})"  # noqa: S608
    # The children first: deleting a case would take them along.
    for table, where in (*((table.name, of_cases) for table in CHILDREN), (CASES.name, of_wave)):
        connection.execute(text(f"CREATE TEMPORARY TABLE mixed_{table} AS SELECT * FROM {table} WHERE {where}"), wave)  # noqa: S608
        if table != CASES.name:
            connection.execute(text(f"DELETE FROM {table} WHERE {where}"), wave)  # noqa: S608
    connection.execute(text(f"DELETE FROM cases WHERE {of_wave}"), wave)  # noqa: S608
    for table in (CASES, *CHILDREN):
        names = ", ".join(column.name for column in table.columns)
        connection.execute(
            text(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM mixed_{table.name} ORDER BY random()")  # noqa: S608
        )
        connection.execute(text(f"DROP TABLE mixed_{table.name}"))
