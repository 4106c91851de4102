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
from surveyapp.instrument.xlsform.aliases import CHOICES, COUNTED, SETTINGS, SURVEY, column_of, is_double_coloned
from surveyapp.instrument.xlsform.form import Form, Loss, Row, column_language
from surveyapp.numerals import counted

FIRST_COLUMNS = {
    SURVEY: ("type", "name", "label", "hint", "relevant", "required", "constraint", "appearance", "parameters"),
    CHOICES: ("list_name", "name", "label"),
    SETTINGS: ("form_title", "form_id", "version", "default_language", "style"),
}
_NO_TEXT = {"formula": "a formula without an outcome", "error": "an error of the spreadsheet"}
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
    """Read a form; empty cells and rows are left out.

    A cell nobody reads cannot refuse a form. Formulas count by their outcome; dates and numbers in a notation of their
    own come in plain and are named as losses.

    Raises
    ------
    ImportRefused     it is no workbook with a sheet survey; or cells that count hold no text (``faults`` names each)
    """
    sheets = read_book(path, (SURVEY, CHOICES, SETTINGS))
    if SURVEY not in sheets:
        raise ImportRefused("This is no XLSForm: there is no sheet 'survey'. Name the sheet with the questions so.")
    faults: list[RowFault] = []
    losses: list[Loss] = []
    found: dict[str, list[Row]] = {}
    for name, cells in sheets.items():
        start = next((number for number, line in enumerate(cells) if line), 0)
        headings = [" ".join(cell.text.split()) for cell in cells[start] if "merged" not in cell.kind] if cells else []
        _require_once(name, headings)
        if name == SURVEY and "type" not in {column_of(heading, SURVEY) for heading in headings}:
            raise ImportRefused("The sheet 'survey' has no column 'type'.")
        rows: list[Row] = []
        for number, line in enumerate(cells[start + 1 :], start=start + 2):
            row: dict[str, str] = {}
            for heading, cell in zip(headings, line, strict=False):
                text = cell.text.strip().replace("\r\n", "\n").replace("_x000D_", "")
                if not heading or (not text and cell.kind == "text"):
                    continue
                where = f"{name} row {number}"
                if cell.kind in ("formula", "error") and (cell.kind == "error" or not text):
                    if column_of(heading, name).split("::")[0] in COUNTED:
                        faults.append(
                            RowFault(number, f"{name}.{heading}", f"{_NO_TEXT[cell.kind]}; write plain text.")
                        )
                    else:
                        losses.append(Loss(where, f"{heading}: {_NO_TEXT[cell.kind]}"))
                    continue
                if cell.kind not in ("text", "formula"):
                    losses.append(Loss(where, f"{heading}: a {cell.kind}; it is '{text}' here"))
                row[heading] = text
            if row:
                rows.append(row)
        found[name] = rows
    if faults:
        raise ImportRefused(
            f"{counted(len(faults), 'cell holds', 'cells hold')} no plain text; nothing was written.", tuple(faults)
        )
    settings = found.get(SETTINGS, [])
    return Form(tuple(found[SURVEY]), tuple(found.get(CHOICES, [])), settings[0] if settings else {}, tuple(losses))


def _require_once(sheet: str, headings: Sequence[str]) -> None:
    """Refuse two columns that say the same, by whatever spelling, where either would be read."""
    is_double = is_double_coloned(headings)
    seen: dict[str, str] = {}
    for heading in filter(None, headings):
        column = column_of(heading, sheet, is_double=is_double)
        if column in seen and column.split("::")[0] in COUNTED:
            other = "" if seen[column] == heading else f", the other time as '{seen[column]}'"
            raise ImportRefused(f"The sheet '{sheet}' has the column '{heading}' more than once{other}.")
        seen[column] = heading
