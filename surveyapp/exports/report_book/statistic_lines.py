"""The lines of a sheet whose columns are statistics: a line per question, its figures beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from surveyapp.exports import styles
from surveyapp.exports.report_book.body import P_FORMAT, BodyLine, Value, part_of, value_of
from surveyapp.exports.words import Words
from surveyapp.reports.formatting import SUPPRESSED
from surveyapp.reports.grid import Figure, Grid, Measure
from surveyapp.reports.panels import Panel, PanelRow, panels, rests_on_one


@dataclass(frozen=True, slots=True)
class StatisticColumn:
    """One column: a statistic, an end of its interval, what its test says, or what the line rests on."""

    label: str
    part: str  # what its figures are, for the defined names; empty for what stands beside a figure
    style: str
    number_format: str | None
    cell: Callable[[PanelRow], Value]
    place: int | None = None  # of the statistic in the panel, where it is one

    def is_indicative(self, row: PanelRow) -> bool:
        """Whether the figure in it bears the mark."""
        found = row.cells[self.place] if self.place is not None else None
        return found is not None and found[1].is_indicative


def statistic_columns(grid: Grid, words: Words) -> Iterator[tuple[StatisticColumn, ...]]:
    """The columns of each panel; how many each line rests on stands last, where that is not the same of all."""
    differ = not rests_on_one(grid)
    for panel in panels(grid):
        yield _columns(panel, words, differ)


def _columns(panel: Panel, words: Words, differ: bool) -> tuple[StatisticColumn, ...]:
    """Intervals and tests stand right behind the figure they belong to."""
    rows = [row for block in panel.blocks for row in block.rows]
    found: list[StatisticColumn] = []
    for place, head in enumerate(panel.heads):
        measure = next(cell[0] for row in rows if (cell := row.cells[place]) is not None)
        found += _of_one(place, measure, words.pick(head.label), rows, words)
    if differ:
        found.append(StatisticColumn(words("n (valid answers)"), "", styles.COUNT, None, _valid))
    return tuple(found)


def _of_one(
    place: int, measure: Measure, label: str, rows: Sequence[PanelRow], words: Words
) -> Iterator[StatisticColumn]:
    part, number_format = part_of(measure)

    def column(
        label: str, of: Callable[[Figure], Value], style: str, look: str | None, name: str = ""
    ) -> StatisticColumn:
        return StatisticColumn(label, name, style, look, _at(place, of), place if name else None)

    def end(of: Callable[[Figure], float | None]) -> Callable[[Figure], Value]:
        size = 100 if measure.unit == "score" else 1
        return lambda figure: None if (value := of(figure)) is None else value * size

    figures = [cell[1] for row in rows if (cell := row.cells[place]) is not None]
    yield column(label, lambda figure: value_of(figure, measure.unit), styles.SHARE, number_format, part)
    if any(one.low is not None for one in figures):
        yield column(words("95% interval from"), end(lambda one: one.low), styles.MARGIN, number_format)
        yield column(words("to"), end(lambda one: one.high), styles.MARGIN, number_format)
    if any(one.p is not None for one in figures):
        yield column(words("p value"), lambda one: one.p, styles.MARGIN, P_FORMAT[words.language])


def _at(place: int, of: Callable[[Figure], Value]) -> Callable[[PanelRow], Value]:
    def cell(row: PanelRow) -> Value:
        found = row.cells[place]
        return None if found is None else of(found[1])

    return cell


def _valid(row: PanelRow) -> Value:
    return None if row.bases is None else SUPPRESSED if row.bases.is_hidden else row.bases.valid


def statistic_lines(grid: Grid, words: Words) -> list[BodyLine]:
    """Every line from row 11 on; what follows the first panel stands under heads of its own."""
    lines: list[BodyLine] = []
    for panel, columns in zip(panels(grid), statistic_columns(grid, words), strict=True):
        if lines:
            lines.append(BodyLine("heads", "", tuple(one.label for one in columns), style=styles.HEADER))
        lines += [_line(row, columns, words) for block in panel.blocks for row in block.rows]
    return lines


def _line(row: PanelRow, columns: Sequence[StatisticColumn], words: Words) -> BodyLine:
    return BodyLine(
        "statistics",
        words.pick(row.item.title),
        tuple(one.cell(row) for one in columns),
        indicative=tuple(one.is_indicative(row) for one in columns),
        looks=tuple((one.style, one.number_format) for one in columns),
    )
