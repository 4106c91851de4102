"""A list of cases as a file: where each stands, never what was answered."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from surveyapp.exports.link_files import csv_bytes
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.reports.formatting import mean

Value = str | float | date | None
WIDTH = 24


def list_file(form: str, title: str, heads: Sequence[str], lines: Iterable[Sequence[Value]], language: str) -> bytes:
    """The list as ``xlsx``, in which days and minutes are what they are, or as ``csv``, in which all is text."""
    if form == "csv":
        return csv_bytes(heads, [[_text(value, language) for value in line] for line in lines])
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for at in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(at)].width = WIDTH
    sheet.freeze_panes = "A2"
    safe = SafeCells()
    first = [WriteOnlyCell(sheet, value=safe.text(head)) for head in heads]
    for head in first:
        head.font = Font(bold=True)
    sheet.append(first)
    for line in lines:
        sheet.append([_cell(safe, sheet, value) for value in line])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(safe: SafeCells, sheet: Any, value: Value) -> Any:
    stored: Any = safe.streamed(sheet, value)
    if isinstance(stored, date | float):
        cell = WriteOnlyCell(sheet, value=stored)  # type: ignore[arg-type]  # a day is stored as well
        cell.number_format = "0.0" if isinstance(stored, float) else "d mmm yyyy"
        return cell
    return stored


def _text(value: Value, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else mean(value, language, 1)
