from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text

from surveyapp import clock
from surveyapp.engine.profile import load_profile
from surveyapp.engine.route import on_path
from surveyapp.errors import DefinitionError, NotFound, WrongState
from surveyapp.fieldwork import waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.simulate import cases_in, simulate
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage.changes import CASES, days_of_wave
from surveyapp.storage.database import Database

STUDY, YEAR = "goed-opdrachtgeverschap", 2026
FOLDER = Path(__file__).parents[2] / "instruments" / STUDY


def opened(database: Database) -> Instrument:
    instrument = load_instrument(FOLDER, YEAR)
    with database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, STUDY, YEAR)
    return instrument


def rows(database: Database) -> list:
    with database.read() as session:
        return list(session.connection().execute(select(CASES)))


def fill(database: Database, n: int, seed: int = 1, **parts: object):
    parts.setdefault("profile", load_profile(FOLDER, YEAR))
    return simulate(database, InstrumentLibrary(database), STUDY, YEAR, n, seed, is_demonstration=True, **parts)


def test_robots_leave_what_real_fieldwork_would_have_left(database: Database) -> None:
    instrument = opened(database)
    done = fill(database, 40)
    stored = rows(database)
    assert len(stored) == done.cases == 40
    states = Counter(row.state for row in stored)
    assert states["complete"] == done.outcomes["complete"] > 20
    assert states["started"] == done.outcomes.get("broke_off", 0)
    assert Counter(row.role for row in stored) == done.roles
    for row in stored:
        made = instrument.questionnaire(row.role)
        assert row.revision >= len(row.pages)
        # Contact wishes are stored apart: nothing of them lies among the answers.
        assert "c_contact" not in row.answers
        assert on_path(made, row.answers, row.language).keys() >= {"s_elig"} or not row.pages
        if row.state == "complete":
            assert row.reference
            assert row.seconds > 0
    with database.read() as session:
        saves = session.connection().execute(text("SELECT count(*) FROM page_save")).scalar_one()
        counted = session.connection().execute(text("SELECT event, sum(times) FROM arrival GROUP BY event"))
        arrivals = {event: int(times) for event, times in counted}
    assert saves == sum(len(row.pages) for row in stored)
    assert arrivals["consent_given"] == 40
    assert arrivals["role_chosen"] > 40


def test_the_same_seed_gives_the_same_answers(sqlite_database: Database, tmp_path: Path) -> None:
    def answers(database: Database) -> list[str]:
        return sorted(str((row.role, row.language, row.source, row.answers)) for row in rows(database))

    opened(sqlite_database)
    fill(sqlite_database, 15, seed=5)
    first = answers(sqlite_database)
    other = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    other.upgrade()
    opened(other)
    # In two runs: the second goes on where the first stopped.
    fill(other, 6, seed=5)
    fill(other, 9, seed=5, first=6)
    assert answers(other) == first
    fill(other, 15, seed=6)
    assert len(set(answers(other))) > len(set(first))
    other.close()


def days_begun(database: Database) -> Counter[date]:
    """How many began on each day; an anonymous wave counts that apart."""
    counted: Counter[date] = Counter()
    with database.read() as session:
        for day, event, _, times in days_of_wave(session, STUDY, YEAR, is_test=False):
            counted[day] += times if event == "begun" else 0
    return counted


def test_cases_come_on_the_days_they_were_told_to(sqlite_database: Database) -> None:
    opened(sqlite_database)
    days = ((date(2026, 1, 5), 1.0), (date(2026, 1, 6), 0.0), (date(2026, 1, 7), 3.0))
    fill(sqlite_database, 30, days=days)
    counted = days_begun(sqlite_database)
    assert counted.keys() == {date(2026, 1, 5), date(2026, 1, 7)}
    assert counted[date(2026, 1, 7)] > counted[date(2026, 1, 5)]
    assert sum(counted.values()) == 30
    assert all(row.started_on is None and row.sent_on is None for row in rows(sqlite_database))
    with sqlite_database.read() as session:
        assert cases_in(session, STUDY, YEAR) == 30
        assert cases_in(session, STUDY, 2025) == 0


def test_nobody_comes_later_than_now(sqlite_database: Database) -> None:
    opened(sqlite_database)
    fill(sqlite_database, 3, days=((clock.today(), 1.0),))
    assert days_begun(sqlite_database) == {clock.today(): 3}


def test_an_open_wave_takes_no_robots(sqlite_database: Database) -> None:
    with pytest.raises(NotFound):
        fill(sqlite_database, 1)
    with sqlite_database.write() as session:
        waves.create_wave(session, load_instrument(FOLDER, YEAR))
        waves.open_wave(session, STUDY, YEAR)
    with pytest.raises(WrongState, match="robots would stand among people"):
        simulate(sqlite_database, InstrumentLibrary(sqlite_database), STUDY, YEAR, 1, 1)
    assert rows(sqlite_database) == []


def test_robots_in_a_draft_are_test_cases_and_it_stays_a_draft(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        waves.create_wave(session, load_instrument(FOLDER, YEAR))
    simulate(sqlite_database, InstrumentLibrary(sqlite_database), STUDY, YEAR, 2, 1)
    assert [row.is_test for row in rows(sqlite_database)] == [True, True]
    with sqlite_database.read() as session:
        assert waves.wave_info(session, STUDY, YEAR).state == "draft"


def test_robots_in_a_wave_under_test_are_test_cases(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        waves.create_wave(session, load_instrument(FOLDER, YEAR))
        waves.test_wave(session, STUDY, YEAR)
    fill(sqlite_database, 3)
    assert all(row.is_test for row in rows(sqlite_database))


def test_a_robot_that_gets_stuck_stops_the_simulation_and_nothing_is_stored(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from surveyapp.engine import robots

    opened(sqlite_database)
    # Somebody who leaves even routing questions empty, as a page that nobody can answer would make them.
    monkeypatch.setattr(robots, "answering", lambda *_question: lambda person, language: {})
    with pytest.raises(DefinitionError, match="cannot get past page start"):
        fill(sqlite_database, 5)
    assert rows(sqlite_database) == []
