"""The way from the list of questionnaires to the receipt, and back, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from surveyapp import clock
from surveyapp.fieldwork import waves
from surveyapp.fieldwork.arrivals import declare_sources
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from surveyapp.storage.tables import ArrivalRow, CaseRow, DraftRow, PageSaveRow, ReportRequestRow
from surveyapp.web.respondent import returning
from tests.web.browsing import Visitor, cookies_of, lend, questionnaire
from tests.web.conftest import KINDS, put_wave

DONE = {
    "single": {"q_k_single": "1"},
    "multiple": {"q_k_multiple": ["1", "2"]},
    "mark": {"q_k_mark": "8"},
    "score": {"q_k_score": "9"},
    "rate": {"q_k_rate": "85,50"},
    "year": {"q_k_year": "1975"},
    "month": {"q_k_month__month": "3", "q_k_month__year": "2024"},
    "region": {"q_k_region": "35"},
    "ranking": {"q_k_ranking__1": "2", "q_k_ranking__2": "1"},
    "parts": {"q_k_parts__1": "50", "q_k_parts__2": "30", "q_k_parts__3": "20"},
    "short": {"q_k_short": "Adviseur"},
    "long": {"q_k_long": "Een toelichting.\nMet twee regels."},
    "statements": {"q_k_fit": "3", "q_k_learn": "1"},
    "depending": {"q_k_via": "2"},
    "team": {"q_k_manager": "1"},
    "contact": {"q_k_contact": "1"},
}
STORED = {
    "s_consent": 1, "k_elig": 1, "k_single": 1, "k_multiple": [1, 2], "k_mark": 8, "k_score": 9, "k_rate": 85.5,
    "k_year": 1975, "k_month": 202403, "k_region": 35, "k_ranking": [2, 1], "k_parts": {"1": 50, "2": 30, "3": 20},
    "k_short": "Adviseur", "k_long": "Een toelichting.\nMet twee regels.", "k_fit": 3, "k_learn": 1, "k_via": 2,
}  # fmt: skip


def only_case(database: Database) -> CaseRow:
    with database.read() as session:
        return session.exec(select(CaseRow)).one()


def rows(database: Database, table: type) -> list[object]:
    with database.read() as session:
        return list(session.exec(select(table)))


def fill_all(visitor: Visitor) -> Visitor:
    """Answer every page from wherever the visitor is, up to the review."""
    while visitor.at:
        answers = {"q_k_elig": "1"} if visitor.at == "start" else DONE[visitor.at]
        if visitor.at == "rate" and visitor.page.language == "en":
            answers = {"q_k_rate": "85.50"}
        visitor.press("next", answers)
        assert visitor.status == 200, visitor.html
    return visitor


def test_the_front_door_leads_dutch_browsers_to_dutch_and_all_others_to_english(client: FlaskClient) -> None:
    for asked, language in (("nl", "nl"), ("nl-BE,fr;q=0.5", "nl"), ("de", "en"), ("en-GB,nl;q=0.4", "en"), ("", "en")):
        response = client.get("/", headers={"Accept-Language": asked})
        assert (response.status_code, response.location) == (302, f"/{language}/")
        assert response.vary.as_set() >= {"accept-language"}


def test_the_list_names_only_waves_that_are_open(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument, real: Instrument
) -> None:
    put_wave(sqlite_database, kinds, "closed")
    put_wave(sqlite_database, real)
    page = make_app().test_client().get("/nl/").get_data(as_text=True)
    assert "/nl/onderzoek/goed-opdrachtgeverschap-2026" in page
    assert "kinds" not in page


def test_someone_answers_everything_and_gets_a_receipt(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor")
    assert visitor.at == "start"
    fill_all(visitor)
    assert visitor.url.endswith("/nl/vragenlijst/kinds-2026/controle")
    assert "Een toelichting." in visitor.html
    visitor.press("")
    case = only_case(sqlite_database)
    assert visitor.h1 == "Dank u wel"
    assert case.reference is not None
    assert case.reference in visitor.html
    assert case.state == "complete"
    assert case.answers == STORED
    assert (case.role, case.language, case.source) == ("contractor", "nl", "open")


def test_no_case_and_no_count_exists_before_someone_agrees(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.get("/nl/onderzoek/kinds-2026")
    assert rows(sqlite_database, ArrivalRow) == []
    visitor.press("next", role="contractor")
    visitor.press("next")
    assert visitor.is_asked
    assert visitor.page.title.startswith("Fout: ")
    assert rows(sqlite_database, CaseRow) == []
    events = {row.event: row.times for row in rows(sqlite_database, ArrivalRow)}  # type: ignore[attr-defined]
    assert events == {"role_chosen": 1}


def test_declining_stores_the_fact_and_nothing_else(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.get("/en/survey/kinds-2026").press("next", role="manager").press("decline")
    assert visitor.h1 == "You are not taking part"
    assert rows(sqlite_database, CaseRow) == []
    events = {row.event for row in rows(sqlite_database, ArrivalRow)}  # type: ignore[attr-defined]
    assert events == {"role_chosen", "declined"}


def test_no_role_chosen_gives_a_summary_that_leads_to_the_roles(visitor: Visitor) -> None:
    visitor.get("/nl/onderzoek/kinds-2026").press("next")
    assert visitor.is_asked
    assert ("#role-first", "Kies de rol van waaruit u de vragenlijst invult.") in visitor.page.links
    assert "role-first" in visitor.page.ids


def test_consent_sent_twice_begins_one_case(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.get("/nl/onderzoek/kinds-2026").press("next", role="contractor")
    form = visitor.form
    fields = {**form.fields, "agree": ["yes"], "action": ["next"]}
    first = cookies_of(visitor.client)
    visitor.post(form.action, fields)
    lend(visitor.client, first)
    visitor.post(form.action, fields)
    assert len(rows(sqlite_database, CaseRow)) == 1


def test_choosing_a_role_in_an_older_tab_leads_back_to_the_questionnaire_that_was_begun(
    visitor: Visitor, sqlite_database: Database
) -> None:
    visitor.get("/nl/onderzoek/kinds-2026")
    form = visitor.form
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    visitor.post(form.action, {**form.fields, "role": "manager", "action": "next"})
    assert visitor.at == "single"
    assert only_case(sqlite_database).role == "contractor"


def test_the_source_in_the_link_is_kept_when_it_was_declared(visitor: Visitor, sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        declare_sources(session, "kinds", 2026, ("nieuwsbrief",))
    visitor.get("/nl/onderzoek/kinds-2026?source=nieuwsbrief")
    visitor.press("next", role="contractor").press("next", agree="yes")
    assert only_case(sqlite_database).source == "nieuwsbrief"


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_a_wave_that_takes_no_answers_says_so_and_takes_none(
    state: str,
    make_app: Callable[..., Flask],
    sqlite_database: Database,
    kinds: Instrument,
) -> None:
    with clock.stopped_at(datetime(2026, 12, 18, 12, tzinfo=UTC)):
        put_wave(sqlite_database, kinds, state)
    # A developer's settings would offer a mail (test_mailing.py).
    visitor = Visitor(make_app(environment="production").test_client()).get("/nl/onderzoek/kinds-2026")
    assert visitor.page.forms == {}
    expected = "nog niet open" if state == "draft" else "is op 18 december 2026 gesloten"
    assert expected in visitor.html


def test_an_unknown_wave_is_a_page_in_the_right_language(client: FlaskClient) -> None:
    for url, words in (("/nl/onderzoek/niets-2026", "bestaat niet"), ("/en/survey/nothing-2026", "does not exist")):
        response = client.get(url)
        assert response.status_code == 404
        assert words in response.get_data(as_text=True)


def test_a_test_wave_says_that_answers_do_not_count(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument
) -> None:
    put_wave(sqlite_database, kinds, "test")
    visitor = Visitor(make_app().test_client()).begin(KINDS, "contractor")
    assert "Testversie" in visitor.html
    assert only_case(sqlite_database).is_test


def test_a_skipped_question_is_asked_about_once(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    visitor.press("next")
    assert (visitor.is_asked, visitor.at) == (True, "single")
    assert "Verder zonder antwoord" in visitor.html
    assert not visitor.page.title.startswith("Fout")
    visitor.press("next")
    assert (visitor.status, visitor.at) == (200, "multiple")
    assert only_case(sqlite_database).answers["k_single"] == -9


def test_an_unlikely_number_is_asked_about_as_the_answer_it_is(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    while visitor.at != "rate":
        visitor.press("next", **DONE[visitor.at])
    visitor.press("next", q_k_rate="300,00")  # the definition asks to look again above 250
    assert (visitor.is_asked, visitor.at) == (True, "rate")
    assert "Klopt dit?" in visitor.html
    assert "Opslaan en verder" in visitor.html
    assert "zonder antwoord" not in visitor.html.lower()
    visitor.press("next")
    assert visitor.at == "year"
    assert only_case(sqlite_database).answers["k_rate"] == 300


def test_a_routing_question_cannot_be_skipped(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor")
    for _ in range(2):
        visitor.press("next")
        assert (visitor.is_asked, visitor.at) == (True, "start")
    assert visitor.page.title.startswith("Fout: ")


def test_who_is_outside_the_population_is_thanked(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="2")
    assert visitor.h1 == "Dank u wel"
    assert only_case(sqlite_database).state == "screened_out"
    visitor.go("single")
    assert visitor.url.endswith("/einde")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_answer_that_ended_it_by_mistake_can_be_changed(
    visitor: Visitor, sqlite_database: Database, language: str
) -> None:
    visitor.begin(KINDS, "contractor", language).press("next", q_k_elig="2").press("reopen")
    assert (visitor.at, visitor.form.fields.get("q_k_elig")) == ("start", None)
    assert only_case(sqlite_database).state == "started"
    assert visitor.go("single", language).at == "single"
    assert (
        visitor.get(f"{questionnaire(visitor.wave, language)}/{'controle' if language == 'nl' else 'review'}").at
        == "start"
    )
    visitor.press("next", q_k_elig="1")
    assert visitor.at == "single"
    fill_all(visitor).press("")
    case = only_case(sqlite_database)
    assert (case.state, case.answers["k_elig"]) == ("complete", 1)


def test_who_changes_nothing_after_all_is_outside_again(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="2").press("reopen").press("next", q_k_elig="2")
    assert (visitor.h1, only_case(sqlite_database).state) == ("Dank u wel", "screened_out")


def test_after_closing_no_answer_can_be_changed(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="2")
    form = visitor.form_with("reopen")
    with sqlite_database.write() as session:
        waves.close_wave(session, KINDS, 2026)
    assert visitor.post(visitor.url, {**form.fields, "action": "reopen"}).url.endswith("/einde")
    assert "Wijzig uw antwoord" not in visitor.html
    assert only_case(sqlite_database).state == "screened_out"


def test_the_wrong_role_can_be_chosen_anew_and_counts_once(visitor: Visitor, sqlite_database: Database) -> None:
    landing = f"/nl/onderzoek/{KINDS}-2026"
    visitor.begin(KINDS, "contractor").get(landing).press("fresh")
    assert only_case(sqlite_database).state == "erased"
    visitor.begin(KINDS, "manager")
    assert visitor.at


def test_who_starts_again_after_an_answer_comes_back_to_it_by_the_code_alone(
    visitor: Visitor, sqlite_database: Database
) -> None:
    landing = f"/nl/onderzoek/{KINDS}-2026"
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").press("save")
    code = re.search(r'class="code">([A-Z2-9 ]{14})<', visitor.html)
    assert code is not None
    assert "U komt er dan alleen nog bij met uw code." in visitor.get(landing).html
    visitor.press("fresh")
    assert code[1] in visitor.html  # once more, before it is let go of
    visitor.press("").go("single")
    assert visitor.url.endswith("/verder")
    assert visitor.press("", {"code": code[1]}).at == "single"
    assert only_case(sqlite_database).state == "started"


def test_previous_saves_what_parses_and_keeps_what_does_not(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("rate")
    visitor.press("previous", q_k_rate="85.50")
    assert visitor.at == "score"
    assert "k_rate" not in only_case(sqlite_database).answers
    visitor.go("rate")
    assert visitor.form.fields["q_k_rate"] == ["85.50"]
    visitor.press("previous", q_k_rate="85,50")
    assert only_case(sqlite_database).answers["k_rate"] == 85.5


def test_back_and_forward_show_the_answers_as_they_were_left(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor")
    fill_all(visitor)
    for page, answers in DONE.items():
        if page == "team":
            continue
        fields = visitor.go(page).form.fields
        for name, value in answers.items():
            assert fields[name] == (value if isinstance(value, list) else [value])


def test_the_language_switch_keeps_ticks_and_typed_rubbish(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    visitor.go("multiple").press("language", q_k_multiple=["1", "90"])
    assert "/en/questionnaire/kinds-2026/p/multiple" in visitor.url
    assert visitor.page.language == "en"
    assert visitor.form.fields["q_k_multiple"] == ["1", "90"]
    visitor.go("rate").press("language", q_k_rate="ongeveer 85,5x")
    assert visitor.form.fields["q_k_rate"] == ["ongeveer 85,5x"]
    assert "k_rate" not in only_case(sqlite_database).answers


def test_a_number_is_respelled_when_the_language_switches(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    visitor.go("rate").press("language", q_k_rate="85,50")
    assert visitor.form.fields["q_k_rate"] == ["85.50"]
    visitor.press("language")
    assert visitor.form.fields["q_k_rate"] == ["85,50"]


def test_an_english_number_typed_in_dutch_is_asked_back_as_it_was_typed(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    visitor.go("rate").press("next", q_k_rate="85.50")
    assert visitor.is_asked
    assert visitor.form.fields["q_k_rate"] == ["85.50"]
    assert "Gebruik een komma voor de centen, bijvoorbeeld 85,50." in visitor.html


def test_none_of_these_beside_another_answer_is_asked_back_with_both_shown(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    visitor.go("multiple").press("next", q_k_multiple=["1", "90"])
    assert visitor.is_asked
    assert "U koos “Geen van deze” én een ander antwoord. Welke geldt?" in visitor.html
    assert visitor.form.fields["q_k_multiple"] == ["1", "90"]


def test_a_question_that_depends_on_this_page_comes_up_without_javascript(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("depending")
    assert "q_k_who" not in visitor.form.fields
    visitor.press("next", q_k_via="1")
    assert visitor.is_asked
    assert "Door uw antwoord zijn er 2 vragen bijgekomen" in visitor.html
    assert "Opslaan en verder" in visitor.html
    assert visitor.form.fields["q_k_via"] == ["1"]
    visitor.press("next", q_k_who="Jan", q_k_margin="2")
    assert visitor.at == "sequel"


def test_clear_answer_takes_one_answer_back(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("mark")
    visitor.press("next", q_k_mark="8").go("mark")
    visitor.press("clear:k_mark")
    assert visitor.at == "mark"
    assert "q_k_mark" not in visitor.form.fields


def test_finish_later_gives_a_code_that_goes_on_in_another_browser(visitor: Visitor, app: Flask) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").press("next", q_k_single="1")
    visitor.press("save", q_k_multiple=["1"])
    code = re.search(r'class="code">([A-Z0-9 ]{14})<', visitor.html)
    assert code is not None
    other = Visitor(app.test_client()).get("/en/questionnaire/resume")
    other.press("", code=code[1].lower().replace(" ", "-"))
    assert other.at == "mark"
    assert other.go("multiple", "en").form.fields["q_k_multiple"] == ["1"]


def test_the_code_is_shown_again_on_reload_and_gone_once_someone_goes_on(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    visitor.press("save", q_k_single="1")
    assert 'class="code"' in visitor.get(visitor.url).html
    visitor.go("multiple").press("next", q_k_multiple=["1"])
    assert 'class="code"' not in visitor.get("/nl/vragenlijst/kinds-2026/bewaard").html


def test_wrong_codes_get_one_and_the_same_answer_and_then_a_wait(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returning, "RESUME_ATTEMPTS", 5)
    answers = set()
    for code in ("ABCD2345EFGH", "☃☃ÅÅÅÅÅÅÅÅÅÅÅÅ", "2345-2345-2345", "ABCD2345EFGJ", "abcd 2345 efgk"):
        visitor.get("/nl/vragenlijst/verder").press("", code=code)
        assert visitor.is_asked
        answers.add(re.sub(r"<input[^>]*>", "", visitor.html))
    assert len(answers) == 1
    visitor.get("/nl/vragenlijst/verder").press("", code="ABCD2345EFGH")
    assert visitor.status == 429
    assert 0 < int(visitor.response.headers["Retry-After"]) <= 600


def test_one_code_that_opens_does_not_clear_the_guesses_of_its_network(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returning, "RESUME_ATTEMPTS", 5)
    visitor.begin(KINDS, "contractor").press("save")
    code = visitor.html.partition('class="code">')[2].partition("<")[0]
    statuses = []
    for typed in ("ABCD2345EFGH", "ABCD2345EFGJ", code, "ABCD2345EFGK", "ABCD2345EFGL", code, "ABCD2345EFGM", code):
        visitor.get("/nl/vragenlijst/verder").press("", code=typed)
        statuses.append(visitor.status)
    assert statuses == [422, 422, 200, 422, 422, 200, 422, 429]


def test_the_review_leads_to_a_page_and_back_by_way_of_new_questions_only(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor")
    fill_all(visitor)
    change = next(href for href, _ in visitor.page.links if "/p/depending" in href)
    visitor.get(change).press("next", q_k_via="1")
    assert visitor.is_asked
    visitor.press("next", q_k_who="Jan", q_k_margin="1")
    assert visitor.at.startswith("sequel")
    visitor.press("next", q_k_route="1")
    assert visitor.url.endswith("/controle#row-sequel")
    visitor.get(change).press("next", q_k_via="2")
    assert visitor.url.endswith("/controle#row-depending")
    assert "Deze antwoorden worden niet meegestuurd" in visitor.html
    assert "Kent u de marge?" in visitor.html


def test_the_review_cannot_be_reached_or_sent_past_an_unanswered_page(
    visitor: Visitor, sqlite_database: Database
) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    visitor.get("/nl/vragenlijst/kinds-2026/controle")
    assert visitor.at == "single"
    token = visitor.form.fields["csrf_token"]
    visitor.post("/nl/vragenlijst/kinds-2026/controle", {"csrf_token": token})
    assert visitor.at == "single"
    assert only_case(sqlite_database).state == "started"


def test_sending_twice_gives_the_same_receipt(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor")
    fill_all(visitor)
    form = visitor.form
    visitor.press("")
    first = only_case(sqlite_database).reference
    visitor.post(form.action, form.fields)
    assert visitor.h1 == "Dank u wel"
    assert only_case(sqlite_database).reference == first


def test_after_sending_no_address_shows_the_questionnaire_again(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor")
    fill_all(visitor).press("")
    for url in ("/nl/onderzoek/kinds-2026", "/nl/vragenlijst/kinds-2026/p/mark", "/nl/vragenlijst/kinds-2026/controle"):
        assert visitor.get(url).h1 == "Dank u wel"


def test_a_page_posted_after_sending_changes_nothing(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor")
    fill_all(visitor)
    visitor.go("mark")
    late = {**visitor.form.fields, "q_k_mark": ["1"], "action": ["next"]}
    visitor.get("/nl/vragenlijst/kinds-2026/controle").press("")
    visitor.post("/nl/vragenlijst/kinds-2026/p/mark", late)
    assert (visitor.status, visitor.h1) == (409, "Uw antwoorden zijn al verstuurd")
    assert only_case(sqlite_database).answers["k_mark"] == 8


def test_someone_else_can_begin_on_the_same_device(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor")
    fill_all(visitor).press("").press("fresh").press("")
    assert visitor.form.offered["role"] == {"contractor", "manager"}
    visitor.begin(KINDS, "manager")
    assert {row.role for row in rows(sqlite_database, CaseRow)} == {"contractor", "manager"}  # type: ignore[attr-defined]


def test_an_address_is_kept_apart_from_every_answer(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor")
    fill_all(visitor).press("")
    assert "Stuur mij het rapport" in visitor.html
    visitor.press("keep", email="niet-een-adres")
    assert visitor.is_asked
    visitor.press("keep", email="jan@example.org")
    assert "los van uw antwoorden" in visitor.html
    (request,) = rows(sqlite_database, ReportRequestRow)
    assert (request.email, request.wishes) == ("jan@example.org", [1])  # type: ignore[attr-defined]
    assert "k_contact" not in only_case(sqlite_database).answers
    for save in rows(sqlite_database, PageSaveRow):
        assert "k_contact" not in save.answers  # type: ignore[attr-defined]
    visitor.get("/nl/vragenlijst/kinds-2026/klaar")  # may be corrected and taken back, but is not asked again
    assert [value for form in visitor.page.forms.values() for name, value, _ in form.buttons if name == "action"] == [
        "change",
        "withdraw",
        "fresh",
    ]
    assert "Niet beantwoord" not in visitor.get("/nl/vragenlijst/kinds-2026/mijn-antwoorden").html


def test_what_is_stored_apart_survives_a_language_switch_without_touching_the_database(
    visitor: Visitor, sqlite_database: Database
) -> None:
    visitor.begin(KINDS, "contractor")
    fill_all(visitor).go("contact")
    visitor.press("language", q_k_contact=["1"])
    assert visitor.form.fields["q_k_contact"] == ["1"]
    for draft in rows(sqlite_database, DraftRow):
        assert "q_k_contact" not in draft.typed  # type: ignore[attr-defined]


def test_opening_the_opt_out_changes_nothing_and_its_button_removes_every_answer(
    visitor: Visitor, sqlite_database: Database
) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    visitor.press("next", q_k_single="97", q_k_single__other="Visserij")
    visitor.get("/nl/vragenlijst/kinds-2026/afmelden")
    assert only_case(sqlite_database).answers["k_single_other"] == "Visserij"
    visitor.press("")
    assert visitor.h1 == "Uw antwoorden zijn gewist"
    case = only_case(sqlite_database)
    assert (case.state, case.answers) == ("withdrawn", {})
    assert rows(sqlite_database, PageSaveRow) == []
    assert visitor.go("mark").url.endswith("/verder")


def test_a_wave_that_closes_meanwhile_takes_no_page_and_says_so(
    visitor: Visitor, sqlite_database: Database, kinds: Instrument
) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    with sqlite_database.write() as session:
        waves.close_wave(session, kinds.study.id, 2026)
    visitor.press("next", q_k_single="1")
    assert "gesloten" in visitor.html
    assert "k_single" not in only_case(sqlite_database).answers


def test_a_page_that_is_not_on_the_path_leads_to_where_someone_is(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("sequel")
    assert visitor.at == "single"
    for page in ("team", "bestaat-niet"):  # the manager's, and nobody's
        assert visitor.go(page).status == 404


def test_without_a_questionnaire_every_page_leads_to_the_code(client: FlaskClient) -> None:
    for name in ("p/mark", "controle", "klaar", "bewaard", "mijn-antwoorden", "afmelden", "einde"):
        response = client.get(f"/nl/vragenlijst/kinds-2026/{name}")
        assert (response.status_code, response.location) == (303, "/nl/vragenlijst/verder"), name


def test_my_answers_can_be_read_before_and_after_sending(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor")
    fill_all(visitor)
    assert "Nog niet verstuurd." in visitor.get("/nl/vragenlijst/kinds-2026/mijn-antwoorden").html
    visitor.get("/nl/vragenlijst/kinds-2026/controle").press("")
    visitor.get("/en/questionnaire/kinds-2026/my-answers")
    assert str(only_case(sqlite_database).reference) in visitor.html
    assert "March 2024" in visitor.html
