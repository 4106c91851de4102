"""The statement for respondents and the one for developers say the same."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

ROOT = Path(__file__).parents[3]
DOCUMENT = " ".join((ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8").split())
SAID = {
    "WCAG 2.2": ("WCAG 2.2", "WCAG 2.2", "**WCAG 2.2, level AA**"),
    "no audit": ("nog niet door een onafhankelijke partij", "Nobody independent has audited", "nobody independent"),
    "no screen reader": ("op een schermlezer is aangewezen", "depends on a screen reader", "on a screen reader"),
    "one browser": ("Firefox en Safari", "Firefox and Safari", "Firefox and Safari"),
    "announced": ("wordt met één zin aangekondigd", "is announced in one sentence", "announced with one sentence"),
    "400 %": ("400%", "400%", "400 %"),
    "without script": ("zonder JavaScript", "without JavaScript", "without JavaScript"),
}


@pytest.mark.parametrize("what", SAID)
def test_the_respondents_page_and_the_document_say_the_same(what: str, client: FlaskClient) -> None:
    dutch, english, document = SAID[what]
    for url, words in (("/nl/toegankelijkheid", dutch), ("/en/accessibility", english)):
        assert words in unescape(client.get(url).get_data(as_text=True)), url
    assert document in DOCUMENT


def test_every_test_the_statement_names_is_there() -> None:
    named = re.findall(r"\[(test_\w+)\]\(\.\./(tests/[\w/]+\.py)\)", DOCUMENT)
    assert len(named) > 10
    for name, path in named:
        assert (ROOT / path).is_file()
        assert (ROOT / path).stem == name
