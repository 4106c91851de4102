"""Words are put into a file where they stand; every other character stays."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from surveyapp.errors import DefinitionError
from surveyapp.instrument.encodings import spoilt_at
from surveyapp.instrument.source import Document, read_document
from surveyapp.instrument.translation.edit import Change, edited

FILE = """\
# a comment with {nl: "x"} in it
title: {nl: "Hallo, wereld", en: 'It''s here'}   # tail
list:
  - {id: a, label: {nl: "één"}}
  - id: b
    label:
      nl: Plat
      # between
    folded:
      nl: kort
      en: >-
        one two
        three

    literal:
      en: |
        first
        second
      nl: laatste
    lacking:
      nl: |
        blok
  # the end
"""
REAL = Path(__file__).parents[2] / "instruments" / "goed-opdrachtgeverschap" / "2026" / "questionnaire.yaml"


def change(words: str, *path: str | int) -> Change:
    return Change(path, "en", "nl", words)


def lines_changed(before: str, after: str) -> list[str]:
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in list(found)[2:] if not line.startswith("@@")]


def test_only_the_words_change_and_the_quotation_marks_stay() -> None:
    made = edited(FILE.encode(), "x.yaml", [change("That's it", "title")]).decode()
    assert lines_changed(FILE, made) == [
        """-title: {nl: "Hallo, wereld", en: 'It''s here'}   # tail""",
        """+title: {nl: "Hallo, wereld", en: 'That''s it'}   # tail""",
    ]


def test_a_language_that_is_lacking_is_added_beside_the_source() -> None:
    changes = [
        change("one", "list", 0, "label"),
        change("Plain", "list", 1, "label"),
        change("b", "list", 1, "lacking"),
    ]
    made = edited(FILE.encode(), "x.yaml", changes).decode()
    assert lines_changed(FILE, made) == [
        '-  - {id: a, label: {nl: "één"}}',
        '+  - {id: a, label: {nl: "één", en: "one"}}',
        '+      en: "Plain"',
        '+      en: "b"',
    ]
    found = read_document(made.encode(), "x.yaml")
    assert isinstance(found, Document)
    assert found.data["list"][1]["lacking"] == {"nl": "blok\n", "en": "b"}


def test_a_block_of_text_stays_a_block() -> None:
    changes = [change("four five", "list", 1, "folded"), change("third\nfourth", "list", 1, "literal")]
    made = edited(FILE.encode(), "x.yaml", changes).decode()
    assert lines_changed(FILE, made) == [
        "-        one two",
        "-        three",
        "+        four five",
        "-        first",
        "-        second",
        "+        third",
        "+        fourth",
    ]


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_windows_line_ends_and_a_byte_order_mark_stay(start: str) -> None:
    before = start + FILE.replace("\n", "\r\n")
    every = [
        change("Hello", "title"),
        change("one", "list", 0, "label"),
        change("Plain", "list", 1, "label"),
        change("four", "list", 1, "folded"),
        change("third", "list", 1, "literal"),
        change("block", "list", 1, "lacking"),
    ]
    made = edited(before.encode(), "x.yaml", every).decode()
    plain = edited(FILE.encode(), "x.yaml", every).decode()
    assert made == start + plain.replace("\n", "\r\n")


def test_a_text_that_is_gone_is_refused() -> None:
    with pytest.raises(DefinitionError, match="not here any more"):
        edited(FILE.encode(), "x.yaml", [change("x", "list", 7)])


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"]), min_size=1, max_size=60)
)
def test_any_words_are_read_back_as_they_were_put_in(words: str) -> None:
    assume(spoilt_at(words) is None)  # those are refused, where a file is read
    paths: list[tuple[str | int, ...]] = [("title",), ("list", 0, "label"), ("list", 1, "label"), ("list", 1, "folded")]
    paths += [("list", 1, "literal"), ("list", 1, "lacking")]
    made = read_document(edited(FILE.encode(), "x.yaml", [Change(path, "en", "nl", words) for path in paths]), "x.yaml")
    assert isinstance(made, Document)
    assert made.data["title"]["en"] == made.data["list"][0]["label"]["en"] == words
    assert made.data["list"][1]["literal"]["en"] == words + "\n"  # a literal block ends in a line end


def test_in_the_real_questionnaire_one_change_is_one_line() -> None:
    before = REAL.read_text("utf-8")
    made = edited(before.encode(), "q.yaml", [change("Other words", "pages", 0, "items", 0, "text", "contractor")])
    assert [line.strip() for line in lines_changed(before, made.decode())][1] == '+            en: "Other words"'
    assert len(lines_changed(before, made.decode())) == 2
