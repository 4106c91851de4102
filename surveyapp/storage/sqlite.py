"""SQLite as a safe server-side store: what each connection is told, and what is checked before it is used."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import NullPool, QueuePool

from surveyapp.errors import StorageBusy, UnsafeDatabase

BUSY_SECONDS = 5
LEAST_ROOM = 256 * 1024
"""Bytes that must fit on the disk for a save to be taken: the journal grows by some pages of 4 kB with each."""
PRAGMAS: Mapping[str, str | int] = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "secure_delete": "ON",
    "busy_timeout": BUSY_SECONDS * 1000,
    "temp_store": "MEMORY",  # what is mixed is never written to a second file
}
"""WAL with FULL syncs the log on every commit: measured, NORMAL loses every commit since the last checkpoint to a
power cut and FULL none (docs/decisions/0003-storage.md)."""

SAFE: Mapping[str, tuple[object, ...]] = {
    "journal_mode": ("wal",),
    "synchronous": (2, 3),
    "foreign_keys": (1,),
    "secure_delete": (1,),
}
"""What each pragma must answer before a connection is used: FULL is 2, EXTRA is 3."""


def prepare_file(path: Path) -> None:
    """Make the file readable by its owner only, before the first connection; the journal takes over its mode.

    A file that is there already is never opened here: POSIX drops every lock this process has on a file as soon as
    any handle on it is closed. Another process would then take the journal away under our connections, and with it
    what they write afterwards (https://www.sqlite.org/howtocorrupt.html, section 2.2).

    Raises
    ------
    StorageBusy     the folder cannot be made or written
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise StorageBusy(f"The database file {path} cannot be opened ({error.strerror}).", _cause(error)) from None


def require_file(path: Path) -> None:
    """Look whether there is a database.

    Raises
    ------
    StorageBusy     there is no such file
    """
    if not path.exists():
        raise StorageBusy(
            f"There is no database file {path}; is the path right? To make a new one, run: surveyapp db upgrade",
            "unreachable",
        )


_FILE = "file"


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at this path, whatever else was there before; None for none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _cause(error: OSError) -> str:
    full, closed = (errno.ENOSPC, errno.EDQUOT), (errno.EROFS, errno.EACCES, errno.EPERM)
    return "disk full" if error.errno in full else "read only" if error.errno in closed else "unreachable"


def try_disk(path: Path) -> None:
    """Write and sync a file beside the database's, and take it away again.

    Raises
    ------
    StorageBusy     there is no room, or nothing can be written; its cause says which
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.try")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.unlink(beside)  # the file lives as long as its handle: whatever happens, nothing is left
            os.write(handle, b"\0" * LEAST_ROOM)
            os.fsync(handle)
            if os.fstat(handle).st_size < LEAST_ROOM:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(handle)
    except OSError as error:
        raise StorageBusy(f"Nothing can be stored beside {path} ({error.strerror}).", _cause(error)) from None


def _set_up(connection: sqlite3.Connection, path: Path, *, writes: bool, keys: bool) -> None:
    cursor = connection.cursor()
    try:
        for name, value in PRAGMAS.items():
            cursor.execute(f"PRAGMA {name} = {value}")
        for name, allowed in SAFE.items():
            found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
            if found not in allowed:
                raise UnsafeDatabase(
                    f"{path} runs with {name} = {found} where one of {allowed} is needed; an acknowledged answer "
                    "could be lost. Keep the file on a local disk that SQLite can lock."
                )
        if not keys:
            cursor.execute("PRAGMA foreign_keys = OFF")
        if not writes:
            cursor.execute("PRAGMA query_only = ON")
    finally:
        cursor.close()


def reading(path: Path) -> closing[sqlite3.Connection]:
    """A connection that only reads, to a file that others may write."""
    return closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=BUSY_SECONDS))


def remove(path: Path) -> None:
    """Take a file away, with its journal."""
    for left in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        left.unlink(missing_ok=True)


def make_single(path: Path) -> None:
    """Rewrite a copy, that nobody else has open, as one file without a journal beside it.

    Its pages are then filled anew in the order of keys: on a page of a live file what came later stands lower.
    """
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as made:
        made.execute("PRAGMA secure_delete = ON")
        made.execute("PRAGMA journal_mode = DELETE")
        made.execute("VACUUM")


def engine(url: URL, *, writes: bool, keys: bool = True) -> Engine:
    """An engine for one of the two doors.

    Parameters
    ----------
    writes : transactions begin with BEGIN IMMEDIATE; without, plain BEGIN and no writing at all. A read that took the
             write lock would stop every respondent, a write that did not could fail half-way without waiting.
    keys :   off only for migrations: rebuilding a table with foreign keys on would cascade its rows away
    """
    path = Path(url.database or "")
    words = "BEGIN IMMEDIATE" if writes else "BEGIN"
    made = create_engine(
        url,
        poolclass=QueuePool if keys else NullPool,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
        hide_parameters=True,
        **({"pool_size": 8, "max_overflow": 8, "pool_timeout": BUSY_SECONDS} if keys else {}),
    )

    @event.listens_for(made, "do_connect")
    def _prepare(dialect: object, record: object, arguments: object, options: object) -> None:
        if keys:
            require_file(path)  # only an upgrade makes one: a path misspelt would serve an empty study
        prepare_file(path)

    @event.listens_for(made, "connect")
    def _connect(connection: sqlite3.Connection, record: Any) -> None:
        _set_up(connection, path, writes=writes, keys=keys)
        record.info[_FILE] = _identity(path)

    @event.listens_for(made, "checkout")
    def _look(connection: sqlite3.Connection, record: Any, proxy: object) -> None:
        if record.info.get(_FILE) != _identity(path):
            # The file was moved away: what is written into it now nobody would find again. A new connection says so,
            # or finds the file that stands there instead.
            raise DisconnectionError

    @event.listens_for(made, "begin")
    def _begin(connection: Connection) -> None:
        # Without what watches over a statement: this one brings nothing and gives nothing.
        try:
            connection.connection.cursor().execute(words).close()
        except sqlite3.Error as error:  # somebody else writes for too long
            raise DBAPIError.instance(words, None, error, sqlite3.Error) from None

    return made
