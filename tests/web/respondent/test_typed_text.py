"""What was typed and is not saved comes back letter by letter: after Previous, a switch of language, an error."""

from __future__ import annotations

import unicodedata

import pytest

from surveyapp.storage.database import Database
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS
from tests.web.respondent.test_flow import only_case

NFD = unicodedata.normalize("NFD", "één café")
TEXTS = [
    "  spaties voor en achter  ",
    "85,50",
    "🐦‍⬛ 👩🏽‍💻 vlag 🇳🇱",
    NFD,
    "<b>&amp; \"aanhaling\" 'enkel'</b>",
    "\n\nmet lege regels\n\n",
    "\tmet\ttabs\t",
    "\u200fعربي en Nederlands",
    "{k_short.label|niets}",
]
NUMBERS = ["85,50", "85.50", " 85 ", "vijfentachtig", "85,5,0", "1e3", "٨٥"]


@pytest.fixture
def started(visitor: Visitor) -> Visitor:
    return visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")


def browser_text(text: str) -> str:
    """As a browser sends the text of a text field: lines end in CR LF."""
    return text.replace("\n", "\r\n")


def shown(visitor: Visitor, name: str) -> str:
    """What the field holds; a browser reads every end of a line as one letter."""
    (value,) = visitor.form.fields[name]
    return value.replace("\r\n", "\n")


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_back_after_a_switch_of_language_and_a_reload(started: Visitor, text: str) -> None:
    started.go("long").press("language", q_k_long=browser_text(text))
    assert shown(started, "q_k_long") == text
    started.go("long", "en")
    assert shown(started, "q_k_long") == text
    started.press("language")
    assert shown(started, "q_k_long") == text


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_back_after_a_mistake_elsewhere_on_the_page(
    started: Visitor, sqlite_database: Database, text: str
) -> None:
    started.go("depending").press("next", q_k_via="1")
    too_long = f"{text}{'x' * 61}"
    started.press("next", q_k_via="1", q_k_who=browser_text(too_long))
    assert started.is_asked
    assert "k_who" not in only_case(sqlite_database).answers
    assert shown(started, "q_k_who") == too_long


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("way", ["previous", "next", "save", "draft"])
def test_a_number_that_cannot_be_read_comes_back_as_it_was_typed(
    started: Visitor, sqlite_database: Database, number: str, way: str
) -> None:
    started.go("rate")
    if way == "draft":
        fields = {**started.form.fields, "q_k_rate": number}
        assert started.client.post("/nl/vragenlijst/kinds-2026/p/rate/concept", data=fields).status_code == 204
    else:
        started.press(way, q_k_rate=number)
    is_saved = "k_rate" in only_case(sqlite_database).answers
    assert is_saved is (way != "draft" and number.strip() in ("85,50", "85"))
    started.go("rate")
    if not is_saved:
        assert shown(started, "q_k_rate") == number
    else:
        assert shown(started, "q_k_rate") == number.strip()


@pytest.mark.parametrize("number", NUMBERS)
def test_a_half_typed_number_survives_two_switches_of_language(started: Visitor, number: str) -> None:
    """What can be read is written as the other language writes it, and back; what cannot stays as it was typed."""
    started.go("rate").press("language", q_k_rate=number)
    there = shown(started, "q_k_rate")
    if number.strip() in ("85,50", "85"):
        assert there == number.strip().replace(",", ".")
    else:
        assert there == number
    started.press("language")
    is_read = number.strip() in ("85,50", "85.50", "85")  # each of them in one of the two
    assert shown(started, "q_k_rate") == (there.replace(".", ",") if is_read else number)


def test_previous_keeps_a_text_that_is_too_long_to_save(started: Visitor, sqlite_database: Database) -> None:
    text = f"  {NFD} 🐦 {'x' * 200}  "
    started.go("long").press("previous", q_k_long=text)
    assert started.at == "short"
    assert "k_long" not in only_case(sqlite_database).answers
    assert shown(started.go("long"), "q_k_long") == text
