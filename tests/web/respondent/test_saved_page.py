"""Who saves and goes on later takes a code along, and where it is entered."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from surveyapp.storage.tables import DraftRow
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, put_wave


@pytest.mark.parametrize(("language", "path"), [("nl", "/nl/vragenlijst/verder"), ("en", "/en/questionnaire/resume")])
def test_a_code_stands_with_the_address_at_which_it_is_entered(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument, language: str, path: str
) -> None:
    put_wave(sqlite_database, kinds)
    site = make_app(base_url="http://127.0.0.1:8123/")
    visitor = Visitor(site.test_client()).begin(KINDS, "contractor", language).press("next", {"q_k_elig": "1"})
    visitor.press("save")
    found = re.search(r'class="code">([A-Z2-9 ]{14})<', visitor.html)
    assert found is not None
    assert f"<strong>127.0.0.1:8123{path}</strong>" in visitor.html
    for around in re.findall(r"<\w+[^>]*no-print[^>]*>.*?</\w+>", visitor.html, re.DOTALL):
        assert path not in re.sub(r'"[^"]*"', "", around), "the address is left out on paper"
    elsewhere = Visitor(site.test_client()).get(path).press("", {"code": found[1]})
    assert elsewhere.at == "single"


@pytest.mark.parametrize("saved_before", [False, True])
def test_a_code_brings_back_what_could_not_be_saved(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument, saved_before: bool
) -> None:
    """Saving for later must lose nothing: the same page, the same text and what is wrong with it, on any device."""
    put_wave(sqlite_database, kinds)
    site = make_app()
    visitor = Visitor(site.test_client()).begin(KINDS, "contractor", "nl").press("next", {"q_k_elig": "1"}).go("rate")
    if saved_before:
        visitor.press("next", {"q_k_rate": "80"}).go("rate")
    visitor.press("save", {"q_k_rate": "85.50"})
    assert "Niet alles is als antwoord opgeslagen" in visitor.html
    found = re.search(r'class="code">([A-Z2-9 ]{14})<', visitor.html)
    assert found is not None
    elsewhere = Visitor(site.test_client()).get("/nl/vragenlijst/verder").press("", {"code": found[1]})
    assert elsewhere.at == "rate"
    assert elsewhere.form.fields["q_k_rate"] == ["85.50"]
    assert "Fout:" in elsewhere.html
    elsewhere.press("next", {"q_k_rate": "85,50"})
    with sqlite_database.read() as session:
        assert session.exec(select(DraftRow)).all() == []
