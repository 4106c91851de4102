"""Pages say what is so: the true cause of a mistake, what was shown, what can be done."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask

from surveyapp import clock
from surveyapp.instrument.model import Instrument
from surveyapp.storage import waves
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.test_flow import fill_all


@pytest.fixture
def started(visitor: Visitor) -> Visitor:
    return visitor.begin(KINDS, "contractor").press("next", {"q_k_elig": "1"})


@pytest.mark.parametrize(
    ("page", "field", "typed", "language", "said"),
    [
        ("rate", "q_k_rate", "85,555", "nl", "Gebruik hoogstens 2 cijfers achter de komma, bijvoorbeeld 85,50."),
        ("rate", "q_k_rate", "1.000", "en", "Use at most 2 digits after the point, for example 85.50."),
        ("rate", "q_k_rate", "85,50", "en", "Use a point for the cents, for example 85.50."),
        (
            "rate",
            "q_k_rate",
            "£85",
            "en",
            "Enter the amount in euros, without another currency sign, for example 85.50.",
        ),
        ("year", "q_k_year", "3026", "nl", "Vul een jaartal van vier cijfers in"),
        ("year", "q_k_year", "3026", "en", "Enter a year in four digits"),
    ],
)
def test_a_number_that_cannot_be_is_told_its_own_cause(
    started: Visitor, page: str, field: str, typed: str, language: str, said: str
) -> None:
    started.go(page, language).press("next", {field: typed})
    assert said in started.html
    assert started.form.fields[field] == [typed]


def test_a_long_text_is_counted_as_people_write_numbers(started: Visitor) -> None:
    started.go("long").press("next", q_k_long="x" * 1300)
    assert "Uw tekst is 1.100 tekens te lang: hoogstens 200." in started.html


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Vul uw code in: twaalf letters en cijfers."),
        (" - ", "Een code heeft twaalf tekens. U vulde er 0 in."),
        ("ABCD", "Een code heeft twaalf tekens. U vulde er 4 in."),
        ("ABCD 2345 EFGHJ", "Een code heeft twaalf tekens. U vulde er 13 in."),
        ("ABCD 2345 EFGH", "Controleer de tekens. Heeft u daarna een nieuwe code gemaakt? Gebruik dan die."),
    ],
)
def test_a_code_that_opens_nothing_is_told_why_on_top_and_at_its_field(visitor: Visitor, typed: str, said: str) -> None:
    visitor.get("/nl/vragenlijst/verder").press("", {"code": typed})
    assert visitor.status == 422
    assert visitor.html.count(said) == 2


def test_only_questions_that_were_shown_count_as_skipped(started: Visitor) -> None:
    started.go("depending").press("next")
    assert "U heeft 1 vraag overgeslagen." in started.html
    started.press("next", q_k_via="1")
    assert "Door uw antwoord zijn er 2 vragen bijgekomen" in started.html


def test_nothing_to_compare_with_means_no_link_to_it(visitor: Visitor) -> None:
    fill_all(visitor.begin(KINDS, "contractor")).press("")
    assert "/nl/vragenlijst/kinds-2026/vergelijk" not in [href for href, _ in visitor.page.links]


@pytest.mark.parametrize(("state", "is_linked"), [("closed", True), ("open", False)])
def test_a_closed_round_before_this_one_is_linked(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument, state: str, is_linked: bool
) -> None:
    put_wave(sqlite_database, kinds)
    with sqlite_database.write() as session:
        waves.add(session, KINDS, 2025, state, kinds.wave.mode, kinds.hash, clock.now())
        keys = {"study_id": KINDS, "year": 2025, "case_id": uuid4(), "instrument_hash": kinds.hash}
        person = {"role": "contractor", "language": "nl", "source": "open", "state": "complete", "consent_version": "1"}
        session.add(CaseRow(**keys, **person))
    visitor = Visitor(make_app().test_client())
    fill_all(visitor.begin(KINDS, "contractor")).press("")
    assert ("/nl/vragenlijst/kinds-2026/vergelijk" in [href for href, _ in visitor.page.links]) is is_linked


def test_a_missing_answer_stands_with_a_capital_in_the_review(started: Visitor) -> None:
    started.press("next", {"q_k_single": "1"}).go("rate").press("next", {"q_k_rate__missing": "-3"})
    started.get("/nl/vragenlijst/kinds-2026/mijn-antwoorden")
    assert "<dd>Zeg ik liever niet</dd>" in started.html


def test_removing_says_what_will_happen_and_afterwards_what_is_left(started: Visitor) -> None:
    started.get("/nl/vragenlijst/kinds-2026/afmelden")
    assert "Als u doorgaat, wissen wij al uw antwoorden in deze vragenlijst." in started.html
    assert "e-mailadres" not in started.html
    assert "Wij weten alleen nog dat iemand in uw rol de antwoorden heeft laten wissen." in started.press("").html


def test_an_address_that_was_left_is_said_to_stay(visitor: Visitor, kinds: Instrument) -> None:
    fill_all(visitor.begin(KINDS, "contractor")).press("")
    visitor.press("keep", {"email": "jan@example.org"})
    asks = f'Vraag <a href="mailto:{kinds.study.organisation.email}">'
    said = visitor.get("/nl/vragenlijst/kinds-2026/afmelden").html
    assert "e-mailadres dat u achterliet, blijft" in said
    assert "Verwijder het eerst, als het ook weg moet" in said
    assert asks in visitor.press("").html  # and where the answers are gone


def test_an_address_of_another_browser_may_be_left_as_well(visitor: Visitor) -> None:
    fill_all(visitor.begin(KINDS, "contractor")).press("")
    said = "Heeft u na het versturen een e-mailadres achtergelaten?"
    assert said in visitor.get("/nl/vragenlijst/kinds-2026/afmelden").html


def test_who_chose_a_role_is_not_told_that_somebody_else_did(visitor: Visitor) -> None:
    visitor.get(f"/nl/onderzoek/{KINDS}-2026").press("next", {"role": "contractor"})
    assert "Andere rol kiezen" in visitor.html
    assert "Dit klopt niet" not in visitor.html
    assert 'href="mailto:' in visitor.html.partition("<footer")[0]


def test_my_answers_name_the_study_and_who_asks(started: Visitor, kinds: Instrument) -> None:
    started.get("/nl/vragenlijst/kinds-2026/mijn-antwoorden")
    own = started.html.partition("</h1>")[2]
    assert f"{kinds.wave.title['nl']}, {kinds.study.organisation.name}" in own
