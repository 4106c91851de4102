"""A closed wave's answers are frozen by a hash, which every named act makes anew and nobody can guess by."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlmodel import select

from surveyapp.errors import WrongState
from surveyapp.fieldwork import continuing, editions, freezing, interviews, waves
from surveyapp.fieldwork.case_state import CaseState
from surveyapp.storage import editions as stored
from surveyapp.storage import mixing
from surveyapp.storage.database import Database
from surveyapp.storage.published_tables import EditionRow
from surveyapp.storage.tables import CaseRow
from tests.builders import STUDY, YEAR, running_wave, small_instrument


@pytest.fixture
def people(database: Database) -> list[CaseState]:
    """Two people who began, in a wave that is closed."""
    instrument = small_instrument()
    running_wave(database, instrument)
    with database.write() as session:
        info = waves.wave_info(session, STUDY, YEAR)
        begun = [interviews.begin(session, info, instrument, "contractor", "nl", "open")[0] for _ in range(2)]
    with database.write() as session:
        waves.close_wave(session, STUDY, YEAR)
    return begun


def verified(database: Database) -> bool:
    with database.read() as session:
        return freezing.verify(session, STUDY, YEAR).holds


def test_it_holds_until_an_answer_is_changed_behind_its_back(database: Database, people: list[CaseState]) -> None:
    with database.read() as session, pytest.raises(WrongState, match="not frozen"):
        freezing.verify(session, STUDY, YEAR)
    assert freezing.freeze_due(database) == 1
    assert freezing.freeze_due(database) == 0
    assert verified(database)
    with database.write() as session:  # written anew in another order, nothing changes
        mixing.hold(session)
        mixing.mix(session, STUDY, YEAR)
    assert verified(database)
    with database.write() as session:
        one = session.exec(select(CaseRow)).first()
        assert one is not None
        session.connection().execute(
            update(CaseRow).where(CaseRow.case_id == one.case_id).values(answers={"mark": 10})  # type: ignore[arg-type]
        )
    assert not verified(database)


def test_a_removal_makes_another_and_of_the_one_before_nothing_can_be_confirmed(
    database: Database, people: list[CaseState]
) -> None:
    freezing.freeze_due(database)
    with database.write() as session:
        continuing.withdraw(session, people[0])
    with database.read() as session:
        assert [row.data_salt for row in session.exec(select(EditionRow))] == [None, None]
    assert freezing.freeze_due(database) == 1
    assert verified(database)
    with database.read() as session:
        first, last = editions.of_wave(session, STUDY, YEAR)
        assert (first.is_checkable, last.is_checkable) == (False, True)
        assert first.data_hash != last.data_hash


def test_the_salt_makes_two_hashes_of_the_same_answers_differ(database: Database, people: list[CaseState]) -> None:
    with database.read() as session:
        found = {stored.fingerprint(session, STUDY, YEAR, salt)[0] for salt in ("a" * 32, "b" * 32)}
        assert len(found) == 2
        assert stored.fingerprint(session, STUDY, YEAR, "a" * 32)[1] == 2
