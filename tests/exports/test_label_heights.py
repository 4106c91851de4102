"""A label of the report book that wraps gets the height for it, in bold letters sooner."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from surveyapp.exports import styles
from surveyapp.exports.report_book import table_sheet
from surveyapp.exports.report_book.body import BodyLine
from surveyapp.exports.report_book.sheets import Book
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.exports.words import Words

LONG = "Hoe vaak: uitkomsten van het exitgesprek vastgelegd"  # 51 letters: one line, but not when bold


@pytest.mark.parametrize(("style", "lines"), [(styles.MARGIN, 1), (styles.MEAN, 2), (styles.NET, 2)])
def test_a_bold_label_that_wraps_does_not_run_into_the_lines_around_it(style: str, lines: int) -> None:
    workbook = Workbook()
    styles.add_styles(workbook)
    sheet = workbook.worksheets[0]
    table_sheet._line(Book(workbook, SafeCells("…"), Words("nl")), sheet, 1, BodyLine("mean", LONG, style=style))
    assert (sheet.row_dimensions[1].height or 13.0) >= 13.0 * lines
    assert (sheet.row_dimensions[1].height is None) == (lines == 1)
