"""A cell of a workbook made by others, as the person who filled it in sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from surveyapp.instrument.encodings import spoilt_at

CellKind = Literal[
    "text",
    "formula",
    "error",
    "date",
    "number in a notation of its own",
    "part of a merged cell",
    "text with letters that were saved in the wrong encoding",
]
"""What a cell is beside its text; a whole number, a percentage without decimals and yes or no are text."""
_PERCENT = re.compile(r"0%")
_ZEROS = re.compile(r"0+")
_PLAIN = re.compile(r"General|@|0|#", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadCell:
    """What a cell holds, as text; nothing as ''."""

    text: str
    kind: CellKind = "text"


EMPTY = ReadCell("")


def seen_cell(cell: Any) -> ReadCell:
    """What stands in a cell of openpyxl."""
    value = cell.value
    if value is None:
        return EMPTY
    if cell.data_type == "f":
        return ReadCell(str(value), "formula")
    if cell.data_type == "e":
        return ReadCell(str(value), "error")
    if isinstance(value, date | time | timedelta):
        return ReadCell(_day(value), "date")
    if isinstance(value, bool):
        return ReadCell("true" if value else "false")
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format or "General").split(";")[0])
    text = str(value)
    return ReadCell(
        text, "text" if spoilt_at(text) is None else "text with letters that were saved in the wrong encoding"
    )


def _number(value: float, notation: str) -> ReadCell:
    """A number as its cell shows it, where every reader sees the same."""
    if _PERCENT.fullmatch(notation):
        return ReadCell(f"{value * 100:.0f}%")
    is_whole = float(value).is_integer()
    if _ZEROS.fullmatch(notation) and is_whole:
        return ReadCell(str(int(value)).zfill(len(notation)) if value >= 0 else str(int(value)))
    plain = str(int(value)) if is_whole and abs(value) < 1e15 else f"{value:.15g}"  # fifteen digits, as they are shown
    return ReadCell(plain, "text" if _PLAIN.fullmatch(notation) else "number in a notation of its own")


def _day(value: date | time | timedelta) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)
