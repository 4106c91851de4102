"""Two tabs, double clicks and drafts: nothing is lost without a word, nothing is stored twice."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow, DraftRow, PageSaveRow
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS


@pytest.fixture
def tabs(app: Flask) -> tuple[Visitor, Visitor]:
    """One person with the same page open twice."""
    client = app.test_client()
    first, second = Visitor(client), Visitor(client)
    first.begin(KINDS, "contractor").press("next", q_k_elig="1")
    return first.go("short"), second.go("short")


def answer(database: Database, name: str) -> object:
    with database.read() as session:
        return session.exec(select(CaseRow)).one().answers.get(name)


def saves(database: Database, page: str) -> int:
    with database.read() as session:
        return len(session.exec(select(PageSaveRow).where(PageSaveRow.page == page)).all())


def test_the_same_form_sent_twice_is_stored_once(tabs: tuple[Visitor, Visitor], sqlite_database: Database) -> None:
    first, _ = tabs
    form = first.form
    fields = {**form.fields, "q_k_short": ["Adviseur"], "action": ["next"]}
    for _ in range(3):
        first.post(form.action, fields)
        assert (first.statuses, first.at) == ([303, 200], "long")
    assert saves(sqlite_database, "short") == 1


def test_an_older_tab_gets_both_texts_and_nothing_is_overwritten(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    first, second = tabs
    first.press("next", q_k_short="uit het eerste tabblad")
    second.press("next", q_k_short="uit het tweede tabblad")
    for _ in range(2):
        assert second.is_asked
        assert "uit het eerste tabblad" in second.html
        assert second.form.fields["q_k_short"] == ["uit het tweede tabblad"]
        assert answer(sqlite_database, "k_short") == "uit het eerste tabblad"
        second.get(second.url)  # reloaded
    second.press("next")
    assert second.at == "long"
    assert answer(sqlite_database, "k_short") == "uit het tweede tabblad"
    assert saves(sqlite_database, "short") == 2


def test_previous_from_an_older_tab_is_a_conflict_too(tabs: tuple[Visitor, Visitor], sqlite_database: Database) -> None:
    first, second = tabs
    first.press("next", q_k_short="eerste")
    second.press("previous", q_k_short="tweede")
    assert second.is_asked
    assert answer(sqlite_database, "k_short") == "eerste"


def test_who_prefers_what_was_saved_elsewhere_gets_it_and_lets_the_other_text_go(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    first, second = tabs
    first.press("next", q_k_short="eerste")
    second.press("next", q_k_short="tweede").press("elsewhere")
    assert (second.is_asked, second.at) == (False, "short")
    assert second.form.fields["q_k_short"] == ["eerste"]
    second.press("next")
    assert second.at == "long"
    assert answer(sqlite_database, "k_short") == "eerste"


def test_a_third_save_after_the_conflict_was_shown_is_a_conflict_again(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    first, second = tabs
    form = first.form
    first.press("next", q_k_short="eerste")
    second.press("next", q_k_short="tweede")
    shown = dict(second.form.fields)
    third = Visitor(first.client).get(form.action)
    third.press("next")  # "tweede" is settled here
    second.post(form.action, {**shown, "q_k_short": ["derde"], "action": ["next"]})
    assert second.is_asked
    assert "tweede" in second.html
    assert answer(sqlite_database, "k_short") == "tweede"


def test_tabs_on_different_pages_do_not_touch_each_other(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    first, second = tabs
    second.go("mark")
    first.press("next", q_k_short="Adviseur")
    second.press("next", q_k_mark="7")
    assert (answer(sqlite_database, "k_short"), answer(sqlite_database, "k_mark")) == ("Adviseur", 7)


def test_a_draft_comes_back_unchecked_and_goes_with_the_save(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    first, second = tabs
    rate = first.go("rate").form
    first.client.post(f"{rate.action}/concept", data={**rate.fields, "q_k_rate": "85 of zo"})
    assert answer(sqlite_database, "k_rate") is None
    assert second.go("rate").form.fields["q_k_rate"] == ["85 of zo"]
    second.press("next", q_k_rate="85")
    with sqlite_database.read() as session:
        assert session.exec(select(DraftRow)).all() == []
    assert second.go("rate").form.fields["q_k_rate"] == ["85"]


def test_a_page_that_came_back_with_questions_is_still_filled_in_when_it_is_opened_anew(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    first, second = tabs
    first.go("statements").press("next", q_k_fit="3")
    assert first.is_asked
    assert first.statuses == [303, 200]  # "back" and "reload" never ask to send the form again
    assert first.get(first.url).is_asked
    assert second.go("statements").form.fields["q_k_fit"] == ["3"]
    assert answer(sqlite_database, "k_fit") is None


def test_a_draft_that_arrives_after_its_page_was_saved_is_dropped(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    first, _ = tabs
    form = first.form
    late = {**form.fields, "q_k_short": "half getyp"}
    first.press("next", q_k_short="half getypt en toen af")
    assert first.client.post(f"{form.action}/concept", data=late).status_code == 409  # and the page says nothing of it
    with sqlite_database.read() as session:
        assert session.exec(select(DraftRow)).all() == []


def test_a_draft_keeps_no_field_that_its_page_does_not_have(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    first, _ = tabs
    rate = first.go("rate").form
    foreign = {"q_k_short": "van een andere pagina", "q_nonsense": "1", "nonsense": "1"}
    first.client.post(f"{rate.action}/concept", data={**rate.fields, "q_k_rate": "85 of zo", **foreign})
    first.client.post(rate.action, data={**rate.fields, "action": "clear:nonsense", "q_k_rate": "85 of zo"})
    with sqlite_database.read() as session:
        assert [draft.typed for draft in session.exec(select(DraftRow))] == [{"q_k_rate": ["85 of zo"]}]


def test_only_the_slots_that_change_are_sent(tabs: tuple[Visitor, Visitor]) -> None:
    first, _ = tabs
    form = first.go("depending").form
    assert form.fields["seen"] == ["slot-k_who=", "slot-k_margin="]
    url = f"{form.action}/zicht"
    shown = first.client.post(url, data={**form.fields, "q_k_via": "1"})
    page = shown.get_data(as_text=True)
    assert 'id="slot-k_who"' in page
    assert 'name="q_k_margin"' in page
    assert "<html" not in page
    now = {**form.fields, "q_k_via": "1", "seen": ["slot-k_who=k_who", "slot-k_margin=k_margin"]}
    assert first.client.post(url, data=now).status_code == 204
    hidden = first.client.post(url, data={**now, "q_k_via": "2", "q_k_who": "Jan"}).get_data(as_text=True)
    assert 'name="q_k_who"' not in hidden
    assert 'id="slot-k_who"' in hidden


def test_the_visible_part_cannot_be_had_by_an_address_alone(tabs: tuple[Visitor, Visitor]) -> None:
    first, _ = tabs
    assert first.client.get("/nl/vragenlijst/kinds-2026/p/depending/zicht").status_code == 405


def test_the_other_language_keeps_the_number_of_the_save_the_form_was_given_out_with(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    first, second = tabs
    second.press("language", q_k_short="tweede")
    first.press("next", q_k_short="eerste")
    second.press("next")
    assert second.is_asked
    assert "eerste" in second.html
    assert answer(sqlite_database, "k_short") == "eerste"


def test_what_needs_attention_is_said_in_the_other_language_too(tabs: tuple[Visitor, Visitor]) -> None:
    first, _ = tabs
    first.go("rate").press("next", q_k_rate="veel")
    assert first.page.title.startswith("Fout:")
    first.press("language")
    assert first.page.title.startswith("Error:")
    assert first.form.fields["q_k_rate"] == ["veel"]


def test_a_page_left_by_previous_is_shown_as_it_was_typed_and_asks_nothing(tabs: tuple[Visitor, Visitor]) -> None:
    first, _ = tabs
    first.go("rate").press("next", q_k_rate="veel").press("previous")
    assert first.at != "rate"
    assert not first.go("rate").is_asked
    assert first.form.fields["q_k_rate"] == ["veel"]


def test_a_text_that_was_taken_back_does_not_return(tabs: tuple[Visitor, Visitor]) -> None:
    first, _ = tabs
    rate = first.go("rate").form
    first.client.post(f"{rate.action}/concept", data={**rate.fields, "q_k_rate": "85 of zo"})
    first.go("rate").press("previous", q_k_rate="")
    assert first.go("rate").form.fields["q_k_rate"] == [""]


def test_an_empty_page_that_was_asked_about_and_left_asks_nothing_on_return(tabs: tuple[Visitor, Visitor]) -> None:
    first, _ = tabs
    assert first.go("single").press("next").is_asked
    assert first.press("previous").at != "single"
    assert not first.go("single").is_asked


def test_what_no_draft_can_hold_is_shown_by_the_answer_itself(tabs: tuple[Visitor, Visitor]) -> None:
    first, _ = tabs
    text = "x" * 20_001  # more than a draft keeps of one field
    first.go("long").press("next", q_k_long=text)
    assert first.statuses == [422]
    assert first.form.fields["q_k_long"] == [text]


def test_a_draft_holds_no_time_of_day(tabs: tuple[Visitor, Visitor], sqlite_database: Database) -> None:
    """Nothing that is kept beside answers may tell when somebody answered, to the day; seconds spent do not."""
    first, _ = tabs
    first.post(f"{first.form.action}/concept", {**first.form.fields, "q_k_short": "half"})
    with sqlite_database.read() as session:
        form = session.exec(select(DraftRow)).one().form
    assert form.keys() == {"expected", "seconds", "prompted", "is_asked", "client_key", "turn"}
    assert max(form["expected"], form["seconds"], form["turn"]) < 60


def test_a_draft_that_arrives_after_a_newer_one_of_the_same_form_is_not_kept(tabs: tuple[Visitor, Visitor]) -> None:
    first, _ = tabs
    where, fields = f"{first.form.action}/concept", first.form.fields
    first.post(where, {**fields, "q_k_short": "hele tekst", "turn": "2"})
    first.post(where, {**fields, "q_k_short": "hele te", "turn": "1"})
    assert first.go("short").form.fields["q_k_short"] == ["hele tekst"]
    later = first.form.fields  # a form of its own, which counts from the beginning
    first.post(where, {**later, "q_k_short": "hele tekst en meer", "turn": "1"})
    assert first.go("short").form.fields["q_k_short"] == ["hele tekst en meer"]


def test_a_draft_of_an_older_version_is_still_read(tabs: tuple[Visitor, Visitor], sqlite_database: Database) -> None:
    first, _ = tabs
    first.post(f"{first.form.action}/concept", {**first.form.fields, "q_k_short": "half"})
    with sqlite_database.write() as session:
        row = session.exec(select(DraftRow)).one()
        row.form = {"expected": 0, "since": 1_795_911_880, "prompted": "", "is_asked": False}
        session.add(row)
    assert first.go("short").form.fields["q_k_short"] == ["half"]


def test_what_was_typed_in_a_tab_after_the_answers_were_sent_in_another_is_given_back(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    first, second = tabs
    second.press("next", q_k_short="zoals verstuurd")
    while second.at:
        second.press("next")
    second.post(second.form.action, second.form.fields)
    assert second.h1 == "Dank u wel"
    action, same = first.form.action, {**first.form.fields, "q_k_short": "zoals verstuurd", "action": "next"}
    assert first.post(action, same).h1 == "Dank u wel"  # nothing new: straight to the receipt
    first.post(action, {**same, "q_k_short": "nog wat erbij"})
    assert (first.status, first.h1) == (409, "Uw antwoorden zijn al verstuurd")
    assert "nog wat erbij" in first.html
    assert ("/nl/vragenlijst/kinds-2026/klaar", "Naar uw ontvangstbewijs") in first.page.links
    assert answer(sqlite_database, "k_short") == "zoals verstuurd"
