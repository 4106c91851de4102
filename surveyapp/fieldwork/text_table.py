"""A table somebody saved as a text file, read strictly: every row has its number, and what is unsure is refused.

Rows are numbered as a spreadsheet numbers them: the header is row 1. Nothing is guessed that could be wrong in silence:
a file in another encoding than was declared, or one that was once saved in the wrong one, is refused with the row that
shows it. Rows without a cell filled in are left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.errors import ImportRefused, RowFault
from surveyapp.numerals import counted

MOST_FAULTS = 50
HEADER_ROW = 1
SEPARATORS = (";", ",", "\t")
_CONTROLS = re.compile("[\x80-\x9f]")
_SAVED_TWICE = re.compile(
    "[\xc2-\xf4][\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122\u20ac]"
)
_BYTE_ORDER_MARKS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


@dataclass(frozen=True, slots=True)
class TextTable:
    """The header, and every row that holds something, with its number."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_text_table(
    data: bytes,
    *,
    separator: str | None,
    encoding: str | None,
    most_bytes: int,
    most_rows: int,
    may_be_short: bool = False,
) -> TextTable:
    """Read a file of separated values.

    Parameters
    ----------
    separator : absent: the one of ``; , tab`` the header has most of
    encoding :  ``utf-8``, ``latin-1`` or ``cp1252``; absent: UTF-8, or else what a Windows spreadsheet saves
    may_be_short : a row may leave out cells at its end

    Raises
    ------
    ImportRefused     it cannot be read with certainty; ``faults`` name the rows, at most fifty
    """
    if len(data) > most_bytes:
        raise ImportRefused(f"The file has {len(data):,} bytes; at most {most_bytes:,} are read.")
    text = _decoded(data, encoding, separator)
    separator = separator or _separator_of(text)
    lines = _lines(text, separator)
    if len(lines) - 1 > most_rows:
        raise ImportRefused(f"The file has {len(lines) - 1:,} rows; at most {most_rows:,} are read.")
    if len(lines) < 2:
        raise ImportRefused("The file has no rows below its header.")
    (_, header), rows = lines[0], lines[1:]
    _require_width(header, rows, may_be_short)
    _require_saved_once(rows)
    return TextTable(tuple(name.strip() for name in header), tuple((number, tuple(row)) for number, row in rows))


def _decoded(data: bytes, encoding: str | None, separator: str | None) -> str:
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            raise ImportRefused(f"The file is {name}; save it as CSV UTF-8.")
    if b"\0" in data:
        row = _row_of(data[: data.index(b"\0")].decode("latin-1"), separator)
        raise ImportRefused("The file holds a NUL byte: it is no text file.", (RowFault(row, None, "NUL byte"),))
    is_utf8 = _is_utf8(data)
    if encoding in ("latin-1", "cp1252") and is_utf8 and not data.isascii():
        raise ImportRefused(f"The file was declared {encoding} and is utf-8; declare encoding: utf-8.")
    wanted = encoding or ("utf-8" if is_utf8 else "cp1252")
    try:
        text = data.decode("utf-8-sig" if wanted == "utf-8" else wanted)
    except UnicodeDecodeError as error:
        row = _row_of(data[: error.start].decode("latin-1"), separator)
        fault = RowFault(row, None, f"byte {data[error.start]:#04x} is not {wanted}")
        raise ImportRefused(f"The file is not {wanted}; save it as CSV UTF-8.", (fault,)) from error
    if wanted == "latin-1" and (control := _CONTROLS.search(text)) is not None:
        row = _row_of(text[: control.start()], separator)
        fault = RowFault(row, None, "a sign that is a control character in latin-1")
        raise ImportRefused("The file was declared latin-1 and is probably cp1252; declare the right one.", (fault,))
    return text


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _row_of(before: str, separator: str | None) -> int:
    """The row in which what was read so far ends, as a spreadsheet counts: a cell of many lines stands in one row."""
    separator = separator or _separator_of(before)
    return max(1, sum(1 for _ in csv.reader(io.StringIO(f"{before}.", newline=""), delimiter=separator)))


def _separator_of(text: str) -> str:
    return max(SEPARATORS, key=text.partition("\n")[0].count)


def _lines(text: str, separator: str) -> list[tuple[int, list[str]]]:
    """Every row that holds something and its number; the header counts whatever it holds."""
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, HEADER_ROW):
            if number == HEADER_ROW or any(cell.strip() for cell in row):
                found.append((number, row))
    except csv.Error as error:
        fault = RowFault(number + 1, None, f"line {reader.line_num}: {error}")
        raise ImportRefused(
            f"The file is no table with '{separator}' between its columns: {error}.", (fault,)
        ) from error
    return found


def _require_width(header: Sequence[str], rows: Sequence[tuple[int, list[str]]], may_be_short: bool) -> None:
    ragged = [
        RowFault(number, None, f"{counted(len(row), 'column', 'columns')} where the header has {len(header)}")
        for number, row in rows
        if len(row) > len(header) or (len(row) < len(header) and not may_be_short)
    ]
    if ragged:
        raise ImportRefused("Rows have more or fewer columns than the header.", tuple(ragged[:MOST_FAULTS]))


def _require_saved_once(rows: Sequence[tuple[int, list[str]]]) -> None:
    """Refuse what was UTF-8, was read as another encoding and saved again ("Ã©"), or lost letters on the way ("�")."""
    faults = [
        RowFault(number, None, f"'{cell.strip()[:40]}' has letters that were saved in the wrong encoding")
        for number, row in rows
        for cell in row
        if not cell.isascii() and ("\ufffd" in cell or _was_saved_twice(cell))
    ]
    if faults:
        raise ImportRefused(
            "Letters were lost or doubled when this file was saved; export it again as CSV UTF-8.",
            tuple(faults[:MOST_FAULTS]),
        )


def _was_saved_twice(cell: str) -> bool:
    if _SAVED_TWICE.search(cell) is None:
        return False
    try:
        return len(b"".join(map(_byte, cell)).decode("utf-8")) < len(cell)
    except UnicodeError:
        return False


def _byte(sign: str) -> bytes:
    """The byte a Windows program reads as this sign; five that mean nothing to it pass as they are."""
    return sign.encode("latin-1" if "\x80" <= sign <= "\x9f" else "cp1252")
