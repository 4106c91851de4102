"""PostgreSQL as a safe store: what each connection is told, and what is checked before it is used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlmodel import Session

from surveyapp.errors import UnsafeDatabase

LEAST_VERSION = 160_000
MUST_BE_ON = ("fsync", "synchronous_commit", "full_page_writes")
LOCK_SECONDS, IDLE_SECONDS = 3, 10
WRITE_SECONDS, READ_SECONDS = 5, 60
"""A respondent's statement is short; an export may read for a minute. The server's own defaults are all endless."""

_SYNCHRONOUS = frozenset({"on", "remote_apply"})


def _check(connection: Any) -> None:
    names = ", ".join(f"current_setting('{name}')" for name in MUST_BE_ON)
    with connection.cursor() as cursor:
        version, *found = cursor.execute(f"SELECT current_setting('server_version_num')::int, {names}").fetchone()
    # The check opened a transaction; the pool expects a connection at rest.
    connection.rollback()
    if version < LEAST_VERSION:
        raise UnsafeDatabase(f"PostgreSQL 16 or newer is needed; this server is {version // 10_000}.")
    weak = [
        name
        for name, value in zip(MUST_BE_ON, found, strict=True)
        if value not in (_SYNCHRONOUS if name == "synchronous_commit" else {"on"})
    ]
    if weak:
        raise UnsafeDatabase(
            f"PostgreSQL runs without {', '.join(weak)}; an acknowledged answer could be lost. Set them on."
        )


def keep_writers_out(session: Session, *tables: str) -> None:
    """Wait until nobody else is writing in these tables, and let nobody write there until this transaction ends.

    For what takes all rows of a kind and writes them anew: a row that is written meanwhile would be deleted unseen. Ask
    for it before anything else is locked. On SQLite a transaction that writes is alone already.

    Raises
    ------
    StorageBusy     somebody writes for longer than three seconds (by way of `storage.faults`)
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        names = ", ".join(connection.dialect.identifier_preparer.quote(table) for table in tables)
        connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


def join_writers(session: Session, table: str) -> None:
    """Count as a writer of this table from now on: who keeps writers out waits for this transaction, or this one waits.

    For what reads first how things stand that such a one changes, and writes after.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        name = connection.dialect.identifier_preparer.quote(table)
        connection.execute(text(f"LOCK TABLE {name} IN ROW EXCLUSIVE MODE"))


def engine(url: URL, *, writes: bool) -> Engine:
    """An engine for one of the two doors.

    Parameters
    ----------
    writes : READ COMMITTED with short timeouts; without, one REPEATABLE READ picture that cannot write
    """
    seconds = WRITE_SECONDS if writes else READ_SECONDS
    options = (
        f"-c statement_timeout={seconds}s -c lock_timeout={LOCK_SECONDS}s "
        f"-c idle_in_transaction_session_timeout={IDLE_SECONDS if writes else READ_SECONDS}s -c timezone=UTC"
    )
    made = create_engine(
        url,
        isolation_level="READ COMMITTED" if writes else "REPEATABLE READ",
        connect_args={"options": options, "connect_timeout": 5, "application_name": "surveyapp"},
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=8,
        pool_timeout=5,
        pool_recycle=1800,
        hide_parameters=True,
        **({} if writes else {"execution_options": {"postgresql_readonly": True}}),
    )
    if writes:

        @event.listens_for(made, "connect")
        def _connect(connection: Any, record: Any) -> None:
            _check(connection)

    return made
