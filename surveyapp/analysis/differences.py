"""Differences with their error: of the same people, of two groups, and of groups that share some people.

Every difference is the second minus the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.corrections import holm
from surveyapp.analysis.design import Design
from surveyapp.analysis.estimates import Means, Weighted, means, proportions, weighted_means
from surveyapp.analysis.matrices import Weights, designed, numbers
from surveyapp.analysis.significance import share_tests
from surveyapp.errors import UnfitData

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of some cases; NaN where it does not exist."""

    value: float
    sd: float
    se: float
    low: float
    high: float
    n: int
    effective_n: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """The second minus the first, with its error; ``p`` is NaN where nothing was tested."""

    value: float
    se: float
    low: float
    high: float
    p: float
    degrees: float  # of freedom of t; infinite where the normal holds
    n: int  # pairs, or the cases of both groups together
    is_paired: bool = False
    adjusted: float = float("nan")  # p after correction over its family


def mean_of(values: ArrayLike, weights: Weights = None, *, level: float = LEVEL) -> Mean:
    """Mean of valid numbers, with a t interval.

    Parameters
    ----------
    values :  shape (n,); NaN is missing
    weights : above 0, shape (n,); absent: every case counts 1

    Returns
    -------
    Mean     all NaN of nobody; no error of one

    References
    ----------
    Student (1908); Lumley (2010) where weighted. 2 4 4 4 5 5 7 9: 5, 3.21251 to 6.78749 (R t.test).
    """
    x, design = _valid(values, weights, "values")
    return _single(_means(x, design, level), len(x))


def paired_difference(
    first: ArrayLike, second: ArrayLike, weights: Weights = None, *, level: float = LEVEL
) -> Contrast:
    """Contrast of two numbers of the same people, over those who have both.

    Parameters
    ----------
    first, second : shape (n,), one entry per person; NaN is missing

    References
    ----------
    Student (1908). R's ``sleep``: 1.58, 0.7001142 to 2.4598858, t 4.0621 with 9, p 0.002833 (``t.test``, paired).
    """
    a, b = numbers(first, "first"), numbers(second, "second")
    if len(a) != len(b):
        raise UnfitData("Pairs need both numbers of everyone; there are %(n)s and %(other)s.", n=len(a), other=len(b))
    x, design = _valid(b - a, weights, "second")
    found = _single(_means(x, design, level), len(x))
    degrees = found.effective_n - 1
    p = _t_test(found.value, found.se, degrees) if found.n > 1 else float("nan")
    return Contrast(found.value, found.se, found.low, found.high, p, degrees, found.n, is_paired=True)


def mean_difference(
    first: ArrayLike,
    second: ArrayLike,
    first_weights: Weights = None,
    second_weights: Weights = None,
    *,
    level: float = LEVEL,
) -> Contrast:
    """Contrast of the means of two groups that share nobody.

    Parameters
    ----------
    first, second : shape (n,) and (m,); NaN is missing

    References
    ----------
    Welch (1947), degrees of freedom of Satterthwaite (1946), of effective bases where weighted. R's ``sleep`` as two
    groups: 1.58, −0.2054832 to 3.3654832, t 1.8608 with 17.776, p 0.07939 (``t.test``).
    """
    a, b = mean_of(first, first_weights), mean_of(second, second_weights)
    return _apart(a, b, level)


