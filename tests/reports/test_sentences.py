from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from surveyapp.catalogues import catalogue
from surveyapp.reports import sentences

REPORTS = Path(sentences.__file__).parent


def _messages() -> set[str]:
    """The first argument of every call of ``both``; one that is no literal would go untranslated."""
    found: set[str] = set()
    for path in REPORTS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "both":
                message = node.args[0]
                assert isinstance(message, ast.Constant), f"{path.name}:{node.lineno}"
                found.add(message.value)
    return found


def test_every_sentence_of_the_reports_has_its_dutch() -> None:
    dutch = catalogue("reports", "nl")
    messages = _messages()
    assert len(messages) > 40
    same = {message for message in messages if dutch.gettext(message) == message}
    assert same <= {"Tablet", "Computer", "raking"}  # called so in Dutch too


@pytest.mark.parametrize("message", sorted(_messages()))
def test_the_dutch_fills_in_what_the_english_fills_in(message: str) -> None:
    names = re.compile(r"%\((\w+)\)s|%%")
    assert sorted(names.findall(catalogue("reports", "nl").gettext(message))) == sorted(names.findall(message))


def test_a_percent_sign_survives_with_and_without_values() -> None:
    assert sentences.both("Means with 95%% t intervals.")["en"] == "Means with 95% t intervals."
    assert "95%-t-intervallen" in sentences.both("Means with 95%% t intervals.")["nl"]
