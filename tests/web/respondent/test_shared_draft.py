"""Two tabs of one page that only keep drafts: there is one place for a draft, and no text takes another's unseen."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow, DraftRow
from tests.web.browsing import Form, Visitor
from tests.web.conftest import KINDS

ONE, OTHER = "uit het ene tabblad", "uit het andere tabblad"


@pytest.fixture
def tabs(app: Flask) -> tuple[Visitor, Visitor]:
    """One person with the same page open twice."""
    client = app.test_client()
    one, other = Visitor(client), Visitor(client)
    one.begin(KINDS, "contractor").press("next", q_k_elig="1")
    return one.go("short"), other.go("short")


def keep(tab: Visitor, text: str, turn: int = 1, form: Form | None = None, action: str = "next") -> int:
    """What the page's script does while somebody types; the status it is told."""
    form = form or tab.form
    fields: Mapping[str, object] = {**form.fields, "q_k_short": text, "turn": str(turn), "action": action}
    return tab.client.post(f"{form.action}/concept", data=fields).status_code


def drafts(database: Database) -> list[object]:
    with database.read() as session:
        return [row.typed["q_k_short"] for row in session.exec(select(DraftRow))]


def stored(database: Database) -> object:
    with database.read() as session:
        return session.exec(select(CaseRow)).one().answers.get("k_short")


def test_a_tab_that_types_on_does_not_take_the_place_of_another_tabs_text(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    one, other = tabs
    assert keep(other, OTHER) == 204
    assert keep(one, ONE) == 412  # that tab keeps it itself
    assert keep(one, "", action="recall") == 412
    assert keep(other, f"{OTHER}, verder", turn=2) == 204
    assert drafts(sqlite_database) == [[f"{OTHER}, verder"]]
    assert other.go("short").form.fields["q_k_short"] == [f"{OTHER}, verder"]


def test_a_page_drawn_from_a_draft_goes_on_with_it(tabs: tuple[Visitor, Visitor], sqlite_database: Database) -> None:
    one, other = tabs
    keep(other, OTHER)
    one.go("short")
    assert one.form.fields["q_k_short"] == [OTHER]
    assert keep(one, f"{OTHER} en verder") == 204
    assert drafts(sqlite_database) == [[f"{OTHER} en verder"]]


def test_a_draft_of_an_older_form_that_comes_late_replaces_nothing(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    one, _ = tabs
    old = one.form
    keep(one, "een begin")
    one.go("short")
    assert keep(one, "een begin en een eind") == 204
    assert keep(one, "een beg", turn=9, form=old) == 412
    assert drafts(sqlite_database) == [["een begin en een eind"]]


def test_a_save_in_one_tab_leaves_the_others_text_to_be_chosen(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    one, other = tabs
    keep(other, OTHER)
    one.press("next", q_k_short=ONE)
    assert one.at == "long"
    assert stored(sqlite_database) == ONE
    other.get(other.url)
    assert other.is_asked  # both texts, as for two tabs that were sent in
    assert ONE in other.html
    assert other.form.fields["q_k_short"] == [OTHER]
    assert stored(sqlite_database) == ONE


def test_the_review_names_a_page_whose_other_tab_holds_more_than_what_was_saved(tabs: tuple[Visitor, Visitor]) -> None:
    one, other = tabs
    keep(other, OTHER)
    one.press("next", q_k_short=ONE)
    while one.at:
        one.press("next")
    assert "/controle" in one.url
    assert "unsaved" in one.page.ids


@pytest.mark.parametrize("action", ["language", "clear:k_mark"])
def test_what_cannot_be_kept_stays_on_the_page(tabs: tuple[Visitor, Visitor], action: str) -> None:
    """A switch or a cleared answer goes by way of the draft: where another tab's text stands, the page stays."""
    one, other = tabs
    page, texts = ("short", (OTHER, ONE)) if action == "language" else ("mark", ("9", "3"))
    name = f"q_k_{page}"
    one.go(page)
    other.go(page)
    form = other.form
    other.client.post(f"{form.action}/concept", data={**form.fields, name: texts[0], "turn": "1", "action": "next"})
    one.post(one.form.action, {**one.form.fields, name: texts[1], "action": action})
    assert one.status == 422
    if action == "language":
        assert one.form.fields[name] == [ONE]
        assert "De taal is niet gewijzigd" in one.html
    assert other.go(page).form.fields[name] == [texts[0]]


def test_who_goes_on_without_a_change_lets_go_of_no_other_text(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    one, other = tabs
    keep(other, OTHER)
    one.press("previous")
    assert drafts(sqlite_database) == [[OTHER]]
