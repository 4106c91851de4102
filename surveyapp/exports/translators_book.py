"""The translators' workbook: what to translate goes out, what was translated comes back.

One sheet with a row per text, one that says which study, wave and languages it is about and how to work in it. Only the
column of new words is read; the key and the source beside it tell whether the study still says what was translated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, PatternFill, Protection
from openpyxl.utils import get_column_letter

from surveyapp.errors import DefinitionRefused, RowFault
from surveyapp.exports import styles
from surveyapp.exports.finishing import save_book
from surveyapp.exports.incoming_books import read_book
from surveyapp.exports.report_book.sheets import dress, fit_height
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.exports.seen_cells import ReadCell
from surveyapp.exports.words import Words
from surveyapp.instrument.translation.coming_in import Returned, no_plain_text
from surveyapp.instrument.translation.texts import STATUSES, Translation

TEXTS, ABOUT = "Translations", "About"
"""Names of the sheets, the same in every language: they are looked for when the book comes back."""
FORMAT = "surveyapp translations 1"
FIRST_ROW = 2
WIDTHS = (34, 42, 58, 58, 10, 58, 30)
KEY_COLUMN, SOURCE_COLUMN, NEW_COLUMN = 1, 2, 5  # from 0
_COLUMNS = {"key": KEY_COLUMN + 1, "source": SOURCE_COLUMN + 1, "new translation": NEW_COLUMN + 1}
_FILLS = {"new": "E6F1F7", "stale": "FBE3D3"}
_MARKS = ("study", "year", "from", "to")


@dataclass(frozen=True, slots=True)
class ReturnedBook:
    """A workbook that came back: what it is about, and its rows."""

    study: str
    year: int
    source: str
    language: str
    rows: tuple[Returned, ...]


def write_translators_book(
    standing: Sequence[Translation], study: str, year: int, source: str, path: Path, language: str, moment: datetime
) -> None:
    """Write the workbook; ``language`` is that of its headings, ``moment`` becomes its date.

    Raises
    ------
    ExportError     a language the books are not made in
    """
    words = Words(language)
    target = standing[0].language if standing else ""
    book, cells = Workbook(), SafeCells()
    styles.add_styles(book)
    sheet = book.active
    assert sheet is not None  # a new workbook has one sheet
    sheet.title = TEXTS
    headings = (
        words("Path"),
        words("Key"),
        words("Source ({language})", language=source),
        words("Approved translation ({language})", language=target),
        words("Status"),
        words("New translation ({language})", language=target),
        words("Remark"),
    )
    for column, heading in enumerate(headings, start=1):
        cells.put(sheet, 1, column, heading, styles.HEADER).alignment = styles.text_header()
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS[column - 1]
    status_words = {"new": words("new"), "stale": words("stale"), "done": words("done")}
    top = Alignment(vertical="top", wrap_text=True)
    for row, found in enumerate(standing, start=FIRST_ROW):
        remark = words("May stay: {reason}", reason=found.waiver) if found.waiver else None
        values = (
            " › ".join(found.text.trail),
            found.text.key,
            found.source,
            found.words,
            status_words[found.status],
            None,
            remark,
        )
        for column, value in enumerate(values, start=1):
            style = styles.NOTE if column in (1, 2) else styles.LABEL
            cells.put(sheet, row, column, value, style).alignment = top
            fit_height(sheet, row, value or "", WIDTHS[column - 1])
        sheet.cell(row, NEW_COLUMN + 1).protection = Protection(locked=False)
    last = len(standing) + FIRST_ROW - 1
    sheet.freeze_panes = f"C{FIRST_ROW}"
    sheet.auto_filter.ref = f"A1:G{max(last, 1)}"
    for status, colour in _FILLS.items():
        fill = PatternFill(bgColor=colour, fill_type="solid")
        said = status_words[status].replace('"', '""')
        rule = FormulaRule(formula=[f'$E{FIRST_ROW}="{said}"'], fill=fill)  # type: ignore[no-untyped-call]  # openpyxl
        sheet.conditional_formatting.add(f"E{FIRST_ROW}:E{max(last, FIRST_ROW)}", rule)
    sheet.print_title_rows = "1:1"
    dress(sheet)
    _about(book, cells, words, standing, (study, year, source, target))
    save_book(book, path, moment)


def _about(
    book: Workbook, cells: SafeCells, words: Words, standing: Sequence[Translation], marks: tuple[str, int, str, str]
) -> None:
    sheet = book.create_sheet(ABOUT)
    dress(sheet)
    left = Alignment(horizontal="left", vertical="center")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, 90
    cells.put(sheet, 1, 1, FORMAT, styles.SMALL)
    for row, (name, value) in enumerate(zip(_MARKS, marks, strict=True), start=2):
        cells.put(sheet, row, 1, name, styles.CODE).alignment = left
        cells.put(sheet, row, 2, value, styles.LABEL).alignment = left
    for row, status in enumerate(STATUSES, start=7):
        cells.put(sheet, row, 1, words(status), styles.LABEL)
        cells.put(sheet, row, 2, sum(found.status == status for found in standing), styles.COUNT).alignment = left
    lines = (
        words("Write only in the column of new translations. A cell left empty changes nothing."),
        words("A stale text was translated, but its source has changed. Repeat the translation if it still holds."),
        words("Between braces the questionnaire fills in: keep {variable.label| and translate what follows."),
        words("Write plain text: no formulas, no markup. Leave keys and sources as they are."),
    )
    for row, line in enumerate(lines, start=11):
        cells.put(sheet, row, 2, line, styles.QUESTION)


def read_translators_book(path: Path) -> ReturnedBook:
    """Read a workbook that came back.

    Raises
    ------
    ImportRefused     it is no such workbook; or a cell holds what is no text (``faults`` names each row)
    """
    sheets = read_book(path, (TEXTS, ABOUT))
    if TEXTS not in sheets or ABOUT not in sheets:
        raise DefinitionRefused(
            "This is no translators' workbook: the sheets %(one)s and %(other)s are not both there.",
            one=TEXTS,
            other=ABOUT,
        )
    marks = {_at(row, 0).text: _at(row, 1).text for row in sheets[ABOUT]}
    if FORMAT not in marks or not all(marks.get(name) for name in _MARKS) or not marks["year"].isdecimal():
        raise DefinitionRefused(
            "The sheet %(sheet)s no longer says which study, year and languages this is about.", sheet=ABOUT
        )
    faults: list[RowFault] = []
    rows: list[Returned] = []
    for number, row in enumerate(sheets[TEXTS][FIRST_ROW - 1 :], start=FIRST_ROW):
        key, source, new = (_at(row, column) for column in (KEY_COLUMN, SOURCE_COLUMN, NEW_COLUMN))
        if not (key.text or new.text):
            continue
        for cell, column in ((key, "key"), (source, "source"), (new, "new translation")):
            if cell.kind != "text" and (cell is not source or new.text):
                said = no_plain_text(f"{get_column_letter(_COLUMNS[column])}{number}")
                told = f"The {column} is a {cell.kind}; write plain text."
                faults.append(RowFault(number, key.text or None, told, said))
        rows.append(Returned(number, key.text.strip(), source.text, new.text))
    if len(faults) == 1:
        raise DefinitionRefused("1 cell holds no plain text; nothing was written.", tuple(faults))
    if faults:
        raise DefinitionRefused(
            "%(many)s cells hold no plain text; nothing was written.", tuple(faults), many=len(faults)
        )
    return ReturnedBook(marks["study"], int(marks["year"]), marks["from"], marks["to"], tuple(rows))


def _at(row: Sequence[ReadCell], column: int) -> ReadCell:
    return row[column] if column < len(row) else ReadCell("")
