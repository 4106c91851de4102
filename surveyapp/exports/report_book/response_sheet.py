"""Who took part: one line per role and one per source, then all together."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.exports import styles
from surveyapp.exports.report_book import sheets
from surveyapp.exports.report_book.body import value_of
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.list_sheet import FIRST_LINE, Head, Listed, add_list
from surveyapp.exports.report_book.sheets import Book
from surveyapp.reports.grid import Grid

_FORMATS = {"count": styles.COUNT_FORMAT, "minutes": styles.MEAN_FORMAT}


def add_response(book: Book, content: ReportContent) -> None:
    """Write the counts of the fieldwork; a rate stands only where people were invited by name."""
    words, grid = book.words, content.response
    heads = (
        Head(words("Role"), 40, is_text=True),
        Head(words("Source"), 26, is_text=True),
        *(Head(words.pick(one.label), 18 if one.code == "response_rate" else 11) for one in grid.measures),
    )
    notes = (
        words("An open link has no invited people and therefore no response rate."),
        words(
            "Partial: at least one page saved, not sent. Screened out: outside the population, thanked and not counted."
        ),
        words("Median minutes and shares are of complete answers."),
        *(
            ()
            if content.steps is None
            else (words("Who did not finish, on what device and in which language is shown once fieldwork closed."),)
        ),
    )
    made = add_list(book, sheets.RESPONSE, words("Who took part"), heads, _lines(book, grid), notes, frozen=2)
    made.row_dimensions[FIRST_LINE].height = 28


def _lines(book: Book, grid: Grid) -> Iterator[tuple[Listed, ...]]:
    words = book.words
    for at in (*range(1, len(grid.groups)), 0):
        group = grid.groups[at]
        said = words.pick(group.label)
        role = said if group.banner == "role" else words("All roles")
        source = said if group.banner == "source" else words("all sources")
        cells = []
        for measure, figures in grid.lines:
            number_format = None if figures[at].is_hidden else _FORMATS.get(measure.unit)
            cells.append(Listed(value_of(figures[at], measure.unit), styles.SHARE, number_format))
        yield Listed(role, is_sum=at == 0), Listed(source, is_sum=at == 0), *cells
