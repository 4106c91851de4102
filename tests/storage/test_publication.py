"""Of nobody is it kept by which step of an open wave they count; closed and in back-ups not even that they did."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import Session

from surveyapp import clock
from surveyapp.fieldwork import continuing, waves
from surveyapp.fieldwork.case_state import state_of
from surveyapp.storage import backup, cases, portable, publication
from surveyapp.storage import waves as wave_rows
from surveyapp.storage.database import Database
from surveyapp.storage.published_tables import PublishedStepRow
from tests.builders import STUDY, YEAR, running_wave, small_instrument
from tests.storage.test_changes import _row

PEOPLE = [uuid.UUID(int=number + 1) for number in range(4)]
FIRST, SECOND, RESERVED, LATE = PEOPLE


def _steps(session: Session) -> Sequence[PublishedStepRow]:
    return publication.steps(session, STUDY, YEAR)


def _with_step(session: Session) -> None:
    cases.insert_cases(session, [_row(case_id=case, state="complete") for case in PEOPLE])
    publication.add_step(session, STUDY, YEAR, 1, clock.now(), [FIRST], lot="first", held_back=9)
    publication.add_step(session, STUDY, YEAR, 2, clock.now(), [FIRST, SECOND, RESERVED], lot="l", held_back=7)


def _open_again(session: Session) -> None:
    """As `waves.open_wave` does with what was published; the small definition itself cannot be opened twice."""
    publication.publish_everything(session, STUDY, YEAR, clock.now())
    row = wave_rows.find(session, STUDY, YEAR)
    assert row is not None
    row.state = "open"
    session.flush()


def _take_back(session: Session, case: uuid.UUID) -> None:
    row = cases.by_id(session, STUDY, case)
    assert row is not None
    continuing.withdraw(session, state_of(row, ""))


@pytest.mark.parametrize("who", ["nobody", "published", "reserved", "unknown"])
def test_closing_forgets_who_counted_since_when_and_keeps_the_lot_where_somebody_known_left(
    database: Database, who: str
) -> None:
    running_wave(database, small_instrument())
    with database.write() as session:
        _with_step(session)
        gone = {"published": FIRST, "reserved": RESERVED, "unknown": LATE}.get(who)
        if gone:
            _take_back(session, gone)
        waves.close_wave(session, STUDY, YEAR)
        assert publication.known(session, STUDY, YEAR) == set()
        kept = [(step.step, step.has_lost, step.is_blind, step.lot, step.held_back) for step in _steps(session)]
    lots = [(1, False, False, "first", 9), (2, True, False, "l", 7)]
    assert kept == (lots if who in ("published", "reserved") else [])


def test_a_step_leaves_nothing_by_which_the_steps_before_it_could_be_told_apart(database: Database) -> None:
    running_wave(database, small_instrument())
    with database.write() as session:
        _with_step(session)
        rows = session.execute(select(publication.CASES).order_by(publication.CASES.c.case_id)).all()
    assert [row.case_id for row in rows] == sorted([FIRST, SECOND, RESERVED])
    assert len({tuple(value for name, value in row._mapping.items() if name != "case_id") for row in rows}) == 1


def test_steps_drawn_by_no_lot_or_after_a_reopening_end_in_a_draw(database: Database) -> None:
    running_wave(database, small_instrument())
    with database.write() as session:
        _with_step(session)
        _open_again(session)
        assert [(step.is_whole, step.has_lost) for step in _steps(session)] == [(True, False)]
        _take_back(session, FIRST)
        waves.close_wave(session, STUDY, YEAR)
        (step,) = _steps(session)
        assert (step.is_blind, step.has_lost, step.held_back) == (True, True, publication.THIRD)
        assert publication.known(session, STUDY, YEAR) == set()
        _open_again(session)
        assert [(step.is_whole, step.has_lost) for step in _steps(session)] == [(True, True)]


@pytest.mark.parametrize("comes", ["nobody", "somebody", "a step"])
def test_a_wave_that_was_closed_and_changed_after_it_opened_again_ends_in_a_draw(
    database: Database, comes: str
) -> None:
    running_wave(database, small_instrument())
    with database.write() as session:
        cases.insert_cases(session, [_row(case_id=case, state="complete") for case in PEOPLE])
        waves.close_wave(session, STUDY, YEAR)
        assert list(_steps(session)) == []
        _open_again(session)
        if comes != "nobody":
            cases.insert_cases(session, [_row(case_id=uuid.UUID(int=99), state="complete")])
        if comes == "a step":
            publication.add_step(session, STUDY, YEAR, 2, clock.now(), [*PEOPLE, uuid.UUID(int=99)], lot="l")
        waves.close_wave(session, STUDY, YEAR)
        kept = [(step.is_blind, step.held_back) for step in _steps(session)]
    assert kept == ([] if comes == "nobody" else [(True, publication.THIRD)])


def test_a_removal_from_a_closed_wave_draws_anew_unless_the_person_was_held_back(database: Database) -> None:
    running_wave(database, small_instrument())
    begun = uuid.UUID(int=99)
    with database.write() as session:
        cases.insert_cases(session, [_row(case_id=case, state="complete") for case in PEOPLE])
        cases.insert_cases(session, [_row(case_id=begun, state="started")])
        waves.close_wave(session, STUDY, YEAR)
        assert list(_steps(session)) == []
        _take_back(session, begun)
        assert [(step.lot, step.is_blind) for step in _steps(session)] == [(None, False)]
        _take_back(session, FIRST)
        (drawn,) = _steps(session)
        lot, number = drawn.lot, drawn.step
        assert drawn.is_blind
        assert (drawn.stand.hour, drawn.stand.minute) == (0, 0), "no hour of a removal is kept"
        drawn.held_back = publication.PLACES  # everybody is held back: another removal moves nothing
        session.add(drawn)
        session.flush()
        _take_back(session, SECOND)
        assert [(step.lot, step.step) for step in _steps(session)] == [(lot, number)]
        _steps(session)[0].held_back = 0
        _take_back(session, RESERVED)
        (again,) = _steps(session)
        assert again.lot != lot
        assert again.step == number + 1


def test_a_back_up_holds_nobodys_step_and_an_open_wave_then_knows_that_it_does_not_know(
    database: Database, tmp_path: Path
) -> None:
    running_wave(database, small_instrument())
    with database.write() as session:
        _with_step(session)
        publication.add_step(session, STUDY, YEAR, 3, clock.now(), PEOPLE, lot="l", held_back=5)
    copied = tmp_path / "copy.sqlite3"
    if database.file is not None:
        backup.backup(database.file, copied)
    else:
        portable.write(database, copied)
    with Database(f"sqlite:///{copied}") as copy, copy.read() as session:
        assert publication.known(session, STUDY, YEAR) == set()
        kept = [(step.step, step.is_blind, step.lot, step.held_back) for step in _steps(session)]
    assert kept == [(3, True, None, 0)]


def test_places_of_a_lot_follow_from_the_key_alone_and_are_even() -> None:
    keys = [uuid.UUID(int=number, version=4) for number in range(3_000)]
    held = sum(publication.is_held_back("lot", publication.THIRD, key) for key in keys)
    assert 900 < held < 1_100
    assert publication.place_of("lot", FIRST.bytes) == publication.place_of("lot", FIRST.bytes)
    assert publication.place_of("lot", FIRST.bytes) != publication.place_of("other", FIRST.bytes)
