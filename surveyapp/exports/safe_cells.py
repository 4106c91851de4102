"""The one way a value gets into a cell of any book.

A spreadsheet program reads more into a value than was meant: ``=1+1`` becomes a formula, ``#N/A`` an error, a control
character or lone surrogate a file that does not open, ``NaN`` an empty number, a long answer is cut without a word.
Everything written by :mod:`surveyapp.exports` passes :class:`SafeCells`, which counts what it had to change so that
the book can say so.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from openpyxl.cell import WriteOnlyCell

from surveyapp.clock import local
from surveyapp.errors import ExportError

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

CellValue = str | int | float | date | datetime | None
"""What a cell can hold after it was made safe; a datetime is naive, on the study's clock."""

LONGEST_TEXT = 32_000
"""Code units of UTF-16 kept of one text; Excel itself stops at 32,767 and cuts without a word."""
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
_EXACT_INTEGER = 10**15  # Excel keeps 15 digits of a number; longer ones are names, not amounts
_FIRST_DAY = date(1900, 3, 1)  # before it Excel counts a leap day that never was

# Control characters but tab and line feed, halves of a surrogate pair, and the code points Unicode calls noncharacters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)
_HEX_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read _x0041_ as A
_PLAIN_START = re.compile(r"[^\W\d_]")


def readable(content: str) -> tuple[str, int]:
    """A text as every program and every XML shows it: line ends LF, the rest replaced by U+FFFD; how many were."""
    return _UNWANTED.subn("\ufffd", content.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass(slots=True)
class SafeCells:
    """The sanitiser of one book; ``replaced`` and ``shortened`` count the texts it had to change."""

    shortened_mark: str = "… [shortened]"
    replaced: int = 0
    shortened: int = 0

    def text(self, content: str) -> str:
        """The text as every program shows it: unwanted characters replaced by U+FFFD, line ends LF, not too long."""
        cleaned, hits = readable(content)
        if hits:
            self.replaced += 1
        if "_x" in cleaned:
            cleaned = _HEX_ESCAPE.sub("_x005F_", cleaned)
        if len(cleaned) * 2 > LONGEST_TEXT and _units(cleaned) > LONGEST_TEXT:
            self.shortened += 1
            cleaned = _cut(cleaned, LONGEST_TEXT - len(self.shortened_mark)) + self.shortened_mark
        return cleaned

    def value(self, content: object) -> CellValue:
        """What may be stored in a cell for this value.

        Raises
        ------
        ExportError     not a number (NaN, infinity), a moment without a zone, or a kind of value no cell can hold
        """
        if content is None:
            return None
        if isinstance(content, Enum):
            content = content.value
        if isinstance(content, str):
            return self.text(content)
        if isinstance(content, bool):
            return int(content)
        if isinstance(content, int):
            return content if abs(content) < _EXACT_INTEGER else str(content)
        if isinstance(content, float):
            return _finite(float(content))
        if isinstance(content, UUID):
            return str(content)
        if isinstance(content, datetime):
            return _moment(content)
        if isinstance(content, date):
            return content if content >= _FIRST_DAY else content.isoformat()
        scalar = getattr(content, "item", None)  # a number of numpy
        if callable(scalar) and getattr(content, "ndim", None) == 0:
            return self.value(scalar())
        raise ExportError("A cell cannot hold a value of type %(kind)s.", kind=type(content).__name__)

    def put(self, sheet: Worksheet, row: int, column: int, content: object, style: str | None = None) -> Cell:
        """Write one value into a cell of an ordinary sheet.

        Raises
        ------
        ExportError     the value cannot be stored, or the sheet is full
        """
        require_room(row, column)
        cell: Cell = sheet.cell(row, column)  # type: ignore[assignment]  # merged cells are never made
        if style is not None:
            cell.style = style
        stored = self.value(content)
        if isinstance(stored, str):
            _store_text(cell, stored)
        else:
            cell.value = stored
        return cell

    def streamed(self, sheet: Any, content: object) -> CellValue | Cell:
        """What to append to a row of a write-only sheet: the plain value, or a guarded cell where a text needs one."""
        stored = self.value(content)
        if not isinstance(stored, str) or not needs_guard(stored):
            return stored
        cell: Cell = WriteOnlyCell(sheet)
        _store_text(cell, stored)
        return cell


def needs_guard(text: str) -> bool:
    """Whether a program could take this text for something else: all but texts that begin with a letter."""
    return not _PLAIN_START.match(text) or text.upper() in {"TRUE", "FALSE"}


def require_room(row: int, column: int) -> None:
    """Refuse a cell outside the largest sheet there is.

    Raises
    ------
    ExportError     more than 1,048,576 rows or 16,384 columns
    """
    if row > MOST_ROWS or column > MOST_COLUMNS:
        raise ExportError(
            "A sheet holds %(rows)s rows and %(columns)s columns; this needs more. Export as csv instead.",
            rows=f"{MOST_ROWS:,}",
            columns=f"{MOST_COLUMNS:,}",
        )


def _store_text(cell: Cell, text: str) -> None:
    cell.value = text
    cell.data_type = "s"  # openpyxl would have made a formula of "=…" and an error of "#N/A"
    if needs_guard(text):
        cell.quotePrefix = True  # stays text when an editor opens and closes the cell


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ExportError("A figure that is not a number reached a book; it should have been left empty.")
    return number + 0.0  # −0 is 0


def _moment(moment: datetime) -> CellValue:
    if moment.tzinfo is None:
        raise ExportError("A moment without a time zone reached a book.")
    shown = local(moment).replace(tzinfo=None)
    return shown if shown.date() >= _FIRST_DAY else shown.isoformat(sep=" ")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", errors="ignore")
