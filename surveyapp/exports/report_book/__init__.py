"""The report book: everything an editor takes to print, one workbook per language, figures only and no formulas."""

from __future__ import annotations

from pathlib import Path

from openpyxl.workbook import Workbook

from surveyapp.errors import ExportError
from surveyapp.exports import styles
from surveyapp.exports.finishing import save_book
from surveyapp.exports.report_book import sheets
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.contents_sheet import add_contents
from surveyapp.exports.report_book.guide_sheet import add_guide
from surveyapp.exports.report_book.key_figures_sheet import add_key_figures
from surveyapp.exports.report_book.legend import Legend
from surveyapp.exports.report_book.long_sheet import add_long
from surveyapp.exports.report_book.quotes_sheet import add_quotes
from surveyapp.exports.report_book.response_sheet import add_response
from surveyapp.exports.report_book.sheets import Book
from surveyapp.exports.report_book.statements_sheet import add_statements
from surveyapp.exports.report_book.table_sheet import add_table_sheet
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.exports.words import Words


def write_report_book(content: ReportContent, path: Path, language: str) -> None:
    """Write the whole book; the same content gives the same bytes.

    Raises
    ------
    ExportError     two sheets of one id, an unknown language, or a figure no cell can hold; nothing is left at ``path``
    """
    ids = [str(sheet.id) for sheet in content.sheets]
    if len({id_.casefold() for id_ in ids}) < len(ids):
        raise ExportError("Two tables of the report have the same id; ids are never reused.")
    words = Words(language)
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    styles.add_styles(workbook)
    legend = Legend.of(words, threshold=content.threshold, low_base=content.low_base)
    book = Book(workbook, SafeCells(words("… [shortened]")), words, legend, made_up=words.made_up(content.is_made_up))
    colours = _section_colours(content)
    has_chart = {
        str(sheet.id): add_table_sheet(book, content, sheet, colours[sheet.section]) for sheet in content.sheets
    }
    add_statements(book, content)
    add_quotes(book, content)
    add_long(book, content)
    add_response(book, content)
    add_key_figures(book, content)
    add_contents(book, content, has_chart)
    add_guide(book, content)
    _arrange(workbook, words, ids)
    properties = workbook.properties
    properties.creator = book.safe.text(content.contact)
    properties.title = book.safe.text(words.pick(content.title))
    properties.language = language
    properties.description = words.made_up(content.is_made_up) or None
    save_book(workbook, path, content.stand, book.descriptions)


def _section_colours(content: ReportContent) -> dict[str, str]:
    sections = dict.fromkeys(sheet.section for sheet in content.sheets)
    palette = styles.SECTION_COLOURS
    return {section: palette[at % len(palette)] for at, section in enumerate(sections)}


def _arrange(workbook: Workbook, words: Words, ids: list[str]) -> None:
    """Sheets in the reader's order; the guide was written last, because it tells what the sanitiser changed."""
    front = (sheets.CONTENTS, sheets.GUIDE, sheets.RESPONSE, sheets.KEY_FIGURES)
    order = [*map(words, front), *ids, *map(words, (sheets.STATEMENTS, sheets.QUOTES, sheets.LONG))]
    workbook._sheets.sort(key=lambda sheet: order.index(sheet.title))  # type: ignore[attr-defined]  # has no public way
    workbook.active = 0
    for sheet in workbook.worksheets:
        sheet.sheet_view.tabSelected = sheet.title == order[0]
