"""Every item with an ordered answer in one list, so that an editor can sort and pick."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.exports import styles
from surveyapp.exports.report_book import sheets
from surveyapp.exports.report_book.body import SUPPRESSED
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.sheets import Book, fit_height
from surveyapp.reports.table import Cell, Table

FIRST_LINE = 4
ANSWERS = 5
WIDTHS = (11.0, 26.0, 56.0, 34.0, 8.0, *([8.0] * ANSWERS), 9.0, 9.0, 12.0)
_TAIL = (("net", "top2", styles.NET), ("net", "bottom2", styles.SHARE), ("mean", None, styles.MEAN))


def add_statements(book: Book, content: ReportContent) -> None:
    """Write one line per statement and group, with the five shares, the nets and the mean."""
    words = book.words
    made = book.sheet(words(sheets.STATEMENTS), WIDTHS)
    book.put(made, 1, 1, words("Every statement in one list"), styles.TITLE)
    book.back(made, 2)
    note = words("1 is the first and 5 the last answer of the item’s own scale; see its sheet.")
    book.put(made, 2, 3, note, styles.NOTE).alignment = styles.running_text()
    titles = (
        "Id",
        words("Section"),
        words("Statement"),
        words("Group"),
        words("n"),
        *(str(step) for step in range(1, ANSWERS + 1)),
        words("Top 2"),
        words("Bottom 2"),
        words("Mean"),
    )
    book.header(made, FIRST_LINE, titles, left=4)
    row = FIRST_LINE
    for id_, section, table in statement_tables(content):
        for at, column in enumerate(table.columns):
            if column.banner not in {None, "role"} or (column.n == 0 and not column.suppressed):
                continue
            row += 1
            book.put(made, row, 1, id_, styles.LABEL)
            book.put(made, row, 2, words.section(section), styles.LABEL)
            book.put(made, row, 3, words.pick(table.title), styles.LABEL)
            book.put(made, row, 4, words.pick(column.label), styles.LABEL)
            fit_height(made, row, words.pick(table.title), WIDTHS[2])
            fit_height(made, row, words.pick(column.label), WIDTHS[3])
            book.put(
                made, row, 5, SUPPRESSED if column.suppressed else None if column.is_outside else column.n, styles.COUNT
            )
            for offset, (cell, style) in enumerate(_cells(table, at), 6):
                hidden = column.suppressed or cell.suppressed
                book.put(made, row, offset, SUPPRESSED if hidden else cell.value, style)
    made.freeze_panes = f"D{FIRST_LINE + 1}"
    made.print_title_rows = f"{FIRST_LINE}:{FIRST_LINE}"
    if row > FIRST_LINE:
        made.auto_filter.ref = f"A{FIRST_LINE}:M{row}"


def statement_tables(content: ReportContent) -> Iterator[tuple[str, str, Table]]:
    """Each five-point item once, under the first sheet that holds it."""
    seen: set[str] = set()
    for sheet in content.sheets:
        for table in sheet.tables:
            codes = [row for row in table.rows if row.kind == "code"]
            is_statement = len(codes) == ANSWERS and any(row.kind == "net" and row.code == "top2" for row in table.rows)
            banners = {column.banner for column in table.columns} - {None}
            if is_statement and banners <= {"role"} and table.filter is None and table.variable not in seen:
                seen.add(table.variable)
                yield sheet.id, sheet.section, table


def _cells(table: Table, at: int) -> Iterator[tuple[Cell, str]]:
    for row in (row for row in table.rows if row.kind == "code"):
        yield row.cells[at], styles.SHARE
    for kind, code, style in _TAIL:
        found = next((row for row in table.rows if row.kind == kind and code in {None, row.code}), None)
        yield (found.cells[at] if found else Cell()), style
