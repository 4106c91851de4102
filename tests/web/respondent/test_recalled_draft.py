"""What a browser kept without a connection and finds again: never too late, and never over somebody's newer answer."""

from __future__ import annotations

from sqlmodel import select

from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS


def test_a_recalled_draft_stands_beside_the_newer_answer(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("long")
    form = visitor.form
    old = {**form.fields, "q_k_long": ["uit de tunnel"]}
    visitor.press("next", q_k_long="elders opgeslagen")
    address = f"{form.action}/concept"
    assert visitor.client.post(address, data=old).status_code == 409
    assert visitor.go("long").form.fields["q_k_long"] == ["elders opgeslagen"]
    assert visitor.client.post(address, data={**old, "action": ["recall"]}).status_code == 204
    visitor.go("long")
    assert "Deze pagina is elders gewijzigd" in visitor.html
    assert "elders opgeslagen" in visitor.html
    assert visitor.form.fields["q_k_long"] == ["uit de tunnel"]
    with sqlite_database.read() as session:
        assert session.exec(select(CaseRow)).one().answers["k_long"] == "elders opgeslagen"


def test_a_recalled_draft_that_says_the_same_asks_nothing(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("long")
    form = visitor.form
    typed = {**form.fields, "q_k_long": ["bewaard, en het antwoord ging verloren"]}
    visitor.press("next", q_k_long="bewaard, en het antwoord ging verloren")
    assert visitor.client.post(f"{form.action}/concept", data={**typed, "action": ["recall"]}).status_code == 204
    visitor.go("long")
    assert "elders gewijzigd" not in visitor.html
    visitor.press("next")
    assert visitor.at == "statements"
