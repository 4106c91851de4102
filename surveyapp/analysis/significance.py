"""Which columns differ: p-values of two columns of a row, corrected for how often we looked, and their letters.

Survey mode rests on linearised errors: shares by z with the variance pooled under the hypothesis that both are equal,
each on the base that its own error makes it worth; means by Welch's t; scores by z. Market mode, as market research
does it: the same on Kish's effective bases alone, shares with their variances apart. Of groups that share people the
covariance is taken off. The p-values of one row within one group of columns are one family.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, stdtr

from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.corrections import Correction, adjusted

ALPHA = 0.05
LEAST_EXPECTED = 5
"""Expected hits and misses below which the normal approximation does not hold (Cochran 1954)."""


class Mode(StrEnum):
    """What an error rests on."""

    SURVEY = "survey"  # linearised
    MARKET = "market"  # Kish's effective base


@dataclass(frozen=True, slots=True)
class ComparisonRule:
    """How columns are held against each other."""

    mode: Mode = Mode.SURVEY
    correction: Correction = Correction.HOLM
    level: float = ALPHA


DEFAULT = ComparisonRule()


def share_tests(
    first: ArrayLike,
    second: ArrayLike,
    first_n: ArrayLike,
    second_n: ArrayLike,
    *,
    correlation: ArrayLike = 0.0,
    freedom: ArrayLike | None = None,
    is_pooled: bool = True,
) -> Floats:
    """Two-sided p-values of differences of shares; arrays that broadcast.

    The variance is pooled, as under the hypothesis that both shares are one: unpooled, 2 % of 300 would differ
    significantly from 0 % of 60. NaN, not tested, where fewer than five hits or misses are expected in either group.

    Parameters
    ----------
    first_n, second_n : bases, effective ones of weighted cases
    correlation :       of the two shares, of groups that have people in common
    freedom :           degrees of freedom of a t; absent: z
    is_pooled :         otherwise each share has a variance of its own

    References
    ----------
    60 of 100 against 45 of 100: z = 2.1238, p = 0.0337 (R: prop.test(c(60, 45), c(100, 100), correct = FALSE)).
    """
    n1, n2 = np.asarray(first_n, dtype=np.float64), np.asarray(second_n, dtype=np.float64)
    p1, p2 = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        together = (p1 * n1 + p2 * n2) / (n1 + n2)
        if is_pooled:
            shared = 1 / n1 + 1 / n2 - 2 * np.asarray(correlation) / np.sqrt(n1 * n2)
            se = np.sqrt(together * (1 - together) * np.maximum(shared, 0.0))
        else:
            se = _error_of(np.sqrt(p1 * (1 - p1) / n1), np.sqrt(p2 * (1 - p2) / n2), correlation)
    expected = np.minimum(together, 1 - together) * np.minimum(n1, n2)
    # Just below five is five: shares times bases are whole numbers but for the last digit.
    return np.where(expected > LEAST_EXPECTED - 1e-9, _two_sided(p1 - p2, se, freedom), np.nan)


def score_tests(
    first: ArrayLike,
    second: ArrayLike,
    first_se: ArrayLike,
    second_se: ArrayLike,
    *,
    correlation: ArrayLike = 0.0,
    freedom: ArrayLike | None = None,
) -> Floats:
    """Two-sided p-values of differences of scores by z, the variances added; arrays that broadcast.

    Two equal values have p = 1, also without any spread; two different values without any spread have p = 0.
    """
    difference = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    return _two_sided(difference, _error_of(np.asarray(first_se), np.asarray(second_se), correlation), freedom)


def welch_tests(
    first: ArrayLike,
    second: ArrayLike,
    first_se: ArrayLike,
    second_se: ArrayLike,
    first_n: ArrayLike,
    second_n: ArrayLike,
    *,
    correlation: ArrayLike = 0.0,
    freedom: ArrayLike | None = None,
) -> Floats:
    """Two-sided p-values of differences of means with unequal variances.

    References
    ----------
    Welch (1947), degrees of freedom of Satterthwaite (1946) unless given; held against
    scipy.stats.ttest_ind(equal_var=False).
    """
    difference = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    s1, s2 = np.asarray(first_se, dtype=np.float64), np.asarray(second_se, dtype=np.float64)
    n1, n2 = np.asarray(first_n, dtype=np.float64), np.asarray(second_n, dtype=np.float64)
    if freedom is None:
        with np.errstate(divide="ignore", invalid="ignore"):
            freedom = (s1**2 + s2**2) ** 2 / (s1**4 / (n1 - 1) + s2**4 / (n2 - 1))
    return _two_sided(difference, _error_of(s1, s2, correlation), freedom)


def _error_of(first: Floats, second: Floats, correlation: ArrayLike) -> Floats:
    """Of a difference."""
    shared = 2 * np.asarray(correlation, dtype=np.float64) * first * second
    return np.asarray(np.sqrt(np.maximum(first**2 + second**2 - shared, 0.0)))


def _two_sided(difference: Floats, se: Floats, freedom: ArrayLike | None) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.abs(difference) / se
        p = 2 * ndtr(-statistic) if freedom is None else 2 * stdtr(np.asarray(freedom, dtype=np.float64), -statistic)
    p = np.where(se == 0, np.where(difference == 0, 1.0, 0.0), p)
    return np.asarray(p, dtype=np.float64)


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
    se: Floats  # linearised
    n: Floats  # Kish's effective base
    spread: Floats | None = None  # standard deviation of means and scores: what market mode makes errors of
    correlation: Floats | None = None  # shape (rows, columns, columns): of linearised errors; absent: none
    overlap: Floats | None = None  # shape (rows, columns, columns): of errors on Kish's bases; absent: none
    freedom: Floats | None = None  # shape (rows, columns, columns): of a design with strata or clusters

    def p_values(self, a: list[int], b: list[int], mode: Mode = Mode.SURVEY) -> Floats:
        """Of the columns ``a`` against the columns ``b``, pair by pair; shape (rows, pairs)."""
        values = self.value[:, a], self.value[:, b]
        n = self.n
        se = self.se if mode is Mode.SURVEY else self._market_errors()
        shared = self.correlation if mode is Mode.SURVEY else self.overlap
        correlation = 0.0 if shared is None else shared[:, a, b]
        freedom = None if self.freedom is None or mode is Mode.MARKET else self.freedom[:, a, b]
        match self.test:
            case Comparison.SHARE:
                if mode is Mode.SURVEY:
                    n = worth(self.value, se, n)
                bases, pooled = (n[:, a], n[:, b]), mode is Mode.SURVEY
                return share_tests(*values, *bases, correlation=correlation, freedom=freedom, is_pooled=pooled)
            case Comparison.MEAN:
                bases = n[:, a], n[:, b]
                return welch_tests(*values, se[:, a], se[:, b], *bases, correlation=correlation, freedom=freedom)
            case Comparison.SCORE:
                return score_tests(*values, se[:, a], se[:, b], correlation=correlation, freedom=freedom)

    def _market_errors(self) -> Floats:
        if self.spread is None:
            return self.se
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.spread / np.sqrt(self.n))


def worth(share: Floats, se: Floats, effective: Floats) -> Floats:
    """On how many cases a share rests by its own error: p (1 − p) ÷ se²; at 0 and 100 % as many as Kish says."""
    some = (se > 0) & (share > 0) & (share < 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(some, share * (1 - share) / se**2, effective))


Pair = tuple[int, int]


def pairs_of(groups: Sequence[Sequence[int]], tested: Bools) -> Iterator[list[Pair]]:
    """Per group of columns the pairs that are compared: those whose both columns take part."""
    for group in groups:
        yield list(combinations([column for column in group if tested[column]], 2))


def different(rows: Rows, families: Sequence[Sequence[Pair]], rule: ComparisonRule) -> Iterator[tuple[int, int, int]]:
    """Row, higher and lower column of each pair that differs significantly; every family of a row is corrected."""
    for pairs in families:
        if not pairs:
            continue
        a, b = (list(side) for side in zip(*pairs, strict=True))
        p = adjusted(rows.p_values(a, b, rule.mode), rule.correction)
        for row, pair in zip(*np.nonzero(p < rule.level), strict=True):
            higher, lower = a[pair], b[pair]
            if rows.value[row, lower] > rows.value[row, higher]:
                higher, lower = lower, higher
            yield int(row), higher, lower


def column_letters(
    rows: Rows,
    groups: Sequence[Sequence[int]],
    letters: Sequence[str],
    tested: Bools,
    rule: ComparisonRule = DEFAULT,
) -> list[list[str]]:
    """The letters of the columns each cell is significantly higher than.

    Parameters
    ----------
    rows :    the estimates
    groups :  positions of the columns that are compared with each other, one list per banner group
    letters : the letter of each column
    tested :  shape (columns,), which columns take part (large enough and shown)
    rule : mode, correction and level

    Returns
    -------
    per row and column the letters in order, such as "AC"; with a space between them where one has two
    """
    found: list[list[list[int]]] = [[[] for _ in letters] for _ in range(rows.value.shape[0])]
    for row, higher, lower in different(rows, list(pairs_of(groups, tested)), rule):
        found[row][higher].append(lower)
    between = " " if any(len(letter) > 1 for letter in letters) else ""
    return [[between.join(letters[at] for at in sorted(cell)) for cell in line] for line in found]
