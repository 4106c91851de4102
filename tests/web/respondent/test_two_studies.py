"""One browser and several studies: looking at one lets go of nothing that was answered in another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow
from tests.instrument.definitions import patched, write
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, put_wave

OTHER = "others"


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    """A second study, open at the same time, with pages of the same names."""
    folder: Path = tmp_path_factory.mktemp(OTHER)
    return load_instrument(write(folder, patched(("study.study", OTHER), name="kinds")), 2026)


@pytest.fixture
def visitor(make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument, other: Instrument) -> Visitor:
    """Somebody who finds two questionnaires open."""
    put_wave(sqlite_database, kinds)
    put_wave(sqlite_database, other)
    return Visitor(make_app().test_client())


def landing(study: str) -> str:
    return f"/nl/onderzoek/{study}-2026"


def answers(database: Database) -> dict[str, dict[str, object]]:
    with database.read() as session:
        return {row.study_id: row.answers for row in session.exec(select(CaseRow))}


@pytest.mark.parametrize(("first", "second"), [(KINDS, OTHER), (OTHER, KINDS)])
def test_a_look_at_another_study_loses_nothing(
    visitor: Visitor, sqlite_database: Database, first: str, second: str
) -> None:
    visitor.begin(first, "contractor").press("next", {"q_k_elig": "1"})
    visitor.get(landing(second))
    assert "U bent al begonnen" not in visitor.html
    visitor.go("single")  # another tab, where the page is still open
    assert visitor.at == "single"
    visitor.press("next", {"q_k_single": "1"})
    visitor.get(landing(second)).press("next", role="contractor").press("decline")
    visitor.get(landing(first))
    assert "U bent al begonnen" in visitor.html
    visitor.get(next(where for where, text in visitor.page.links if text == "Verder waar u gebleven was"))
    assert visitor.at == "multiple"
    assert answers(sqlite_database) == {first: {"s_consent": 1, "k_elig": 1, "k_single": 1}}


@pytest.mark.parametrize(("first", "second"), [(KINDS, OTHER), (OTHER, KINDS)])
def test_two_studies_are_answered_in_turn_in_one_browser(
    visitor: Visitor, sqlite_database: Database, first: str, second: str
) -> None:
    visitor.begin(first, "contractor").press("next", {"q_k_elig": "1"})
    visitor.begin(second, "contractor").press("next", {"q_k_elig": "1"}).press("next", {"q_k_single": "2"})
    for study, page, single in ((first, "single", "1"), (second, "multiple", None), (first, "multiple", None)):
        visitor.get(landing(study))
        assert "U bent al begonnen" in visitor.html
        visitor.go(page)
        assert visitor.at == page
        if single:
            visitor.press("next", {"q_k_single": single})
    assert {study: stored["k_single"] for study, stored in answers(sqlite_database).items()} == {first: 1, second: 2}


def test_beginning_anew_and_stopping_concern_the_study_in_hand_alone(
    visitor: Visitor, sqlite_database: Database
) -> None:
    visitor.begin(KINDS, "contractor").begin(OTHER, "contractor")
    visitor.get("/nl/vragenlijst/afmelden").press("")
    assert visitor.h1 == "Uw antwoorden zijn gewist"
    visitor.go("start")
    assert visitor.url.endswith("/verder")
    visitor.get(landing(OTHER))
    assert "U bent al begonnen" not in visitor.html
    visitor.get(landing(KINDS))
    assert "U bent al begonnen" in visitor.html
    visitor.begin(OTHER, "contractor").get(landing(KINDS)).post(landing(KINDS), {"action": "fresh"})
    assert "U bent al begonnen" not in visitor.html
    visitor.get(landing(OTHER))
    assert "U bent al begonnen" in visitor.html
    assert len(answers(sqlite_database)) == 2


def test_a_code_of_one_study_leaves_the_other_in_place(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("save")
    code = visitor.html.partition('class="code">')[2].partition("<")[0].strip()
    assert code
    elsewhere = Visitor(visitor.client.application.test_client())
    elsewhere.begin(OTHER, "contractor")
    elsewhere.get("/nl/vragenlijst/verder").press("", code=code)
    assert elsewhere.at == "start"
    for study in (OTHER, KINDS):
        elsewhere.get(landing(study))
        assert "U bent al begonnen" in elsewhere.html


def test_a_browser_keeps_a_few_studies_and_no_endless_cookie(visitor: Visitor) -> None:
    with visitor.client.session_transaction() as session:
        session["aside"] = [(f"study{n}-2026", {"key": "k" * 22}) for n in range(3)]
    visitor.begin(KINDS, "contractor").begin(OTHER, "contractor")
    with visitor.client.session_transaction() as session:
        assert [wave for wave, _ in session["aside"]] == ["study1-2026", "study2-2026", f"{KINDS}-2026"]
