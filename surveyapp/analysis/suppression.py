"""Which cells of one table of counts to hide, so that no reader works out a small one from the others and the margins.

This is for a table by itself, made in a notebook; what the product shows is judged by who is in it, over all tables at
once (:mod:`surveyapp.analysis.disclosure`). The rule for a small count is the same.

A small count is hidden (primary), and other cells with it (complementary), until each small count could as well be k
higher than it is: a reader who knows all that is shown, the margins' sums and that counts are not negative learns it no
better than to k people. That also leaves k people or nobody at least in what a margin has besides its shown cells.

References
----------
Hundepool et al. (2012), Statistical Disclosure Control, 4.2-4.4; Fischetti & Salazar (2000) for the search as an
integer programme, Kelly, Golden & Assad (1992) for one small cell after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from surveyapp.analysis.columns import Bools, Floats, Ints
from surveyapp.analysis.disclosure import too_few
from surveyapp.errors import AnalysisError

MOST_EXACT = 300
"""Cells with margins, times small ones, up to which the fewest cells are searched for; above, few are found."""
UNBOUNDED = 3
"""How the solver says that a cell can be as high as one likes."""
MOVED = 1e-6
"""A cell that moves by less than this in a solution does not move."""


class Reason(StrEnum):
    """Why a cell is hidden."""

    FEW = "few"  # its own count is small
    BESIDE = "beside"  # or a small one could be worked out from it


@dataclass(frozen=True, slots=True)
class HiddenCell:
    """One hidden cell: its place (a margin stands after the last row or column), and between what it can lie.

    The reason is for whoever makes the table: printed in it, it would tell readers which hidden counts are small.
    """

    place: tuple[int, ...]
    reason: Reason
    low: float
    high: float  # infinite where no shown margin holds it


@dataclass(frozen=True, slots=True, eq=False)
class Suppression:
    """A table with its margins, and what of it to hide."""

    counts: Ints  # shape (r + 1, c + 1): the margins last; of one row of groups (c + 1,)
    hidden: Bools  # the same shape
    cells: tuple[HiddenCell, ...]
    threshold: int


def suppressed_cells(counts: ArrayLike, threshold: int) -> Suppression:
    """Which cells of a table of counts to hide, and why.

    Parameters
    ----------
    counts :    shape (r, c) or (c,), people per cell without margins; of weighted tables the unweighted counts
    threshold : k; counts of 1 to k - 1 are small, 0 is shown

    Returns
    -------
    Suppression     margins hidden like cells where they are small or must be. Of small tables the fewest cells, of as
                    few the fewest people; larger ones are mended one small cell after the other, and what turned out
                    not to be needed is shown again. Every hidden cell is held against the whole by linear programming

    Raises
    ------
    AnalysisError     a count is no whole number of at least 0, the table has other dimensions or no cell, k is below 2

    References
    ----------
    Hundepool et al. (2012): one small cell in a table with margins needs three more, one in a list one more.
    """
    table = _with_margins(_counted(counts))
    if threshold < 2:
        raise AnalysisError("The threshold is %(k)s; below 2 no count is small.", k=threshold)
    x, sums = table.reshape(-1).astype(np.float64), _sums(table.shape)
    small = too_few(x, threshold)
    hidden = small.copy()
    if small.any() and len(x) * small.sum() <= MOST_EXACT:
        hidden |= _fewest(x, sums, small, threshold)
    _mend(x, sums, small, hidden, threshold)
    ranges = {cell: _range(x, sums, hidden, cell) for cell in np.flatnonzero(hidden).tolist()}
    hidden[[cell for cell, (low, high) in ranges.items() if low == high]] = False  # who knows the rest knows it anyway
    cells = tuple(
        HiddenCell(
            tuple(int(axis) for axis in np.unravel_index(cell, table.shape)),
            Reason.FEW if small[cell] else Reason.BESIDE,
            *ranges[cell],
        )
        for cell in np.flatnonzero(hidden).tolist()
    )
    return Suppression(table, hidden.reshape(table.shape), cells, threshold)


def _counted(counts: ArrayLike) -> Ints:
    given = np.asarray(counts, dtype=np.float64)
    if given.ndim not in (1, 2) or not given.size:
        raise AnalysisError(
            "A table has one or two dimensions and a cell; this has shape %(shape)s.", shape=given.shape
        )
    wrong = given[~(np.isfinite(given) & (given >= 0) & (given == np.floor(given)))]
    if len(wrong):
        raise AnalysisError("A count is a whole number of 0 or more, which %(count)s is not.", count=wrong[0])
    return given.astype(np.intp)


def _with_margins(table: Ints) -> Ints:
    for axis in range(table.ndim):
        table = np.concatenate([table, table.sum(axis=axis, keepdims=True)], axis=axis)
    return table


def _sums(shape: tuple[int, ...]) -> Floats:
    """What adds up: along each axis, for each place on the others, the cells less their margin are 0."""
    places = np.arange(np.prod(shape)).reshape(shape)
    lines = [line for axis in range(len(shape)) for line in np.moveaxis(places, axis, -1).reshape(-1, shape[axis])]
    found = np.zeros((len(lines), places.size))
    for row, line in zip(found, lines, strict=True):
        row[line[:-1]], row[line[-1]] = 1, -1
    return found


def _fewest(x: Floats, sums: Floats, small: Bools, k: int) -> Bools:
    """The fewest cells that let each small one be k higher: each has a way to move, over hidden cells only."""
    n, needed = len(x), np.flatnonzero(small)
    down, ways = np.minimum(x, k), len(needed)
    size = n * (ways + 1)
    rules = []
    for number, cell in enumerate(needed, start=1):
        mine = slice(number * n, (number + 1) * n)
        moves = np.zeros((len(sums), size))
        moves[:, mine] = sums
        risen = np.zeros((1, size))
        risen[0, number * n + cell] = 1
        only_hidden = np.zeros((2, n, size))
        only_hidden[:, :, mine] = np.eye(n)
        only_hidden[0, :, :n], only_hidden[1, :, :n] = -k * np.eye(n), np.diag(down)
        rules += [
            LinearConstraint(moves, 0, 0),
            LinearConstraint(risen, k, k),
            LinearConstraint(only_hidden[0], -np.inf, 0),
            LinearConstraint(only_hidden[1], 0, np.inf),
        ]
    bounds = Bounds(
        np.concatenate([small.astype(np.float64), np.tile(-down, ways)]),
        np.concatenate([np.ones(n), np.full(n * ways, float(k))]),
    )
    whole = np.repeat([1, 0], [n, n * ways])
    cost = np.concatenate([_cost(x), np.zeros(n * ways)])
    done = milp(cost, constraints=rules, bounds=bounds, integrality=whole)
    found: Bools = done.x[:n] > 0.5
    return found


def _cost(x: Floats) -> Floats:
    """What hiding a cell costs: one cell, and its people to choose among as few cells."""
    cost: Floats = 1 + x / (len(x) * max(x.max(), 1.0) + 1)
    return cost


def _mend(x: Floats, sums: Floats, small: Bools, hidden: Bools, k: int) -> None:
    """Hide besides whatever a small cell needs, then show again what none needs."""
    ways: dict[int, Bools] = {}
    for cell in np.flatnonzero(small)[np.argsort(-x[small], kind="stable")].tolist():
        ways[cell] = _way(x, sums, hidden, cell, k)
        hidden |= ways[cell]
    beside = np.flatnonzero(hidden & ~small)
    for cell in beside[np.argsort(-x[beside], kind="stable")].tolist():
        hidden[cell] = False
        others: dict[int, Bools] = {}
        for one in (one for one, way in ways.items() if way[cell]):
            others[one] = _way(x, sums, hidden, one, k)
            if (others[one] & ~hidden).any():
                hidden[cell] = True
                break
        else:
            ways |= others


def _way(x: Floats, sums: Floats, hidden: Bools, cell: int, k: int) -> Bools:
    """Which cells move when one rises by k, by the way that needs the least that is not hidden yet."""
    n, down = len(x), np.minimum(x, k)
    cost = np.where(hidden, 0.0, _cost(x))
    bounds = np.stack([np.zeros(2 * n), np.concatenate([np.full(n, float(k)), down])], axis=1)
    bounds[cell] = k
    bounds[n + cell] = 0
    done = linprog(np.tile(cost, 2), A_eq=np.hstack([sums, -sums]), b_eq=np.zeros(len(sums)), bounds=bounds)
    found: Bools = np.abs(done.x[:n] - done.x[n:]) > MOVED
    return found


def _range(x: Floats, sums: Floats, hidden: Bools, cell: int) -> tuple[float, float]:
    """Between what a hidden cell lies for who knows all that is shown."""
    known = -(sums[:, ~hidden] @ x[~hidden])
    sought = (np.flatnonzero(hidden) == cell).astype(np.float64)

    def end(sign: float) -> float:
        done = linprog(sign * sought, A_eq=sums[:, hidden], b_eq=known)
        return np.inf if done.status == UNBOUNDED else sign * round(float(done.fun), 6)

    return end(1.0), end(-1.0)
