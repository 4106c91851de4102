"""A reader that looks again and again never misses a change, whatever the order of commits."""

from __future__ import annotations

import random
import threading
import uuid
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session

from surveyapp import clock
from surveyapp.storage import cases
from surveyapp.storage.case_feed import CaseFeed, case_ids
from surveyapp.storage.changes import CASES, FIELDS, SHARDS, cases_of_wave, shard_of, touch
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave, small_instrument


def _row(**values: Any) -> dict[str, Any]:
    return {
        "study_id": STUDY,
        "case_id": uuid.uuid4(),
        "year": YEAR,
        "instrument_hash": "a" * 64,
        "role": "contractor",
        "language": "nl",
        "source": "open",
        "device": "unknown",
        "state": "started",
        "is_test": False,
        "revision": 0,
        "answers": {},
        "pages": {},
        "seconds": 0,
        "seed": 0,
        "consent_version": "1",
        "started_on": clock.today(),
        "flags": {},
        **values,
    }


class Reader:
    """Keeps what it saw, as the live snapshot does."""

    def __init__(self, database: Database) -> None:
        self.database, self.feed, self.seen = database, CaseFeed(STUDY, YEAR), {}  # type: ignore[var-annotated]

    def look(self) -> int:
        with self.database.read() as session:
            look = self.feed.look(session)
            rows = [row for block in look.blocks() for row in block]
        assert sorted(row["case_id"] for row in rows) == case_ids(look.fresh)
        self.feed.keep(look)
        for case_id in case_ids(look.gone):
            del self.seen[case_id]
        for row in rows:
            self.seen[row["case_id"]] = row["answers"].get("v")
        return len(rows) + len(look.gone)


def _set(session: Session, case_id: uuid.UUID, value: int) -> None:
    cases.change(session, STUDY, case_id, {"answers": {"v": value}})


def test_only_what_changed_is_given_again(database: Database) -> None:
    running_wave(database, small_instrument())
    rows = [_row() for _ in range(5)]
    with database.write() as session:
        cases.insert_cases(session, rows)
    reader = Reader(database)
    assert reader.look() == 5
    assert reader.look() == 0
    with database.write() as session:
        _set(session, rows[2]["case_id"], 7)
    assert reader.look() == 1
    assert reader.seen[rows[2]["case_id"]] == 7
    assert reader.look() == 0


def test_figures_never_see_a_key_a_code_or_a_receipt(database: Database) -> None:
    running_wave(database, small_instrument())
    with database.write() as session:
        cases.insert_cases(session, [_row()])
    with database.read() as session:
        rows = cases_of_wave(session, STUDY, YEAR)
    assert set(rows[0]) == set(FIELDS)
    assert {"key_hash", "resume_hash", "resume_box", "reference"}.isdisjoint(FIELDS)


def test_other_waves_are_left_out(database: Database) -> None:
    running_wave(database, small_instrument())
    with database.write() as session:
        cases.insert_cases(session, [_row()])
    with database.read() as session:
        assert not CaseFeed(STUDY, YEAR + 1).look(session)
        assert not CaseFeed("other", YEAR).look(session)


def test_a_transaction_that_began_first_and_commits_last_is_not_missed(postgres_database: Database) -> None:
    database = postgres_database
    running_wave(database, small_instrument())
    early, late = _row(), _row()
    with database.write() as session:
        cases.insert_cases(session, [early, late])
    reader = Reader(database)
    reader.look()
    slow = database.write()
    session = slow.__enter__()
    _set(session, early["case_id"], 1)  # takes the lower stamp
    with database.write() as fast:
        _set(fast, late["case_id"], 2)  # takes the higher one and commits first
    reader.look()
    assert reader.seen == {early["case_id"]: None, late["case_id"]: 2}
    slow.__exit__(None, None, None)
    reader.look()
    assert reader.seen == {early["case_id"]: 1, late["case_id"]: 2}
    reader.look()
    assert reader.look() == 0


