"""Estimates with their error: shares, means, quantiles and the recommendation score.

Everything works on arrays of counts, so that one call serves a cell or a whole book. Where a base is 0 there is no
estimate: NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from surveyapp.analysis.columns import Floats

LEVEL = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Values with standard error and interval, arrays of one shape."""

    value: Floats
    se: Floats
    low: Floats
    high: Floats


def proportions(hits: ArrayLike, bases: ArrayLike, *, level: float = LEVEL) -> Estimate:
    """Shares with Wilson intervals.

    Parameters
    ----------
    hits :  cases that are hits, any shape
    bases : cases with a valid answer, a shape that broadcasts with ``hits``

    Returns
    -------
    Estimate     shares on 0..1; standard error sqrt(p (1 - p) / n); NaN where the base is 0

    References
    ----------
    Wilson (1927); Brown, Cai & DasGupta (2001). 81 of 263: 0.2553 to 0.3662 (scipy binomtest, wilson).
    """
    x, n = np.broadcast_arrays(np.asarray(hits, dtype=np.float64), np.asarray(bases, dtype=np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = x / n
        z2 = float(ndtri(0.5 + level / 2)) ** 2
        centre = (x + z2 / 2) / (n + z2)
        half = np.sqrt(z2 * (x * (n - x) / n + z2 / 4)) / (n + z2)
        se = np.sqrt(p * (1 - p) / n)
    # At 0 and 100 % the ends are exact; floating point would leave them a hair outside.
    low = np.where(x == 0, 0.0, np.maximum(centre - half, 0.0))
    high = np.where(x == n, 1.0, np.minimum(centre + half, 1.0))
    empty = n == 0
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
    base: Floats


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
        mean = np.asarray(sums, dtype=np.float64) / n
        sd = np.where(n > 1, np.sqrt(np.asarray(squares, dtype=np.float64) / np.where(n > 1, n - 1, 1)), np.nan)
        se = sd / np.sqrt(n)
        margin = stdtrit(np.where(n > 1, n - 1, np.nan), 0.5 + level / 2) * se
    return Means(mean, sd, se, mean - margin, mean + margin, n)


def means_of_codes(counts: ArrayLike, codes: ArrayLike, *, level: float = LEVEL) -> Means:
    """Means of codes from their counts.

    Parameters
    ----------
    counts : shape (..., k), cases per code
    codes :  shape (k,), the value of each code
    """
    c, v = np.asarray(counts, dtype=np.float64), np.asarray(codes, dtype=np.float64)
    n = c.sum(axis=-1)
    total = c @ v
    with np.errstate(divide="ignore", invalid="ignore"):
        deviations = v - (total / n)[..., None]
    squares = np.where(n > 0, np.sum(np.where(c > 0, c * deviations**2, 0.0), axis=-1), np.nan)
    return means(total, squares, n, level=level)


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


def recommendation_scores(
    promoters: ArrayLike, detractors: ArrayLike, bases: ArrayLike, *, level: float = LEVEL
) -> Estimate:
    """Recommendation scores: share of promoters (9, 10) minus share of detractors (0 to 6), on -1..1.

    Returns
    -------
    Estimate     variance (P + D - (P - D)^2) / n, normal interval cut off at -1 and 1

    References
    ----------
    Reichheld (2003); the variance of a difference of two multinomial shares.
    50 and 20 of 100: 0.3, se 0.0781 (by hand).
    """
    n = np.asarray(bases, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        p, d = np.asarray(promoters, dtype=np.float64) / n, np.asarray(detractors, dtype=np.float64) / n
        score = p - d
        se = np.sqrt(np.maximum(p + d - score**2, 0.0) / n)
    margin = float(ndtri(0.5 + level / 2)) * se
    return Estimate(score, se, np.maximum(score - margin, -1.0), np.minimum(score + margin, 1.0))
