"""One database, two doors: ``read()`` for figures, ``write()`` for everything that must last.

SQLite by default, PostgreSQL when grown up. Both refuse to work with settings under which an acknowledged answer could
be lost, on every connection and not only at start. The two doors stand apart even where they lead to the same file: a
read session that writes raises, so moving figures to a replica changes no code.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError, StorageBusy, StorageError
from surveyapp.storage import changes, column_files, postgresql, sqlite
from surveyapp.storage.faults import translated
from surveyapp.storage.transactions import Session, Turns

__all__ = ["Database", "Session"]

POSTGRESQL_DRIVER = "postgresql+psycopg"


PRIMARY, REPLICA = "SURVEYAPP_DATABASE_URL", "SURVEYAPP_DATABASE_READ_URL"
"""The settings the two URLs come from, for messages."""


def _url(given: str, setting: str) -> URL:
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise ConfigurationError(
            f"{setting} cannot be read; write sqlite:///path or postgresql+psycopg://user:password@host/name."
        ) from None
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        if not url.database or url.database == ":memory:":
            raise ConfigurationError(f"{setting}: SQLite needs a file: write sqlite:///path/to/file.sqlite3.")
        return url.set(drivername="sqlite")
    if url.drivername in ("postgresql", "postgres", POSTGRESQL_DRIVER):
        return url.set(drivername=POSTGRESQL_DRIVER)
    if url.drivername.startswith("postgresql+"):
        raise ConfigurationError(
            f"{setting}: {url.drivername} is not supported; write {POSTGRESQL_DRIVER}://… "
            "(psycopg 3 is installed with this product)."
        )
    raise ConfigurationError(f"{setting}: {url.drivername} is not supported; choose SQLite or PostgreSQL.")


class Database:
    """The store of everything, opened lazily; one per process.

    Parameters
    ----------
    url :      ``sqlite:///path`` or ``postgresql+psycopg://…``
    read_url : a replica for figures and exports; absent: the same database
    columns :  the folder in which waves may stand as columns (`storage.column_files`); absent: nowhere

    Raises
    ------
    ConfigurationError     a URL that cannot be used
    """

    def __init__(self, url: str, read_url: str | None = None, columns: Path | None = None) -> None:
        self.columns = columns
        self.url = _url(url, PRIMARY)
        self.read_url = _url(read_url, REPLICA) if read_url else self.url
        self._writer = self._engine(self.url, writes=True)
        self._reader = self._engine(self.read_url, writes=False)
        self._turns = Turns(sqlite.BUSY_SECONDS) if self.is_sqlite else None
        self._primary = self._reader if self.read_url == self.url else self._engine(self.url, writes=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The database of these settings.

        Raises
        ------
        ConfigurationError     a URL that cannot be used
        """
        return cls(settings.url, settings.read_url, settings.columns_folder)

    @staticmethod
    def _engine(url: URL, *, writes: bool) -> Engine:
        build = sqlite.engine if url.drivername == "sqlite" else postgresql.engine
        return build(url, writes=writes)

    @property
    def is_sqlite(self) -> bool:
        """Whether the primary is a SQLite file."""
        return self.url.drivername == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        return Path(self.url.database or "") if self.is_sqlite else None

    @staticmethod
    @contextmanager
    def _reading(engine: Engine) -> Iterator[Session]:
        with translated(), Session(engine, autoflush=False, expire_on_commit=False) as session:
            yield session
            if session.new or session.dirty or session.deleted:
                # It would be dropped in silence: nothing of a read session is ever flushed.
                raise StorageError("This session only reads; write through Database.write().")

    def read(self) -> AbstractContextManager[Session]:
        """A session over one consistent picture of the data; what tries to write raises `StorageError`."""
        return self._reading(self._reader)

    def read_primary(self) -> AbstractContextManager[Session]:
        """As `read`, never from a replica: for respondents, who must see what they saved a moment ago."""
        return self._reading(self._primary)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction: commits on leaving, rolls back on any error.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so it can never fail half-way for a lock. When it
        returns without an error, what was written survives a power cut.

        Raises
        ------
        StorageBusy        the database is locked, full or away; nothing was stored
        """
        with translated(writes=True), Session(self._writer, turns=self._turns, expire_on_commit=False) as session:
            yield session
            session.flush()
            changes.settle(session)
            taken_back = changes.taken_back(session)
            session.commit()
        for study, year in taken_back:  # never before: who wrote the file meanwhile had them among the cases
            column_files.forget(self.columns, study, year)

    def ping(self) -> None:
        """Reach the primary and check that its settings are safe.

        Raises
        ------
        StorageBusy        it is away
        """
        # SQLite checks on every connection; asking its writer would wait for the write lock.
        engine = self._primary if self.is_sqlite else self._writer
        statement = "SELECT count(*) FROM sqlite_master" if self.is_sqlite else "SELECT 1"
        with translated(), engine.connect() as connection:
            connection.execute(text(statement))

    def require_reachable(self) -> None:
        """Connect to both places once, each cause of a failure told apart.

        Raises
        ------
        ConfigurationError     a setting names what cannot be reached
        StorageBusy            a server is on its way up or down
        """
        from surveyapp.storage.diagnosis import require_reachable

        require_reachable(self.url, PRIMARY)
        if self.read_url != self.url:
            require_reachable(self.read_url, REPLICA, is_made_by_upgrade=False)

    def require_same_study(self) -> None:
        """Look whether the replica holds what the primary holds, as far behind as it may be.

        Raises
        ------
        ConfigurationError     it is another database
        StorageBusy            one of them is locked or away
        """
        if self.read_url == self.url:
            return
        waves = text("SELECT study_id, year FROM wave")
        with self.read_primary() as here:
            ours = {tuple(row) for row in here.execute(waves)}
        try:
            with self.read() as there:
                theirs = {tuple(row) for row in there.execute(waves)}
        except StorageBusy:
            raise
        except StorageError:
            raise ConfigurationError(f"{REPLICA} is no replica: it has none of this product's tables.") from None
        if theirs - ours or (ours and not theirs):
            raise ConfigurationError(f"{REPLICA} is no replica of {PRIMARY}: it holds other waves.")

    def require_writable(self) -> None:
        """Try whether a save would be taken: the lock, the rights and the disk; nothing is changed.

        It waits for the lock as long as a save would, and puts a file of 256 kB on SQLite's disk for a
        moment: a write that is undone again would need no room. PostgreSQL's disk is seen when a save needs it.

        Raises
        ------
        StorageBusy        a save would not be taken; its cause says why
        StorageError       the tables are not there
        """
        with translated(writes=True), self._writer.connect() as connection:
            if self.is_sqlite:
                sqlite.try_disk(Path(self.url.database or ""))
            connection.execute(text("UPDATE cases SET study_id = study_id WHERE 1 = 0"))
            connection.execute(text("UPDATE page_save SET study_id = study_id WHERE 1 = 0"))
            connection.rollback()

    def fold_journal(self) -> bool:
        """Empty SQLite's journal, which tells commit by commit what was written; done when a wave closes.

        PostgreSQL's own journal is its administrator's.

        Returns
        -------
        whether it is empty: somebody who is reading keeps it until the next time
        """
        if not self.is_sqlite:
            return True
        with translated(), closing(self._writer.raw_connection()) as connection:
            ((is_busy, *_),) = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return not is_busy

    def sweep(self, *tables: str) -> None:
        """Leave nothing of what was deleted in the files: the journal on SQLite, these tables on PostgreSQL.

        There it takes the owner of the tables; anybody else is passed over, and the server tidies up in its own time.
        A table may take as long as it needs, and nobody can use it meanwhile; for its turn it waits three seconds at
        most, because everybody who comes later waits behind it.

        Raises
        ------
        StorageBusy     somebody keeps the journal or a table in use; what was deleted is gone all the same, so try
                        again later
        """
        if self.is_sqlite:
            if not self.fold_journal():
                raise StorageBusy(
                    "Somebody is reading the database: its journal could not be emptied; try again.", "locked"
                )
            return
        with translated(), self._writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.detach()  # it goes without the time-out of the others, so it never goes back to them
            connection.execute(text("SET statement_timeout = 0"))
            for table in tables:
                quoted = connection.dialect.identifier_preparer.quote(table)
                connection.execute(text(f"VACUUM (FULL) {quoted}"))

    def upgrade(self) -> None:
        """Bring the tables to what this version of the code asks; nothing happens when they are there already."""
        from surveyapp.storage import migrate

        with translated():
            if migrate.upgrade(self.url):
                column_files.forget_all(self.columns)  # what a migration takes away stands there as well

    def is_newer(self) -> bool:
        """Whether a later version made the tables; this one serves on them.

        Raises
        ------
        StorageError     it does not: something it needs is not there
        """
        from surveyapp.storage import migrate

        with translated(), self._primary.connect() as connection:
            if not migrate.is_newer(connection):
                return False
            migrate.require_serving(connection)
            return True

    def is_current(self) -> bool:
        """Whether the tables are at least as new as this code; a newer database serves older code."""
        from surveyapp.storage import migrate

        with translated(), self._primary.connect() as connection:
            return migrate.is_current(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every connection."""
        for engine in (self._writer, self._reader, self._primary):
            engine.dispose()
