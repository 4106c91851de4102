"""Every figure as one line: the shape a pivot table, a script or the other sheets' check wants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from surveyapp.exports.words import Words
from surveyapp.reports.grid import Figure, Grid

Line = tuple[object, ...]
COLUMNS = (
    "study",
    "year",
    "table_id",
    "table_title",
    "variable",
    "row_kind",
    "row_code",
    "row_label",
    "banner_var",
    "banner_code",
    "banner_label",
    "value",
    "unit",
    "n_unweighted",
    "n_effective",
    "se",
    "margin95",
    "higher_than",
    "suppressed",
    "provisional",
    "break_in_series",
    "note",
    "precision",
    "weight",
    "step",
)
_UNITS = {"mark": "mean", "year": "mean", "score": "share"}
"""Units that say how a figure is printed, and count as another in a list of unrounded ones."""


def long_lines(sheets: Iterable[Grid], words: Words, *, is_final: bool) -> Iterator[Line]:
    """One tuple per figure, in the order of :data:`COLUMNS`; a hidden figure is empty with suppressed 1,
    one that is too imprecise empty with precision not_shown."""
    for sheet in sheets:
        for grid in sheet.parts:
            for at in range(len(grid.groups)):
                yield from _column_lines(grid, at, words, is_final)


def _column_lines(grid: Grid, at: int, words: Words, is_final: bool) -> Iterator[Line]:
    item, (group, bases) = grid.item, grid.columns[at]
    filtered = words("Filter: {filter}", filter=words.pick(grid.filter.sentence)) if grid.filter else None

    def line(kind: str, code: int | str | None, label: str, value: float | None, unit: str, figure: Figure) -> Line:
        margin = None if figure.low is None or figure.high is None else (figure.high - figure.low) / 2
        return (
            grid.study,
            grid.year,
            grid.id,
            words.pick(grid.title),
            item.variable,
            kind,
            code,
            label,
            group.banner,
            group.key.partition(":")[2] or None,
            words.pick(group.label),
            value,
            unit,
            bases.valid,
            bases.effective,
            figure.se,
            margin,
            figure.letters or None,
            int(figure.is_hidden),
            int(not is_final),
            words.pick(item.series_break) or None,
            filtered,
            figure.precision.name.lower() if figure.precision else None,
            grid.weight,
            figure.step or None,
        )

    for kind, label, count in (
        ("n_unw", words("n (valid answers)"), bases.valid),
        ("n_w", words("n weighted"), bases.weighted),
        ("n_eff", words("n effective"), bases.effective),
    ):
        if not bases.is_outside:
            yield line(kind, None, label, count, "count", Figure(is_hidden=bases.is_hidden))
    for measure, figures in grid.lines:
        figure = figures[at]
        value = figure.count if measure.unit == "count" else figure.value
        if value is not None or figure.is_hidden or figure.is_imprecise:
            unit = _UNITS.get(measure.unit, measure.unit)
            yield line(measure.kind, measure.code, words.pick(measure.label), value, unit, figure)
