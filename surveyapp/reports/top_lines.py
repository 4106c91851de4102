"""A table of what is named most: cut at so many lines, with those that share the last place."""

from __future__ import annotations

from dataclasses import replace

from surveyapp.instrument.coding import CANNOT_BE_CODED
from surveyapp.reports.grid import Grid, Line
from surveyapp.reports.sentences import Words, both


def named_most(grid: Grid, most: int | None) -> Grid:
    """The lines of codes that most people named, in their order; the rest is left out, and the notes say so.

    Whoever shares the last place stands there too, and what nobody named does not. A table whose total is hidden is
    left as it is: no order may show.
    """
    lines = [line for line in grid.of_kind("code") if line[0].code != CANNOT_BE_CODED]
    counts = [_count(line) for line in lines]
    if most is None or len(grid.items) != 1 or len(lines) <= most or None in counts:
        return grid
    known = [count for count in counts if count is not None]
    least = max(sorted(known, reverse=True)[most - 1], 1)
    kept = [line for line, count in zip(lines, known, strict=True) if count >= least]
    others = [line for line in grid.lines if line[0].kind != "code"]
    shown = [line for line in grid.lines if line in kept or line in others]
    item = replace(grid.item, notes=(*grid.item.notes, _note(most, len(kept), len(lines))))
    return replace(
        grid, items=(item,), measures=tuple(measure for measure, _ in shown), figures=tuple(row for _, row in shown)
    )


def _count(line: Line) -> int | None:
    return line[1][0].count


def _note(most: int, kept: int, codes: int) -> Words:
    if kept > most:
        return both(
            "The %(most)s codes that most people named, and those that share place %(most)s: %(kept)s of %(codes)s.",
            most=most,
            kept=kept,
            codes=codes,
        )
    return both("The %(kept)s codes that most people named, of %(codes)s.", kept=kept, codes=codes)
