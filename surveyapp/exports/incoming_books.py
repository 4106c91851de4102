"""The one way a workbook made by others is opened: small, read only, no formulas computed, no surprises.

A workbook is a zip of XML: it can claim a million rows, unfold to gigabytes, name files outside itself. Size is looked
at before anything is unpacked, only rows that hold something count, and whatever the reader raises on a broken file
becomes one clear refusal. A number comes in as people see it where that can be said in one way (10 %, 0012); where it
cannot (1,250.00 for one is 1.250,00 for another) the cell says so by its kind. A cell that is
merged downwards stands in each of its rows, as people see it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import openpyxl.xml
from openpyxl.utils import column_index_from_string
from openpyxl.utils.exceptions import InvalidFileException

from surveyapp.errors import ImportRefused
from surveyapp.exports.seen_cells import EMPTY, ReadCell, seen_cell
from surveyapp.instrument.encodings import BROKEN_ZIP, kind_of_file

LARGEST_FILE = 5_000_000
LARGEST_UNPACKED = 60_000_000
MOST_PARTS = 500
MOST_ROWS = 50_000
FURTHEST_ROW = 4 * MOST_ROWS
MOST_COLUMNS = 100
_LAST_VALUE = (b"v>", b"is>", b"f>", b"f/>")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})")
_ROW_NUMBER = re.compile(rb"row\b[^>]*?\br=[\"'](\d+)")


def read_book(path: Path, sheets: tuple[str, ...]) -> dict[str, list[list[ReadCell]]]:
    """The cells of the named sheets, row by row from the first to the last that holds something.

    Sheets are found whatever their capitals; one that is not there is absent. Cells behind the last one of a row that
    holds something are left out. A formula holds its outcome as it was saved, '' where there is none.

    Raises
    ------
    ImportRefused     the file is no workbook, too large, or broken
    """
    last = _last_row(path)
    try:
        cells = _cells(path, sheets, last, outcomes=False)
        if any(cell.kind == "formula" for rows in cells.values() for row in rows for cell in row):
            _put_outcomes(cells, _cells(path, sheets, last, outcomes=True))
        return cells
    except ImportRefused:
        raise
    except (zipfile.BadZipFile, InvalidFileException, ParseError, OSError, LookupError) as error:
        raise _broken(error) from None
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError, zipfile.LargeZipFile) as error:
        # openpyxl and defusedxml raise plain exceptions on XML that is not what they expect.
        raise _broken(error) from None


def _cells(path: Path, sheets: tuple[str, ...], last: int, *, outcomes: bool) -> dict[str, list[list[ReadCell]]]:
    with closing(openpyxl.load_workbook(path, read_only=True, data_only=outcomes, keep_links=False)) as book:
        there = {name.strip().lower(): name for name in reversed(book.sheetnames)}
        return {name: list(_rows(book[there[name.lower()]], name, last)) for name in sheets if name.lower() in there}


def _put_outcomes(cells: dict[str, list[list[ReadCell]]], outcomes: dict[str, list[list[ReadCell]]]) -> None:
    for name, rows in cells.items():
        for row, values in zip(rows, outcomes[name], strict=False):
            for place, cell in enumerate(row):
                if cell.kind == "formula":
                    outcome = values[place] if place < len(values) else EMPTY
                    row[place] = ReadCell(outcome.text if outcome.kind != "error" else "", "formula")


def _broken(error: Exception) -> ImportRefused:
    return ImportRefused(f"The workbook cannot be read ({type(error).__name__}); save it anew as .xlsx.")


def _last_row(path: Path) -> int:
    """The last row of any sheet that holds something: programs write a million empty rows because one is styled.

    Raises
    ------
    ImportRefused     the file is none that may be opened
    """
    if not openpyxl.xml.DEFUSEDXML:
        raise ImportRefused("Workbooks are not read without defusedxml; install it.")
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            kind = kind_of_file(file.read(4096)) or "a text file"
    except OSError as error:
        raise ImportRefused(f"{path} cannot be opened ({error.strerror or type(error).__name__}).") from None
    if size > LARGEST_FILE:
        raise ImportRefused(f"The workbook has {size:,} bytes; {LARGEST_FILE:,} is the limit.")
    if "zip" not in kind and "xlsx" not in kind:
        raise ImportRefused(f"The file is {kind}; save it as an Excel workbook (.xlsx).")
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if not any(part.filename.startswith("xl/") for part in parts):
                raise ImportRefused("The file is no Excel workbook; save it as one (.xlsx).")
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise ImportRefused("The workbook unfolds to more than a workbook of texts can hold.")
            sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
            return max((_last_row_of(archive.read(sheet)) for sheet in sheets), default=1)
    except BROKEN_ZIP as error:
        raise _broken(error) from None


def _last_row_of(sheet: bytes) -> int:
    """By the last row element before the last value; where rows bear no number, as many as may be read."""
    value = max(map(sheet.rfind, _LAST_VALUE))
    if value < 0:
        return 1
    row = _ROW_NUMBER.match(sheet, max(0, sheet.rfind(b"row ", 0, value)))
    return int(row[1][:9]) if row is not None else MOST_ROWS + 1


def _merged(sheet: Any) -> dict[int, set[int]]:
    """Row → the columns (from 0) in which a cell belongs to one that begins in a row above it."""
    with closing(sheet._get_source()) as source:  # a sheet that is read row by row keeps no list of its merged cells
        ranges = _MERGED.findall(source.read())
    found: dict[int, set[int]] = {}
    for column, first, end in ranges:
        for row in range(int(first) + 1, min(int(end), FURTHEST_ROW) + 1):
            found.setdefault(row, set()).add(column_index_from_string(column.decode()) - 1)
    return found


def _rows(sheet: Any, name: str, last: int) -> Iterator[list[ReadCell]]:
    if not hasattr(sheet, "iter_rows"):
        return  # a sheet that holds only a chart
    if last > FURTHEST_ROW:
        raise ImportRefused(f"A cell in row {last:,} holds something; at most {MOST_ROWS:,} rows are read.")
    filled = 0
    merged = _merged(sheet)
    above: dict[int, str] = {}
    for number, row in enumerate(sheet.iter_rows(max_row=last, max_col=MOST_COLUMNS), start=1):
        cells = [seen_cell(cell) for cell in row]
        for column in merged.get(number, ()):
            cells += [EMPTY] * (column + 1 - len(cells))
            if above.get(column):
                cells[column] = ReadCell(above[column], "part of a merged cell")
        above = {place: cell.text for place, cell in enumerate(cells) if cell.text}
        while cells and cells[-1] == EMPTY:
            cells.pop()
        filled += bool(cells)
        if filled > MOST_ROWS:
            raise ImportRefused(f"The sheet {name} has more than {MOST_ROWS:,} rows.")
        yield cells
