"""A page that an earlier answer took out of the path while it was open: nothing is stored, nothing typed is lost."""

from __future__ import annotations

import pytest
from sqlmodel import select

from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow, PageSaveRow
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS


def stored(database: Database) -> tuple[dict[str, object], int]:
    with database.read() as session:
        case = session.exec(select(CaseRow)).one()
        return dict(case.answers), len(session.exec(select(PageSaveRow)).all())


@pytest.fixture
def tabs(visitor: Visitor) -> tuple[Visitor, Visitor]:
    """One tab on the page that decides, one on the page that it leads to."""
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    visitor.go("depending").press("next", q_k_via="1")
    visitor.press("next", q_k_who="Jan", q_k_margin="2")
    assert visitor.at == "sequel"
    return Visitor(visitor.client).go("depending"), visitor


@pytest.mark.parametrize("action", ["next", "previous", "save"])
def test_what_was_filled_in_on_a_page_that_is_not_asked_any_more_is_shown(
    action: str, tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    first, second = tabs
    first.press("next", q_k_via="2")
    before = stored(sqlite_database)
    second.press(action, q_k_route="1")
    assert second.status == 400
    assert second.h1 == "Deze vragen zijn niet meer nodig"
    assert "Zou u dat weer doen?" in second.html
    assert "<dd>Ja</dd>" in second.html
    assert stored(sqlite_database) == before
    second.get(next(href for href, text in second.page.links if text == "Verder met uw vragenlijst"))
    assert second.status == 200
    assert second.at == "single"


def test_a_page_that_is_not_asked_any_more_and_was_left_empty_leads_on(
    tabs: tuple[Visitor, Visitor], sqlite_database: Database
) -> None:
    first, second = tabs
    first.press("next", q_k_via="2")
    before = stored(sqlite_database)
    second.press("next")
    assert (second.statuses, second.at) == ([303, 200], "single")
    assert stored(sqlite_database) == before


def test_a_choice_that_was_never_offered_is_shown_as_it_came_and_escaped(tabs: tuple[Visitor, Visitor]) -> None:
    first, second = tabs
    first.press("next", q_k_via="2")
    second.tamper(q_k_route="<script>alert(1)</script>")
    assert second.status == 400
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in second.html
    assert "<script>alert" not in second.html


@pytest.mark.parametrize(
    "odd",
    [
        {"expected": "x"},
        {"turn": "-1"},
        {"client_key": ""},
        {"q_nonsense": "1"},
        {"q_k_single": "99"},
        {"q_k_single": ["1", "2"]},
    ],
    ids=["expected", "turn", "key", "unknown field", "choice not offered", "field twice"],
)
def test_a_form_no_page_of_ours_sends_gives_its_text_back(
    visitor: Visitor, sqlite_database: Database, odd: dict[str, object]
) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("long")
    before = stored(sqlite_database)
    visitor.tamper(q_k_long="Een heel verhaal", **odd)
    assert visitor.status == 400
    assert visitor.h1 == "Deze pagina kon niet worden opgeslagen"
    assert "Een heel verhaal" in visitor.html
    assert stored(sqlite_database) == before
    visitor.get(next(where for where, text in visitor.page.links if text == "Verder waar u gebleven was"))
    assert visitor.status == 200


def test_a_page_sent_to_the_address_of_another_gives_its_text_back(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("long")
    form = visitor.form
    visitor.go("short").post(visitor.form.action, {**form.fields, "q_k_long": "Een heel verhaal", "action": "next"})
    assert visitor.status == 400
    assert "Een heel verhaal" in visitor.html
