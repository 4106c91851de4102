"""Small but felt: where buttons stand and what they say, and what is asked about once."""

from __future__ import annotations

import re

from flask import Flask

from surveyapp.storage.database import Database
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS
from tests.web.respondent.test_flow import only_case


def test_after_skipping_one_goes_on_from_the_notice_at_the_top_too(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").press("next")
    assert visitor.is_asked
    notice, _, rest = visitor.html.partition("<h1>")
    assert notice.count("Verder zonder antwoord") == 1
    assert rest.count("Verder zonder antwoord") == 1
    assert 'data-otherwise="Opslaan en verder"' in rest


def test_what_needs_attention_stands_above_the_heading_on_every_page(visitor: Visitor) -> None:
    visitor.get("/nl/onderzoek/kinds-2026").press("next")
    pages = [visitor.html]
    pages.append(visitor.press("next", role="contractor").press("next").html)
    visitor.press("next", agree="yes").press("next", q_k_elig="1").go("rate").press("next", q_k_rate="85.50")
    pages.append(visitor.html)
    pages.append(visitor.get("/nl/vragenlijst/verder").press("", code="ABC").html)
    for html in pages:
        assert 0 < html.index('id="summary"') < html.index("<h1"), html[:200]


def test_the_first_page_leads_back_to_the_choice_of_role(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor")
    back = next(where for where, text in visitor.page.links if text.endswith("Andere rol kiezen"))
    visitor.get(back).press("fresh").press("next", role="manager")
    assert visitor.form.action.endswith("/toestemming")


def test_other_without_words_is_asked_about_once(app: Flask, sqlite_database: Database) -> None:
    visitor = Visitor(app.test_client()).begin(KINDS, "contractor").press("next", q_k_elig="1")
    visitor.go("single").press("next", q_k_single="97")
    assert visitor.is_asked
    assert "U koos “Anders, namelijk”." in visitor.html
    visitor.press("next")
    assert visitor.at != "single"
    assert only_case(sqlite_database).answers["k_single"] == 97


def test_e_mail_is_never_broken_on_a_page_and_typed_text_comes_back_as_it_was(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("long")
    visitor.press("save", q_k_long="Een e-mail")
    page = visitor.go("long").response.get_data(as_text=True)
    assert ">\nEen e-mail</textarea>" in page or ">Een e-mail</textarea>" in page
    html = page + "".join(
        visitor.get(address).response.get_data(as_text=True)
        for address in ("/nl/privacy", "/en/privacy", "/en/questionnaire/kinds-2026/saved", "/nl/vragenlijst/verder")
    )
    assert "e\u2011mail" in html
    assert re.findall(r">[^<]*\be-mail[^<]*<", html) == [html[html.index(">\nEen e-mail") :].partition("</")[0] + "<"]
