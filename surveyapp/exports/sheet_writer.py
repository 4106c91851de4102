"""Sheets written cell by cell in half the time openpyxl takes, byte for byte as it writes them.

openpyxl builds a tree of elements for every cell and serialises it; a book has a hundred thousand cells, and nearly all
are a short text, a number or empty. Those are written as they will stand in the file; every other one (a formula, a
date, a text with a space at its end, one with a link) is left to openpyxl. Where lxml is installed openpyxl writes by
other means, and everything is left to it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import LXML
from openpyxl.cell._writer import write_cell
from openpyxl.comments.comment_sheet import CommentRecord
from openpyxl.compat import safe_string
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter


class SheetWriter(WorksheetWriter):
    """openpyxl's writer of one sheet, with a shorter way for plain cells."""

    def write_row(self, xf: Any, row: Iterable[Any], row_idx: int) -> None:
        """One row with its cells, in the order given."""
        if LXML:
            super().write_row(xf, row, row_idx)
            return
        sheet: Any = self.ws
        write = xf._file
        with xf.element("row", {"r": f"{row_idx}", **dict(sheet.row_dimensions.get(row_idx, {}))}):
            for cell in row:
                if cell._comment is not None:
                    sheet._comments.append(CommentRecord.from_cell(cell))
                elif cell._value is None and not cell.has_style:
                    continue
                written = _plain(cell)
                if written is None:
                    write_cell(xf, self.ws, cell, cell.has_style)
                else:
                    write(written)


def _plain(cell: Any) -> str | None:
    """What stands in the file for this cell; None for one that is not plain."""
    value, kind = cell._value, cell.data_type
    if cell.hyperlink is not None:
        return None
    if kind == "s" and type(value) is str and value and value == value.strip():
        kind, inside = "inlineStr", f"<is><t>{escape(value)}</t></is>"
    elif kind == "n" and (type(value) is int or type(value) is float):
        shown = safe_string(value)
        if not shown:
            return None
        inside = f"<v>{shown}</v>"
    elif kind == "n" and value is None:
        inside = ""
    else:
        return None
    style = f' s="{cell.style_id}"' if cell.has_style else ""
    start = f'<c r="{get_column_letter(cell.column)}{cell.row}"{style} t="{kind}"'
    return f"{start}>{inside}</c>" if inside else f"{start} />"


class _BookWriter(ExcelWriter):
    def write_worksheet(self, ws: Any) -> None:
        """One sheet into the archive; streamed ones bring the writer they were written with."""
        if self.workbook.write_only:
            super().write_worksheet(ws)
            return
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer: Any = SheetWriter(ws)
        writer.write()
        ws._rels = writer._rels
        self._archive.write(writer.out, ws.path[1:])  # type: ignore[attr-defined]  # its types leave this out
        self.manifest.append(ws)
        writer.cleanup()


def save_workbook(book: Workbook, path: Path) -> None:
    """Save a book as openpyxl does, but for its parts, which are not compressed: who finishes the file does that."""
    _BookWriter(book, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED)).save()
