"""The sheets of the data book, streamed: nothing is kept in memory but the block of cases being written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.properties import PageSetupProperties

from surveyapp.exports import styles
from surveyapp.exports.data_book.columns import DataColumn, Value
from surveyapp.exports.safe_cells import SafeCells, require_room
from surveyapp.exports.words import Words

BLOCK = 1000  # cases turned into rows at a time


PRINTED_COLUMNS = 15


@dataclass(frozen=True, slots=True)
class StreamedBook:
    """A data book in the making."""

    workbook: Workbook
    safe: SafeCells
    words: Words
    made_up: str = ""  # what the head of every printed page says

    def sheet(self, title: str, widths: Sequence[float], *, freeze: str, rows: int) -> Any:
        """A write-only sheet; its geometry is set first, because afterwards it would be ignored without a word."""
        require_room(rows, len(widths))
        sheet = self.workbook.create_sheet(title)
        for at, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(at)].width = width
        sheet.freeze_panes = freeze
        sheet.sheet_format.defaultRowHeight = 14.0
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9
        styles.head(sheet, self.made_up)
        if len(widths) <= PRINTED_COLUMNS:  # a list to read fits the paper's width; data of 200 columns are not printed
            sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
            sheet.page_setup.fitToHeight = 0
        if rows > 1 and freeze != "A1":
            sheet.print_title_rows = "1:1"
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(widths))}{rows}"
        return sheet

    def styled(self, sheet: Any, content: object, style: str) -> Cell:
        """A cell with a named style."""
        cell = self.safe.streamed(sheet, content)
        if not isinstance(cell, Cell):
            cell = WriteOnlyCell(sheet, value=cell)  # type: ignore[arg-type]  # takes whole numbers and days, too
        guarded = cell.quotePrefix
        cell.style = style
        cell.quotePrefix = guarded
        cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=style == styles.QUESTION)
        return cell

    def rows(self, sheet: Any, header: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
        """A header and plain lines."""
        sheet.append([self.styled(sheet, title, styles.GROUP) for title in header])
        for line in lines:
            sheet.append([self.safe.streamed(sheet, content) for content in line])


def add_cases(book: StreamedBook, title: str, columns: Sequence[DataColumn], n: int, *, labelled: bool) -> None:
    """One row per case: codes, or what the codes mean."""
    widths = [max(column.width, min(24.0, len(column.name) + 2.0)) for column in columns]
    sheet = book.sheet(title, widths, freeze="B2", rows=n + 1)
    sheet.append([book.styled(sheet, column.name, styles.GROUP) for column in columns])
    known: list[dict[Value, object]] = [{} for _ in columns]
    for start in range(0, n, BLOCK):
        stop = min(n, start + BLOCK)
        block = [
            _cells(book, sheet, column, column.values(start, stop), ready, labelled=labelled)
            for column, ready in zip(columns, known, strict=True)
        ]
        for row in zip(*block, strict=True):
            sheet.append(row)
    sheet.close()


def _cells(
    book: StreamedBook,
    sheet: Any,
    column: DataColumn,
    values: Sequence[Value],
    ready: dict[Value, object],
    *,
    labelled: bool,
) -> list[object]:
    """Each value made safe once; a code that comes back is the same cell again."""
    cells = []
    for value in values:
        try:
            cells.append(ready[value])
        except KeyError:
            shown = column.labels.get(value, value) if labelled else value
            made = ready[value] = book.safe.streamed(sheet, shown)
            cells.append(made)
    return cells
