"""Who took part: one line per role and one per source."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from surveyapp.exports import styles
from surveyapp.exports.report_book import sheets
from surveyapp.exports.report_book.body import SUPPRESSED
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.sheets import Book
from surveyapp.reports.response import ResponseLine

FIRST_LINE = 4


def add_response(book: Book, content: ReportContent) -> None:
    """Write the counts of the fieldwork; a rate stands only where people were invited by name."""
    words = book.words
    made = book.sheet(words(sheets.RESPONSE), (40, 26, *([11] * 5), 18, *([11] * 3)))
    book.put(made, 1, 1, words("Who took part"), styles.TITLE)
    book.back(made, 2)
    titles = (
        words("Role"),
        words("Source"),
        words("Invited"),
        words("Started"),
        words("Complete"),
        words("Partial"),
        words("Screened out"),
        words("Response rate (RR1)"),
        words("Median minutes"),
        words("On a phone"),
        words("In English"),
    )
    book.header(made, FIRST_LINE, titles, left=2)
    made.row_dimensions[FIRST_LINE].height = 28
    row = FIRST_LINE
    for line in content.response:
        row += 1
        _line(book, made, row, line)
    made.freeze_panes = f"C{FIRST_LINE + 1}"
    made.print_title_rows = f"{FIRST_LINE}:{FIRST_LINE}"
    for note in (
        words("An open link has no invited people and therefore no response rate."),
        words(
            "Partial: at least one page saved, not sent. Screened out: outside the population, thanked and not counted."
        ),
        words(
            "Median minutes and shares are of complete answers; . = fewer than {threshold}, or to be derived",
            threshold=content.threshold,
        ),
    ):
        row += 1 if row > FIRST_LINE + len(content.response) else 2
        book.put(made, row, 1, note, styles.NOTE).alignment = styles.running_text()


def _line(book: Book, made: Worksheet, row: int, line: ResponseLine) -> None:
    words = book.words
    is_sum = line.role is None and line.source is None
    role = words.pick(line.role_label) if line.role_label else words("All roles")
    source = line.source if line.source is not None else words("all sources")
    for column, text in ((1, role), (2, source)):
        cell = book.put(made, row, column, text, styles.LABEL)
        if is_sum:
            cell.font = styles.bold_text()
    counts = (line.invited, line.started, line.complete, line.partial, line.screened_out)
    for column, count in enumerate(counts, 3):
        is_hidden = count is None and column > 3
        cell = book.put(made, row, column, SUPPRESSED if is_hidden else count, styles.SHARE)
        if not is_hidden:
            cell.number_format = styles.COUNT_FORMAT
    shares = ((8, line.response_rate), (10, line.phone_share), (11, line.english_share))
    for column, share in shares:
        hidden = column > 8 and share is None and line.complete != 0
        book.put(made, row, column, SUPPRESSED if hidden else share, styles.SHARE)
    hidden = line.median_minutes is None and line.complete != 0
    minutes = book.put(made, row, 9, SUPPRESSED if hidden else line.median_minutes, styles.SHARE)
    if not hidden:
        minutes.number_format = styles.MEAN_FORMAT
