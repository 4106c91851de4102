"""The two doors, and the settings under which they open."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.pool import NullPool
from sqlmodel import select

from surveyapp import clock
from surveyapp.errors import ConfigurationError, StorageBusy, StorageError, UnsafeDatabase
from surveyapp.storage import arrivals, faults, sqlite, waves
from surveyapp.storage.accounts import RoleRow
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave, small_instrument

INSERT = "INSERT INTO account_role (id, name) VALUES (1, 'viewer')"


def _role(name: str) -> RoleRow:
    return RoleRow(name=name)


def _add(database: Database, row: RoleRow) -> None:
    with database.write() as session:
        session.add(row)


def test_what_was_written_is_read(database: Database) -> None:
    with database.write() as session:
        session.add(_role("viewer"))
    with database.read() as session:
        assert [row.name for row in session.exec(select(RoleRow))] == ["viewer"]


def test_an_error_undoes_everything_that_was_written(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write() as session:
            session.add(_role("viewer"))
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    with database.read() as session:
        assert session.exec(select(RoleRow)).all() == []


def test_a_read_session_that_writes_is_refused(database: Database) -> None:
    with pytest.raises(StorageError, match="only reads"), database.read() as session:
        session.execute(text(INSERT))
    with pytest.raises(StorageError, match="only reads"), database.read() as session:
        session.add(_role("viewer"))  # never flushed: it would have been dropped in silence
    with database.read() as session:
        assert session.exec(select(RoleRow)).all() == []


def test_a_read_session_keeps_one_picture_while_others_write(database: Database) -> None:
    with database.read() as reader:
        assert reader.exec(select(RoleRow)).all() == []
        with database.write() as session:
            session.add(_role("viewer"))
        assert reader.exec(select(RoleRow)).all() == []


def test_a_moment_comes_back_aware_and_a_naive_one_is_refused(database: Database) -> None:
    wave = running_wave(database, small_instrument())
    with database.read() as session:
        row = waves.find(session, wave.study, wave.year)
        assert row is not None
        assert row.created_at.utcoffset() is not None
        assert abs((clock.now() - row.created_at).total_seconds()) < 60
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(StatementError, match="timezone"), database.write() as session:
        waves.add(session, STUDY, 2027, "draft", "anonymous", "a" * 64, naive)


def test_the_database_itself_refuses_a_state_that_does_not_exist(database: Database) -> None:
    running_wave(database, small_instrument())
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(text("UPDATE wave SET state = 'opne'"))


def test_an_error_message_never_holds_what_was_written(database: Database) -> None:
    with database.write() as session:
        session.add(_role("iemand@example.org"))
    with pytest.raises(IntegrityError) as caught, database.write() as session:
        session.execute(
            text("INSERT INTO account_role (id, name) VALUES (:id, :name)"), {"id": 2, "name": "iemand@example.org"}
        )
    whole = "".join(traceback.format_exception(caught.value))
    assert "iemand@example.org" not in whole  # PostgreSQL's DETAIL repeats the value
    assert "account_role" in str(caught.value)


def test_counting_from_many_threads_loses_nothing(database: Database) -> None:
    running_wave(database, small_instrument())

    def count() -> None:
        for _ in range(5):
            with database.write() as session:
                arrivals.add(session, STUDY, YEAR, "role_chosen", "contractor", "nl", "open")

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.execute(text("SELECT times FROM arrival")).scalars().all() == [40]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+psycopg2://u:p@h/n", "psycopg 3"),
        ("mysql://u:p@h/n", "SQLite or PostgreSQL"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("nonsense", "cannot be read"),
    ],
)
def test_a_url_that_cannot_be_used_is_explained(url: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Database(url)


def test_a_plain_postgresql_url_means_psycopg_3() -> None:
    assert Database("postgresql://u:p@h/n").url.drivername == "postgresql+psycopg"


class TestSqlite:
    def test_every_connection_is_told_what_keeps_an_acknowledged_page(self, sqlite_database: Database) -> None:
        # Measured: NORMAL (1) lost 200 of 200 commits to a power cut, FULL (2) none.
        with sqlite_database.write() as session:
            found = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in sqlite.PRAGMAS}
        assert found == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "secure_delete": 1,
            "busy_timeout": 5000,
            "temp_store": 2,  # in memory: nothing of an answer is left in a temporary file
        }

    @pytest.mark.parametrize(
        ("name", "value"), [("synchronous", "NORMAL"), ("foreign_keys", "OFF"), ("secure_delete", "OFF")]
    )
    def test_weaker_settings_are_refused(
        self, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, name: str, value: str
    ) -> None:
        monkeypatch.setattr(sqlite, "PRAGMAS", {**sqlite.PRAGMAS, name: value})
        weak = Database(str(sqlite_database.url))
        with pytest.raises(UnsafeDatabase, match=name):
            weak.ping()
        with pytest.raises(UnsafeDatabase, match=name), weak.write() as session:
            session.execute(text("SELECT 1"))

    def test_the_file_and_its_journal_are_the_owners_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "survey.sqlite3"
        database = Database(f"sqlite:///{path}")
        database.upgrade()
        with database.write() as session:
            session.add(_role("viewer"))
            session.flush()
            for file in (path, path.with_name(path.name + "-wal")):
                assert stat.S_IMODE(file.stat().st_mode) == 0o600
        database.close()
        path.chmod(0o644)
        with Database(f"sqlite:///{path}") as again:
            again.ping()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_a_writer_waits_for_another_and_then_says_the_database_is_busy(
        self, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sqlite, "PRAGMAS", {**sqlite.PRAGMAS, "busy_timeout": 100})
        impatient = Database(str(sqlite_database.url))
        with sqlite_database.write() as session:
            session.add(_role("viewer"))
            session.flush()
            with pytest.raises(StorageBusy, match="locked"), impatient.write() as second:
                second.execute(text("SELECT 1"))
            with impatient.read() as reader:  # reading goes on
                assert reader.exec(select(RoleRow)).all() == []
        impatient.close()

    def test_a_full_disk_stores_nothing_and_recovers_without_a_restart(self, sqlite_database: Database) -> None:
        with sqlite_database.write() as session:
            pages = session.execute(text("PRAGMA page_count")).scalar()
            session.execute(text(f"PRAGMA max_page_count = {pages}"))
        with pytest.raises(StorageBusy, match="full"):
            _add(sqlite_database, RoleRow(name="viewer", permissions=["y" * 20_000]))
        with sqlite_database.read() as session:
            assert session.exec(select(RoleRow)).all() == []
        with sqlite_database.write() as session:
            session.execute(text(f"PRAGMA max_page_count = {pages + 100}"))
            session.add(RoleRow(name="viewer", permissions=["y" * 20_000]))
        with sqlite_database.read() as session:
            assert len(session.exec(select(RoleRow)).all()) == 1

    def test_a_folder_that_cannot_be_written_is_busy_not_a_stack(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(StorageBusy, match="cannot be opened"):
            Database(f"sqlite:///{tmp_path}/file/survey.sqlite3").upgrade()

    def test_a_path_misspelt_makes_no_database_unless_it_is_asked_for(self, tmp_path: Path) -> None:
        path = tmp_path / "elsewhere" / "survey.sqlite3"
        database = Database(f"sqlite:///{path}")
        for use in (database.ping, database.is_current, database.is_newer):
            with pytest.raises(StorageBusy, match=r"There is no database file .*surveyapp db upgrade"):
                use()
        assert not path.parent.exists()
        database.upgrade()
        database.ping()
        database.close()

    def test_the_journal_is_empty_once_it_was_folded_in(self, sqlite_database: Database) -> None:
        with sqlite_database.write() as session:
            session.add(_role("viewer"))
        journal = Path(f"{sqlite_database.file}-wal")
        assert journal.stat().st_size > 0
        sqlite_database.fold_journal()
        assert journal.stat().st_size == 0

    def test_a_number_column_takes_no_text(self, sqlite_database: Database) -> None:
        with pytest.raises(IntegrityError, match="cannot store TEXT"), sqlite_database.write() as session:
            session.execute(text("INSERT INTO account_roles (user_id, role_id) VALUES ('one', 2)"))

    def test_nothing_tells_the_order_in_which_cases_arrived(self, sqlite_database: Database) -> None:
        connection = sqlite3.connect(str(sqlite_database.file))
        tables = connection.execute("PRAGMA table_list").fetchall()
        connection.close()
        plain = {name for _, name, kind, _, without_rowid, _ in tables if kind == "table" and not without_rowid}
        # Accounts and Alembic's own table hold no study data.
        assert {name for name in plain if not name.startswith(("account", "alembic", "sqlite"))} == set()
        loose = {name for _, name, kind, _, _, strict in tables if kind == "table" and not strict}
        assert {name for name in loose if not name.startswith(("alembic", "sqlite"))} == set()


class TestPostgresql:
    @pytest.fixture
    def weakened(self, migrated_postgres_url: str) -> Iterator[str]:
        engine = create_engine(migrated_postgres_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("ALTER DATABASE postgres SET synchronous_commit = off"))
            yield migrated_postgres_url
            connection.execute(text("ALTER DATABASE postgres RESET synchronous_commit"))
        engine.dispose()

    def test_weaker_settings_are_refused(self, weakened: str) -> None:
        database = Database(weakened)
        with pytest.raises(UnsafeDatabase, match="synchronous_commit"):
            database.ping()
        with pytest.raises(UnsafeDatabase, match="synchronous_commit"):
            _add(database, _role("viewer"))
        database.close()

    def test_no_wait_is_endless(self, postgres_database: Database) -> None:
        # docs/decisions/0003-storage.md: statement 5 s (exports 60 s), lock 3 s, idle in transaction 10 s.
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone")
        with postgres_database.write() as session:
            found = [session.execute(text(f"SHOW {name}")).scalar() for name in names]
        assert found == ["5s", "3s", "10s", "UTC"]
        with postgres_database.read() as session:
            found = [session.execute(text(f"SHOW {name}")).scalar() for name in names]
        assert found == ["1min", "3s", "1min", "UTC"]

    def test_a_lock_that_does_not_come_free_is_busy(self, postgres_database: Database) -> None:
        running_wave(postgres_database, small_instrument())
        with postgres_database.write() as first:
            first.execute(text("SELECT 1 FROM wave FOR UPDATE"))
            with postgres_database.write() as second:
                second.execute(text("SET lock_timeout = '50ms'"))  # of the connection the next session gets
            with pytest.raises(StorageBusy, match="locked"), postgres_database.write() as third:
                third.execute(text("UPDATE wave SET year = year"))

    def test_a_connection_that_was_ended_is_busy_once_and_then_works(self, postgres_database: Database) -> None:
        ended = text("SELECT pg_terminate_backend(pg_backend_pid())")
        with pytest.raises(StorageBusy, match="away"), postgres_database.write() as session:
            session.execute(ended)
        with postgres_database.write() as session:
            session.add(_role("viewer"))

    def test_a_server_that_is_not_there_is_busy(self) -> None:
        with pytest.raises(StorageBusy, match="away"):
            Database("postgresql://nobody@127.0.0.1:1/none").ping()


def test_another_process_that_comes_and_goes_leaves_the_journal_in_place(tmp_path: Path) -> None:
    # POSIX drops every lock of a process on a file as soon as it closes any handle on it; without its locks, the last
    # connection of another process takes the journal away, and what is written here afterwards is lost with it.
    # https://www.sqlite.org/howtocorrupt.html, section 2.2
    file = tmp_path / "survey.sqlite3"
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    _add(database, _role("viewer"))
    with database.read() as session:
        session.exec(select(RoleRow)).all()
    with database.write(), database.read() as session:  # a second connection comes, while the first keeps its locks
        session.exec(select(RoleRow)).all()
    journal = file.with_name(file.name + "-wal")
    before = journal.stat().st_ino
    elsewhere = (
        "import sqlite3, sys; from contextlib import closing\n"
        "with closing(sqlite3.connect(sys.argv[1])) as made: print(made.execute(sys.argv[2]).fetchone()[0])"
    )

    def counted_elsewhere() -> str:
        command = [sys.executable, "-c", elsewhere, str(file), "SELECT count(*) FROM account_role"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert counted_elsewhere() == "1"
    assert journal.stat().st_ino == before
    _add(database, _role("editor"))
    assert counted_elsewhere() == "2"
    database.close()


@pytest.mark.parametrize("code", [sqlite3.SQLITE_READONLY_CANTINIT, sqlite3.SQLITE_READONLY_DIRECTORY])
def test_a_folder_that_takes_nothing_in_is_told_apart_from_a_session_that_only_reads(code: int) -> None:
    said = sqlite3.OperationalError("attempt to write a readonly database")
    said.sqlite_errorcode = code
    found = faults.told(OperationalError("SELECT 1", None, said))
    assert isinstance(found, StorageBusy)
    assert found.cause == "read only"
