"""Whether two divisions of the same people have to do with each other: Pearson's test, or Rao and Scott's of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, chdtrc

from surveyapp.analysis.columns import Floats
from surveyapp.analysis.design import Design, PerCase
from surveyapp.analysis.domains import held, relative

LEAST_EXPECTED = 5
"""Cochran (1954): no cell expects fewer than 1, and at most one in five fewer than 5."""


@dataclass(frozen=True, slots=True)
class Independence:
    """A test of a table of two divisions; NaN with the reason where there is none."""

    test: str  # "pearson" or "rao-scott"
    statistic: float  # χ², or F
    freedom: tuple[float, float]  # of χ² its own and infinity; of F both
    p: float
    cramers_v: float  # √(χ² ÷ n ÷ (the lesser of rows and columns, less 1)), of weighted shares
    n: int  # cases in the table
    reason: str | None = None


def independence(
    rows: PerCase, columns: PerCase, design: Design | None = None, domain: PerCase | None = None
) -> Independence:
    """Whether rows and columns of a table are independent.

    Unweighted cases that were drawn alone: Pearson's χ² without correction. Otherwise his statistic of the weighted
    shares, held by Rao and Scott's second-order correction against F.

    Parameters
    ----------
    rows, columns : a number per case, NaN where missing

    Returns
    -------
    Independence     no p where a division has one group, or where cells expect too few (Cochran's rule)

    References
    ----------
    Rao & Scott (1984); Thomas & Rao (1987); R survey: svychisq(~r + c, design, statistic = "F"); Cramér (1946), 21.9.
    """
    r, inside, design = held(rows, design, domain)
    c, also, _ = held(columns, design, domain)
    inside = inside & also
    at = np.flatnonzero(inside)
    (rowed, r_at), (columned, c_at) = (np.unique(one[at], return_inverse=True) for one in (r, c))
    shape, n = (len(rowed), len(columned)), len(at)
    w = relative(design)[at]
    if design.is_simple and design.relative is None:
        return of_counts(np.bincount(r_at * shape[1] + c_at, minlength=shape[0] * shape[1]).reshape(shape))
    if min(shape) < 2:
        return _none("rao-scott", n)
    cells = np.zeros((design.n, shape[0] * shape[1]))
    cells[at, r_at * shape[1] + c_at] = w / w.sum()
    p = cells.sum(axis=0)
    z = cells - np.where(inside, cells.sum(axis=1), 0.0)[:, None] * p
    return _rao_scott(p.reshape(shape), design.covariance(z, inside), n, design.freedom(inside))


def of_counts(counts: ArrayLike) -> Independence:
    """Pearson's test of a table of people, shape (rows, columns); empty rows and columns are no part of it."""
    table = _some(np.asarray(counts, dtype=np.float64))
    n = table.sum()
    if min(table.shape) < 2:
        return _none("pearson", int(n))
    squares, expected = _pearson(table / n)
    statistic, freedom = float(n * squares), (table.shape[0] - 1) * (table.shape[1] - 1)
    return _judged(
        "pearson", statistic, (freedom, np.inf), float(chdtrc(freedom, statistic)), squares, expected * n, int(n)
    )


def of_sums(people: ArrayLike, weights: ArrayLike, squares: ArrayLike) -> Independence:
    """Rao and Scott's test of cases drawn one by one, from n, Σw and Σw² of every cell, shape (rows, columns)."""
    cells = np.asarray(people)
    n = int(cells.sum())
    keep_rows, keep_columns = cells.sum(axis=1) > 0, cells.sum(axis=0) > 0
    if min(keep_rows.sum(), keep_columns.sum()) < 2:
        return _none("rao-scott", n)
    w, w2 = (np.asarray(one, dtype=np.float64)[np.ix_(keep_rows, keep_columns)] for one in (weights, squares))
    p, s = w.ravel() / w.sum(), w2.ravel() / w.sum() ** 2
    across = np.outer(p, s)
    covariance = (np.diag(s) - across - across.T + s.sum() * np.outer(p, p)) * (n / (n - 1))
    return _rao_scott(p.reshape(w.shape), covariance, n, n - 1)


def _rao_scott(p: Floats, covariance: Floats, n: int, freedom: int) -> Independence:
    squares, expected = _pearson(p)
    contrasts = np.kron(_contrasts(p.shape[0]), _contrasts(p.shape[1]))
    flat = p.ravel()
    per = np.divide(1.0, flat, out=np.zeros(len(flat)), where=flat > 0)[:, None] * contrasts
    alike = contrasts.T @ per / n
    effects = np.linalg.solve(alike, per.T @ covariance @ per) if np.linalg.matrix_rank(alike) == len(alike) else None
    if effects is None or freedom < 1:
        return _none("rao-scott", n, "too many empty cells")
    trace, square = float(np.trace(effects)), float((effects * effects.T).sum())
    if not trace > 0:
        return _none("rao-scott", n)
    statistic, above = n * squares / trace, trace**2 / square
    below = above * freedom
    p_value = float(betainc(below / 2, above / 2, below / (below + above * statistic)))
    return _judged("rao-scott", statistic, (above, below), p_value, squares, expected * n, n)


def _pearson(p: Floats) -> tuple[float, Floats]:
    """χ² ÷ n, and the shares expected."""
    expected = np.outer(p.sum(axis=1), p.sum(axis=0))
    return float(((p - expected) ** 2 / expected).sum()), expected


def _contrasts(size: int) -> Floats:
    """Columns that are 0 together: what is not the level of all."""
    return np.eye(size)[:, 1:] - 1 / size


def _some(table: Floats) -> Floats:
    return table[np.ix_(table.sum(axis=1) > 0, table.sum(axis=0) > 0)]


def _judged(
    test: str,
    statistic: float,
    freedom: tuple[float, float],
    p: float,
    squares: float,
    expected: Floats,
    n: int,
) -> Independence:
    v = float(np.sqrt(squares / (min(expected.shape) - 1)))
    if expected.min() < 1 or (expected < LEAST_EXPECTED).mean() > 0.2:
        return Independence(test, statistic, freedom, float("nan"), v, n, "too few expected in some cells")
    return Independence(test, statistic, freedom, p, min(v, 1.0), n)


def _none(test: str, n: int, reason: str = "one group has nothing to differ from") -> Independence:
    nan = float("nan")
    return Independence(test, nan, (nan, nan), nan, nan, n, reason)
