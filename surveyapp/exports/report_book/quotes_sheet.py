"""What people wrote, in the words that were released: by code, with the role where it is shown, and when."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.exports import styles
from surveyapp.exports.report_book import sheets
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.list_sheet import Head, Listed, add_list
from surveyapp.exports.report_book.sheets import Book
from surveyapp.reports.formatting import date_in_words

LINE = 13.0


def add_quotes(book: Book, content: ReportContent) -> None:
    """Write the quotations; a book without any has no such sheet."""
    words = book.words
    if not content.quotations:
        return
    heads = (
        Head(words("Code"), 34, is_text=True),
        Head(words("Quotation"), 84, is_text=True),
        Head(words("Role"), 30, is_text=True),
        Head(words("Language"), 11, is_text=True),
        Head(words("Released on"), 20, is_text=True),
    )
    notes = (
        words("Each was read and released by a person; what could name somebody has been taken out."),
        words("A role stands with a quotation only where figures of that role are shown."),
    )
    add_list(
        book, sheets.QUOTES, words("What people wrote, released one by one"), heads, _lines(book, content), notes,
        frozen=1,
    )  # fmt: skip


def _lines(book: Book, content: ReportContent) -> Iterator[tuple[Listed, ...]]:
    roles = content.role_labels
    for one in content.quotations:
        label = book.words.pick(one.labels[0]) if one.labels else ""
        role = book.words.pick(roles[one.role]) if one.role is not None and one.role in roles else ""
        yield (
            Listed(label, line=LINE),
            Listed(one.words, styles.QUESTION, line=LINE),
            Listed(role),
            Listed(one.language),
            Listed(date_in_words(one.released_on, book.words.language)),
        )
