"""The closing day that the pages name is kept, to the minute and on the study's own clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from surveyapp.clock import stopped_at
from surveyapp.errors import WrongState
from surveyapp.fieldwork import closing_day, interviews, versions, waves
from surveyapp.fieldwork.closing_day import Overtime
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import CLOSE, OPEN, WaveInfo, close_wave, open_wave
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.jobs.worker import Worker
from surveyapp.storage import audit
from surveyapp.storage.database import Database
from tests.instrument.definitions import patched, write

STUDY, YEAR = "kinds", 2026
SUMMER, WINTER = "2026-03-29", "2026-10-25"
"""The nights on which the clock goes on an hour, and back one."""


def definition(folder: Path, closes: str | None, mode: str) -> Instrument:
    places = [("study.waves.0.mode", mode), ("study.waves.0.opens", "2026-01-05"), ("study.waves.0.closes", closes)]
    files = patched(*places, name="kinds")
    if closes is None:
        del files["study.yaml"]["waves"][0]["closes"]
    return load_instrument(write(folder, files), YEAR)


def opened(database: Database, instrument: Instrument, at: str = "2026-01-05T09:00+01:00") -> None:
    with stopped_at(datetime.fromisoformat(at)), database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, STUDY, YEAR)


def state(database: Database) -> str:
    with database.read_primary() as session:
        return waves.wave_info(session, STUDY, YEAR).state


def looked(database: Database, at: str) -> str:
    """The wave's state after the worker's look at this moment."""
    with stopped_at(datetime.fromisoformat(at)):
        closing_day.close_due_waves(database, InstrumentLibrary(database))
    return state(database)


@pytest.mark.parametrize("mode", ["anonymous", "confidential"])
@pytest.mark.parametrize(
    ("closes", "open_still", "over"),
    [
        ("2026-12-18", "2026-12-18T23:59:59+01:00", "2026-12-19T00:00:00+01:00"),
        ("2026-07-01", "2026-07-01T21:59:59+00:00", "2026-07-01T22:00:00+00:00"),
        (SUMMER, "2026-03-29T23:59:59+02:00", "2026-03-30T00:00:00+02:00"),
        ("2026-03-28", "2026-03-28T23:59:59+01:00", "2026-03-29T00:00:00+01:00"),
        (WINTER, "2026-10-25T23:59:59+01:00", "2026-10-26T00:00:00+01:00"),
        ("2026-10-24", "2026-10-24T23:59:59+02:00", "2026-10-25T00:00:00+02:00"),
    ],
)
def test_a_wave_closes_at_midnight_after_its_day_and_not_a_second_before(
    database: Database, tmp_path: Path, mode: str, closes: str, open_still: str, over: str
) -> None:
    opened(database, definition(tmp_path, closes, mode))
    assert looked(database, open_still) == "open"
    assert looked(database, over) == "closed"
    with database.read_primary() as session:
        entry = audit.last(session, waves.CLOSE, f"{STUDY} {YEAR}")
    assert entry is not None


def test_what_was_saved_on_the_day_stays_and_nothing_comes_after_it(sqlite_database: Database, tmp_path: Path) -> None:
    instrument = definition(tmp_path, "2026-12-18", "anonymous")
    opened(sqlite_database, instrument)
    with stopped_at(datetime.fromisoformat("2026-12-18T23:58+01:00")), sqlite_database.write() as session:
        info = waves.wave_info(session, STUDY, YEAR)
        case, key = interviews.begin(session, info, instrument, "contractor", "nl", "open")
        given = {"expected_seq": 0, "language": "nl"}
        case = interviews.save_page(session, case, "single", {"k_single": 1}, client_key="a", **given).case
    assert looked(sqlite_database, "2026-12-19T00:01+01:00") == "closed"
    with sqlite_database.write() as session:
        for late in (
            lambda: interviews.save_page(session, case, "mark", {"k_mark": 8}, client_key="b", **given),
            lambda: interviews.send(session, case),
            lambda: interviews.begin(
                session, waves.wave_info(session, STUDY, YEAR), instrument, "contractor", "nl", "open"
            ),
        ):
            with pytest.raises(WrongState, match="closed"):
                late()
        kept = interviews.load_case(session, STUDY, key)
        assert kept is not None
        assert kept.answers == {"k_single": 1}


def test_who_opens_a_wave_again_after_its_day_keeps_it_open(sqlite_database: Database, tmp_path: Path) -> None:
    opened(sqlite_database, definition(tmp_path, "2026-12-18", "anonymous"))
    assert looked(sqlite_database, "2026-12-19T00:01+01:00") == "closed"
    with stopped_at(datetime(2026, 12, 20, 12, tzinfo=UTC)), sqlite_database.write() as session:
        waves.open_wave(session, STUDY, YEAR)
    assert looked(sqlite_database, "2026-12-21T12:00+01:00") == "open"


def turned(database: Database, at: str, action: str, change: Callable[[Session, str, int], WaveInfo]) -> None:
    """What somebody does to the wave, on the record."""
    with stopped_at(datetime.fromisoformat(at)), database.write() as session:
        change(session, STUDY, YEAR)
        audit.add(session, "somebody", action, f"{STUDY} {YEAR}")


def told(database: Database) -> date | None:
    with database.read_primary() as session:
        return closing_day.closed_on(session, waves.wave_info(session, STUDY, YEAR))


@pytest.mark.parametrize("came_round", ["2026-12-19T00:00:40+01:00", "2026-12-22T08:00+01:00"])
def test_what_the_worker_closes_for_a_day_closed_on_that_day_however_late_it_comes_round(
    sqlite_database: Database, tmp_path: Path, came_round: str
) -> None:
    opened(sqlite_database, definition(tmp_path, "2026-12-18", "anonymous"))
    assert told(sqlite_database) is None
    assert looked(sqlite_database, came_round) == "closed"
    assert told(sqlite_database) == date(2026, 12, 18)
    turned(sqlite_database, "2026-12-23T09:00+01:00", OPEN, open_wave)
    assert told(sqlite_database) is None
    turned(sqlite_database, "2026-12-24T00:10+01:00", CLOSE, close_wave)
    assert told(sqlite_database) == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("closed_at", "day"),
    [("2026-12-11T17:00+01:00", date(2026, 12, 11)), ("2026-12-19T00:10+01:00", date(2026, 12, 19))],
)
def test_what_people_close_closed_when_they_did(
    sqlite_database: Database, tmp_path: Path, closed_at: str, day: date
) -> None:
    opened(sqlite_database, definition(tmp_path, "2026-12-18", "anonymous"))
    turned(sqlite_database, closed_at, CLOSE, close_wave)
    assert told(sqlite_database) == day


def test_a_wave_closed_before_its_day_and_opened_again_after_it_is_left_to_people(
    sqlite_database: Database, tmp_path: Path
) -> None:
    opened(sqlite_database, definition(tmp_path, "2026-12-18", "anonymous"))
    turned(sqlite_database, "2026-12-11T17:00+01:00", CLOSE, close_wave)
    turned(sqlite_database, "2026-12-20T09:00+01:00", OPEN, open_wave)
    assert looked(sqlite_database, "2026-12-20T09:01+01:00") == "open"


def late(database: Database, at: str) -> Overtime | None:
    with stopped_at(datetime.fromisoformat(at)), database.read_primary() as session:
        return closing_day.overtime(session, InstrumentLibrary(database), waves.wave_info(session, STUDY, YEAR))


def test_another_day_is_set_with_a_revision_and_kept(sqlite_database: Database, tmp_path: Path) -> None:
    opened(sqlite_database, definition(tmp_path / "old", "2026-12-18", "anonymous"), "2026-12-20T09:00+01:00")
    assert late(sqlite_database, "2026-12-20T09:00+01:00") == Overtime(date(2026, 12, 18), None)
    other = definition(tmp_path / "new", "2026-12-31", "anonymous")
    with sqlite_database.write() as session:
        with pytest.raises(WrongState, match="surveyapp wave revise"):
            versions.correct(session, other, "somebody")
        versions.revise(session, other, "somebody", "more answers wanted")
    assert late(sqlite_database, "2026-12-31T23:59+01:00") is None
    assert looked(sqlite_database, "2026-12-31T23:59+01:00") == "open"
    assert looked(sqlite_database, "2027-01-01T00:00+01:00") == "closed"
    assert told(sqlite_database) == date(2026, 12, 31)


@pytest.mark.parametrize(("at", "is_refused"), [("2027-01-16T12:00+01:00", False), ("2027-01-17T12:00+01:00", True)])
def test_a_wave_whose_link_is_due_is_not_opened_for_the_first_time(
    sqlite_database: Database, tmp_path: Path, at: str, is_refused: bool
) -> None:
    with sqlite_database.write() as session:
        waves.create_wave(session, definition(tmp_path, "2026-12-18", "confidential"))
        info = waves.wave_info(session, STUDY, YEAR)
    found = late(sqlite_database, at)
    assert found == Overtime(date(2026, 12, 18), date(2027, 1, 17))
    with stopped_at(datetime.fromisoformat(at)):
        if is_refused:
            with pytest.raises(WrongState, match="surveyapp wave create kinds 2026"):
                closing_day.require_time(info, found)
        else:
            closing_day.require_time(info, found)


@pytest.mark.parametrize(
    ("closes", "opened_at"), [(None, "2026-01-05T09:00+01:00"), ("2026-12-18", "2026-12-19T09:00+01:00")]
)
def test_a_wave_without_a_day_or_opened_after_it_stays_open(
    sqlite_database: Database, tmp_path: Path, closes: str | None, opened_at: str
) -> None:
    opened(sqlite_database, definition(tmp_path, closes, "anonymous"), opened_at)
    assert looked(sqlite_database, "2027-02-01T12:00+01:00") == "open"


@pytest.mark.parametrize(("keeps_days", "becomes"), [(True, "closed"), (False, "open")])
def test_the_worker_keeps_the_day_but_on_a_development_machine(
    sqlite_database: Database, tmp_path: Path, keeps_days: bool, becomes: str
) -> None:
    opened(sqlite_database, definition(tmp_path, "2026-12-18", "anonymous"))
    work = Worker(sqlite_database, InstrumentLibrary(sqlite_database), None, salt="zout" * 8, keeps_days=keeps_days)
    with stopped_at(datetime.fromisoformat("2026-12-19T00:01+01:00")):
        work.once()
    assert state(sqlite_database) == becomes
