"""Every item with an ordered answer in one list, so that an editor can sort and pick."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.exports import styles
from surveyapp.exports.chart_rows import first_line
from surveyapp.exports.report_book import sheets
from surveyapp.exports.report_book.body import value_of
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.legend import LOW_FORMAT, marked
from surveyapp.exports.report_book.list_sheet import FIRST_LINE, Head, Listed, add_list
from surveyapp.exports.report_book.sheets import Book
from surveyapp.reports.formatting import SUPPRESSED
from surveyapp.reports.grid import Figure, Grid

ANSWERS = 5
_TAIL = (("net", "top2", styles.NET), ("net", "bottom2", styles.SHARE), ("mean", None, styles.MEAN))


def add_statements(book: Book, content: ReportContent) -> None:
    """Write one line per statement and group, with the five shares, the nets and the mean."""
    words = book.words
    heads = (
        Head("Id", 11, is_text=True),
        Head(words("Section"), 26, is_text=True),
        Head(words("Statement"), 56, is_text=True),
        Head(words("Group"), 34, is_text=True),
        Head(words("n"), 8),
        *(Head(str(step), 8) for step in range(1, ANSWERS + 1)),
        Head(words("Top 2"), 9),
        Head(words("Bottom 2"), 9),
        Head(words("Mean"), 12),
    )
    title = words("Every statement in one list")
    hint = words("1 is the first and 5 the last answer of the item’s own scale; see its sheet.")
    made = add_list(book, sheets.STATEMENTS, title, heads, _lines(book, content), frozen=3, hint=hint)
    if made.max_row > FIRST_LINE:
        made.auto_filter.ref = f"A{FIRST_LINE}:M{made.max_row}"


def _lines(book: Book, content: ReportContent) -> Iterator[tuple[Listed, ...]]:
    words = book.words
    for grid in statements(content):
        for at, (group, bases) in enumerate(grid.columns):
            if group.banner in {None, "role"} and bases.valid != 0:
                yield (
                    Listed(grid.id),
                    Listed(words.section(grid.section)),
                    Listed(words.pick(grid.item.title), line=13.0),
                    Listed(words.pick(group.label), line=13.0),
                    Listed(
                        SUPPRESSED if bases.is_hidden else bases.valid,
                        styles.COUNT,
                        LOW_FORMAT if bases.is_low else None,
                    ),
                    *(_listed(figure, style) for figure, style in _figures(grid, at)),
                )


def statements(content: ReportContent) -> Iterator[Grid]:
    """Each five-point item once, under the first sheet that holds it."""
    seen: set[str] = set()
    for sheet in content.sheets:
        if sheet.filter is not None or {group.banner for group in sheet.groups} - {None, "role"}:
            continue
        for grid in sheet.parts:
            is_statement = len(grid.of_kind("code")) == ANSWERS and first_line(grid, "net", "top2") is not None
            if is_statement and grid.item.variable not in seen:
                seen.add(grid.item.variable)
                yield grid


def _listed(figure: Figure, style: str) -> Listed:
    number_format = styles.MEAN_FORMAT if style == styles.MEAN else styles.SHARE_FORMAT
    return Listed(value_of(figure, "share"), style, marked(number_format) if figure.is_marked else None)


def _figures(grid: Grid, at: int) -> Iterator[tuple[Figure, str]]:
    for _, figures in grid.of_kind("code"):
        yield figures[at], styles.SHARE
    for kind, code, style in _TAIL:
        line = first_line(grid, kind, code)
        yield (line[1][at] if line else Figure()), style
