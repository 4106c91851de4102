"""The figures the report opens with, each with its margin, base and last wave's value."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.analysis.significance import ALPHA
from surveyapp.exports import styles
from surveyapp.exports.report_book import sheets
from surveyapp.exports.report_book.body import half_width, value_of
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.legend import LOW_FORMAT, marked
from surveyapp.exports.report_book.list_sheet import Head, Listed, add_list
from surveyapp.exports.report_book.sheets import Book
from surveyapp.reports.grid import Figure, Grid

_FORMATS = {"share": styles.SHARE_FORMAT, "score": styles.POINTS_FORMAT}
Line = tuple[Listed | None, ...]


def add_key_figures(book: Book, content: ReportContent) -> None:
    """Write the headline figures; values are numbers at full precision, shown rounded."""
    words = book.words
    heads = (
        Head("Id", 21, is_text=True),
        Head(words("Indicator"), 40, is_text=True),
        Head(words("Group"), 36, is_text=True),
        Head(words("Value"), 8),
        Head(words("Margin ±"), 9),
        Head(words("n"), 8),
        Head(words("Last wave"), 9),
        Head(words("Difference"), 10),
        Head(words("Significant"), 11),
        Head(words("Unit"), 12, is_text=True, indent=1),
        Head(words("Note"), 28, is_text=True, indent=1),
    )
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
    title = words("The figures the report opens with")
    add_list(book, sheets.KEY_FIGURES, title, heads, _lines(book, content.key_figures), notes, frozen=3)


def _lines(book: Book, grid: Grid) -> Iterator[Line]:
    """A line per indicator and role that was asked, with that role's figure of the last wave and the difference."""
    words = book.words
    beside = {(one.letter, one.is_difference): at for at, one in enumerate(grid.groups) if one.year is not None}
    for item, (measure, figures) in zip(grid.items, grid.lines, strict=True):
        note = words.pick(item.series_break)
        for group, figure in zip(grid.groups, figures, strict=True):
            if group.banner is None or group.year is not None or figure.bases.is_outside:
                continue
            places = (beside.get((group.letter, is_difference)) for is_difference in (False, True))
            then, difference = (Figure() if at is None else figures[at] for at in places)
            yield (
                Listed(item.variable),
                Listed(words.pick(item.title), line=13.0),
                Listed(words.pick(group.label), line=13.0),
                *_figures(book, figure, then, difference, measure.unit),
                Listed(unit_words(measure.unit, book), styles.NOTE, is_after_figures=True),
                Listed(note, styles.NOTE, line=12.0) if note else None,
            )


def _figures(book: Book, figure: Figure, then: Figure, difference: Figure, unit: str) -> Line:
    is_whole = unit in _FORMATS  # a share or a score: in whole points
    is_shown = not figure.is_hidden and not figure.is_imprecise
    number_format = _FORMATS.get(unit, styles.MEAN_FORMAT) if is_shown else None
    if number_format and figure.is_marked:
        number_format = marked(number_format)
    value = Listed(value_of(figure, unit), styles.MEAN, number_format)
    if not is_shown:
        return value, None, None, None, None, None
    half = half_width(figure, "score" if is_whole else unit)
    moved = difference.value if difference.value is None or not is_whole else difference.value * 100
    words = book.words
    said = words("not tested") if difference.p is None else words("yes") if difference.p < ALPHA else words("no")
    return (
        value,
        None if half is None else Listed(half, styles.MARGIN, '"±"0' if is_whole else styles.MARGIN_FORMAT),
        Listed(figure.bases.valid, styles.COUNT, LOW_FORMAT if figure.bases.is_low else None),
        Listed(None if then.is_hidden else value_of(then, unit), styles.SHARE, _FORMATS.get(unit, styles.MEAN_FORMAT)),
        Listed(moved, styles.SHARE, styles.POINTS_FORMAT if is_whole else styles.DIFFERENCE_FORMAT),
        None if moved is None else Listed(said, styles.CODE),
    )


def unit_words(unit: str, book: Book) -> str:
    """A unit in the reader's words."""
    words = book.words
    return {
        "mark": words("mark 1–10"),
        "mean": words("mean"),
        "share": words("share"),
        "score": words("score"),
    }.get(unit, unit)
