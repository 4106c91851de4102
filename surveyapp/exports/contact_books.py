"""Lists of contacts that come in and go out as workbooks: what was sent in, a list to fill in, and rows to mend."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from surveyapp.errors import ImportRefused, ListRefused
from surveyapp.exports.incoming_books import FURTHEST_ROW, MOST_PARTS, read_book
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.fieldwork.sample_files import MOST_COLUMNS, ReadList, as_list, read_list, require_size, too_many_rows
from surveyapp.instrument.encodings import BROKEN_ZIP

ZIP = b"PK\x03\x04"
LARGEST_UNPACKED = 50_000_000
HIGHEST_RATIO = 100
"""How much smaller an honest workbook gets by being packed; what unfolds further was made to."""
MOST_CELLS = 600_000
_CELL = re.compile(rb"<(?:\w+:)?c[ >/]")
_SHEET = re.compile(r"<(?:\w+:)?sheet\b([^>]*)>")
_ATTRIBUTE = re.compile(r"\b(name|state)=\"([^\"]*)\"")


def read_upload(data: bytes) -> ReadList:
    """The rows of a list that was sent in, whatever its name says it is.

    Raises
    ------
    ListRefused     it is neither a workbook nor a text with a table in it, or too large
    """
    require_size(len(data))
    if not data.startswith(ZIP):
        return read_list(data)
    name = _first_sheet(data)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        path.write_bytes(data)
        try:
            rows = read_book(path, (name,)).get(name, [])
        except ImportRefused:
            raise _broken() from None
    for number, row in enumerate(rows, 1):
        if len(row) > MOST_COLUMNS:
            raise ListRefused(
                "Row %(row)s has something in column %(column)s; at most %(most)s columns are read.",
                row=number,
                column=get_column_letter(len(row)),
                most=MOST_COLUMNS,
            )
    return as_list([[cell.text for cell in row] for row in rows])


def _first_sheet(data: bytes) -> str:
    """The name of the first sheet that can be seen, in a workbook that may be unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or size > LARGEST_UNPACKED or size > HIGHEST_RATIO * len(data):
                raise ListRefused("The workbook unfolds to more than a list of contacts can hold.")
            for part in parts:
                if part.filename.startswith("xl/worksheets/"):
                    _require_small(archive.read(part))
            for attributes in _SHEET.findall(archive.read("xl/workbook.xml").decode("utf-8", "replace")):
                said = dict(_ATTRIBUTE.findall(attributes))
                if said.get("state", "visible") == "visible" and "name" in said:
                    return html.unescape(said["name"])
    except BROKEN_ZIP:
        raise _broken() from None
    raise _broken()


def _require_small(sheet: bytes) -> None:
    """Refuse a sheet with more cells than anybody's list, or one that holds something far away from the rest."""
    if sum(1 for _ in _CELL.finditer(sheet)) > MOST_CELLS:
        raise ListRefused("The workbook has more cells than a list of contacts can have.")
    far = [int(row) for row in re.findall(rb"<(?:\w+:)?c\b[^>]{0,40}?\br=\"[A-Z]{1,3}(\d+)\"", sheet)]
    if far and max(far) > FURTHEST_ROW:
        raise too_many_rows()


def _broken() -> ListRefused:
    return ListRefused("The workbook cannot be read; open it in a spreadsheet program and save it anew as .xlsx.")


def book_bytes(title: str, header: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """A plain workbook of one sheet in which every cell is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for at in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(at)].width = 28
    sheet.freeze_panes = "A2"
    safe = SafeCells()
    heads = [WriteOnlyCell(sheet, value=safe.text(name)) for name in header]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for line in lines:
        sheet.append([safe.streamed(sheet, text) for text in line])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
