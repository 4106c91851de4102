"""Books that are written row by row: nothing is kept in memory but the rows being written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.workbook import Workbook
from openpyxl.worksheet.properties import PageSetupProperties

from surveyapp.exports import styles
from surveyapp.exports.safe_cells import SafeCells, require_room
from surveyapp.exports.sheet_writer import SheetWriter
from surveyapp.exports.words import Words

PRINTED_COLUMNS = 16
PRINTED_WIDTH = 200
"""Characters beside each other on a page across: ten points become some six; a wider list takes pages beside it."""


@dataclass(frozen=True, slots=True)
class StreamedBook:
    """A book in the making."""

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
        styles.foot(sheet)
        if len(widths) <= PRINTED_COLUMNS:  # a list to read fits the paper's width; data of 200 columns are not printed
            sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
            sheet.page_setup.fitToWidth = ceil(sum(widths) / PRINTED_WIDTH)
            sheet.page_setup.fitToHeight = 0
        if rows > 1 and freeze != "A1":
            sheet.print_title_rows = "1:1"
            kept = column_index_from_string(coordinate_from_string(freeze)[0]) - 1
            sheet.print_title_cols = f"A:{get_column_letter(kept)}" if kept else None
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(widths))}{rows}"
        sheet._writer = SheetWriter(sheet)
        sheet._writer.write_top()
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

    def rows(self, sheet: Any, header: Sequence[str], lines: Sequence[Sequence[object]]) -> None:
        """A header and plain lines; a head stands over its figures, and these apart from the text beside them."""
        heads = [self.styled(sheet, title, styles.GROUP) for title in header]
        for at, head in enumerate(heads):
            if any(isinstance(line[at], int | float) for line in lines):
                head.alignment = styles.figure()
        sheet.append(heads)
        for line in lines:
            sheet.append([self._figure(sheet, content) for content in line])

    def _figure(self, sheet: Any, content: object) -> object:
        """A cell of a list; a figure in it stands as figures do."""
        stored = self.safe.streamed(sheet, content)
        if isinstance(stored, int | float):
            cell = WriteOnlyCell(sheet, value=stored)
            cell.alignment = styles.figure()
            return cell
        return stored