def test_under_a_storm_of_writers_no_change_is_missed(database: Database) -> None:
    """Sixteen writers with transactions of random length; a reader looks all the time; at the end it knows all."""
    running_wave(database, small_instrument())
    rows = [_row() for _ in range(12)]
    with database.write() as session:
        cases.insert_cases(session, rows)
    written: dict[uuid.UUID, int] = {}
    guard = threading.Lock()

    def write(seed: int) -> None:
        dice = random.Random(seed)
        for turn in range(6):
            # Each writer owns its cases, so that the last value is known without asking the database.
            own = [row["case_id"] for row in rows[seed::4]]
            with database.write() as session:
                for case_id in dice.sample(own, dice.randint(1, len(own))):
                    value = seed * 1000 + turn
                    _set(session, case_id, value)
                    with guard:
                        written[case_id] = value
                if dice.random() < 0.3:
                    threading.Event().wait(dice.random() * 0.02)

    reader = Reader(database)
    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    for thread in writers:
        thread.start()
    while any(thread.is_alive() for thread in writers):
        reader.look()
    for thread in writers:
        thread.join()
    reader.look()
    assert {case_id: reader.seen[case_id] for case_id in written} == written
    assert len(written) == 12


def test_a_case_that_is_deleted_is_noticed(database: Database) -> None:
    running_wave(database, small_instrument())
    rows = [_row() for _ in range(3)]
    with database.write() as session:
        cases.insert_cases(session, rows)
    reader = Reader(database)
    reader.look()
    with database.write() as session:
        session.execute(delete(CASES).where(CASES.c.case_id == rows[1]["case_id"]))
        touch(session, STUDY, YEAR, rows[1]["case_id"])
    assert reader.look() == 1
    assert set(reader.seen) == {rows[0]["case_id"], rows[2]["case_id"]}
    assert reader.look() == 0


def test_what_a_reader_could_not_make_use_of_is_found_again(database: Database) -> None:
    running_wave(database, small_instrument())
    with database.write() as session:
        cases.insert_cases(session, [_row()])
    feed = CaseFeed(STUDY, YEAR)
    for _ in range(2):
        with database.read() as session:
            assert len(feed.look(session).fresh) == 1


def test_writers_of_many_cases_in_any_order_never_wait_in_a_circle(postgres_database: Database) -> None:
    """Each writer changes all its cases, whose shards are the others' too, one way or the other round."""
    database = postgres_database
    running_wave(database, small_instrument())
    rows = [_row(case_id=uuid.UUID(int=number * SHARDS + number % 5)) for number in range(1, 41)]
    assert {shard_of(row["case_id"]) for row in rows} == set(range(5))
    with database.write() as session:
        cases.insert_cases(session, rows)
    faults: list[BaseException] = []

    def write(seed: int) -> None:
        own = [row["case_id"] for row in rows[seed::4]]
        try:
            for turn in range(15):
                with database.write() as session:
                    for case_id in own if turn % 2 else reversed(own):
                        _set(session, case_id, turn)
        except BaseException as fault:
            faults.append(fault)

    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    assert faults == []
    reader = Reader(database)
    reader.look()
    assert set(reader.seen.values()) == {14}


def test_people_who_save_in_one_wave_wait_for_each_other_only_while_one_commits(postgres_database: Database) -> None:
    """A transaction that saved a page and goes on for a while keeps nobody out, not even of its own shard."""
    running_wave(postgres_database, small_instrument())
    rows = [_row(case_id=uuid.UUID(int=number * SHARDS)) for number in (1, 2)]
    with postgres_database.write() as session:
        cases.insert_cases(session, rows)
    with postgres_database.write() as slow:
        _set(slow, rows[0]["case_id"], 1)
        with postgres_database.write() as fast:  # would end in a refusal after three seconds
            _set(fast, rows[1]["case_id"], 2)
    reader = Reader(postgres_database)
    reader.look()
    assert sorted(reader.seen.values()) == [1, 2]
