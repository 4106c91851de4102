"""The three sheets of an XLSForm as a workbook, written and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from surveyapp.errors import DefinitionRefused, RowFault
from surveyapp.exports import styles
from surveyapp.exports.finishing import save_book
from surveyapp.exports.incoming_books import read_book
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.instrument.xlsform.aliases import CHOICES, COUNTED, SETTINGS, SURVEY, column_of, is_double_coloned
from surveyapp.instrument.xlsform.cells_in import PLAIN, left, no_text, read_as
from surveyapp.instrument.xlsform.form import (
    Form,
    Loss,
    Row,
    Spot,
    column_language,
    where_of,
)

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
    ImportRefused         it is no workbook
    DefinitionRefused     it has no sheet survey; or cells that count hold no text (``faults`` names each)
    """
    sheets = read_book(path, (SURVEY, CHOICES, SETTINGS))
    if SURVEY not in sheets:
        raise DefinitionRefused("This is no XLSForm: there is no sheet 'survey'. Name the sheet with the questions so.")
    faults: list[RowFault] = []
    losses: list[Loss] = []
    found: dict[str, list[Row]] = {}
    places: dict[str, list[Spot]] = {}
    for name, cells in sheets.items():
        start = next((number for number, line in enumerate(cells) if line), 0)
        headings = [" ".join(cell.text.split()) for cell in cells[start] if "merged" not in cell.kind] if cells else []
        _require_once(name, headings)
        if name == SURVEY and "type" not in {column_of(heading, SURVEY) for heading in headings}:
            raise DefinitionRefused("The sheet 'survey' has no column 'type'; nothing was written.")
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
                        said = no_text(name, heading, cell.kind)
                        faults.append(RowFault(number, f"{name}.{heading}", f"{_NO_TEXT[cell.kind]}; {PLAIN}", said))
                    else:
                        losses.append(Loss.of(where, left(heading, cell.kind)))
                    continue
                if cell.kind not in ("text", "formula"):
                    losses.append(Loss.of(where, read_as(heading, cell.kind, text)))
                row[heading] = text
            if row:
                rows.append(row)
                places.setdefault(_called(row, name), []).append(Spot(name, number))
        found[name] = rows
    if len(faults) == 1:
        raise DefinitionRefused("1 cell holds no plain text; nothing was written.", tuple(faults))
    if faults:
        raise DefinitionRefused(
            "%(many)s cells hold no plain text; nothing was written.", tuple(faults), many=len(faults)
        )
    settings = found.get(SETTINGS, [])
    return Form(
        tuple(found[SURVEY]),
        tuple(found.get(CHOICES, [])),
        settings[0] if settings else {},
        tuple(losses),
        _in_order(places),
    )


def _in_order(places: Mapping[str, list[Spot]]) -> dict[str, tuple[Spot, ...]]:
    return {called: tuple(spots) for called, spots in places.items()}


def _called(row: Row, sheet: str) -> str:
    """What the list of losses and the questionnaire call a row."""
    cells = {column_of(heading, sheet): cell for heading, cell in row.items()}
    if sheet == CHOICES:
        return f"list {cells.get('list_name', '')}"
    return SETTINGS if sheet == SETTINGS else where_of(cells)


def _require_once(sheet: str, headings: Sequence[str]) -> None:
    """Refuse two columns that say the same, by whatever spelling, where either would be read."""
    is_double = is_double_coloned(headings)
    seen: dict[str, str] = {}
    for heading in filter(None, headings):
        column = column_of(heading, sheet, is_double=is_double)
        if column in seen and column.split("::")[0] in COUNTED:
            if seen[column] == heading:
                raise DefinitionRefused(
                    "The sheet '%(sheet)s' has the column '%(column)s' more than once.", sheet=sheet, column=heading
                )
            raise DefinitionRefused(
                "The sheet '%(sheet)s' has the column '%(column)s' more than once, the other time as '%(other)s'.",
                sheet=sheet,
                column=heading,
                other=seen[column],
            )
        seen[column] = heading
