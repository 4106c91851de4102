"""The heads over the columns of a sheet: the groups with their banner and letter, or the statistics of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from surveyapp.exports import styles
from surveyapp.exports.report_book.sheets import Book, head_width, lines_needed
from surveyapp.exports.report_book.statistic_lines import statistic_columns
from surveyapp.reports.grid import Grid
from surveyapp.reports.panels import has_statistics_aside

GROUP_ROW, HEADER_ROW, LETTER_ROW = 5, 6, 7
FIRST_COLUMN = 3
FIGURE_WIDTH = 12.0
BOLD_ROOM = 0.85
"""What of a width the widest bold labels leave, as `lines_needed` counts (measured in two typefaces)."""


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """What stands over one column."""

    label: str
    over: str = ""
    letter: str | None = None
    below: tuple[str, ...] = ()  # the heads of later panels in the same column


def column_heads(book: Book, grid: Grid) -> list[ColumnHead]:
    """What stands over each column."""
    if has_statistics_aside(grid):
        first, *later = [[one.label for one in columns] for columns in statistic_columns(grid, book.words)]
        return [
            ColumnHead(label, below=tuple(one for one in others if one))
            for label, *others in zip_longest(first, *later, fillvalue="")
        ]
    return [
        ColumnHead(
            _head_text(book, one.label), _head_text(book, one.banner_label), one.letter if grid.has_letters else None
        )
        for one in grid.groups
    ]


def _head_text(book: Book, text: Mapping[str, str] | None) -> str:
    """A head of a column; an amount stays with its sign."""
    return book.pick(text).replace("€ ", "€\N{NO-BREAK SPACE}")


def head_widths(heads: Sequence[ColumnHead]) -> tuple[float, ...]:
    """Characters per column: wide enough for the longest word of its heads, in bold and with its gap."""
    return tuple(max(FIGURE_WIDTH, *map(head_width, (one.label, one.over, *one.below))) for one in heads)


def put_column_heads(book: Book, made: Worksheet, heads: Sequence[ColumnHead], widths: Sequence[float]) -> None:
    """Write them."""
    seen: set[str] = set()
    for at, head in enumerate(heads, FIRST_COLUMN):
        cell = book.put(made, GROUP_ROW, at, head.over or None, styles.GROUP)
        if head.over in seen:
            cell.font = Font(name=styles.FONT, size=9, color=styles.LINE)
        seen |= {head.over} - {""}
        if head.label:
            book.put(made, HEADER_ROW, at, head.label, styles.HEADER)
        book.put(made, LETTER_ROW, at, head.letter, styles.LETTER)
    for at in (1, 2):
        book.put(made, HEADER_ROW, at, None, styles.HEADER)
    for row, texts in ((HEADER_ROW, [one.label for one in heads]), (GROUP_ROW, [one.over for one in heads])):
        made.row_dimensions[row].height = head_height(texts, widths)


def head_height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """Points that the deepest of these heads takes."""
    deepest = max(lines_needed(text, (width - 3) * BOLD_ROOM) for text, width in zip(texts, widths, strict=False))
    return 12.5 * deepest + 3
