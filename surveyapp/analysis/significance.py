"""Which columns differ: letters with a stated test, corrected for how often we looked.

Per row and banner group every pair of columns is tested: shares by the two-sample z test with pooled variance, means by
Welch's t test, scores by z. The p-values of one row within one banner group are one family, corrected by Holm. A column
takes part with a base of at least 30. A letter stands in the column that is higher.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, stdtr

from surveyapp.analysis.columns import Bools, Floats

ALPHA = 0.05
LEAST_EXPECTED = 5
"""Expected hits and misses below which the normal approximation does not hold (Cochran 1954)."""


def share_tests(first: ArrayLike, second: ArrayLike, first_n: ArrayLike, second_n: ArrayLike) -> Floats:
    """Two-sided p-values of differences of shares of independent groups; arrays that broadcast.

    The variance is pooled, as under the hypothesis that both shares are one: unpooled, 2 % of 300 would differ
    significantly from 0 % of 60. NaN, not tested, where fewer than five hits or misses are expected in either group.

    References
    ----------
    60 of 100 against 45 of 100: z = 2.1238, p = 0.0337 (R: prop.test(c(60, 45), c(100, 100), correct = FALSE)).
    """
    n1, n2 = np.asarray(first_n, dtype=np.float64), np.asarray(second_n, dtype=np.float64)
    p1, p2 = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        together = (p1 * n1 + p2 * n2) / (n1 + n2)
        se = np.sqrt(together * (1 - together) * (1 / n1 + 1 / n2))
    expected = np.minimum(together, 1 - together) * np.minimum(n1, n2)
    # Just below five is five: shares times bases are whole numbers but for the last digit.
    return np.where(expected > LEAST_EXPECTED - 1e-9, _two_sided(p1 - p2, se, None), np.nan)


def score_tests(first: ArrayLike, second: ArrayLike, first_se: ArrayLike, second_se: ArrayLike) -> Floats:
    """Two-sided p-values of differences of independent scores by z, the variances added; arrays that broadcast.

    Two equal values have p = 1, also without any spread; two different values without any spread have p = 0.
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


class Comparison(StrEnum):
    """How the columns of a row are compared."""

    SHARE = "share"
    MEAN = "mean"
    SCORE = "score"


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Estimates to compare, all by the same test; arrays of shape (rows, columns)."""

    test: Comparison
    value: Floats
    se: Floats
    n: Floats

    def p_values(self, a: list[int], b: list[int]) -> Floats:
        """Of the columns ``a`` against the columns ``b``, pair by pair; shape (rows, pairs)."""
        values = self.value[:, a], self.value[:, b]
        errors = self.se[:, a], self.se[:, b]
        bases = self.n[:, a], self.n[:, b]
        match self.test:
            case Comparison.SHARE:
                return share_tests(*values, *bases)
            case Comparison.MEAN:
                return welch_tests(*values, *errors, *bases)
            case Comparison.SCORE:
                return score_tests(*values, *errors)


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
        for row, pair in zip(*np.nonzero(holm(rows.p_values(a, b)) < ALPHA), strict=True):
            higher, lower = a[pair], b[pair]
            if rows.value[row, lower] > rows.value[row, higher]:
                higher, lower = lower, higher
            found[row][higher] += letters[lower]
    return [["".join(sorted(cell)) for cell in row] for row in found]
