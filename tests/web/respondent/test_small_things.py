"""Small but felt: where buttons stand and what they say, and what is asked about once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Flask

from surveyapp import clock, web
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from surveyapp.web.respondent.typography import unbroken
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, put_wave
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


def test_neither_a_range_nor_an_ip_address_is_broken_at_its_dash(visitor: Visitor) -> None:
    page = visitor.get("/nl/privacy?wave=kinds-2026").response.get_data(as_text=True)
    assert "IP\u2011adres" in page
    assert "IP-adres" not in page
    assert unbroken("<h2>Aanbevelen (0–10)</h2>") == "<h2>Aanbevelen (0–\u206010)</h2>"
    assert unbroken("<dd>(0–10)</dd> 10–49") == "<dd>(0–10)</dd> 10–49", "answers come back letter by letter"


def test_nothing_is_called_saved_before_something_was(visitor: Visitor) -> None:
    """On a shared computer the code comes before the first question."""
    visitor.get("/nl/onderzoek/kinds-2026").press("next", role="contractor").press("next", agree="yes", shared="yes")
    assert "<h1>Later verder</h1>" in visitor.html
    assert "<title>Later verder – " in visitor.html
    assert "pgeslagen" not in visitor.html.partition("<h1>")[2].partition("<footer")[0]
    visitor.go("start").press("next", q_k_elig="1").go("short").press("save", q_k_short="Zo")
    assert "<h1>Opgeslagen</h1>" in visitor.html


SAVED = re.compile(r"\bsav(?:e|es|ed|ing)\b", re.IGNORECASE)
OPGESLAGEN = re.compile(
    r"\b(?:opslaan|opslaat|opgeslagen|opsloeg|op te slaan|sla\b.*\bop|sloeg\b.*\bop)\b", re.IGNORECASE
)


def test_saving_has_one_word_and_keeping_another() -> None:
    """A button that saves, the page it leads to and what is said of it: opslaan. What we keep: bewaren."""
    for domain in ("respondent", "shared"):
        with (Path(web.__file__).parents[1] / "translations" / "nl" / f"{domain}.po").open("rb") as source:
            messages = [message for message in read_po(source, locale="nl") if message.id]
        for message in messages:
            english = message.id if isinstance(message.id, str) else message.id[0]
            dutch = message.string if isinstance(message.string, str) else message.string[0]
            is_said = bool(OPGESLAGEN.search(dutch))
            assert is_said or not SAVED.search(english), (english, dutch)
            assert not is_said or SAVED.search(english) or "stored" in english, (english, dutch)


def test_an_opening_day_that_is_past_is_not_promised(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument
) -> None:
    """The study plans 2 November 2026; who plans forgets to open now and then."""
    put_wave(sqlite_database, kinds, "draft")
    visitor = Visitor(make_app().test_client())
    with clock.stopped_at(datetime(2026, 11, 1, 12, tzinfo=UTC)):
        assert "gaat open op 2 november 2026" in visitor.get("/nl/onderzoek/kinds-2026").html
    with clock.stopped_at(datetime(2026, 11, 3, 12, tzinfo=UTC)):
        assert "2 november" not in visitor.get("/nl/onderzoek/kinds-2026").html
        assert "Kom later terug." in visitor.html