def share_difference(
    first: ArrayLike,
    second: ArrayLike,
    first_weights: Weights = None,
    second_weights: Weights = None,
    *,
    level: float = LEVEL,
) -> Contrast:
    """Contrast of the shares of two groups that share nobody.

    Parameters
    ----------
    first, second : shape (n,) and (m,), 1 for a hit and 0 for a miss; NaN is missing

    Returns
    -------
    Contrast     Newcombe's interval; p by the two-sample z test with pooled variance, NaN where fewer than five hits
                   or misses are expected in either group. Both by effective bases where weighted

    Raises
    ------
    UnfitData     a number other than 0 and 1

    References
    ----------
    Newcombe (1998), method 10: 56 of 70 less 48 of 80 is 0.2, 0.0524 to 0.3339 (his table II, a); test as
    :func:`surveyapp.analysis.significance.share_tests`.
    """
    found = []
    for values, weights, name in ((first, first_weights, "first"), (second, second_weights, "second")):
        x, design = _valid(values, weights, name)
        if not np.isin(x, (0.0, 1.0)).all():
            raise UnfitData("A share is made of 0 and 1; “%(name)s” holds something else.", name=name)
        w = design.weights if design.weights is not None else np.ones(len(x))
        squares = None if design.weights is None else ([(w**2 * x).sum()], [(w**2).sum()])
        found.append((proportions([(w * x).sum()], [w.sum()], squares=squares, level=level), design))
    (a, one), (b, other) = found
    value = float(b.value[0] - a.value[0])
    p = float(share_tests(a.value, b.value, [one.effective_n], [other.effective_n])[0])
    return Contrast(
        value=value,
        se=float(np.hypot(a.se[0], b.se[0])),
        low=value - float(np.hypot(b.value[0] - b.low[0], a.high[0] - a.value[0])),
        high=value + float(np.hypot(b.high[0] - b.value[0], a.value[0] - a.low[0])),
        p=p,
        degrees=float("inf"),
        n=one.n + other.n,
    )


def score_difference(value: float, se: float, n: int, *, is_paired: bool = False, level: float = LEVEL) -> Contrast:
    """A difference with a normal error, tested by z."""
    margin = float(ndtri(0.5 + level / 2)) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        p = float(2 * ndtr(-abs(np.float64(value) / se))) if se != 0 else float(value == 0)
    return Contrast(value, se, value - margin, value + margin, p, float("inf"), n, is_paired)


def corrected(differences: Sequence[Contrast]) -> tuple[Contrast, ...]:
    """The differences as one family: p-values adjusted by Holm beside them."""
    adjusted = holm([one.p for one in differences])
    return tuple(replace(one, adjusted=p) for one, p in zip(differences, adjusted.tolist(), strict=True))


def _apart(a: Mean, b: Mean, level: float) -> Contrast:
    value, se = b.value - a.value, float(np.hypot(a.se, b.se))
    with np.errstate(divide="ignore", invalid="ignore"):
        v, w = np.float64(a.se) ** 2, np.float64(b.se) ** 2
        degrees = float((v + w) ** 2 / (v**2 / (a.effective_n - 1) + w**2 / (b.effective_n - 1)))
    return t_difference(value, se, degrees, a.n + b.n, level, is_paired=False)


def t_difference(value: float, se: float, degrees: float, n: int, level: float, *, is_paired: bool) -> Contrast:
    """A difference with its error, tested by t."""
    if se == 0:  # no spread anywhere: it is what it is
        return Contrast(value, se, value, value, float(value == 0), degrees, n, is_paired)
    margin = float(stdtrit(degrees, 0.5 + level / 2)) * se if degrees > 0 else float("nan")
    p = _t_test(value, se, degrees)
    return Contrast(value, se, value - margin, value + margin, p, degrees, n, is_paired)


def _t_test(value: float, se: float, degrees: float) -> float:
    if se == 0:
        return float(value == 0)
    return float(2 * stdtr(degrees, -abs(value) / se)) if degrees > 0 else float("nan")


def _valid(values: ArrayLike, weights: Weights, name: str) -> tuple[Floats, Design]:
    """The cases with a number, and what they count for."""
    x = numbers(values, name)
    there: Bools = ~np.isnan(x)
    return x[there], designed(designed(weights, len(x)).take(np.flatnonzero(there)), int(there.sum()))


def _means(x: Floats, design: Design, level: float) -> Means:
    w = design.weights
    if w is None or not len(x):
        away = ((x - x.mean()) ** 2).sum() if len(x) else 0.0
        return means([x.sum()], [away], [len(x)], level=level)
    mean = (w @ x) / w.sum()
    away = (x - mean) ** 2
    beside = Weighted([len(x)], [(w**2).sum()], [(w**2) @ away])
    return weighted_means([mean], [w @ away], [w.sum()], beside, level=level)


def _single(found: Means, n: int) -> Mean:
    value, sd, se, low, high, base = (
        float(getattr(found, name)[0]) for name in ("value", "sd", "se", "low", "high", "base")
    )
    return Mean(value, sd, se, low, high, n, base)
