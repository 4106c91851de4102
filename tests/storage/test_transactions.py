"""A session is one transaction on one connection, and writers of one process take turns."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlmodel import select

from surveyapp.errors import StorageBusy
from surveyapp.storage.accounts import RoleRow
from surveyapp.storage.database import Database
from surveyapp.storage.transactions import Session, Turns

INSERT = text("INSERT INTO account_role (id, name) VALUES (99, 'viewer')")
NAMES = text("SELECT name FROM account_role ORDER BY name")


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with Session(database._writer, expire_on_commit=False) as made:
        yield made


def _names(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.connection().execute(NAMES).scalars())


def test_statements_and_objects_are_of_one_transaction(database: Database, session: Session) -> None:
    session.connection().execute(INSERT)
    session.add(RoleRow(name="editor"))
    assert sorted(row.name for row in session.scalars(select(RoleRow))) == ["editor", "viewer"]
    assert session.connection() is session.connection()
    assert _names(database) == []
    session.commit()
    assert _names(database) == ["editor", "viewer"]


def test_what_was_not_committed_is_taken_back(database: Database, session: Session) -> None:
    session.connection().execute(INSERT)
    session.add(RoleRow(name="editor"))
    session.flush()
    session.rollback()
    assert _names(database) == []
    session.connection().execute(INSERT)  # it begins anew
    session.commit()
    assert _names(database) == ["viewer"]


def test_a_part_can_be_taken_back_by_itself(database: Database, session: Session) -> None:
    session.connection().execute(INSERT)
    part = session.begin_nested()
    session.add(RoleRow(name="editor"))
    session.flush()
    part.rollback()
    session.commit()
    assert _names(database) == ["viewer"]


def test_a_session_that_asks_for_nothing_begins_nothing(sqlite_database: Database) -> None:
    with sqlite_database.write(), sqlite_database.write() as second:  # the first holds no lock
        second.connection().execute(INSERT)
    assert _names(sqlite_database) == ["viewer"]


def test_who_waits_for_a_turn_gets_it_when_the_one_before_is_through(sqlite_database: Database) -> None:
    order: list[str] = []
    begun = threading.Event()

    def later() -> None:
        begun.set()
        with sqlite_database.write() as session:
            session.connection().execute(text("INSERT INTO account_role (name) VALUES ('later')"))
            order.append("later")

    with sqlite_database.write() as first:
        first.connection().execute(INSERT)
        waiting = threading.Thread(target=later)
        waiting.start()
        begun.wait(5)
        order.append("first")
    waiting.join(5)
    assert order == ["first", "later"]
    assert _names(sqlite_database) == ["later", "viewer"]


def test_a_turn_that_does_not_come_is_busy_and_takes_nobody_elses() -> None:
    turns = Turns(0.01)
    turns.take()
    with pytest.raises(StorageBusy, match="locked"):
        turns.take()
    turns.give()
    turns.take()


def test_a_turn_is_given_back_by_who_fails(sqlite_database: Database) -> None:
    def write_and_fail() -> None:
        with sqlite_database.write() as session:
            session.connection().execute(INSERT)
            raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            write_and_fail()
    assert _names(sqlite_database) == []


def test_a_turn_is_given_back_when_the_database_does_not_open(sqlite_database: Database) -> None:
    sqlite_database.close()
    file = sqlite_database.file
    assert file is not None
    away = file.rename(file.with_name("away.sqlite3"))
    for _ in range(2):
        with pytest.raises(StorageBusy, match="no database file"), sqlite_database.write() as session:
            session.connection()
    away.rename(file)
    with sqlite_database.write() as session:
        session.connection().execute(INSERT)
    assert _names(sqlite_database) == ["viewer"]
