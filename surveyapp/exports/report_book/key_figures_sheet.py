"""The figures the report opens with, each with its margin, base and last wave's value."""

from __future__ import annotations

from textwrap import wrap

from openpyxl.worksheet.worksheet import Worksheet

from surveyapp.exports import styles
from surveyapp.exports.report_book import sheets
from surveyapp.exports.report_book.body import SUPPRESSED
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.sheets import Book, fit_height
from surveyapp.reports.key_figures import KeyFigure

FIRST_LINE = 4
WIDTHS = (21.0, 40.0, 36.0, 8.0, 9.0, 8.0, 9.0, 10.0, 11.0, 12.0, 28.0)
_FORMATS = {"share": styles.SHARE_FORMAT, "score": styles.POINTS_FORMAT}


def add_key_figures(book: Book, content: ReportContent) -> None:
    """Write the headline figures; values are numbers at full precision, shown rounded."""
    words = book.words
    made = book.sheet(words(sheets.KEY_FIGURES), WIDTHS)
    book.put(made, 1, 1, words("The figures the report opens with"), styles.TITLE)
    book.back(made, 2)
    titles = (
        "Id",
        words("Indicator"),
        words("Group"),
        words("Value"),
        words("Margin ±"),
        words("n"),
        words("Last wave"),
        words("Difference"),
        words("Significant"),
        words("Unit"),
        words("Note"),
    )
    book.header(made, FIRST_LINE, titles, left=3)
    for column in (len(titles) - 1, len(titles)):
        made.cell(FIRST_LINE, column).alignment = styles.text_header(indent=1)
    for row, line in enumerate(content.key_figures, FIRST_LINE + 1):
        _line(book, made, row, line)
    made.freeze_panes = f"D{FIRST_LINE + 1}"
    made.print_title_rows = f"{FIRST_LINE}:{FIRST_LINE}"
    notes = (
        words(
            "Differences between shares are in percentage points. A difference is tested as between two independent "
            "waves, two-sided at 5%, with Holm’s correction over the roles of one indicator, from {low_base} answers "
            "in both waves.",
            low_base=content.low_base,
        ),
        words(
            "The share of a construct: the mean over people of the share of its statements they agree with; see the "
            "guide for each construct."
        ),
    )
    row = FIRST_LINE + len(content.key_figures) + 2
    for said in (part for note in notes for part in wrap(note, 150)):
        book.put(made, row, 1, said, styles.NOTE).alignment = styles.running_text()
        row += 1


def _line(book: Book, made: Worksheet, row: int, line: KeyFigure) -> None:
    words = book.words
    book.put(made, row, 1, line.id, styles.LABEL)
    for column, text in ((2, words.pick(line.label)), (3, words.pick(line.group))):
        book.put(made, row, column, text, styles.LABEL)
        fit_height(made, row, text, WIDTHS[column - 1])
    scale = 100.0 if line.unit == "score" else 1.0
    is_share = line.unit == "share"
    value = SUPPRESSED if line.is_suppressed else _scaled(line.value, scale)
    cell = book.put(made, row, 4, value, styles.MEAN)
    if line.unit in _FORMATS and not line.is_suppressed:
        cell.number_format = _FORMATS[line.unit]
    if not line.is_suppressed:
        if line.low is not None and line.high is not None:
            half = (line.high - line.low) / 2
            margin = book.put(made, row, 5, half * (100.0 if is_share or line.unit == "score" else 1.0), styles.MARGIN)
            margin.number_format = '"±"0' if is_share or line.unit == "score" else styles.MARGIN_FORMAT
        book.put(made, row, 6, line.n, styles.COUNT)
        previous = book.put(made, row, 7, _scaled(line.previous, scale), styles.SHARE)
        previous.number_format = _FORMATS.get(line.unit, styles.MEAN_FORMAT)
        difference = book.put(made, row, 8, _scaled(line.difference, 100.0 if is_share else scale), styles.SHARE)
        difference.number_format = (
            styles.POINTS_FORMAT if is_share or line.unit == "score" else styles.DIFFERENCE_FORMAT
        )
    if line.difference is not None and not line.is_suppressed:
        tested = {True: words("yes"), False: words("no"), None: words("not tested")}
        book.put(made, row, 9, tested[line.is_significant], styles.LETTER)
    book.put(made, row, 10, unit_words(line.unit, book), styles.NOTE).alignment = styles.text_after_figures()
    note = words.pick(line.note)
    if note:
        book.put(made, row, 11, note, styles.NOTE)
        fit_height(made, row, note, WIDTHS[10], 12)


def unit_words(unit: str, book: Book) -> str:
    """A unit in the reader's words."""
    words = book.words
    return {
        "mark": words("mark 1–10"),
        "mean": words("mean"),
        "share": words("share"),
        "score": words("score"),
    }.get(unit, unit)


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
