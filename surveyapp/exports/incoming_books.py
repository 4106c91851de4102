"""The one way a workbook made by others is opened: small, read only, no formulas computed, no surprises.

A workbook is a zip of XML: it can claim a million rows, unfold to gigabytes, name files outside itself. Size is looked
at before anything is unpacked, rows and columns are counted while they are read, and whatever the reader raises on a
broken file becomes one clear refusal.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Literal
from xml.etree.ElementTree import ParseError

import openpyxl
import openpyxl.xml
from openpyxl.utils.exceptions import InvalidFileException

from surveyapp.errors import ImportRefused

LARGEST_FILE = 5_000_000
LARGEST_UNPACKED = 60_000_000
MOST_PARTS = 500
MOST_ROWS = 50_000
MOST_COLUMNS = 100
CellKind = Literal["text", "formula", "error", "date"]


@dataclass(frozen=True, slots=True)
class ReadCell:
    """What a cell holds, as text; numbers in their shortest form, nothing as ''."""

    text: str
    kind: CellKind = "text"


EMPTY = ReadCell("")


def read_book(path: Path, sheets: tuple[str, ...]) -> dict[str, list[list[ReadCell]]]:
    """The cells of the named sheets, row by row from the first; a sheet that is not there is absent.

    Raises
    ------
    ImportRefused     the file is no workbook, too large, or broken
    """
    _require_small(path)
    try:
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)) as book:
            return {name: list(_rows(book[name], name)) for name in sheets if name in book.sheetnames}
    except ImportRefused:
        raise
    except (zipfile.BadZipFile, InvalidFileException, ParseError, OSError, LookupError) as error:
        raise _broken(error) from None
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError, zipfile.LargeZipFile) as error:
        # openpyxl and defusedxml raise plain exceptions on XML that is not what they expect.
        raise _broken(error) from None


def _broken(error: Exception) -> ImportRefused:
    return ImportRefused(f"The workbook cannot be read ({type(error).__name__}); save it anew as .xlsx.")


def _require_small(path: Path) -> None:
    if not openpyxl.xml.DEFUSEDXML:
        raise ImportRefused("Workbooks are not read without defusedxml; install it.")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ImportRefused(f"{path} cannot be opened ({error.strerror or type(error).__name__}).") from None
    if size > LARGEST_FILE:
        raise ImportRefused(f"The workbook has {size:,} bytes; {LARGEST_FILE:,} is the limit.")
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _broken(error) from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise ImportRefused("The workbook unfolds to more than a workbook of texts can hold.")


def _rows(sheet: Any, name: str) -> Iterator[list[ReadCell]]:
    if not hasattr(sheet, "iter_rows"):
        return  # a sheet that holds only a chart
    for number, row in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS), start=1):
        if number > MOST_ROWS:
            raise ImportRefused(f"The sheet {name} has more than {MOST_ROWS:,} rows.")
        yield [_cell(cell) for cell in row]


def _cell(cell: Any) -> ReadCell:
    value = cell.value
    if value is None:
        return EMPTY
    if cell.data_type == "f":
        return ReadCell(str(value), "formula")
    if cell.data_type == "e":
        return ReadCell(str(value), "error")
    if isinstance(value, date | time | timedelta):
        return ReadCell(str(value), "date")
    if isinstance(value, bool):
        return ReadCell("true" if value else "false")
    if isinstance(value, float) and value.is_integer():
        return ReadCell(str(int(value)))
    return ReadCell(str(value))
