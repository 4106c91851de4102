"""Waves go through their states one way, and run on what was published."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from surveyapp.cli import main
from surveyapp.clock import stopped_at
from surveyapp.errors import NotFound, WrongState
from surveyapp.fieldwork import wave_moves, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage import report_requests
from surveyapp.storage.database import Database
from tests.ready import make_ready

INSTRUMENTS = Path(__file__).resolve().parents[2] / "instruments"
STUDY = "goed-opdrachtgeverschap"
YEAR = 2026
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    """The real instrument of 2026."""
    return load_instrument(INSTRUMENTS / STUDY, YEAR)


def test_a_wave_goes_from_draft_to_archived(database: Database, instrument: Instrument) -> None:
    with stopped_at(NOON), database.write() as session:
        made = waves.create_wave(session, instrument)
        assert (made.state, made.mode, made.opened_at) == ("draft", "anonymous", None)
        assert waves.test_wave(session, STUDY, YEAR).is_answerable
        opened = waves.open_wave(session, STUDY, YEAR)
        assert (opened.state, opened.opened_at, opened.closed_at) == ("open", NOON, None)
        closed = waves.close_wave(session, STUDY, YEAR)
        assert (closed.state, closed.closed_at) == ("closed", NOON)
        assert waves.archive_wave(session, STUDY, YEAR).state == "archived"
    with database.read() as session:
        assert waves.wave_info(session, STUDY, YEAR).state == "archived"


@pytest.mark.parametrize("state", list(wave_moves.TRANSITIONS))
def test_only_the_drawn_steps_are_possible(database: Database, instrument: Instrument, state: str) -> None:
    steps = {
        "test": waves.test_wave,
        "open": waves.open_wave,
        "closed": waves.close_wave,
        "archived": waves.archive_wave,
    }
    for target, step in steps.items():
        with database.write() as session:
            if not waves.wave_list(session):
                waves.create_wave(session, instrument)
            session.execute(text("UPDATE wave SET state = :state"), {"state": state})
        with database.write() as session:
            if target in wave_moves.TRANSITIONS[state]:
                assert step(session, STUDY, YEAR).state == target
            else:
                with pytest.raises(WrongState, match=f"is {state}"):
                    step(session, STUDY, YEAR)


def test_a_wave_closed_by_mistake_opens_again_with_its_first_date(database: Database, instrument: Instrument) -> None:
    with stopped_at(NOON), database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, STUDY, YEAR)
        waves.close_wave(session, STUDY, YEAR)
    with database.write() as session:
        again = waves.open_wave(session, STUDY, YEAR)
    assert (again.opened_at, again.closed_at) == (NOON, None)


def test_publishing_twice_keeps_one_version_and_its_order_of_keys(database: Database, instrument: Instrument) -> None:
    with database.write() as session:
        assert waves.publish(session, instrument) == waves.publish(session, instrument) == instrument.hash
        assert session.execute(text("SELECT count(*) FROM instrument_version")).scalar() == 1
    library = InstrumentLibrary(database)
    with database.read() as session:
        stored = library.get(session, STUDY, instrument.hash)
        assert stored == instrument
        assert list(stored.variables) == list(instrument.variables)
        assert list(stored.study.title) == list(instrument.study.title)
        assert library.get(session, STUDY, instrument.hash) is stored  # parsed once


def test_a_version_that_was_not_published_is_not_found(database: Database) -> None:
    with database.read() as session, pytest.raises(NotFound, match="no published version"):
        InstrumentLibrary(database).get(session, STUDY, "f" * 64)


def test_a_wave_that_is_not_there_says_how_to_make_it(database: Database) -> None:
    with database.write() as session:
        for ask in (waves.wave_info, waves.open_wave, waves.close_wave):
            with pytest.raises(NotFound, match="surveyapp wave create"):
                ask(session, STUDY, 1999)


def test_a_wave_is_made_once_as_draft_or_closed(database: Database, instrument: Instrument) -> None:
    with database.write() as session:
        with pytest.raises(WrongState, match="begins as draft"):
            waves.create_wave(session, instrument, state="open")
        imported = waves.create_wave(session, instrument, state="closed")
        assert imported.closed_at is not None
        with pytest.raises(WrongState, match="already"):
            waves.create_wave(session, instrument)


def test_the_definition_changes_before_the_wave_opens_and_not_after(database: Database, instrument: Instrument) -> None:
    earlier = load_instrument(INSTRUMENTS / STUDY, YEAR)
    with database.write() as session:
        waves.create_wave(session, earlier)
        assert waves.adopt(session, instrument).instrument_hash == instrument.hash
        waves.open_wave(session, STUDY, YEAR)
        with pytest.raises(WrongState, match="before it opens"):
            waves.adopt(session, instrument)


def test_a_version_that_asks_nobody_anything_cannot_be_opened(database: Database, instrument: Instrument) -> None:
    with database.write() as session:
        waves.create_wave(session, load_instrument(INSTRUMENTS / STUDY, 2014))
    with pytest.raises(WrongState, match="no published questionnaire"), database.write() as session:
        waves.open_wave(session, STUDY, 2014)
    with database.read() as session:
        assert waves.wave_info(session, STUDY, 2014).state == "draft"


def test_closing_mixes_the_addresses_left_for_the_report(database: Database, instrument: Instrument) -> None:
    with database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, STUDY, YEAR)
        report_requests.add(session, STUDY, YEAR, "iemand@example.org", "nl", [1])
        before = session.execute(text("SELECT request_id FROM report_request")).scalar()
        waves.close_wave(session, STUDY, YEAR)
        assert session.execute(text("SELECT request_id FROM report_request")).scalar() != before
        left = report_requests.LeftAddress("iemand@example.org", "nl", (1,), is_for_report=False)
        assert report_requests.listed(session, STUDY, YEAR) == [left]


def test_the_commands_make_open_close_list_and_refuse(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", str(sqlite_database.url))
    monkeypatch.setenv("SURVEYAPP_INSTRUMENTS", str(INSTRUMENTS))
    runner = CliRunner()

    def run(*arguments: str) -> tuple[int, str]:
        result = runner.invoke(main, ["wave", *arguments])
        return result.exit_code, result.output

    assert run("list") == (0, "There are no waves yet; make one with: surveyapp wave create STUDY YEAR\n")
    code, said = run("create", STUDY, "2026")
    assert code == 0
    assert said.startswith(f"{STUDY} 2026: draft (anonymous, version ")
    assert run("create", STUDY, "2026")[0] == 0  # not open yet: takes over the definition as it stands
    assert run("test", STUDY, "2026")[0] == 0
    assert "somebody who tried it to the end in Dutch, somebody" in run("open", STUDY, "2026")[1]
    make_ready(sqlite_database, STUDY, 2026)
    assert run("open", STUDY, "2026")[0] == 0
    code, said = run("create", STUDY, "2026")
    assert code == 2
    assert "only change before it opens" in said
    assert run("close", STUDY, "2026")[0] == 0
    code, said = run("close", STUDY, "2026")
    assert (code, "is closed; from there it can become open or archived" in said) == (2, True)
    assert run("archive", STUDY, "2026")[0] == 0
    code, said = run("list", STUDY)
    assert code == 0
    assert "archived" in said
    assert run("create", "nowhere", "2026")[0] == 2
    assert run("open", STUDY, "1999")[0] == 2
    with sqlite_database.read() as session:
        actions = session.execute(text("SELECT action FROM audit ORDER BY entry")).scalars().all()
    assert actions == [
        "wave.create", "wave.weigh", "wave.adopt", "wave.test", "wave.open", "wave.close", "wave.archive"
    ]  # fmt: skip
