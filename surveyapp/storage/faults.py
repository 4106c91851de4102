"""What went wrong in the database, in words of our own tree.

A driver's message can hold an e-mail address (PostgreSQL's DETAIL of a unique violation), so none of it is repeated.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from surveyapp.errors import StorageBusy, StorageError

ANY = (StorageError, SQLAlchemyError)
"""Whatever a database answers that is not ours, or not as it should be."""
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_AWAY = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL})
_LOCKED_STATES = frozenset({"55P03", "40P01", "40001", "57014", "25P03", "25P04"})
"""Lock not available, deadlock, serialisation, statement cancelled, idle or long transaction ended."""
_LACKING_STATES = frozenset({"42P01", "42703", "3F000"})
"""Undefined table, column, schema."""
_AWAY_CLASSES = ("08", "53", "57P", "58")
"""Connection lost, resources short, shutting down or starting, trouble with the system below."""

_RESTARTING = frozenset({"57P01", "57P02", "57P03"})
"""Stopped by its administrator, by a crash of another session, not yet taking connections."""

_LACKING = "The database lacks a table or column of this version; run: surveyapp db upgrade"


def _of_sqlite(error: sqlite3.Error, *, writes: bool) -> StorageError | None:
    whole = getattr(error, "sqlite_errorcode", None) or 0
    code = whole & 0xFF
    if code in _BUSY:
        return StorageBusy("The database is locked by another write; try again in a moment.", "locked")
    if code == sqlite3.SQLITE_FULL:
        return StorageBusy("The disk of the database is full; make room, nothing was stored.", "disk full")
    if code in _AWAY:
        return StorageBusy("The database file cannot be reached; nothing was stored.", "unreachable")
    if code == sqlite3.SQLITE_READONLY:
        # A session of ours that only reads gives the plain code; a folder in which no journal can be made another.
        return _read_only(writes or whole != sqlite3.SQLITE_READONLY)
    if code == sqlite3.SQLITE_ERROR and str(error).startswith(("no such table", "no such column")):
        return StorageError(_LACKING)
    return None


def _read_only(writes: bool) -> StorageError:
    if writes:
        return StorageBusy("The database takes nothing in: it, or its disk, is read only.", "read only")
    return StorageError("This session only reads; write through Database.write().")


def _of_postgresql(error: DBAPIError, *, writes: bool) -> StorageError | None:
    state = getattr(error.orig, "sqlstate", None)
    if state == "25006":
        return _read_only(writes)
    if state in _LACKING_STATES:
        return StorageError(_LACKING)
    if state == "53100":
        return StorageBusy("The disk of the database is full; make room, nothing was stored.", "disk full")
    if state == "53300":
        return StorageBusy("The database takes no more connections; try again in a moment.", "connections used up")
    if state in _LOCKED_STATES:
        return StorageBusy("The database is locked by another write or too slow; try again in a moment.", "locked")
    if state in _RESTARTING:
        return StorageBusy("The database is away: it starts or stops; try again in a moment.", "starting or stopping")
    is_away = state is not None and state.startswith(_AWAY_CLASSES)
    if is_away or (state is None and (error.connection_invalidated or isinstance(error, OperationalError))):
        # A refused connection has no code; only the words tell a server that is on its way up.
        cause = "starting or stopping" if "starting up" in str(error.orig) else "unreachable"
        return StorageBusy("The database is away; nothing was stored, try again in a moment.", cause)
    return None


def told(error: Exception, *, writes: bool = False) -> StorageError | None:
    """Our own error for one of SQLAlchemy's, or None when it is not about the database's condition.

    Parameters
    ----------
    writes : it came from a session that may write: then nothing of ours, but the disk or the server, is read only
    """
    if isinstance(error, PoolTimeout):
        return StorageBusy("Every connection to the database is in use; try again in a moment.", "connections used up")
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(error.orig, writes=writes)
    return _of_postgresql(error, writes=writes)


class Refusal(Exception):
    """What PostgreSQL refused, by the names of things only: no value, no DETAIL, no CONTEXT."""


def _without_content(error: DBAPIError) -> DBAPIError:
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is None:
        return error  # SQLite names columns, never values
    names = [diagnosis.sqlstate, diagnosis.constraint_name, diagnosis.table_name, diagnosis.column_name]
    refusal = Refusal(" ".join(["refused:", *(name for name in names if name)]))
    return type(error)(error.statement, None, refusal, hide_parameters=True)


@contextmanager
def translated(*, writes: bool = False) -> Iterator[None]:
    """Raise `StorageBusy` and `StorageError` where the driver raised its own; other errors lose their values."""
    try:
        yield
    except PoolTimeout as error:
        raise told(error, writes=writes) or error from None
    except DBAPIError as error:
        # The driver's message may carry personal data: it is not chained.
        raise told(error, writes=writes) or _without_content(error) from None
