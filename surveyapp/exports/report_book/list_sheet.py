"""A sheet that is one list: its title, a line of heads, a line per thing listed, and notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from surveyapp.exports import styles
from surveyapp.exports.report_book.sheets import Book, fit_height, head_width

FIRST_LINE = 4


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one column."""

    title: str
    width: float  # characters
    is_text: bool = False  # stands left, as the texts below it do
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """One cell of a list."""

    value: object
    style: str = styles.LABEL
    number_format: str | None = None
    line: float = 0.0  # points a line of a text takes whose row must be as high as it needs; 0: it is never long
    is_after_figures: bool = False
    is_sum: bool = False


def add_list(
    book: Book,
    name: str,
    title: str,
    heads: Sequence[Head],
    lines: Iterable[Sequence[Listed | None]],
    notes: Sequence[str] = (),
    *,
    frozen: int,
    hint: str = "",
) -> Worksheet:
    """Write one list.

    Parameters
    ----------
    name :   of the sheet, as an English message id
    frozen : how many columns stay where they are
    hint :   stands above the list, right of the columns that name its lines
    """
    made = book.sheet(book.words(name), [max(head.width, head_width(head.title)) for head in heads])
    book.put(made, 1, 1, title, styles.TITLE)
    book.back(made, 2)
    if hint:
        book.put(made, 2, frozen, hint, styles.NOTE).alignment = styles.running_text()
    for column, head in enumerate(heads, 1):
        cell = book.put(made, FIRST_LINE, column, head.title, styles.HEADER)
        if head.is_text:
            cell.alignment = styles.text_header(head.indent)
    row = FIRST_LINE
    for row, line in enumerate(lines, FIRST_LINE + 1):
        for column, listed in enumerate(line, 1):
            if listed is not None:
                _put(book, made, row, column, listed, heads[column - 1].width)
    made.freeze_panes = f"{get_column_letter(frozen + 1)}{FIRST_LINE + 1}"
    made.print_title_rows = f"{FIRST_LINE}:{FIRST_LINE}"
    said_below = (*notes, *book.legend.of_sheet(made))
    for at, said in enumerate((part for note in said_below for part in wrap(note, 150)), row + 2):
        book.put(made, at, 1, said, styles.NOTE).alignment = styles.running_text()
    return made


def _put(book: Book, made: Worksheet, row: int, column: int, listed: Listed, width: float) -> None:
    cell = book.put(made, row, column, listed.value, listed.style)
    if listed.number_format:
        cell.number_format = listed.number_format
    if listed.is_after_figures:
        cell.alignment = styles.text_after_figures()
    if listed.is_sum:
        cell.font = styles.bold_text()
    if listed.line:
        fit_height(made, row, str(listed.value), width, listed.line)
