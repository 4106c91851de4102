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

from sqlalchemy.engine import URL

from surveyapp.errors import StorageError, WrongState
from surveyapp.storage import migrate, publication, seals, sqlite
from surveyapp.storage.definition_tables import PROPOSED
from surveyapp.storage.door_tables import UNCOPIED
from surveyapp.storage.invitation_tables import STOP, InvitationRoundRow
from surveyapp.storage.job_tables import TRANSIENT
from surveyapp.storage.keys import key_mark
from surveyapp.storage.quality_tables import RECOMPUTED
from surveyapp.storage.sample_tables import UNCONFIRMED

_TABLES = frozenset({"alembic_version", "cases", "instrument_version", "page_save", "wave"})
"""By these a file of this product is known, of whatever version."""
_HEADER = b"SQLite format 3\0"
_SIZE = ("page_count", "page_size")


def copy_pages(source: Path, target: Path) -> None:
    """Copy one consistent picture of a database, whoever writes meanwhile, as a single file without a seal."""
    with (
        sqlite.reading(source) as taken,
        closing(sqlite3.connect(target, timeout=sqlite.BUSY_SECONDS)) as made,
    ):
        taken.backup(made)
        # A copy of a WAL database says so in its header; as a single file it must not need a journal beside it.
        made.execute("PRAGMA journal_mode = DELETE")
        seals.take_off(made)


def require_sound(file: Path) -> None:
    """Read every page of the file.

    Raises
    ------
    StorageError     it is damaged
    """
    with sqlite.reading(file) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise StorageError(f"{file} is damaged: {found}. Restore the last back-up.")


def _forget(copy: Path) -> None:
    """What only the running server needs: attempts at doors, with network and time; who counts since which step; files
    that are kept for a week, and who makes them; lists of contacts that nobody confirmed; flags, which follow from the
    cases."""
    with closing(sqlite3.connect(copy, timeout=sqlite.BUSY_SECONDS, isolation_level=None)) as made:
        made.execute("PRAGMA secure_delete = ON")
        there = {name for (name,) in made.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for name in (*UNCOPIED, *TRANSIENT, *UNCONFIRMED, *PROPOSED, *RECOMPUTED):
            if name in there:
                made.execute(f"DELETE FROM {name}")  # noqa: S608  (names of our own tables)
        if made.execute("SELECT count(*) FROM pragma_table_info('published_step') WHERE name = 'lot'").fetchone()[0]:
            for statement in publication.FORGET_WHO:
                made.execute(statement)
        if InvitationRoundRow.__tablename__ in there:
            made.execute(STOP)


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
        copy_pages(source, partial)
        _forget(partial)
        sqlite.make_single(partial)
        require_sound(partial)
        _sync(partial)
        partial.replace(target)
    except sqlite3.Error as error:
        raise StorageError(f"{source} cannot be copied: {error}.") from None
    finally:
        partial.unlink(missing_ok=True)


def require_ours(source: Path, *, may_be_altered: bool = False) -> None:
    """Refuse what is no whole database of this product, of this version or an earlier one, or not as it was written.

    Raises
    ------
    StorageError     says which of these it is; nothing was changed
    """
    if not source.is_file():
        raise StorageError(f"{source} is not there.")
    with source.open("rb") as file:
        header = file.read(len(_HEADER))
    if header != _HEADER:
        what = "is empty" if not header else "is no SQLite database"
        raise StorageError(f"{source} {what}, so it is no back-up of this product. Nothing was changed.")
    if not may_be_altered and seals.holds(source) is False:
        raise StorageError(
            f"{source} is damaged or cut off: its checksum does not fit, so it is not what was written. Take another "
            "back-up; where there is none, --altered takes this one as it is. Nothing was changed."
        )
    try:
        with sqlite.reading(source) as connection:
            is_sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            found = (
                connection.execute("SELECT version_num FROM alembic_version").fetchone() if tables >= _TABLES else None
            )
            pages, bytes_each = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in _SIZE)
    except sqlite3.DatabaseError:
        raise StorageError(f"{source} is damaged or cut off; take another back-up. Nothing was changed.") from None
    if not is_sound or source.stat().st_size < pages * bytes_each:  # SQLite reads nothing where a page breaks off
        raise StorageError(f"{source} is damaged or cut off; take another back-up. Nothing was changed.")
    if found is None:
        raise StorageError(f"{source} is a database of another product. Nothing was changed.")
    migrate.require_known(found[0], of=str(source))


def seal(file: Path, key: str) -> None:
    """End a copy: the mark of the key, where SQLite keeps a number for whoever made the file, and a checksum of all."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {key_mark(key)}")
    seals.seal(file)
    _sync(file)


def is_under_key(file: Path, key: str) -> bool:
    """Whether a copy was made under this key; True where it does not say."""
    with sqlite.reading(file) as connection:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
    return found in (0, key_mark(key))


def restore(source: Path, target: Path, *, may_be_altered: bool = False) -> Path | None:
    """Put a copy in the database's place, and keep what stood there under another name.

    Stop the server first: a process that still holds the old file would go on writing into it.

    Parameters
    ----------
    may_be_altered : take a copy whose checksum does not fit, for who has no other

    Returns
    -------
    kept     where the former database is now, None when there was none

    Raises
    ------
    StorageError     the copy is damaged, another product's or newer, or cannot be brought up to date; nothing was
                     changed
    WrongState       somebody holds the database
    """
    require_ours(source, may_be_altered=may_be_altered)
    fresh = target.with_name(target.name + ".restoring")
    fresh.unlink(missing_ok=True)
    sqlite.prepare_file(fresh)
    try:
        copy_pages(source, fresh)
        # Brought up to date before it takes the place: a migration that fails must not leave nothing to serve from.
        migrate.upgrade(URL.create("sqlite", database=str(fresh)), of=str(source))
        sqlite.make_single(fresh)
        _sync(fresh)
        kept = _set_aside(target)
        fresh.replace(target)
        _sync(target)
    finally:
        sqlite.remove(fresh)
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
