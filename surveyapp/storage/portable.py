"""A back-up that is not a picture of the database's pages but of what stands in it: one SQLite file from either kind.

What pg_dump writes follows the place of rows on disk, and that follows the order in which people came. Here every
table is written in the order of its keys, which for cases, saves and addresses are random, into a fresh file; what is
only of use to the running server (attempts at doors, made files) stays out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlmodel import Session, SQLModel

from surveyapp.errors import StorageError, WrongState
from surveyapp.storage import sqlite
from surveyapp.storage.backup import copy_pages
from surveyapp.storage.database import Database
from surveyapp.storage.definition_tables import PROPOSED
from surveyapp.storage.door_tables import UNCOPIED
from surveyapp.storage.invitation_tables import STOP
from surveyapp.storage.job_tables import TRANSIENT
from surveyapp.storage.publication import FORGET_WHO
from surveyapp.storage.quality_tables import RECOMPUTED
from surveyapp.storage.sample_tables import UNCONFIRMED

AT_ONCE = 500
LEFT_OUT = (*UNCOPIED, *TRANSIENT, *UNCONFIRMED, *PROPOSED, *RECOMPUTED)
"""Attempts are counted per network and with the time, made files are kept for a week: no copy holds either."""


def write(database: Database, target: Path) -> None:
    """Write everything that stands in the database into a fresh SQLite file, from one picture of it.

    Raises
    ------
    WrongState       the target is there already
    StorageError     the tables are not those of this version
    """
    if target.exists():
        raise WrongState(f"{target} is there already; choose another name.")
    if not database.is_current():
        raise StorageError("The tables are older than this version; run: surveyapp db upgrade")
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    sqlite.prepare_file(partial)
    copy = Database(f"sqlite:///{partial}")
    try:
        copy.upgrade()
        with database.read_primary() as taken, copy.write() as made:
            _carry(taken, made)
            for statement in (*FORGET_WHO, STOP):
                made.connection().execute(text(statement))
        copy.fold_journal()
        copy.close()
        sqlite.make_single(partial)
        partial.replace(target)
    finally:
        copy.close()
        sqlite.remove(partial)


def take_in(file: Path, database: Database) -> None:
    """Put what such a file holds into a database whose tables are there and empty.

    Raises
    ------
    WrongState     something stands in the database
    """
    # Of an earlier version perhaps: what is brought up to date is a copy of the copy.
    fresh = file.with_name(file.name + ".restoring")
    sqlite.prepare_file(fresh)
    copy_pages(file, fresh)
    copy = Database(f"sqlite:///{fresh}")
    try:
        copy.upgrade()
        with copy.read() as taken, database.write() as made:
            for table in SQLModel.metadata.sorted_tables:
                if table.name not in LEFT_OUT and made.execute(select(func.count()).select_from(table)).scalar_one():
                    raise WrongState(
                        f"The database is not empty ({table.name} has rows): make an empty one, run surveyapp db "
                        "upgrade, and restore there. Nothing was changed."
                    )
            _carry(taken, made)
    finally:
        copy.close()
        sqlite.remove(fresh)


def _carry(taken: Session, made: Session) -> None:
    for table in SQLModel.metadata.sorted_tables:
        if table.name in LEFT_OUT:
            continue
        for rows in _rows(taken, table):
            made.connection().execute(insert(table), rows)


def _rows(session: Session, table: Any) -> Iterator[list[dict[str, Any]]]:
    """The rows of a table in the order of its keys, a part at a time."""
    statement = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=AT_ONCE)
    for part in session.connection().execute(statement).mappings().partitions(AT_ONCE):
        yield [dict(row) for row in part]
