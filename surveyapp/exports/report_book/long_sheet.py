"""The sheet with every published figure, as an Excel table with filters."""

from __future__ import annotations

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableColumn, TableStyleInfo

from surveyapp.exports import styles
from surveyapp.exports.report_book import sheets
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.long import COLUMNS, long_lines
from surveyapp.exports.report_book.sheets import Book

_FORMATS = {"share": styles.SHARE_FINE, "count": styles.COUNT_FORMAT, "month": "0"}
"""Of what is printed otherwise than as a mean: ``0.00``."""
WIDTHS = (22, 7, 9, 40, 14, 9, 9, 36, 10, 12, 28, 10, 8, 10, 10, 9, 9, 10, 10, 10, 14, 20, 12, 22, 7)


def add_long(book: Book, content: ReportContent) -> None:
    """Write the list; its column names are the same in both languages, as in the csv file."""
    made = book.sheet(book.words(sheets.LONG), WIDTHS)
    for column, name in enumerate(COLUMNS, 1):
        book.put(made, 1, column, name, styles.GROUP).alignment = styles.running_text()
    row = 1
    unit_at, value_at = COLUMNS.index("unit"), COLUMNS.index("value")
    letters_at, lettered = COLUMNS.index("higher_than"), list[Cell]()
    errors_at = {COLUMNS.index("se"), COLUMNS.index("margin95")}
    for line in long_lines(content.sheets, book.words, is_final=content.is_final):
        row += 1
        for at, content_of_cell in enumerate(line):
            if content_of_cell is None:
                continue
            cell = book.put(made, row, at + 1, content_of_cell)
            if at == letters_at:
                cell.style = styles.LETTER
                lettered.append(cell)
            elif at == value_at:
                cell.number_format = _FORMATS.get(str(line[unit_at]), "0.00")
            elif at in errors_at:
                cell.number_format = "0.0000"
    made.freeze_panes = "A2"
    made.print_title_rows = "1:1"
    if row > 1:
        listed = ExcelTable(displayName="tblLong", ref=f"A1:{get_column_letter(len(COLUMNS))}{row}")
        listed.autoFilter = AutoFilter(ref=listed.ref)
        for at, name in enumerate(COLUMNS, 1):  # openpyxl would go through every cell to find them
            listed.tableColumns.append(TableColumn(id=at, name=name))
        listed.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        made.add_table(listed)
    notes = book.legend.of_cells(lettered)
    if notes:
        notes.append(book.words("The groups of each breakdown bear the letters A, B, C in their order."))
    for at, said in enumerate(notes, row + 2):  # outside the table, which a pivot is made of
        book.put(made, at, 1, said, styles.NOTE).alignment = styles.running_text()
