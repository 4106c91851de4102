"""Every fixed text of the books stands in the Dutch catalogue, with the same parts to fill in."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import surveyapp
from surveyapp.errors import ExportError
from surveyapp.exports import data_book
from surveyapp.exports.report_book import sheets
from surveyapp.exports.report_book.assemble import NOT_COMPUTED, WITHOUT_WEIGHTS
from surveyapp.exports.report_book.guide_sheet import ACTS
from surveyapp.exports.words import Words
from surveyapp.reports import added_figures

ROOT = Path(surveyapp.__file__).parent
PLANS = ROOT.parent / "instruments"
FIXED = {
    *(sheets.CONTENTS, sheets.GUIDE, sheets.RESPONSE, sheets.KEY_FIGURES, sheets.STATEMENTS),
    *(sheets.QUOTES, sheets.LONG),
    *(data_book.README, data_book.CODES, data_book.LABELS, data_book.VARIABLES, data_book.VALUES, data_book.OPEN),
    *NOT_COMPUTED,
    WITHOUT_WEIGHTS,
    *ACTS.values(),
}
"""Texts that are named by a constant where they are used."""


def _sections() -> set[str]:
    """Sections of the report are named in the plans of tables; one is the console's."""
    plans = PLANS.glob("*/*/tables.yaml")
    return {added_figures.SECTION} | {
        name for plan in plans for name in re.findall(r"^ +section: (\S+)", plan.read_text("utf-8"), flags=re.M)
    }


def _used() -> set[str]:
    found = FIXED | _sections()
    for module in (ROOT / "exports").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            called = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            if called == "words" and isinstance(node.args[0].value, str):
                found.add(node.args[0].value)
    return found


def test_the_dutch_catalogue_holds_every_text_and_no_other() -> None:
    with (ROOT / "translations" / "nl" / "books.po").open("rb") as source:
        held = {str(message.id): str(message.string) for message in read_po(source) if message.id}
    assert set(held) == _used()
    for original, dutch in held.items():
        assert dutch, original
        parts = re.compile(r"\{(\w+)\}")
        assert sorted(parts.findall(original)) == sorted(parts.findall(dutch)), original


def test_a_text_of_the_study_falls_back_to_the_language_it_was_written_in() -> None:
    assert Words("en").pick({"nl": "Alleen Nederlands"}) == "Alleen Nederlands"
    assert Words("en").pick(None) == ""


def test_a_language_without_books_is_refused_by_name() -> None:
    with pytest.raises(ExportError, match="nl and en, not in “de”"):
        Words("de")
