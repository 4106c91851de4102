"""Every way out of a half-filled questionnaire: none strands it without its code having been offered.

The ways stand in `WAYS`; each begins where the browser holds answers and ends where it would let go of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from surveyapp.fieldwork import contacts, personal_links
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from tests.instrument.definitions import patched, write
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.test_flow import fill_all

LANDING, WAVE = "/nl/onderzoek/kinds-2026", "/nl/vragenlijst/kinds-2026"
RESUME = "/nl/vragenlijst/verder"


def half(app: Flask) -> Visitor:
    """Somebody before the third page of an anonymous wave."""
    return (
        Visitor(app.test_client()).begin(KINDS, "contractor").press("next", q_k_elig="1").press("next", q_k_single="2")
    )


def shown_code(visitor: Visitor) -> str:
    found = re.search(r'class="code">([A-Z0-9 ]{14})<', visitor.html)
    assert found is not None, visitor.html
    return found[1]


def by_the_name_in_the_header(visitor: Visitor) -> Visitor:
    home = next(where for where, text in visitor.page.links if "/onderzoek/" in where)
    return visitor.get(home).press("fresh")


def by_another_role(visitor: Visitor) -> Visitor:
    return visitor.go("start").get(LANDING).press("fresh")


def by_an_older_tab_that_declines(visitor: Visitor) -> Visitor:
    token = visitor.get(RESUME).form.fields["csrf_token"]
    return visitor.post(f"{WAVE}/toestemming", {"role": "contractor", "action": "decline", "csrf_token": token})


def by_another_code(visitor: Visitor) -> Visitor:
    other = half(visitor.client.application).press("save")
    return visitor.get(RESUME).press("", code=shown_code(other))


def by_closing_it_on_a_shared_computer(visitor: Visitor) -> Visitor:
    visitor = Visitor(visitor.client.application.test_client()).get(LANDING).press("next", role="contractor")
    visitor.press("next", agree="yes", shared="yes")
    code = shown_code(visitor)
    visitor.go("start").press("next", q_k_elig="1").press("next", q_k_single="2").press("save")
    assert shown_code(visitor) != code
    return visitor.press("fresh")


WAYS: dict[str, Callable[[Visitor], Visitor]] = {
    "the study's name in the header, then 'Begin again'": by_the_name_in_the_header,
    "another role": by_another_role,
    "declining in an older tab": by_an_older_tab_that_declines,
    "the code of another questionnaire": by_another_code,
    "closing it on a shared computer": by_closing_it_on_a_shared_computer,
}
"""A fifth study stands in `test_two_studies`, other links below."""


@pytest.mark.parametrize("way", WAYS)
def test_a_way_out_shows_the_code_first_and_lets_go_only_when_it_was_read(way: str, app: Flask) -> None:
    visitor = WAYS[way](half(app))
    assert visitor.h1 == "Noteer eerst uw code", way
    code = shown_code(visitor)
    stays = visitor.client.get(LANDING).get_data(as_text=True)
    assert "U bent al begonnen" in stays, "looking at the question lets go of nothing"
    visitor.press("")
    assert visitor.h1 != "Noteer eerst uw code"
    elsewhere = Visitor(app.test_client()).get(RESUME).press("", code=code)
    assert elsewhere.at == "multiple"
    assert elsewhere.go("single").form.fields["q_k_single"] == ["2"]


@pytest.mark.parametrize("way", WAYS)
def test_who_is_asked_can_go_on_where_they_were(way: str, app: Flask) -> None:
    visitor = WAYS[way](half(app))
    back = next(where for where, text in visitor.page.links if text == "Nee, ga terug")
    visitor.get(back)
    visitor.get(next(where for where, text in visitor.page.links if text == "Verder waar u gebleven was"))
    assert visitor.at == "multiple"


def test_the_receipt_shows_the_code_and_explains_its_number(app: Flask) -> None:
    visitor = half(app)
    fill_all(visitor.go("multiple")).press("")
    assert visitor.h1 == "Dank u wel"
    code = shown_code(visitor)
    assert "Het nummer zelf opent niets." in visitor.html
    visitor.press("fresh")
    assert visitor.h1 == "Noteer eerst uw code"
    assert shown_code(visitor) == code
    visitor.press("")
    assert "U bent al begonnen" not in visitor.html
    elsewhere = Visitor(app.test_client()).get(RESUME).press("", code=code)
    assert elsewhere.h1 == "Dank u wel"
    elsewhere.get(f"{WAVE}/mijn-antwoorden")
    assert elsewhere.h1 == "Mijn antwoorden"
    assert "op een ander apparaat gegeven" not in elsewhere.html


def test_nothing_is_asked_where_nothing_can_be_lost(app: Flask) -> None:
    """Another role, for who has answered nothing yet."""
    visitor = Visitor(app.test_client()).begin(KINDS, "contractor").get(LANDING).press("fresh")
    assert visitor.h1 != "Noteer eerst uw code"
    assert "role" in visitor.form.offered


def test_a_second_consent_form_begins_no_second_questionnaire(app: Flask) -> None:
    visitor = Visitor(app.test_client()).get(LANDING).press("next", role="contractor")
    older = dict(visitor.form.fields)
    visitor.press("next", agree="yes").press("next", q_k_elig="1")
    visitor.post(f"{WAVE}/toestemming", {**older, "agree": "yes", "action": "next"})
    assert visitor.at == "single"


@pytest.mark.parametrize("action", ["language", "next"])
def test_a_language_switch_keeps_the_questionnaire_in_hand(app: Flask, action: str) -> None:
    visitor = half(app).press("language")
    assert visitor.at == "multiple"
    visitor.get("/en/survey/kinds-2026")
    assert "You have already begun" in visitor.html


@pytest.fixture
def links(
    make_app: Callable[..., Flask], sqlite_database: Database, tmp_path: Path
) -> tuple[Flask, dict[str, str], Instrument]:
    wave = load_instrument(write(tmp_path, patched(("study.waves.0.mode", "confidential"), name="kinds")), 2026)
    put_wave(sqlite_database, wave)
    site = make_app()
    with sqlite_database.write() as session:
        listed = contacts.read_contacts(b"email;role\njan@example.org;contractor\nels@example.org;contractor\n", wave)
        contacts.import_contacts(session, wave, listed)
        made = personal_links.make_links(session, KINDS, 2026, salt=site.config["SECRET_KEY"])
    return site, {link.email.partition("@")[0]: link.token for link in made}, wave


@pytest.mark.parametrize("action", ["next", "language"])
def test_the_personal_link_of_somebody_else_asks_first(
    links: tuple[Flask, dict[str, str], Instrument], action: str
) -> None:
    site, tokens, _ = links
    jan = Visitor(site.test_client()).get(f"/i/{tokens['jan']}").press("next").press("next", agree="yes")
    jan.press("next", q_k_elig="1").press("next", q_k_single="2")
    jan.get(f"/i/{tokens['els']}").press(action)
    assert jan.h1 == "Noteer eerst uw code"
    assert jan.response.headers["Referrer-Policy"] == "strict-origin"
    code = shown_code(jan)
    jan.press("")
    assert jan.h1 != "Noteer eerst uw code"
    elsewhere = Visitor(site.test_client()).get(RESUME).press("", code=code)
    assert elsewhere.go("single").form.fields["q_k_single"] == ["2"]


def test_a_link_made_anew_on_the_same_device_shows_what_was_answered_there(
    links: tuple[Flask, dict[str, str], Instrument], sqlite_database: Database
) -> None:
    site, tokens, _ = links
    jan = Visitor(site.test_client()).get(f"/i/{tokens['jan']}").press("next").press("next", agree="yes")
    jan.press("next", q_k_elig="1").press("next", q_k_single="2")
    with sqlite_database.write() as session:
        made = personal_links.renew_links(session, KINDS, 2026, salt=site.config["SECRET_KEY"])
    newer = next(link.token for link in made if link.email.startswith("jan"))
    Visitor(site.test_client()).get(f"/i/{newer}").press("next")  # on another device: the old key opens nothing now
    jan.get(LANDING)
    jan.get(f"/i/{newer}").press("next")
    assert jan.go("single").form.fields["q_k_single"] == ["2"]
