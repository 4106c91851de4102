"""What drives an outcome: how much of it goes with each of some correlated variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr

from surveyapp.analysis.columns import Floats
from surveyapp.analysis.importance import COLLINEAR, MOST_FOR_LMG, johnson, lmg
from surveyapp.analysis.matrices import Matrix, Named, Weights, correlation, numbers
from surveyapp.errors import NotEnoughData, UnfitData

SEED = 20140905
"""Of the resamples, wherever no other is given: the same data give the same interval."""
RESAMPLES = 1_000
AT_ONCE = 2**16
"""Numbers of a step held at a time while resampling: they stay in the processor's cache."""


class Method(StrEnum):
    """How R² is divided."""

    LMG = "lmg"
    JOHNSON = "johnson"


class Quadrant(StrEnum):
    """Where a driver stands, by its share of R² and its mean, against the crossing."""

    KEEP = "keep"  # weighs much, scores high
    IMPROVE = "improve"  # weighs much, scores low
    MAINTAIN = "maintain"  # weighs little, scores high
    WATCH = "watch"  # weighs little, scores low


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver among the others."""

    name: str
    mean: float
    sd: float
    r: float  # with the outcome
    beta: float  # standardised coefficient beside all others; its sign is the driver's
    p: float  # of beta, two-sided
    importance: float  # share of R², 0..1, by the chosen method
    low: float  # percentile interval of the importance
    high: float
    lmg: float | None  # part of R² itself; None with more than fifteen drivers
    johnson: float
    vif: float
    quadrant: Quadrant


@dataclass(frozen=True, slots=True)
class Importance:
    """Drivers of an outcome, over the cases that answered all of it."""

    n: int
    effective_n: float
    outcome_mean: float
    r2: float
    r2_low: float
    r2_high: float
    method: Method
    drivers: tuple[Driver, ...]
    crossing: tuple[float, float]  # of the quadrants: 1 ÷ p, and the mean of the drivers' means
    level: float
    resamples: int
    used: int  # resamples in which everything varied and nothing was collinear
    seed: int


def relative_importance(
    outcome: ArrayLike,
    drivers: Named,
    weights: Weights = None,
    *,
    outcome_name: str = "outcome",
    method: Method | None = None,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Importance:
    """How the explained variance of an outcome is divided over its drivers.

    Parameters
    ----------
    outcome :   shape (n,); NaN is missing
    drivers :   by name, each of shape (n,); who misses one, or the outcome, is left out
    weights :   above 0, shape (n,); a resample draws cases alike and takes their weights along
    method :    absent: LMG to fifteen drivers, Johnson above
    resamples : percentile bootstrap of whole cases from this ``seed``; 0: no intervals

    Returns
    -------
    Importance     betas are tested by linearised errors, t with n − p − 1; the order of the cases changes nothing

    Raises
    ------
    NotEnoughData     not more complete cases than coefficients
    UnfitData         a variable to which everyone gave one answer, or a driver made up of others; they are named

    References
    ----------
    Grömping (2006); Johnson (2000); Efron & Tibshirani (1993) for the interval; Lumley (2010) for the errors. R's
    ``attitude``, rating by the six others: R² 0.7326020, LMG of complaints 0.3708162 (all 720 orders, in R).
    """
    together = {outcome_name: numbers(outcome, outcome_name)}
    given = Matrix.of(drivers)
    if outcome_name in given.names:
        raise UnfitData("“%(name)s” cannot drive itself.", name=outcome_name)
    together |= dict(zip(given.names, given.values.T, strict=True))
    data = _in_order(Matrix.of(together, weights).complete())
    p = len(given.names)
    if data.n < p + 2:
        raise NotEnoughData(
            "Only %(cases)s answered all of these; so many drivers need %(least)s.", cases=data.n, least=p + 2
        )
    covariance = data.covariance()
    r = correlation(covariance)
    _refuse_collinear(r[1:, 1:], given.names)
    chosen = method or (Method.LMG if p <= MOST_FOR_LMG else Method.JOHNSON)
    if chosen is Method.LMG and p > MOST_FOR_LMG:
        raise UnfitData(
            "LMG takes %(most)s drivers at most; here are %(n)s. Johnson takes them.", most=MOST_FOR_LMG, n=p
        )
    divide = lmg if chosen is Method.LMG else johnson
    parts, relative = divide(r), johnson(r)
    every = lmg(r) if p <= MOST_FOR_LMG else None
    inverse = np.linalg.inv(r[1:, 1:])
    beta = inverse @ r[1:, 0]
    r2 = float(parts.sum())
    drawn = np.concatenate([divide(one) for one in _resampled(data, resamples, seed, p, chosen)])
    drawn = drawn[np.isfinite(drawn).all(axis=1)]
    ends = _ends(drawn / drawn.sum(axis=1, keepdims=True), level, p)
    r2_ends = _ends(drawn.sum(axis=1, keepdims=True), level, 1)
    means = data.means()
    crossing = (1 / p, float(means[1:].mean()))
    shares = parts / r2 if r2 > 0 else np.full(p, np.nan)
    p_values = _tested(data, beta * np.sqrt(covariance[0, 0] / np.diag(covariance)[1:]))
    return Importance(
        n=data.n,
        effective_n=data.design.effective_n,
        outcome_mean=float(means[0]),
        r2=r2,
        r2_low=float(r2_ends[0, 0]),
        r2_high=float(r2_ends[1, 0]),
        method=chosen,
        drivers=tuple(
            Driver(
                name=name,
                mean=float(means[at + 1]),
                sd=float(np.sqrt(covariance[at + 1, at + 1])),
                r=float(r[at + 1, 0]),
                beta=float(beta[at]),
                p=float(p_values[at]),
                importance=float(shares[at]),
                low=float(ends[0, at]),
                high=float(ends[1, at]),
                lmg=None if every is None else float(every[at]),
                johnson=float(relative[at]),
                vif=float(inverse[at, at]),
                quadrant=quadrant(float(shares[at]), float(means[at + 1]), crossing),
            )
            for at, name in enumerate(given.names)
        ),
        crossing=crossing,
        level=level,
        resamples=resamples,
        used=len(drawn),
        seed=seed,
    )


def quadrant(importance: float, mean: float, crossing: tuple[float, float]) -> Quadrant:
    """Where a driver stands; on the line counts as above it."""
    if importance >= crossing[0]:
        return Quadrant.KEEP if mean >= crossing[1] else Quadrant.IMPROVE
    return Quadrant.MAINTAIN if mean >= crossing[1] else Quadrant.WATCH


def _in_order(data: Matrix) -> Matrix:
    """The cases in the order of what they say, the columns by their names: so resamples are of people, not of rows."""
    keys = [data.values[:, at] for at in np.argsort(np.array(data.names))]
    order = np.lexsort([*keys, data.design.weights] if data.design.weights is not None else keys)
    return Matrix(data.names, data.values[order], data.design.take(order))


def _resampled(data: Matrix, resamples: int, seed: int, p: int, method: Method) -> Iterator[Floats]:
    """Correlations of samples drawn from the cases with replacement, some at a time; shape (some, 1 + p, 1 + p)."""
    rng = np.random.default_rng(seed)
    n, width = data.n, p + 1
    w = np.ones(n) if data.design.weights is None else data.design.weights / data.design.weights.mean()
    z = (data.values - data.means()) / data.values.std(axis=0)
    rows, columns = np.triu_indices(width)
    sums = np.column_stack([np.ones(n), z, z[:, rows] * z[:, columns]]) * w[:, None]
    largest = max(n, 2 ** (p + 1) if method is Method.LMG else width**2)
    some = max(AT_ONCE // largest, 1)
    for start in range(0, max(resamples, 1), some):
        here = min(some, resamples - start)
        counts = rng.multinomial(n, np.full(n, 1 / n), size=here).astype(np.float64)
        found = counts @ sums
        found /= found[:, :1]
        means = found[:, 1 : 1 + width]
        covariance = np.empty((here, width, width))
        covariance[:, rows, columns] = covariance[:, columns, rows] = found[:, 1 + width :]
        covariance -= means[:, :, None] * means[:, None, :]
        spread = np.diagonal(covariance, axis1=1, axis2=2)
        yield correlation(covariance[(spread > COLLINEAR).all(axis=1)])


def _ends(drawn: Floats, level: float, width: int) -> Floats:
    """Both ends of percentile intervals, shape (2, width)."""
    if len(drawn) < 2:
        return np.full((2, width), np.nan)
    found: Floats = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return found


def _tested(data: Matrix, slopes: Floats) -> Floats:
    """Two-sided p-values of the coefficients, by linearised errors."""
    away = data.values - data.means()
    y, x = away[:, 0], away[:, 1:]
    w = np.ones(data.n) if data.design.weights is None else data.design.weights
    scores = x * (w * (y - x @ slopes))[:, None]
    bread = np.linalg.inv((x * w[:, None]).T @ x)
    se = np.sqrt(data.n / (data.n - 1) * ((scores @ bread) ** 2).sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(slopes) / se
    found: Floats = np.where(se > 0, 2 * stdtr(data.n - x.shape[1] - 1, -np.where(se > 0, t, 0)), 0.0)
    return found


def _refuse_collinear(r: Floats, names: tuple[str, ...]) -> None:
    for at in range(1, len(r)):
        made_of = np.linalg.solve(r[:at, :at], r[:at, at])
        if 1 - made_of @ r[:at, at] <= COLLINEAR:
            others = [f"“{name}”" for name, part in zip(names, made_of, strict=False) if abs(part) > 1e-6]
            raise UnfitData(
                "“%(name)s” is made up of %(others)s; leave one of them out.", name=names[at], others=", ".join(others)
            )
