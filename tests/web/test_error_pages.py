"""A page about a fault gives back what somebody typed, and never a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

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
