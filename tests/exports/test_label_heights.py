"""A label of the report book that wraps gets the height for it, in bold letters sooner."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from surveyapp.exports import styles
from surveyapp.exports.report_book import table_sheet
from surveyapp.exports.report_book.body import BodyLine
from surveyapp.exports.report_book.legend import Legend
from surveyapp.exports.report_book.sheets import Book
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.exports.words import Words

SHORT = "Hoe vaak: ervaring telt bij volgende selectie"
WIDE = "Een aanbesteding of dynamisch aankoopsysteem (DAS)"  # 334 pixels of Arial 10 where a column of 46 leaves 327
BOLD = "Volwassenheid: zorgen voor goede omstandigheden"  # 333 pixels when bold, 310 when not


@pytest.mark.parametrize(
    ("text", "style", "lines"),
    [(SHORT, styles.MARGIN, 1), (WIDE, styles.MARGIN, 2), (BOLD, styles.MEAN, 2), (BOLD, styles.NET, 2)],
)
def test_a_label_that_wraps_does_not_run_into_the_lines_around_it(text: str, style: str, lines: int) -> None:
    workbook = Workbook()
    styles.add_styles(workbook)
    sheet = workbook.worksheets[0]
    words = Words("nl")
    book = Book(workbook, SafeCells("…"), words, Legend.of(words, threshold=10, low_base=30))
    table_sheet._line(book, sheet, 1, BodyLine("mean", text, style=style))
    assert (sheet.row_dimensions[1].height or 13.0) >= 13.0 * lines
    assert (sheet.row_dimensions[1].height is None) == (lines == 1)
