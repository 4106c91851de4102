"""Estimates with their error: shares, means, quantiles and the recommendation score.

Everything works on arrays of counts, so that one call serves a cell or a whole book. Where a base is 0 there is no
estimate: NaN.

Of weighted cases counts are sums of weights, and what stands beside them are sums of squared weights. Errors are then
linearised, cases being drawn one by one: of a ratio R = Σwx / Σw the variance is Σw²(x - R)² / (Σw)², for means times
n / (n - 1). Each is written as the unweighted formula with what weights add, so that weights of 1 give it to the last
bit and weights that are all multiplied by something the same estimates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from surveyapp.analysis.columns import Floats

LEVEL = 0.95
ROUNDED_AWAY = 1e-14
"""A variance of weighted answers below this is none: their sums add up to their base but for the last digits."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Values with standard error and interval, arrays of one shape."""

    value: Floats
    se: Floats
    low: Floats
    high: Floats


def proportions(
    hits: ArrayLike, bases: ArrayLike, *, squares: tuple[ArrayLike, ArrayLike] | None = None, level: float = LEVEL
) -> Estimate:
    """Shares with Wilson intervals.

    Parameters
    ----------
    hits :    cases that are hits, any shape
    bases :   cases with a valid answer, a shape that broadcasts with ``hits``
    squares : of weighted cases Σw² of the hits and of the bases

    Returns
    -------
    Estimate     shares on 0..1; standard error sqrt(p (1 - p) / n), linearised where weighted; the interval of weighted
                 cases is Wilson's on Kish's effective base (Σw)² / Σw²; NaN where the base is 0

    References
    ----------
    Wilson (1927); Brown, Cai & DasGupta (2001); Kish (1965). 81 of 263: 0.2553 to 0.3662 (scipy binomtest, wilson).
    """
    x, n = np.asarray(hits, dtype=np.float64), np.asarray(bases, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = x / n
        variance = p * (1 - p)
        if squares is not None:
            x2, n2 = (np.asarray(sums, dtype=np.float64) for sums in squares)
            # Σw²(x - p)² / Σw²: the share among squared weights is another where hits weigh more or less than others.
            variance = variance + (x2 / n2 - p) * (1 - 2 * p)
            variance = np.where(variance < ROUNDED_AWAY, 0.0, variance)
            effective = n**2 / n2
            x, n = x * (effective / n), effective
        z2 = float(ndtri(0.5 + level / 2)) ** 2
        centre = (x + z2 / 2) / (n + z2)
        half = np.sqrt(z2 * (x * (n - x) / n + z2 / 4)) / (n + z2)
        se = np.sqrt(variance / n)
    # At 0 and 100 % the ends are exact; floating point would leave them a hair outside.
    low = np.where(p == 0, 0.0, np.maximum(centre - half, 0.0))
    high = np.where(p == 1, 1.0, np.minimum(centre + half, 1.0))
    empty = np.isnan(p)
    low[empty] = high[empty] = np.nan
    return Estimate(p, se, low, high)


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """Means with standard deviation, standard error and interval, arrays of one shape."""

    value: Floats
    sd: Floats
    se: Floats
    low: Floats
    high: Floats
    base: Floats  # effective where weighted


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """What the error of a weighted mean needs besides, arrays of its shape."""

    n: ArrayLike  # cases
    w2: ArrayLike  # Σw²
    spread: ArrayLike  # Σw²(x - mean)²


def means(sums: ArrayLike, squares: ArrayLike, bases: ArrayLike, *, level: float = LEVEL) -> Means:
    """Means with t intervals, from sums of deviations.

    Parameters
    ----------
    sums :    sum of the values
    squares : sum of squared deviations from the mean
    bases :   valid answers

    Returns
    -------
    Means     sd with n - 1; se = sd / sqrt(n); interval mean ± t(n - 1) se. NaN without cases, and no error for one

    References
    ----------
    Student (1908). 2 4 4 4 5 5 7 9: mean 5, sd 2.13809, se 0.75593, 3.21251 to 6.78749 (R t.test).
    """
    n = np.asarray(bases, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _means(np.asarray(sums, dtype=np.float64) / n, squares, n - 1, n, n, level)


def weighted_means(
    values: ArrayLike, squares: ArrayLike, bases: ArrayLike, beside: Weighted, *, level: float = LEVEL
) -> Means:
    """Weighted means with t intervals.

    Parameters
    ----------
    values :  the means, Σwx / Σw
    squares : Σw(x - mean)²
    bases :   Σw

    Returns
    -------
    Means     sd = sqrt(Σw(x - mean)² / (Σw - Σw² / Σw)), that of reliability weights; se = sqrt(n / (n - 1)
              Σw²(x - mean)²) / Σw; base is the effective number of cases, whose t the interval takes. With weights of
              1 what :func:`means` gives

    References
    ----------
    Lumley (2010), Complex Surveys, 2.1; R survey's svymean; R: cov.wt(x, w / sum(w)) for the sd; Kish (1965) for the
    effective base.
    """
    w, s = np.asarray(bases, dtype=np.float64), np.asarray(squares, dtype=np.float64)
    n, w2, spread = (np.asarray(one, dtype=np.float64) for one in (beside.n, beside.w2, beside.spread))
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = np.where(n > 0, w**2 / w2, 0.0)
        freedom = np.where(n > 1, w - w2 / w, 0.0)
        precision = np.where(spread > 0, w * (s / spread) * ((n - 1) * w / (n * freedom)), effective)  # sd² / se²
    return _means(np.asarray(values, dtype=np.float64), s, freedom, precision, effective, level)


def _means(mean: Floats, squares: ArrayLike, freedom: Floats, precision: Floats, base: Floats, level: float) -> Means:
    some = freedom > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        sd = np.where(some, np.sqrt(np.asarray(squares, dtype=np.float64) / np.where(some, freedom, 1)), np.nan)
        se = sd / np.sqrt(precision)
        margin = stdtrit(np.where(base > 1, base - 1, np.nan), 0.5 + level / 2) * se
    return Means(mean, sd, se, mean - margin, mean + margin, base)


def means_of_codes(
    counts: ArrayLike,
    codes: ArrayLike,
    *,
    squares: tuple[ArrayLike, ArrayLike] | None = None,
    level: float = LEVEL,
) -> Means:
    """Means of codes from their counts.

    Parameters
    ----------
    counts :  shape (..., k), cases per code
    codes :   shape (k,), the value of each code
    squares : of weighted cases, how many there are per code and their Σw²
    """
    c, v = np.asarray(counts, dtype=np.float64), np.asarray(codes, dtype=np.float64)
    every = np.ones(len(v))  # a product with it is a sum over codes, many times as fast as a sum over a short axis
    n = c @ every
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (c @ v) / n
    if squares is not None:  # where all gave one answer it is their mean, to the last digit
        one = (c > 0).astype(np.float64) @ every == 1
        mean = np.where(one, (c > 0).astype(np.float64) @ v, mean)
    deviations = (v - mean[..., None]) ** 2

    def spread(sums: Floats) -> Floats:
        found: Floats = np.einsum("...k,...k->...", sums, deviations)  # NaN without cases, as the mean is
        return found

    if squares is None:
        return _means(mean, spread(c), n - 1, n, n, level)
    people, w2 = (np.asarray(sums, dtype=np.float64) for sums in squares)
    return weighted_means(mean, spread(c), n, Weighted(people @ every, w2 @ every, spread(w2)), level=level)


def quantiles_of_codes(counts: ArrayLike, codes: ArrayLike, share: float) -> Floats:
    """Quantiles of codes from their counts: type 7 of Hyndman & Fan (1996), the default of R and numpy.

    Parameters
    ----------
    counts : shape (..., k), cases per code
    codes :  shape (k,), ascending
    """
    c, v = np.asarray(counts, dtype=np.int64), np.asarray(codes, dtype=np.float64)
    reached = np.cumsum(c, axis=-1)
    n = reached[..., -1]
    place = np.maximum(n - 1, 0) * share
    below = np.floor(place)
    lower = v[np.minimum((reached <= below[..., None]).sum(axis=-1), len(v) - 1)]
    upper = v[np.minimum((reached <= np.ceil(place)[..., None]).sum(axis=-1), len(v) - 1)]
    found: Floats = np.where(n > 0, lower + (place - below) * (upper - lower), np.nan)
    return found


def weighted_quantiles(values: Floats, weights: Floats, shares: Sequence[float], *, observed: bool = False) -> Floats:
    """Quantiles of weighted numbers; shape (shares,).

    With weights of 1 those of type 7 and, ``observed``, of type 1 as numpy gives them. Equal values are in the order of
    their weights, so that the order of the cases means nothing.

    Parameters
    ----------
    values :  shape (n,), none missing, one at least
    weights : shape (n,), above 0

    References
    ----------
    R survey's svyquantile with qrule "hf7" and "hf1".
    """
    order = np.lexsort((weights, values))
    x, reached = values[order], np.cumsum(weights[order])
    if observed:  # a share that is reached but for the last digit is reached
        first = np.searchsorted(reached, np.asarray(shares) * reached[-1] * (1 - 1e-12))
        return np.asarray(x[first], dtype=np.float64)
    before = np.concatenate([[0.0], reached[:-1]])
    place = np.asarray(shares) * before[-1]
    below = np.searchsorted(before, place, side="right") - 1
    above = np.minimum(below + 1, len(x) - 1)
    part = (place - before[below]) / weights[order][below]
    step = x[above] - x[below]
    found: Floats = np.where(part < 0.5, x[below] + step * part, x[above] - step * (1 - part))  # exact at both ends
    return found


def recommendation_scores(
    promoters: ArrayLike,
    detractors: ArrayLike,
    bases: ArrayLike,
    *,
    squares: tuple[ArrayLike, ArrayLike, ArrayLike] | None = None,
    level: float = LEVEL,
) -> Estimate:
    """Recommendation scores: share of promoters (9, 10) minus share of detractors (0 to 6), on -1..1.

    Parameters
    ----------
    squares : of weighted cases Σw² of promoters, detractors and bases

    Returns
    -------
    Estimate     variance (P + D - (P - D)^2) / n, linearised where weighted; normal interval cut off at -1 and 1

    References
    ----------
    Reichheld (2003); the variance of a difference of two multinomial shares.
    50 and 20 of 100: 0.3, se 0.0781 (by hand).
    """
    n = np.asarray(bases, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        p, d = np.asarray(promoters, dtype=np.float64) / n, np.asarray(detractors, dtype=np.float64) / n
        score = p - d
        variance = p + d - score**2
        if squares is not None:
            p2, d2, n2 = (np.asarray(sums, dtype=np.float64) for sums in squares)
            more, less = p2 / n2 - p, d2 / n2 - d
            variance = variance + (more + less - 2 * score * (more - less))
            variance = np.where(variance < ROUNDED_AWAY, 0.0, variance)
            n = n**2 / n2
        se = np.sqrt(np.maximum(variance, 0.0) / n)
    margin = float(ndtri(0.5 + level / 2)) * se
    return Estimate(score, se, np.maximum(score - margin, -1.0), np.minimum(score + margin, 1.0))
