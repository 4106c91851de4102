"""Which lines of figures a chart takes, in which order and tones, and the axis its means stand on.

Every grid here is of one item.
"""

from __future__ import annotations

from collections.abc import Sequence

from surveyapp.exports.chart_axes import nice, round_ends
from surveyapp.reports.grid import KINDS, Figure, Grid, Line

MOST_STACKED = 7  # answers a bar can be cut into


def first_line(grid: Grid, kind: str, code: int | str | None = None) -> Line | None:
    """The first line of a kind, or the one of this code."""
    return next((line for line in grid.of_kind(kind) if code in {None, line[0].code}), None)


def mean_line(grid: Grid) -> Line | None:
    """The line a mean, or else a score, is read from; of an analysis of its own its first figure that is no share."""
    known = first_line(grid, "mean") or first_line(grid, "score")
    return known or next((line for line in grid.lines if line[0].kind not in KINDS and line[0].unit != "share"), None)


def figures_at(lines: Sequence[Line], at: int) -> tuple[Figure, ...]:
    """The figures of one group in these lines."""
    return tuple(figures[at] for _, figures in lines)


def shares(grid: Grid) -> Sequence[Line]:
    """What bars are drawn of: the answers, the points of an allocation, nets, or the shares of an analysis.

    The options of a ranking stand in the order in which all people together chose them. Other answers keep that of the
    questionnaire, whose last ones ("other", "none of these") belong at the end.
    """
    lines = (
        grid.of_kind("code")
        or grid.of_kind("points")
        or grid.of_kind("net")
        or tuple(line for line in grid.lines if line[0].unit == "share")
    )
    if grid.of_kind("first"):
        return sorted(lines, key=lambda line: -(line[1][0].value or 0.0))
    return lines


def answers(grid: Grid) -> Sequence[Line]:
    """What a stacked bar is cut into, from low to high: the codes, or the nets of a long scale that make the whole."""
    codes = grid.of_kind("code")
    if len(codes) <= MOST_STACKED:
        return codes[::-1] if grid.item.is_descending else codes
    nets = {line[0].code: line for line in grid.of_kind("net")}
    return [nets[code] for code in ("detractors", "passives", "promoters") if code in nets]


def answer_tones(count: int, grid: Grid) -> list[str]:
    """The tones of so many answers, low to high: steps of agreement, or of a level."""
    palette = grid.item.palette
    # Of two answers that are no levels the first, yes, is the higher one.
    two = (1, 5) if palette == "level" else (5, 1)
    steps = {2: two, 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}.get(count, ())
    return [f"{palette}-{step}" for step in steps]


def mean_range(grids: Sequence[Grid], lines: Sequence[Line]) -> tuple[float, float]:
    """The scale means stand on: the codes' own ends, so that a difference is not blown up.

    A number has no ends of its own: from zero to the highest end of an interval, so that none is cut off.
    """
    codes = [code for grid in grids for measure, _ in grid.of_kind("code") if isinstance(code := measure.code, int)]
    if codes and all(measure.kind == "mean" for measure, _ in lines):
        return float(min(codes)), float(max(codes))
    ends = [grid.item.ends for grid in grids]
    if all(measure.kind == "mean" and measure.unit in ("mark", "mean") for measure, _ in lines):
        known = [one for one in ends if one is not None]
        if known and len(known) == len(ends):
            return min(low for low, _ in known), max(high for _, high in known)
    drawn = [
        value
        for _, figures in lines
        for one in figures
        for value in (one.value, one.low, one.high)
        if value is not None
    ]
    low, high = min(drawn, default=0.0), max(drawn, default=0.0)
    if lines and lines[0][0].unit == "year":
        return round_ends(low, high)  # a year: nought is no beginning
    return -nice(-low) if low < 0 else 0.0, nice(high) or 1.0
