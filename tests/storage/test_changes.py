"""A reader that looks again and again never misses a change, whatever the order of commits."""

from __future__ import annotations

import random
import threading
import uuid
from typing import Any

from sqlmodel import Session

from surveyapp import clock
from surveyapp.storage import cases
from surveyapp.storage.changes import FIELDS, changed_cases, restamp
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
        self.database, self.horizon, self.seen = database, 0, {}  # type: ignore[var-annotated]

    def look(self) -> int:
        with self.database.read() as session:
            rows, self.horizon = changed_cases(session, STUDY, YEAR, self.horizon)
        for row in rows:
            self.seen[row["case_id"]] = row["answers"].get("v")
        return len(rows)


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
        rows, _ = changed_cases(session, STUDY, YEAR)
    assert set(rows[0]) == set(FIELDS)
    assert {"key_hash", "resume_hash", "resume_box", "reference"}.isdisjoint(FIELDS)


def test_other_waves_are_left_out(database: Database) -> None:
    running_wave(database, small_instrument())
    with database.write() as session:
        cases.insert_cases(session, [_row()])
    with database.read() as session:
        assert changed_cases(session, STUDY, YEAR + 1)[0] == []
        assert changed_cases(session, "other", YEAR)[0] == []


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


def test_stamps_from_before_a_restore_are_brought_back_under_the_horizon(database: Database) -> None:
    running_wave(database, small_instrument())
    row = _row()
    with database.write() as session:
        cases.insert_cases(session, [row])
        if not database.is_sqlite:
            cases.set_unstamped(session, STUDY, row["case_id"], {"changed": 2**50})
    reader = Reader(database)
    assert reader.look() == 1
    if not database.is_sqlite:
        assert reader.look() == 1  # nothing is missed, but it comes again at every look
    with database.write() as session:
        assert restamp(session) == (0 if database.is_sqlite else 1)
    reader.look()
    assert reader.look() == 0
