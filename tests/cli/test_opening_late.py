"""A wave that is opened after its closing day: the command says what becomes of it and how it gets another day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surveyapp.cli import main
from surveyapp.clock import stopped_at
from surveyapp.fieldwork import waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.database import Database
from tests.instrument.definitions import patched, write
from tests.ready import make_ready

CLOSES = "2026-11-28"
Put = Callable[[str], None]


@pytest.fixture
def put(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """A draft that closes on 28 November, of this mode."""
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", f"sqlite:///{sqlite_database.file}")
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("SURVEYAPP_INSTRUMENTS", str(tmp_path / "nothing"))

    def made(mode: str) -> None:
        places = [("study.waves.0.mode", mode), ("study.waves.0.opens", "2026-11-01"), ("study.waves.0.closes", CLOSES)]
        with sqlite_database.write() as session:
            waves.create_wave(session, load_instrument(write(tmp_path / "kinds", patched(*places, name="kinds")), 2026))
        make_ready(sqlite_database, "kinds", 2026)

    return made


def wave(action: str, at: str) -> Result:
    with stopped_at(datetime.fromisoformat(f"{at}+01:00")):
        return CliRunner().invoke(main, ["wave", action, "kinds", "2026"])


def test_on_its_closing_day_nothing_is_said(put: Put) -> None:
    put("anonymous")
    done = wave("open", "2026-11-28T23:59")
    assert (done.exit_code, done.stderr) == (0, "")


def test_after_it_the_wave_stays_open_and_gets_another_day_by_a_revision(put: Put) -> None:
    put("anonymous")
    done = wave("open", "2026-11-29T00:00")
    assert done.exit_code == 0
    assert "kinds 2026: open" in done.stdout
    assert "The closing day of kinds 2026, 28-11-2026, is over" in done.stderr
    assert "stays open until you close it: surveyapp wave close kinds 2026." in done.stderr
    assert "surveyapp wave revise kinds 2026 --reason" in done.stderr
    assert wave("close", "2026-11-30T12:00").stderr == ""


def test_a_confidential_wave_names_the_day_its_link_is_cut_and_offers_no_other(put: Put) -> None:
    put("confidential")
    done = wave("open", "2026-12-01T09:00")
    assert done.exit_code == 0
    assert "Unless you close it, the worker does: the link between people and answers is due" in done.stderr
    assert "28-12-2026" in done.stderr
    assert "revise" not in done.stderr
    wave("close", "2026-12-02T09:00")
    assert "The worker closes it within the hour" in wave("open", "2026-12-28T09:00").stderr


def test_a_first_opening_that_would_be_the_last_is_refused_with_the_way_out(put: Put) -> None:
    put("confidential")
    done = wave("open", "2026-12-28T09:00")
    assert done.exit_code == 2
    assert "surveyapp wave create kinds 2026" in done.stderr
    assert " draft " in CliRunner().invoke(main, ["wave", "list"]).output
