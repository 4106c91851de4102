"""A page about a fault gives back what somebody typed, and never a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, abort
from werkzeug.test import TestResponse

import surveyapp
from surveyapp.errors import StorageBusy
from surveyapp.storage import throttle
from surveyapp.web import error_pages
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS
from tests.web.respondent.test_flow import fill_all

TEMPLATES = Path(surveyapp.__file__).parent / "templates"
SECRET = "een geheim dat niemand mag lezen"


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The database takes nothing at the moment an attempt is counted."""

    def full(*_: object, **__: object) -> None:
        raise StorageBusy("The database is locked.")

    with monkeypatch.context() as patch:
        patch.setattr(throttle, "attempt", full)
        yield


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("status", [500, 503])
def test_a_password_never_comes_back_in_a_page(status: int, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(error_pages.STATUS, StorageBusy, status)
    visitor = Visitor(app.test_client()).get("/login")
    visitor.post("/login", {**visitor.form.fields, "email": "jan@example.org", "password": SECRET})
    assert visitor.status == status
    assert SECRET not in visitor.html
    assert "jan@example.org" not in visitor.html


@pytest.mark.usefixtures("busy")
def test_a_code_to_go_on_with_never_comes_back_in_a_page(visitor: Visitor) -> None:
    visitor.get("/nl/vragenlijst/verder").press("", code="ABCD EFGH JKLM")
    assert visitor.status == 503
    assert "ABCD" not in visitor.html
    assert 'href="mailto:' in visitor.html  # whom to ask is known without the database


def test_an_address_that_was_typed_comes_back_to_be_sent_again(
    visitor: Visitor, request: pytest.FixtureRequest
) -> None:
    fill_all(visitor.begin(KINDS, "contractor")).press("")
    request.getfixturevalue("busy")
    visitor.press("keep", email="jan@example.org")
    assert visitor.status == 503
    assert '<input type="hidden" name="email" value="jan@example.org">' in visitor.html


def test_every_field_for_a_secret_is_known_to_the_pages_about_faults() -> None:
    secret = re.compile(r'<input[^>]*(?:type="password"|autocomplete="one-time-code"|name="code")[^>]*>')
    by_macro = re.compile(r"""\{\{ field\(\w+, "([^"]+)", [^}]*(?:"password"|one-time-code)[^}]*\}\}""")
    pages = [path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")]
    names = {
        found.group(1)
        for page in pages
        for tag in secret.findall(page)
        if (found := re.search(r'name="([^"{]+)"', tag))
    } | {name for page in pages for name in by_macro.findall(page)}
    assert {"password", "code"} <= names <= error_pages.SECRET_FIELDS


STATUSES = (400, 403, 404, 405, 409, 410, 413, 415, 429, 500, 503)
ENGLISH = re.compile(r"\b(the|this|there|cannot|try again|go back|wait)\b", re.IGNORECASE)


@pytest.fixture
def failing(app: Flask) -> Flask:
    """The application with addresses that fail in every way, in a language and in none."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["fails"] = lambda status: abort(status)
    for place in ("", "/nl", "/en"):
        app.add_url_rule(f"{place}/fails/<int:status>", "fails")
    return app


def spoken(answer: TestResponse) -> str:
    """The language of a page, which its words must be in."""
    found = re.search(r'<html[^>]* lang="(\w+)"', answer.text)
    middle = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    assert found is not None
    assert middle is not None
    words = re.sub(r"<[^>]+>", " ", middle.group(0))
    assert bool(ENGLISH.search(words)) == (found.group(1) == "en"), words
    return found.group(1)


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_speaks_the_language_of_its_address_or_else_of_the_browser(failing: Flask, status: int) -> None:
    client = failing.test_client()
    for path, browser, language in (
        (f"/nl/fails/{status}", "en", "nl"),
        (f"/en/fails/{status}", "nl", "en"),
        (f"/fails/{status}", "nl-BE, en;q=0.5", "nl"),
        (f"/fails/{status}", "de, en;q=0.5", "en"),
    ):
        answer = client.get(path, headers={"Accept-Language": browser})
        assert answer.status_code == status
        assert spoken(answer) == language, path


@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/nowhere", {"Accept-Language": "nl"}, "nl"),
        ("/nowhere", {"Accept-Language": "en"}, "en"),
        ("/nowhere", {}, "en"),
        ("/nowhere", {"Accept-Language": "fr"}, "en"),
        ("/NL/onderzoek/weg", {"Accept-Language": "en"}, "nl"),
        ("/nl/onderzoek/weg/1999", {"Accept-Language": "en"}, "nl"),
        ("/en/survey/gone/1999", {"Accept-Language": "nl"}, "en"),
        ("/nlx/y", {"Accept-Language": "en"}, "en"),
        ("/nowhere", {"Accept-Language": "en", "Referer": "http://localhost/nl/vragenlijst/privacy"}, "nl"),
        ("/nowhere", {"Accept-Language": "en", "Referer": "http://elsewhere.example/nl/x"}, "en"),
        ("/static/nothing.css", {"Accept-Language": "nl"}, "nl"),
    ],
)
def test_an_address_that_does_not_exist_speaks_its_readers_language(
    app: Flask, path: str, headers: dict[str, str], language: str
) -> None:
    answer = app.test_client().get(path, headers=headers)
    assert answer.status_code == 404
    assert spoken(answer) == language


def test_a_member_of_the_team_reads_of_a_strange_address_in_their_language(app: Flask) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["staff_language"] = "nl"
    for path in ("/nowhere", "/console/nowhere/at/all/ever", "/login/nowhere"):
        answer = client.get(path, headers={"Accept-Language": "en"})
        assert (answer.status_code, spoken(answer)) == (404, "nl"), path
    assert spoken(client.get("/en/nowhere", headers={"Accept-Language": "nl"})) == "en"
