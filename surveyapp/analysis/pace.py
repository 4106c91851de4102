"""Where fieldwork ends at the pace of its last seven full days, as a range.

A coming Monday brings what last Monday brought, and so for every weekday: fieldwork of weeks has quiet weekends. How
far days stray from that is measured on the same weekdays of the week before, so that a pace that falls off or picks up
makes the range wide.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WEEK = 7
LEVEL = 0.8


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is still to come: the mean, and the range that holds it in eight of ten fieldworks."""

    mean: float
    low: int
    high: int


def forecast(daily: Sequence[int], days_left: int, level: float = LEVEL) -> Forecast | None:
    """How many come in the days that are left.

    With y the last seven full days and m how often each of their weekdays is still to come, the mean is M = Σ m·y. Days
    vary φ times as much as a Poisson count, which gives the variance φ·Σ(m + m²)·y: m for what the days bring, m² as
    one day is all that is known of its weekday. φ = max(1, Σ (a - b)² / (a + b) / (pairs - 2)) over pairs a, b of the
    same weekday in the last two weeks that are not both 0; the 2 makes up for how little so few pairs tell of φ, as in
    the variance of Student's t. Before there are two weeks, φ is the variance of the seven days over their mean; the
    difference between weekdays makes that wide. The range is of the negative binomial distribution with that mean and
    variance.

    Parameters
    ----------
    daily :     counts of consecutive full days, the newest last
    days_left : days still to come, the one after the newest count first
    level :     share of fieldworks whose outcome the range holds

    Returns
    -------
    Forecast | None
        None before there are seven full days, and where nobody came in the last seven: they have no pace.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., section 6.2.3 (overdispersed counts).
    """
    last = [max(0, count) for count in daily[-WEEK:]]
    if len(last) < WEEK or not sum(last):
        return None
    if days_left <= 0:
        return Forecast(0.0, 0, 0)
    times = [days_left // WEEK + (at < days_left % WEEK) for at in range(WEEK)]
    mean = float(sum(m * y for m, y in zip(times, last, strict=True)))
    if not mean:  # only weekdays are left on which nobody came
        return Forecast(0.0, 0, 0)
    varies = dispersion(daily)
    variance = varies * sum((m + m * m) * y for m, y in zip(times, last, strict=True))
    low, high = _quantiles(mean, variance, ((1 - level) / 2, (1 + level) / 2))
    return Forecast(mean, low, high)


def dispersion(daily: Sequence[int]) -> float:
    """How many times as much days vary as a Poisson count, at least 1; see `forecast`."""
    last = [max(0, count) for count in daily[-WEEK:]]
    before = [max(0, count) for count in daily[-2 * WEEK : -WEEK]]
    if len(before) == WEEK:
        pairs = [(a, b) for a, b in zip(last, before, strict=True) if a + b]
        return max(1.0, sum((a - b) ** 2 / (a + b) for a, b in pairs) / max(1, len(pairs) - 2))
    mean = sum(last) / len(last)
    return max(1.0, sum((count - mean) ** 2 for count in last) / (len(last) - 1) / mean) if mean else 1.0


def full_days(so_far: Sequence[int]) -> list[int]:
    """The counts per day of a running total; what was taken back later counts no day below nobody."""
    return [max(0, after - before) for before, after in pairwise((0, *so_far))]


def _quantiles(mean: float, variance: float, shares: tuple[float, float]) -> tuple[int, int]:
    """The smallest counts at which the negative binomial distribution reaches these shares.

    Its distribution function at k is the regularised incomplete beta function at (size, k + 1), so that a search finds
    a count: adding up the distribution took longer the more people take part.
    """
    from scipy.special import betainc  # a process of respondents starts without it

    size, success = mean * mean / (variance - mean), mean / variance
    most = range(int(mean + 12 * variance**0.5) + 13)  # above it nothing is left but what rounding keeps from a share
    low, high = (bisect_left(most, share, key=lambda k: float(betainc(size, k + 1, success))) for share in shares)
    return low, high
