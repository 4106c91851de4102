"""Who saves for later may say why, where the wave asks it; it stands with the case and goes with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp.fieldwork import waves
from surveyapp.fieldwork.stopping import LONGEST
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.database import Database
from surveyapp.storage.stop_tables import StopReasonRow
from tests.instrument.definitions import patched, write
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.test_flow import fill_all


def kept(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        return [(row.page, row.language, row.words) for row in session.exec(select(StopReasonRow))]


@pytest.fixture
def stopped(visitor: Visitor) -> Visitor:
    """Somebody who answered a page and saved for later."""
    visitor.begin(KINDS, "contractor", "nl").press("next", {"q_k_elig": "1"})
    return visitor.press("save")


def test_what_is_said_is_kept_replaced_and_taken_back_and_never_shown_again(
    stopped: Visitor, sqlite_database: Database
) -> None:
    assert "Waarom stopt u nu?" in stopped.html
    stopped.press("why", {"why": "  Te lang,\r\nen ik moet weg\0 "})
    assert kept(sqlite_database) == [("single", "nl", "Te lang,\nen ik moet weg\ufffd")]
    assert "Dank u wel. Wat u schreef, bewaren wij" in stopped.html
    assert "ik moet weg" not in stopped.html
    stopped.get(stopped.url)
    assert "Dank u wel" not in stopped.html
    stopped.press("why", {"why": "Geen tijd"})
    assert kept(sqlite_database) == [("single", "nl", "Geen tijd")]
    stopped.press("why", {"why": " "})
    assert "Wat u schreef, is gewist." in stopped.html
    stopped.press("why", {"why": ""})
    assert "is gewist." not in stopped.html
    assert kept(sqlite_database) == []


def test_what_is_too_long_is_shown_again_whole_and_not_kept(stopped: Visitor, sqlite_database: Database) -> None:
    words = "a" * (LONGEST + 1)
    stopped.press("why", {"why": words})
    assert stopped.status == 422
    assert f"Gebruik hoogstens {LONGEST} tekens." in stopped.html
    assert f">\n{words}</textarea>" in stopped.html
    assert kept(sqlite_database) == []
    stopped.press("why", {"why": words[1:]})
    assert kept(sqlite_database) == [("single", "nl", words[1:])]


def test_what_was_said_goes_when_the_answers_are_sent(stopped: Visitor, sqlite_database: Database) -> None:
    stopped.press("why", {"why": "Geen tijd"}).go("single")
    fill_all(stopped)
    assert len(kept(sqlite_database)) == 1
    stopped.press("")
    assert stopped.h1 == "Dank u wel"
    assert kept(sqlite_database) == []


def test_what_was_said_goes_when_the_answers_are_removed(stopped: Visitor, sqlite_database: Database) -> None:
    stopped.press("why", {"why": "Geen tijd"})
    stopped.get("/nl/vragenlijst/kinds-2026/afmelden").press("")
    assert stopped.h1 == "Uw antwoorden zijn gewist"
    assert kept(sqlite_database) == []


def test_once_the_wave_has_closed_nothing_is_kept(stopped: Visitor, sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        waves.close_wave(session, KINDS, 2026)
    stopped.press("why", {"why": "Geen tijd"})
    assert kept(sqlite_database) == []


def test_a_wave_that_does_not_ask_keeps_nothing(
    make_app: Callable[..., Flask], sqlite_database: Database, tmp_path: Path
) -> None:
    quiet = write(tmp_path, patched(("study.waves.0.why_stopped", "not_asked"), name="kinds"))
    put_wave(sqlite_database, load_instrument(quiet, 2026))
    visitor = Visitor(make_app().test_client()).begin(KINDS, "contractor", "nl").press("next", {"q_k_elig": "1"})
    visitor.press("save")
    assert "Waarom stopt u nu?" not in visitor.html
    visitor.post(visitor.url, {**visitor.form.fields, "action": "why", "why": "Te lang"})
    assert visitor.status == 200
    assert kept(sqlite_database) == []
