"""The three sheets of an XLSForm as a workbook, written and read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from surveyapp.errors import ImportRefused, RowFault
from surveyapp.exports import styles
from surveyapp.exports.finishing import save_book
from surveyapp.exports.incoming_books import read_book
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.instrument.xlsform.form import Form, Row, column_language

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
FIRST_COLUMNS = {
    SURVEY: ("type", "name", "label", "hint", "relevant", "required", "constraint", "appearance", "parameters"),
    CHOICES: ("list_name", "name", "label"),
    SETTINGS: ("form_title", "form_id", "version", "default_language", "style"),
}
_WIDTHS = {"type": 26, "name": 24, "label": 60, "hint": 36, "relevant": 36, "constraint": 30}


def write_xlsform(form: Form, path: Path, moment: datetime) -> None:
    """Write a form; the same form gives the same bytes."""
    book, cells = Workbook(), SafeCells()
    styles.add_styles(book)
    for sheet in list(book.worksheets):
        book.remove(sheet)
    for name, rows in ((SURVEY, form.survey), (CHOICES, form.choices), (SETTINGS, (form.settings,))):
        sheet = book.create_sheet(name)
        columns = columns_of(rows, FIRST_COLUMNS[name])
        for number, column in enumerate(columns, start=1):
            cells.put(sheet, 1, number, column, styles.HEADER).alignment = styles.text_header()
            kind = (column_language(column) or (column, None))[0]
            sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(kind, 18)
        for line, row in enumerate(rows, start=2):
            for number, column in enumerate(columns, start=1):
                if column in row:
                    cells.put(sheet, line, number, row[column])
        sheet.freeze_panes = "A2"
    save_book(book, path, moment)


def columns_of(rows: Sequence[Row], first: Sequence[str]) -> list[str]:
    """The columns the rows use: the known ones in their order, each language of a label in order of appearance."""
    used = list(dict.fromkeys(column for row in rows for column in row))
    known = [column for start in first for column in used if (column_language(column) or (column, None))[0] == start]
    return [*known, *(column for column in used if column not in known)]


def read_xlsform(path: Path) -> Form:
    """Read a form; rows without a type, and empty cells, are left out.

    Raises
    ------
    ImportRefused     it is no workbook with a sheet survey; or cells hold formulas or dates (``faults`` names each)
    """
    sheets = read_book(path, (SURVEY, CHOICES, SETTINGS))
    if SURVEY not in sheets:
        raise ImportRefused("This is no XLSForm: there is no sheet 'survey'.")
    faults: list[RowFault] = []
    found: dict[str, list[Row]] = {}
    for name, cells in sheets.items():
        headings = [cell.text.strip() for cell in cells[0]] if cells else []
        doubled = {heading for heading in headings if heading and headings.count(heading) > 1}
        if doubled:
            raise ImportRefused(f"The sheet '{name}' has the column {sorted(doubled)[0]} more than once.")
        rows: list[Row] = []
        for number, line in enumerate(cells[1:], start=2):
            row: dict[str, str] = {}
            for heading, cell in zip(headings, line, strict=False):
                if cell.kind != "text":
                    faults.append(RowFault(number, f"{name}.{heading}", f"This is a {cell.kind}; write plain text."))
                elif heading and cell.text.strip():
                    row[heading] = cell.text.strip().replace("\r\n", "\n").replace("_x000D_", "")
            if row:
                rows.append(row)
        found[name] = rows
    if faults:
        raise ImportRefused(f"{len(faults)} cell(s) hold no plain text; nothing was written.", tuple(faults))
    settings = found.get(SETTINGS, [])
    if "type" not in {column for row in found[SURVEY] for column in row}:
        raise ImportRefused("The sheet 'survey' has no column 'type'.")
    return Form(tuple(found[SURVEY]), tuple(found.get(CHOICES, [])), settings[0] if settings else {})
