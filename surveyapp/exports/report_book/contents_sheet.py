"""The first sheet: what the book is, of when, and a link to everything in it."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.styles import Alignment

from surveyapp.exports import styles
from surveyapp.exports.report_book import sheets
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.sheets import Book, fit_height
from surveyapp.exports.words import base_text
from surveyapp.reports.analyses import ANALYSES
from surveyapp.reports.formatting import SUPPRESSED

FIRST_LINE = 14


def add_contents(book: Book, content: ReportContent, has_chart: Mapping[str, bool]) -> None:
    """Write the contents; row 14 is the header of the list in every book."""
    words = book.words
    made = book.sheet(words(sheets.CONTENTS), (20, 58, 24, 62, 18, 9))
    book.put(made, 1, 1, words.pick(content.title), styles.TITLE)
    state = words("Final, version {version}", version=content.version)
    if not content.is_final:
        state = words("Provisional*, version {version}", version=content.version)
    book.put(made, 2, 1, state, styles.MEAN).alignment = _left()
    book.put(made, 3, 1, words.made_up(content.is_made_up) or None, styles.NOTE).alignment = _left()
    facts: list[tuple[str, object]] = [
        (words("Study"), words.pick(content.study)),
        (words("Year"), content.year),
        (words("Fieldwork"), " – ".join(filter(None, (content.opened_on, content.closed_on))) or words("not set")),
        (words("Complete answers"), SUPPRESSED if content.complete is None else content.complete),
        (words("Data of"), content.stand),
        (words("Definition"), content.instrument_hash[:12]),
        (words("Contact"), content.contact),
    ]
    for row, (label, value) in enumerate(facts, 4):
        book.put(made, row, 1, label, styles.NOTE).alignment = _left()
        cell = book.put(made, row, 2, value, styles.LABEL)
        cell.number_format = styles.MOMENT_FORMAT if value is content.stand else cell.number_format
        if label == words("Complete answers") and content.complete is not None:
            cell.number_format = styles.COUNT_FORMAT
        cell.alignment = _left()
    steps = words.pick(content.steps) if content.steps is not None else None
    book.put(made, 11, 1, steps, styles.NOTE).alignment = _left()
    book.put(made, 12, 1, words("Click an id to go to its sheet; ← leads back here."), styles.NOTE).alignment = _left()
    titles = ("Id", words("Title"), words("Section"), words("Base"), words("Kind"), words("Chart"))
    book.header(made, FIRST_LINE, titles, left=6)
    row = FIRST_LINE + 1
    for fixed, title, kind in _fixed(book):
        book.link(made, row, 1, words(fixed), words(fixed))
        book.put(made, row, 2, title, styles.LABEL)
        book.put(made, row, 5, kind, styles.LABEL)
        row += 1
    for sheet in content.sheets:
        base = sheets.beginning(base_text(sheet, words, words("differs per line")), 130)
        if all(one.is_hidden for bases in sheet.bases for one in bases):
            base = f"{base} · {words('no figures: too few people, or they would give a few away')}"
        book.link(made, row, 1, str(sheet.id), str(sheet.id))
        book.put(made, row, 2, words.pick(sheet.title), styles.LABEL)
        book.put(made, row, 3, words.section(sheet.section), styles.LABEL)
        book.put(made, row, 4, base, styles.NOTE)
        book.put(made, row, 5, words.pick(ANALYSES[sheet.kind].name), styles.LABEL)
        book.put(made, row, 6, words("yes") if has_chart[str(sheet.id)] else words("no"), styles.LABEL)
        fit_height(made, row, words.pick(sheet.title), 58)
        fit_height(made, row, base, 66, 12)
        row += 1
    if content.quotations:
        book.link(made, row, 1, words(sheets.QUOTES), words(sheets.QUOTES))
        book.put(made, row, 2, words("What people wrote, released one by one"), styles.LABEL)
        book.put(made, row, 5, words("list"), styles.LABEL)
        row += 1
    book.link(made, row, 1, words(sheets.LONG), words(sheets.LONG))
    book.put(made, row, 2, words("Every published figure, one per line"), styles.LABEL)
    book.put(made, row, 5, words("list"), styles.LABEL)
    for at, said in enumerate(book.legend.of_sheet(made), row + 2):
        book.put(made, at, 1, said, styles.NOTE).alignment = _left()
    made.freeze_panes = f"A{FIRST_LINE + 1}"
    made.print_title_rows = f"{FIRST_LINE}:{FIRST_LINE}"


def _fixed(book: Book) -> list[tuple[str, str, str]]:
    words = book.words
    return [
        (sheets.GUIDE, words("How to read this book"), words("text")),
        (sheets.RESPONSE, words("Who took part"), words("table")),
        (sheets.KEY_FIGURES, words("The figures the report opens with"), words("table")),
        (sheets.STATEMENTS, words("Every statement in one list"), words("list")),
    ]


def _left() -> Alignment:
    return Alignment(horizontal="left", vertical="top", wrap_text=False)
