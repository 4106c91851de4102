"""Calibration: base weights changed as little as can be until numbers have the means of the population."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from surveyapp.analysis.columns import Floats
from surveyapp.analysis.weighting.margins import Columns, column
from surveyapp.analysis.weighting.quality import MarginLine, Weighting, base_weights, weight_quality
from surveyapp.errors import NotEnoughData, WeightsRefused

CLOSE = 1e-10
"""How far a mean may be off its target, in standard deviations."""
BOUNDS = (0.1, 10.0)
MOST_STEPS = 200
MOST_HALVINGS = 30
Distance = tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]


def calibrate(
    cases: Columns,
    means: Mapping[str, float],
    base: ArrayLike | None = None,
    *,
    method: Literal["linear", "logit"] = "linear",
    bounds: tuple[float, float] = BOUNDS,
    population: float | None = None,
) -> Weighting:
    """Weights by which numbers have these means, each weight within bounds times its base weight.

    Parameters
    ----------
    cases :  a DataFrame or arrays by name, n numbers each; a category is a column of 0 and 1, its mean a share
    means :  of each number, that of the population
    base :   weights to start from, shape (n,), above 0; absent: all alike. Their scale means nothing: they are made to
             have the mean of the result first, and what bounds speak of is the change after that
    method : how change is measured. linear: squares, cut off at the bounds; logit: a curve that nears both bounds
    bounds : above 0, on either side of 1; logit needs both to be numbers

    Raises
    ------
    NotEnoughData      there are no cases
    WeightsRefused     the message names the number whose mean cannot be had; or a base weight is no number above 0

    References
    ----------
    Deville & Särndal (1992), cases 6 and 7. R's survey: calibrate(design, ~x, c(`(Intercept)` = N, x = N * mean),
    calfun = "logit", bounds = c(0.7, 1.3)), the weights of the design adding up to N.
    """
    low, high = bounds
    if not 0 < low < 1 < high or (method == "logit" and not np.isfinite(high)):
        raise WeightsRefused(
            "The bounds %(low)s and %(high)s must lie above 0 and on either side of 1.", low=low, high=high
        )
    numbers = {name: _numbers(cases, name) for name in means}
    if not numbers:
        raise WeightsRefused("There is no number to calibrate to.")
    n = len(next(iter(numbers.values())))
    start = base_weights(np.ones(n) if base is None else base)
    if len(start) != n:
        raise WeightsRefused("There are %(weights)s base weights for n = %(n)s.", n=n, weights=len(start))
    start = start / start.sum()
    x = np.column_stack([np.ones(n), *(_standard(name, x, means[name]) for name, x in numbers.items())])
    change, steps, missed = _solved(x, start, _linear(low, high) if method == "linear" else _logit(low, high))
    if missed > CLOSE:
        _refuse(x, start * change, numbers, means)
    share = start * change
    lines = tuple(
        MarginLine(name, "mean", n, float(means[name]), float(values @ start), float(values @ share))
        for name, values in numbers.items()
    )
    weights = share * (n if population is None else population)
    error = max(line.error for line in lines)
    return Weighting(weights, method, steps, error, lines, weight_quality(weights))


def _numbers(cases: Columns, name: str) -> Floats:
    values, is_missing = column(cases, name)
    if not len(values):
        raise NotEnoughData("There are no cases to weight.")
    if is_missing.any() or not np.isfinite(found := np.asarray(values, dtype=np.float64)).all():
        raise WeightsRefused("“%(variable)s” is no number for every case.", variable=name)
    return found


def _standard(name: str, values: Floats, mean: float) -> Floats:
    """Deviations from the target, in standard deviations."""
    if not values.min() <= mean <= values.max():
        raise WeightsRefused(
            "“%(variable)s”: no case is at or beyond the mean %(target)s on one side of it.",
            variable=name,
            target=f"{mean:g}",
        )
    spread = float(values.std())
    found: Floats = (values - mean) / (spread if spread > 0 else 1.0)
    return found


def _linear(low: float, high: float) -> Distance:
    def change(u: Floats) -> Floats:
        found: Floats = np.clip(1 + u, low, high)
        return found

    def slope(u: Floats) -> Floats:
        return ((1 + u > low) & (1 + u < high)).astype(np.float64)

    return change, slope


def _logit(low: float, high: float) -> Distance:
    steep = (high - low) / ((1 - low) * (high - 1))

    def rising(u: Floats) -> Floats:
        found: Floats = np.exp(np.clip(steep * u, -600, 600))
        return found

    def change(u: Floats) -> Floats:
        e = rising(u)
        return (low * (high - 1) + high * (1 - low) * e) / (high - 1 + (1 - low) * e)

    def slope(u: Floats) -> Floats:
        found = change(u)
        return (found - low) * (high - found) / ((1 - low) * (high - 1))

    return change, slope


def _solved(x: Floats, base: Floats, distance: Distance) -> tuple[Floats, int, float]:
    """The change of each weight by which every column of x but the first has mean 0: Newton, with steps halved."""
    change, slope = distance
    wanted = np.zeros(x.shape[1])
    wanted[0] = 1.0
    by: Floats = np.zeros(x.shape[1])
    off = wanted - x.T @ base
    for steps in range(MOST_STEPS):
        missed = float(np.abs(off).max())
        if missed <= CLOSE:
            return change(x @ by), steps, missed
        step = np.linalg.lstsq((x * (base * slope(x @ by))[:, None]).T @ x, off, rcond=1e-12)[0]
        for _ in range(MOST_HALVINGS):
            left = wanted - x.T @ (base * change(x @ (by + step)))
            if np.linalg.norm(left) < np.linalg.norm(off):
                break
            step = step / 2
        else:
            return change(x @ by), steps, missed
        by, off = by + step, left
    return change(x @ by), MOST_STEPS, float(np.abs(off).max())


def _refuse(x: Floats, weights: Floats, numbers: Mapping[str, Floats], means: Mapping[str, float]) -> None:
    worst = int(np.abs(x.T @ weights)[1:].argmax())
    name = list(numbers)[worst]
    raise WeightsRefused(
        "“%(variable)s” gets no nearer to the mean %(target)s than %(reached)s: the bounds are too narrow, or the "
        "means contradict each other.",
        variable=name,
        target=f"{means[name]:g}",
        reached=f"{float(numbers[name] @ weights) / float(weights.sum()):g}",
    )
