"""Which columns differ: letters with a stated test, corrected for how often we looked.

Per row and banner group every pair of columns is tested: shares by the two-sample z test with unpooled variance, means
by Welch's t test, scores by z. The p-values of one row within one banner group are one family, corrected by Holm. A
column takes part with a base of at least 30. A letter stands in the column that is higher.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, stdtr

from surveyapp.analysis.columns import Bools, Floats

ALPHA = 0.05
MINIMUM_BASE = 30


def z_tests(first: ArrayLike, second: ArrayLike, first_se: ArrayLike, second_se: ArrayLike) -> Floats:
    """Two-sided p-values of differences of independent shares or scores; arrays that broadcast.

    Two equal values have p = 1, also without any spread; two different values without any spread have p = 0.

    References
    ----------
    60 of 100 against 45 of 100: z = 2.1483, p = 0.03169 (unpooled, by hand).
    """
    difference = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    return _two_sided(difference, np.hypot(np.asarray(first_se), np.asarray(second_se)), None)


def welch_tests(
    first: ArrayLike,
    second: ArrayLike,
    first_se: ArrayLike,
    second_se: ArrayLike,
    first_n: ArrayLike,
    second_n: ArrayLike,
) -> Floats:
    """Two-sided p-values of differences of independent means with unequal variances.

    References
    ----------
    Welch (1947), degrees of freedom of Satterthwaite (1946); held against scipy.stats.ttest_ind(equal_var=False).
    """
    difference = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    v1, v2 = np.asarray(first_se, dtype=np.float64) ** 2, np.asarray(second_se, dtype=np.float64) ** 2
    n1, n2 = np.asarray(first_n, dtype=np.float64), np.asarray(second_n, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
    return _two_sided(difference, np.sqrt(v1 + v2), freedom)


def _two_sided(difference: Floats, se: Floats, freedom: Floats | None) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.abs(difference) / se
        p = 2 * ndtr(-statistic) if freedom is None else 2 * stdtr(freedom, -statistic)
    p = np.where(se == 0, np.where(difference == 0, 1.0, 0.0), p)
    return np.asarray(p, dtype=np.float64)


def holm(p_values: ArrayLike) -> Floats:
    """P-values adjusted by Holm within the last axis; NaN entries are not part of the family.

    References
    ----------
    Holm (1979). 0.01 0.02 0.03 0.04 → 0.04 0.06 0.06 0.06 (R p.adjust).
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.shape[-1] == 0:
        return p.copy()
    family = np.sum(~np.isnan(p), axis=-1, keepdims=True)
    order = np.argsort(p, axis=-1)  # NaN comes last
    steps = np.take_along_axis(p, order, axis=-1) * np.maximum(family - np.arange(p.shape[-1]), 1)
    adjusted = np.minimum(np.maximum.accumulate(steps, axis=-1), 1.0)
    found = np.empty_like(p)
    np.put_along_axis(found, order, adjusted, axis=-1)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Estimates to compare, shape (rows, columns); ``n`` is given for means, which are tested by Welch."""

    value: Floats
    se: Floats
    n: Floats | None = None


def column_letters(
    rows: Rows, groups: Sequence[Sequence[int]], letters: Sequence[str], tested: Bools
) -> list[list[str]]:
    """The letters of the columns each cell is significantly higher than.

    Parameters
    ----------
    rows :    the estimates
    groups :  positions of the columns that are compared with each other, one list per banner group
    letters : the letter of each column
    tested :  shape (columns,), which columns take part (large enough and shown)

    Returns
    -------
    per row and column the letters in order, such as "AC"
    """
    found = [["" for _ in letters] for _ in range(rows.value.shape[0])]
    for group in groups:
        pairs = list(combinations([column for column in group if tested[column]], 2))
        if not pairs:
            continue
        a, b = (list(side) for side in zip(*pairs, strict=True))
        va, vb, ea, eb = rows.value[:, a], rows.value[:, b], rows.se[:, a], rows.se[:, b]
        p = z_tests(va, vb, ea, eb) if rows.n is None else welch_tests(va, vb, ea, eb, rows.n[:, a], rows.n[:, b])
        for row, pair in zip(*np.nonzero(holm(p) < ALPHA), strict=True):
            higher, lower = (a[pair], b[pair]) if va[row, pair] > vb[row, pair] else (b[pair], a[pair])
            found[row][higher] += letters[lower]
    return [["".join(sorted(cell)) for cell in row] for row in found]
