"""Sheets are written byte for byte as openpyxl writes them, whatever a cell holds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet._writer import WorksheetWriter

from surveyapp.exports import sheet_writer
from surveyapp.exports.sheet_writer import SheetWriter

VALUES = (
    "word", "two words", " before", "after ", "a\nb", "\n", "   ", "", "<&>\"'", "é ‘ü’ 😀", "=A1", "=SUM(A1:B2)",
    "#N/A", "_x000D_", 0, -1, 7, 10**15, 10**17, 0.1, 1 / 3, 1e300, -0.0, True, False, None, date(2026, 11, 2),
    datetime(2026, 11, 2, 8, 30, tzinfo=UTC).replace(tzinfo=None),
)  # fmt: skip


def book(*, write_only: bool = False) -> Workbook:
    """Every value plain, styled and forced to be a text, links, a comment, rows of a height of their own."""
    made = Workbook(write_only=write_only)
    if write_only:
        made.create_sheet("streamed")
        return made
    sheet = made.worksheets[0]
    for row, value in enumerate(VALUES, 1):
        sheet.cell(row, 1, value)
        sheet.cell(row, 2, value).font = Font(bold=True)
        if isinstance(value, str):
            forced = sheet.cell(row, 28, value)
            forced.data_type, forced.quotePrefix = "s", True
    sheet.cell(40, 3, "link").hyperlink = "https://example.org/"
    sheet.cell(40, 4, "said").comment = Comment("beside it", "somebody")
    sheet.cell(40, 5).comment = Comment("alone", "somebody")
    sheet.row_dimensions[41].height = 30
    sheet.row_dimensions[2].height = 31
    return made


def test_a_sheet_is_the_same_bytes(tmp_path: Path) -> None:
    for name, writer in (("ours", SheetWriter), ("theirs", WorksheetWriter)):
        writer(book().worksheets[0], str(tmp_path / name)).write()
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


def test_a_streamed_sheet_is_the_same_bytes(tmp_path: Path) -> None:
    for name, kind in (("ours", SheetWriter), ("theirs", WorksheetWriter)):
        sheet = book(write_only=True).worksheets[0]
        sheet._writer = writer = kind(sheet, str(tmp_path / name))
        writer.write_top()
        for value in VALUES:
            sheet.append([value, None, value])
        sheet.close()
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


def test_most_cells_go_the_short_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[object] = []
    monkeypatch.setattr(sheet_writer, "write_cell", lambda _file, _sheet, cell, _styled: left.append(cell.value))
    SheetWriter(book().worksheets[0], str(tmp_path / "sheet")).write()
    assert not {"word", "é ‘ü’ 😀", 7, 0.1} & set(left)
    assert {"=A1", " before", "link", date(2026, 11, 2)} <= set(left)
