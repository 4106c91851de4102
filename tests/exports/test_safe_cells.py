"""Whatever people write, a book opens again and shows it as text."""

from __future__ import annotations

import math
import uuid
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from surveyapp.errors import ExportError
from surveyapp.exports.safe_cells import LONGEST_TEXT, SafeCells, needs_guard
from tests.exports.workbooks import count, trees

EVERYTHING = st.text(alphabet=st.characters(), min_size=1, max_size=40)  # all of Unicode, surrogate halves included
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "#N/A",
    "#REF!",
    "TRUE",
    "1e5",
    "1-2",
    "'=1",
    '=HYPERLINK("x")',
]


def _written(tmp_path: Path, texts: list[str], *, streamed: bool) -> tuple[Path, SafeCells]:
    safe = SafeCells()
    book = Workbook(write_only=streamed)
    sheet = book.create_sheet("Texts") if streamed else book.worksheets[0]
    for row, text in enumerate(texts, 1):
        if streamed:
            sheet.append([safe.streamed(sheet, text)])
        else:
            safe.put(sheet, row, 1, text)
    path = tmp_path / f"texts-{streamed}.xlsx"
    book.save(path)
    return path, safe


@pytest.mark.parametrize("streamed", [False, True], ids=["ordinary", "write-only"])
def test_a_text_that_looks_like_a_formula_an_error_or_a_number_stays_the_same_text(
    tmp_path: Path, streamed: bool
) -> None:
    path, _ = _written(tmp_path, FORMULAS, streamed=streamed)
    assert count(path, "f") == 0
    sheet = load_workbook(path).worksheets[0]
    for row, text in enumerate(FORMULAS, 1):
        cell = sheet.cell(row, 1)
        assert cell.data_type == "s"
        assert cell.value == text.replace("\r", "\n")
        assert cell.quotePrefix, "an editor who opens and closes the cell would make a formula of it"


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(EVERYTHING, min_size=1, max_size=25), streamed=st.booleans())
def test_any_text_of_unicode_gives_a_file_whose_every_part_parses_and_that_holds_no_formula(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], streamed: bool
) -> None:
    path, safe = _written(tmp_path_factory.mktemp("any"), texts, streamed=streamed)
    assert trees(path)
    assert count(path, "f") == 0
    sheet = load_workbook(path).worksheets[0]
    for row, text in enumerate(texts, 1):
        assert sheet.cell(row, 1).value == safe.text(text)


@given(EVERYTHING)
def test_a_text_that_was_made_safe_is_left_alone_the_second_time_and_not_counted(text: str) -> None:
    first = SafeCells()
    made = first.text(text)
    second = SafeCells()
    assert second.text(made.replace("_x005F_", "_")) == made
    assert second.replaced == 0


UNWANTED = [*"\x00\x0b\x1f\x7f\x85\ufffe\uffff\ufdd0\U0010ffff", chr(0xD800), chr(0xDFFF)]


@pytest.mark.parametrize("unwanted", UNWANTED, ids=ascii)
def test_what_no_file_can_hold_is_replaced_and_counted(unwanted: str) -> None:
    safe = SafeCells()
    assert safe.text(f"voor{unwanted}na") == "voor\ufffdna"
    assert safe.text("gewoon") == "gewoon"
    assert safe.replaced == 1


def test_tabs_and_line_ends_are_kept_as_excel_knows_them() -> None:
    assert SafeCells().text("één\r\ntwee\rdrie\tvier") == "één\ntwee\ndrie\tvier"


def test_an_escape_of_excel_s_own_is_shown_as_it_was_typed() -> None:
    # ECMA-376 part 1, 22.9.2.19: _xHHHH_ stands for a character, and _x005F_ for the underscore before it.
    assert SafeCells().text("_x0041_ en _x_") == "_x005F_x0041_ en _x_"


@pytest.mark.parametrize("letter", ["a", "é", "𝄞"])
def test_a_text_longer_than_a_cell_is_cut_with_a_mark_and_counted(letter: str) -> None:
    safe = SafeCells("… [ingekort]")
    made = safe.text(letter * 40_000)
    assert made.endswith("… [ingekort]")
    assert len(made.encode("utf-16-le")) // 2 <= LONGEST_TEXT
    assert set(made.removesuffix("… [ingekort]")) == {letter}
    assert safe.shortened == 1


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_what_is_not_a_number_is_refused(number: float) -> None:
    with pytest.raises(ExportError, match="not a number"):
        SafeCells().value(number)


def test_an_aware_moment_is_shown_on_the_clock_of_amsterdam_and_a_naive_one_refused() -> None:
    summer = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert SafeCells().value(summer) == datetime(2026, 7, 1, 14, 0)  # noqa: DTZ001  what Excel stores
    with pytest.raises(ExportError, match="time zone"):
        SafeCells().value(datetime(2026, 7, 1, 12, 0))  # noqa: DTZ001  the fault itself


def test_ids_become_texts_and_small_things_numbers() -> None:
    class Kind(StrEnum):
        ONE = "one"

    key = uuid.UUID(int=7)
    safe = SafeCells()
    assert safe.value(key) == str(key)
    assert safe.value(12345678901234567) == "12345678901234567"
    assert safe.value(-(10**15) + 1) == -(10**15) + 1
    assert safe.value(Kind.ONE) == "one"
    assert safe.value(True) == 1
    assert safe.value(np.int16(-9)) == -9
    assert safe.value(date(1850, 1, 1)) == "1850-01-01"
    assert safe.value(date(2026, 1, 1)) == date(2026, 1, 1)
    assert str(safe.value(-0.0)) == "0.0"


def test_a_thing_without_a_shape_in_a_cell_is_refused() -> None:
    with pytest.raises(ExportError, match="type dict"):
        SafeCells().value({})


def test_a_sheet_does_not_grow_past_what_excel_opens() -> None:
    sheet = Workbook().worksheets[0]
    with pytest.raises(ExportError, match="16,384 columns"):
        SafeCells().put(sheet, 1, 16_385, 1)
    with pytest.raises(ExportError, match="1,048,576 rows"):
        SafeCells().put(sheet, 1_048_577, 1, 1)


def test_only_texts_that_begin_with_a_letter_go_without_a_guard() -> None:
    assert not needs_guard("Ja, zeker")
    assert not needs_guard("Éen")
    assert all(needs_guard(text) for text in ("", " x", "1x", "_x", "=x", "true"))
