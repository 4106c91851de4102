"""Clean copies of a SQLite database, and the way back.

Never copy the file itself: its journal tells commit by commit who answered when. The back-up interface copies pages of
one consistent picture, without a journal; the copy is then written anew in the order of its keys, without what is only
of use to the running server. From PostgreSQL the same kind of file comes by `storage.portable`.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from surveyapp.errors import StorageError, WrongState
from surveyapp.storage import sqlite

_TABLE = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=sqlite.BUSY_SECONDS)) as taken,
        closing(sqlite3.connect(target, timeout=sqlite.BUSY_SECONDS)) as made,
    ):
        taken.backup(made)
        # A copy of a WAL database says so in its header; as a single file it must not need a journal beside it.
        made.execute("PRAGMA journal_mode = DELETE")


def require_sound(file: Path) -> None:
    """Read every page of the file.

    Raises
    ------
    StorageError     it is damaged
    """
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=sqlite.BUSY_SECONDS)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise StorageError(f"{file} is damaged: {found}. Restore the last back-up.")


def _forget_attempts(copy: Path) -> None:
    """Attempts at doors are counted per network and with the time; a copy has no use for them."""
    with closing(sqlite3.connect(copy, timeout=sqlite.BUSY_SECONDS, isolation_level=None)) as made:
        made.execute("PRAGMA secure_delete = ON")
        if made.execute("SELECT count(*) FROM sqlite_master WHERE name = 'throttle'").fetchone()[0]:
            made.execute("DELETE FROM throttle")


def _sync(path: Path) -> None:
    for place in (path, path.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def backup(source: Path, target: Path) -> None:
    """Write a clean copy; a copy that failed half-way is not left behind.

    Raises
    ------
    WrongState       the target is there already
    StorageError     the database cannot be read, or the copy is damaged
    """
    if target.exists():
        raise WrongState(f"{target} is there already; choose another name.")
    if not source.exists():
        raise StorageError(f"{source} is not there; run surveyapp db upgrade first.")
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        sqlite.prepare_file(partial)
        _copy(source, partial)
        _forget_attempts(partial)
        sqlite.make_single(partial)
        require_sound(partial)
        _sync(partial)
        partial.replace(target)
    except sqlite3.Error as error:
        raise StorageError(f"{source} cannot be copied: {error}.") from None
    finally:
        partial.unlink(missing_ok=True)


def require_ours(source: Path) -> None:
    """Refuse a copy that cannot be read, is damaged or is no database of this product.

    Raises
    ------
    StorageError     it is one of these; nothing was changed
    """
    if not source.exists():
        raise StorageError(f"{source} is not there.")
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            ours = bool(connection.execute(_TABLE).fetchone()[0])
    except sqlite3.Error as error:
        raise StorageError(f"{source} cannot be read: {error}.") from None
    if not sound or not ours:
        raise StorageError(f"{source} is no sound database of this product; nothing was changed.")


def restore(source: Path, target: Path) -> Path | None:
    """Put a copy in the database's place, and keep what stood there under another name.

    Stop the server first: a process that still holds the old file would go on writing into it.

    Returns
    -------
    kept     where the former database is now, None when there was none

    Raises
    ------
    StorageError     the copy cannot be read, is damaged or is no database of this product; nothing was changed
    WrongState       somebody holds the database
    """
    require_ours(source)
    fresh = target.with_name(target.name + ".restoring")
    fresh.unlink(missing_ok=True)
    sqlite.prepare_file(fresh)
    try:
        _copy(source, fresh)
        _sync(fresh)
        kept = _set_aside(target)
        fresh.replace(target)
        _sync(target)
    finally:
        fresh.unlink(missing_ok=True)
    return kept


def _set_aside(target: Path) -> Path | None:
    if not target.exists():
        return None
    try:
        with closing(sqlite3.connect(target, timeout=1, isolation_level=None)) as connection:
            # Alone with the file, the journal can be folded in and dropped; with a server running it cannot.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    except sqlite3.OperationalError:
        mode = "wal"
    if mode != "delete":
        raise WrongState(f"{target} is in use: stop the server first. Nothing was changed.")
    number = 1
    while (kept := target.with_name(f"{target.name}.before-restore-{number}")).exists():
        number += 1
    # A second name for the same file: at no moment is there no database.
    os.link(target, kept)
    return kept
