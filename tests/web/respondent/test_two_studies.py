"""One browser and several studies: looking at one lets go of nothing that was answered in another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp import clock
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow, DraftRow
from surveyapp.web.respondent.visit_cookies import MOST
from tests.instrument.definitions import patched, write
from tests.web.browsing import Visitor, cookies_of, lend, questionnaire
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
    visitor.get(f"{questionnaire(f'{first}-2026')}/p/single")  # another tab: a reload, or one page back
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
    visitor.get(f"{questionnaire(f'{OTHER}-2026')}/afmelden").press("")
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


def test_a_browser_keeps_a_few_studies_and_asks_before_it_lets_go_of_the_one_visited_longest_ago(
    sqlite_database: Database, make_app: Callable[..., Flask], kinds: Instrument, tmp_path: Path
) -> None:
    names = [f"study{n}" for n in range(MOST + 2)]
    for name in names:
        put_wave(
            sqlite_database, load_instrument(write(tmp_path / name, patched(("study.study", name), name="kinds")), 2026)
        )
    site = make_app()
    visitor, begun, codes = Visitor(site.test_client()), clock.now(), {}
    for hours, name in enumerate([*names[:3], names[0], *names[3:]]):  # the first is come back to before the others
        with clock.stopped_at(begun + timedelta(hours=hours)):
            if hours == 3:
                visitor.get(landing(name))
                continue
            visitor.begin(name, "contractor")
            if visitor.at:
                visitor.press("next", {"q_k_elig": "1"})
                continue
            assert visitor.h1 == "Noteer eerst uw code"
            codes[name] = visitor.html.partition('class="code">')[2].partition("<")[0]
            visitor.press("")
            assert visitor.at == "start"
            visitor.press("next", {"q_k_elig": "1"})
    held = [name for name in names if visitor.client.get_cookie(f"survey-{name}-2026") is not None]
    assert held == [names[0], *names[3:]]
    for code, gone in zip(codes.values(), names[1:3], strict=True):
        elsewhere = Visitor(site.test_client()).get("/nl/vragenlijst/verder").press("", code=code)
        assert (elsewhere.wave, elsewhere.at) == (f"{gone}-2026", "single")


def test_a_reload_shows_the_study_of_its_own_tab(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", {"q_k_elig": "1"}).press("next", {"q_k_single": "1"})
    seen = {KINDS: visitor.url}
    visitor.begin(OTHER, "contractor")
    seen[OTHER] = visitor.url
    for study, page in ((KINDS, "multiple"), (OTHER, "start"), (KINDS, "multiple")):
        visitor.get(seen[study])
        assert visitor.at == page
        assert visitor.wave == f"{study}-2026"
    visitor.get(f"{questionnaire(f'{KINDS}-2026')}/mijn-antwoorden")
    assert "Nog niet verstuurd." in visitor.html


def test_a_code_that_was_shown_in_one_study_stays_with_it(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("save")
    where = visitor.url
    code = visitor.html.partition('class="code">')[2].partition("<")[0]
    visitor.begin(OTHER, "contractor").press("save")
    assert code not in visitor.html
    assert code in visitor.get(where).html


def test_an_answer_of_one_study_that_comes_late_takes_nothing_from_another(visitor: Visitor) -> None:
    """As a slow line brings it: the response to a form that was sent before another study was begun."""
    visitor.begin(KINDS, "contractor")
    form, slow = visitor.form, visitor.client.application.test_client()
    lend(slow, cookies_of(visitor.client))
    late = slow.post(form.action, data={**form.fields, "action": "save"})
    visitor.begin(OTHER, "contractor")
    for line in late.headers.getlist("Set-Cookie"):  # it arrives now
        name, _, value = line.partition(";")[0].partition("=")
        visitor.client.set_cookie(name, value)
    for study in (KINDS, OTHER):
        visitor.get(landing(study))
        assert "U bent al begonnen" in visitor.html, study


@pytest.mark.parametrize("action", ["next", "previous", "save", "language", "clear:k_single"])
def test_a_page_left_open_is_saved_in_its_own_study(visitor: Visitor, sqlite_database: Database, action: str) -> None:
    visitor.begin(KINDS, "contractor").press("next", {"q_k_elig": "1"})
    assert visitor.at == "single"
    left_open = {**visitor.form.fields, "q_k_single": "1", "action": action}
    visitor.begin(OTHER, "contractor").press("next", {"q_k_elig": "1"}).press("next", {"q_k_single": "2"})
    visitor.post("/nl/vragenlijst/kinds-2026/p/single", left_open)
    assert answers(sqlite_database)[OTHER]["k_single"] == 2
    if action not in ("language", "clear:k_single"):  # these keep a draft
        assert answers(sqlite_database)[KINDS]["k_single"] == 1
    # The draft of the script goes where the page belongs too.
    visitor.get(landing(OTHER))
    draft = {**left_open, "q_k_single": "2", "action": "recall"}
    assert visitor.post("/nl/vragenlijst/kinds-2026/p/single/concept", draft).status == 204
    with sqlite_database.read() as session:
        assert {row.study_id for row in session.exec(select(DraftRow))} == {KINDS}


def test_stopping_for_good_removes_the_answers_of_the_study_whose_page_asked(
    visitor: Visitor, sqlite_database: Database
) -> None:
    visitor.begin(KINDS, "contractor").get("/nl/vragenlijst/kinds-2026/afmelden")
    asked = visitor.form
    visitor.begin(OTHER, "contractor").post(asked.action, asked.fields)
    assert visitor.h1 == "Uw antwoorden zijn gewist"
    assert answers(sqlite_database) == {KINDS: {}, OTHER: {"s_consent": 1}}


def test_sending_sends_the_answers_that_were_looked_over(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor").press("next", {"q_k_elig": "1"})
    while visitor.at:
        visitor.press("next")
    assert visitor.url.endswith("/controle")
    looked_over = visitor.form
    visitor.begin(OTHER, "contractor").post(looked_over.action, looked_over.fields)
    assert visitor.h1 == "Dank u wel"
    with sqlite_database.read() as session:
        assert {row.study_id: row.state for row in session.exec(select(CaseRow))} == {
            KINDS: "complete",
            OTHER: "started",
        }


def test_consent_is_given_to_the_study_it_was_read_for(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.get(landing(KINDS)).press("next", role="contractor")
    where, read = visitor.url, {**visitor.form.fields, "agree": "yes", "action": "next"}
    visitor.get(landing(OTHER)).press("next", role="contractor")
    visitor.post(where, read)
    assert visitor.at == "start"
    assert answers(sqlite_database) == {KINDS: {"s_consent": 1}}


def test_the_questionnaire_of_who_comes_next_gets_nothing_of_the_one_before(
    visitor: Visitor, sqlite_database: Database
) -> None:
    """On a shared computer: a tab of the first person is still open when the second has begun."""
    visitor.begin(KINDS, "contractor").press("next", {"q_k_elig": "1"})
    left_open = {**visitor.form.fields, "q_k_single": "1", "action": "next"}
    visitor.get("/nl/vragenlijst/kinds-2026/afmelden")
    asked = visitor.form
    visitor.post(landing(KINDS), {"action": "fresh", "csrf_token": asked.fields["csrf_token"]})
    assert visitor.h1 == "Noteer eerst uw code"
    visitor.press("").begin(KINDS, "contractor").press("next", {"q_k_elig": "1"})
    visitor.post("/nl/vragenlijst/kinds-2026/p/single", left_open)
    assert visitor.h1 == "Uw vragenlijst staat niet meer open in deze browser"
    visitor.post(asked.action, asked.fields)
    assert visitor.url.endswith("/verder")
    assert visitor.post("/nl/vragenlijst/kinds-2026/controle", {**asked.fields}).url.endswith("/verder")
    with sqlite_database.read() as session:
        stored = [row.answers for row in session.exec(select(CaseRow))]
    assert stored == [{"s_consent": 1, "k_elig": 1}] * 2
    visitor.get(landing(KINDS)).post(landing(KINDS), {"action": "fresh", **asked.fields})
    assert "U bent al begonnen" in visitor.html  # an older page's button lets go of nothing newer


def test_a_page_of_answers_that_were_removed_says_so(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor").press("next", {"q_k_elig": "1"})
    left_open = {**visitor.form.fields, "q_k_single": "1", "action": "next"}
    visitor.get("/nl/vragenlijst/kinds-2026/afmelden").press("")
    visitor.post("/nl/vragenlijst/kinds-2026/p/single", left_open)
    assert visitor.h1 == "Uw antwoorden zijn gewist"
    assert answers(sqlite_database) == {KINDS: {}}


def test_who_presses_twice_to_remove_the_answers_reads_that_they_are_gone(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").get("/nl/vragenlijst/kinds-2026/afmelden")
    where, asked = visitor.url, visitor.form
    for _ in range(2):
        visitor.post(asked.action or where, asked.fields)
        assert visitor.h1 == "Uw antwoorden zijn gewist"


def test_the_link_to_stopping_leads_to_the_study_whose_page_it_stands_on(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor")
    link = next(where for where, text in visitor.page.links if text == "Stoppen en mijn antwoorden wissen")
    visitor.begin(OTHER, "contractor").get(link).press("")
    visitor.get(landing(OTHER))
    assert "U bent al begonnen" in visitor.html
    visitor.get(landing(KINDS))
    assert "U bent al begonnen" not in visitor.html


def test_consent_is_given_in_the_role_it_was_read_for(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.get(landing(KINDS)).press("next", role="contractor")
    read = {**visitor.form.fields, "agree": "yes", "action": "next"}
    visitor.get(landing(KINDS)).press("next", role="manager")
    visitor.post("/nl/vragenlijst/kinds-2026/toestemming", read)
    with sqlite_database.read() as session:
        assert [row.role for row in session.exec(select(CaseRow))] == ["contractor"]


def test_who_typed_something_and_starts_again_keeps_it(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor")
    visitor.post(f"{visitor.form.action}/concept", {**visitor.form.fields, "q_k_elig": "1"})
    visitor.get(landing(KINDS))
    assert "U komt er dan alleen nog bij met uw code." in visitor.html
    visitor.press("fresh")
    with sqlite_database.read() as session:
        assert [row.state for row in session.exec(select(CaseRow))] == ["started"]
