"""The clock and the key a database holds a machine to, and what an operator can do where they were changed."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import event

from surveyapp import clock
from surveyapp.cli import main
from surveyapp.errors import ConfigurationError
from surveyapp.storage import audit, readiness
from surveyapp.storage.database import Database
from surveyapp.storage.readiness import KEY, WrongClock

FIRST, SECOND = "the key of the first server, which is long enough", "the key of another server, which is long enough"


def entries(database: Database, action: str) -> int:
    with database.read() as session:
        return sum(row.action == action for row in audit.latest(session))


# ------------------------------------------------------------------------------------------------------------- clock
def test_a_clock_that_was_a_year_ahead_does_not_stop_the_product_for_a_year(database: Database) -> None:
    with clock.stopped_at(clock.now() + timedelta(days=365)), database.write() as session:
        audit.add(session, "jan@example.org", "account.sign_in", "jan@example.org")
    with pytest.raises(WrongClock, match=r"set the clock; or, where it is right .*: surveyapp db accept clock"):
        readiness.require_clock(database)
    readiness.accept_clock(database, "system")
    readiness.require_clock(database)
    with database.read() as session:
        assert audit.verify(session).holds


def test_after_that_a_clock_that_is_behind_is_told_as_before(sqlite_database: Database) -> None:
    readiness.accept_clock(sqlite_database, "system")
    with clock.stopped_at(clock.now() - timedelta(minutes=6)), pytest.raises(WrongClock):
        readiness.require_clock(sqlite_database)


def test_a_clock_that_cannot_be_right_is_not_accepted(sqlite_database: Database) -> None:
    with clock.stopped_at(readiness.MADE - timedelta(days=1)), pytest.raises(WrongClock):
        readiness.accept_clock(sqlite_database, "system")


def test_a_look_at_clock_and_key_does_not_read_the_whole_trail(sqlite_database: Database) -> None:
    readiness.keep_key(sqlite_database, FIRST)
    asked: list[tuple[str, tuple[object, ...]]] = []
    with sqlite_database.read_primary() as session:
        engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", lambda *called: asked.append((called[2], called[3])))
    readiness.require_clock(sqlite_database)
    readiness.keep_key(sqlite_database, FIRST)
    looks = [one for one in asked if "FROM audit" in one[0]]
    assert len(looks) >= 2
    with sqlite_database.read_primary() as session:
        for statement, values in looks:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            assert all("USING" in row.detail for row in plan), (statement, plan)


# --------------------------------------------------------------------------------------------------------------- key
def test_the_key_of_the_first_server_is_everybodys(database: Database) -> None:
    readiness.keep_key(database, FIRST)
    readiness.keep_key(database, FIRST)
    with pytest.raises(ConfigurationError, match="not the one this database is served with"):
        readiness.keep_key(database, SECOND)
    assert entries(database, KEY) == 1
    with database.write() as session:
        readiness.accept_key(session, "system", SECOND)
    readiness.keep_key(database, SECOND)
    with pytest.raises(ConfigurationError):
        readiness.keep_key(database, FIRST)


def test_of_two_servers_that_start_at_once_with_two_keys_one_is_told(database: Database) -> None:
    together, told = threading.Barrier(2), list[str]()

    def start(key: str) -> None:
        together.wait()
        try:
            readiness.keep_key(database, key)
        except ConfigurationError as error:
            told.append(str(error))

    threads = [threading.Thread(target=start, args=(key,)) for key in (FIRST, SECOND)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(told), entries(database, KEY)) == (1, 1)


# ---------------------------------------------------------------------------------------------------------- commands
@pytest.fixture
def served(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Settings of a machine, and the database it serves."""
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", f"sqlite:///{sqlite_database.file}")
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("SURVEYAPP_INSTRUMENTS", str(Path(__file__).parents[2] / "instruments"))
    monkeypatch.setenv("SURVEYAPP_SECRET_KEY", FIRST)
    return sqlite_database


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, words, input=given)


def test_a_server_with_another_key_says_so_in_one_line_and_no_command_makes_links_under_it(
    served: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("worker", "--once").exit_code == 0
    assert run("user", "invite", "jan@example.org", "--role", "admin").exit_code == 0
    monkeypatch.setenv("SURVEYAPP_SECRET_KEY", SECOND)
    for words in (
        ("serve", "--port", "1"), ("worker", "--once"), ("user", "password-link", "jan@example.org"),
        ("user", "invite", "els@example.org", "--role", "admin"), ("db", "backup", str(tmp_path / "copy")),
        ("db", "check", "--quick"),
    ):  # fmt: skip
        done = run(*words)
        assert done.exit_code == 2, words
        assert "surveyapp db accept key" in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert SECOND not in done.output + done.stderr
    assert run("db", "accept", "key", given="n\n").exit_code == 1
    assert run("db", "accept", "key", given="y\n").exit_code == 0
    assert run("worker", "--once").exit_code == 0


def test_the_command_accepts_a_clock_that_was_ahead(served: Database) -> None:
    with clock.stopped_at(clock.now() + timedelta(days=365)), served.write() as session:
        audit.add(session, "jan@example.org", "account.sign_in", "jan@example.org")
    assert run("user", "list").exit_code == run("db", "accept", "key", "--yes").exit_code == 2
    assert run("db", "accept", "clock", "--yes").exit_code == 0
    assert run("user", "list").exit_code == 0
