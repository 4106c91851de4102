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
    assert second.status == 409
    assert "uit het eerste tabblad" in second.html
    assert second.form.fields["q_k_short"] == ["uit het tweede tabblad"]
    assert answer(sqlite_database, "k_short") == "uit het eerste tabblad"
    second.press("next")
    assert second.at == "long"
    assert answer(sqlite_database, "k_short") == "uit het tweede tabblad"
    assert saves(sqlite_database, "short") == 2


def test_previous_from_an_older_tab_is_a_conflict_too(tabs: tuple[Visitor, Visitor], sqlite_database: Database) -> None:
    first, second = tabs
    first.press("next", q_k_short="eerste")
    second.press("previous", q_k_short="tweede")
    assert second.status == 409
    assert answer(sqlite_database, "k_short") == "eerste"


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
    assert first.status == 422
    assert second.go("statements").form.fields["q_k_fit"] == ["3"]
    assert answer(sqlite_database, "k_fit") is None


def test_a_draft_that_arrives_after_its_page_was_saved_is_dropped(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    first, _ = tabs
    form = first.form
    late = {**form.fields, "q_k_short": "half getyp"}
    first.press("next", q_k_short="half getypt en toen af")
    assert first.client.post(f"{form.action}/concept", data=late).status_code == 204
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
    assert 'id="slot-k_who" hx-swap-oob="true"' in page
    assert 'name="q_k_margin"' in page
    assert "<html" not in page
    now = {**form.fields, "q_k_via": "1", "seen": ["slot-k_who=k_who", "slot-k_margin=k_margin"]}
    assert first.client.post(url, data=now).status_code == 204
    hidden = first.client.post(url, data={**now, "q_k_via": "2", "q_k_who": "Jan"}).get_data(as_text=True)
    assert 'name="q_k_who"' not in hidden
    assert 'id="slot-k_who"' in hidden


def test_the_visible_part_cannot_be_had_by_an_address_alone(tabs: tuple[Visitor, Visitor]) -> None:
    first, _ = tabs
    assert first.client.get("/nl/vragenlijst/p/depending/zicht").status_code == 405
