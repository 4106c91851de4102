"""A list of contacts as somebody's own program saved it: a header and rows of texts, whatever stands between them.

Nothing is guessed that could be wrong in silence. UTF-8, UTF-16 with its mark, or what Windows programs save;
semicolons, commas or tabs. Rows bear the numbers a spreadsheet gives them: the header is row 1.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveyapp.errors import ListRefused
from surveyapp.instrument.encodings import kind_of_file

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 50
LONGEST_CELL = 1000
SEPARATORS = (";", ",", "\t")
_SEPARATOR_LINE = re.compile(r"\"?sep=([;,\t])\"?[;,\t]*(?:\r\n|\r|\n)", re.IGNORECASE)
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Signs without a width, and those that turn the direction of writing: in a name they only mislead."""


@dataclass(frozen=True, slots=True)
class ReadList:
    """What a file holds: the header, and every row that holds something under its number."""

    header: tuple[str, ...]
    rows: Mapping[int, tuple[str, ...]]


def read_list(data: bytes) -> ReadList:
    """The rows of a text file.

    Raises
    ------
    ListRefused     it is no table of texts, or too large
    """
    require_size(len(data))
    text = _decoded(data)
    said = _SEPARATOR_LINE.match(text)
    if said is not None:
        text = text[said.end() :]
    first = text.partition("\n")[0]
    separator = said[1] if said is not None else max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > MOST_ROWS + 1:
                raise too_many_rows()
    except csv.Error:
        raise ListRefused(
            "Row %(row)s cannot be read: a quotation mark is opened there and not closed as it should be.",
            row=len(rows) + 1,
        ) from None
    return as_list(rows)


def as_list(cells: Sequence[Sequence[str]]) -> ReadList:
    """The rows of a table, cleaned of what cannot be seen; empty ones are left out.

    Raises
    ------
    ListRefused     there is no header, nothing below it, a column twice, or a row wider than the header
    """
    rows = {number: [clean(cell) for cell in row] for number, row in enumerate(cells, 1)}
    header = rows.pop(1, [])
    while header and not header[-1]:
        header.pop()
    if not header:
        raise ListRefused("The first row is empty; the names of the columns belong there.")
    if len(header) > MOST_COLUMNS:
        raise ListRefused("The list has more than %(most)s columns.", most=MOST_COLUMNS)
    for at, name in enumerate(header, 1):
        if name and name.casefold() in (one.casefold() for one in header[: at - 1]):
            raise ListRefused("The column “%(name)s” stands twice in row 1; give one another name.", name=name[:40])
    filled = {number: row for number, row in rows.items() if any(row)}
    if not filled:
        raise ListRefused("The list has the names of its columns and no rows below them.")
    if len(filled) > MOST_ROWS:
        raise too_many_rows()
    for number, row in filled.items():
        for at, cell in enumerate(row, 1):
            if cell and at > len(header):
                raise ListRefused(
                    "Row %(row)s has something in column %(column)s, and row 1 names only the first %(named)s.",
                    row=number,
                    column=at,
                    named=len(header),
                )
            if len(cell) > LONGEST_CELL:
                raise ListRefused(
                    "Row %(row)s has a text of pages in column %(column)s; that is no list of contacts.",
                    row=number,
                    column=at,
                )
    width = len(header)
    whole = {number: (*row[:width], *[""] * (width - len(row))) for number, row in filled.items()}
    return ReadList(tuple(header), whole)


def require_size(size: int) -> None:
    """Refuse a file that is empty or too large.

    Raises
    ------
    ListRefused     says how large it may be
    """
    if not size:
        raise ListRefused("The file is empty.")
    if size > MOST_BYTES:
        raise ListRefused("The file is larger than 5 MB; divide the list.")


def too_many_rows() -> ListRefused:
    """What is said of a list that is too long."""
    return ListRefused("The list has more than 50,000 rows; divide it.")


def clean(cell: str) -> str:
    """A cell without blanks around it, signs nobody sees, and lines within it: one line of composed letters."""
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    text = _HIDDEN.sub("", unicodedata.normalize("NFC", cell))
    return " ".join("".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text).split())


def _decoded(data: bytes) -> str:
    encoding = _MARKS.get(data[:2], "")
    if kind_of_file(data) is not None and not encoding:
        raise ListRefused(
            "The file is neither an Excel workbook (.xlsx) nor a text with a table in it; save it as one of these."
        )
    try:
        text = data.decode(encoding or "utf-8-sig")
    except UnicodeDecodeError:
        if encoding:
            raise ListRefused("The file is cut off or damaged; save it anew as CSV UTF-8.") from None
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise ListRefused("The file holds signs that no text has; save it anew as CSV UTF-8.")
    return text
