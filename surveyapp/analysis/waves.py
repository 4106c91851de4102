"""One number over waves: what it was, and whether a change is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surveyapp.analysis.columns import Floats
from surveyapp.analysis.differences import Contrast, Mean, corrected, mean_difference, mean_of, t_difference
from surveyapp.analysis.matrices import Weights, designed, numbers
from surveyapp.errors import NotEnoughData, UnfitData

LEAST_LINKED = 0.10
"""People of both waves count as such where they are more than this share of either."""


@dataclass(frozen=True, slots=True, eq=False)
class WaveValues:
    """A number of each case of one wave.

    Parameters
    ----------
    values :  shape (n,); NaN is missing
    weights : above 0, shape (n,); absent: every case counts 1
    people :  shape (n,), who it is, the same in every wave; absent: nobody is known again
    """

    name: str
    values: ArrayLike
    weights: Weights = None
    people: ArrayLike | None = None
    is_comparable: bool = True  # with the wave before: a reworded question is shown and not tested


@dataclass(frozen=True, slots=True)
class Change:
    """From one wave to the next."""

    first: str
    second: str
    difference: Contrast
    linked: int  # people of both


@dataclass(frozen=True, slots=True)
class Trend:
    """Waves in their order; a change has no p where the waves are not comparable."""

    names: tuple[str, ...]
    means: tuple[Mean, ...]
    changes: tuple[Change, ...]


def trend(waves: Sequence[WaveValues], *, level: float = 0.95, least_linked: float = LEAST_LINKED) -> Trend:
    """Means over waves, and the change from each to the next, corrected by Holm over all changes.

    Waves are independent samples, tested by Welch. Where more than a tenth of the cases of both waves are the same
    people, what these said in one wave goes with what they said in the other, and that covariance is taken off the
    variance of the change. If all are the same people this is the paired test.

    Parameters
    ----------
    waves : two or more, in their order

    Raises
    ------
    NotEnoughData     fewer than two waves
    UnfitData         somebody is twice in one wave

    References
    ----------
    Kish (1965), 12.4: Var(b − a) = Var(a) + Var(b) − 2 Cov(a, b); R survey's ``svycontrast`` over waves with people as
    clusters. R's ``sleep`` with people: 1.58, p 0.002833; without: p 0.07939 (``t.test``).
    """
    if len(waves) < 2:
        raise NotEnoughData("A trend has two waves at least; there are %(n)s.", n=len(waves))
    found = [_change(a, b, level, least_linked) for a, b in pairwise(waves)]
    tested = corrected([change for change, _ in found])
    return Trend(
        names=tuple(wave.name for wave in waves),
        means=tuple(mean_of(wave.values, wave.weights, level=level) for wave in waves),
        changes=tuple(
            Change(a.name, b.name, difference, linked)
            for (a, b), difference, (_, linked) in zip(pairwise(waves), tested, found, strict=True)
        ),
    )


def _change(a: WaveValues, b: WaveValues, level: float, least_linked: float) -> tuple[Contrast, int]:
    difference = mean_difference(a.values, b.values, a.weights, b.weights, level=level)
    linked = 0
    if a.people is not None and b.people is not None:
        (first, who), (second, also) = _shares(a), _shares(b)
        both, at, beside = np.intersect1d(who, also, assume_unique=True, return_indices=True)
        linked = len(both)
        if linked > least_linked * max(len(who), len(also)) and linked > 1:
            n, m = len(who), len(also)
            together = float(first[at] @ second[beside]) * np.sqrt(n / (n - 1) * (m / (m - 1)))
            variance = max(difference.se**2 - 2 * together, 0.0)
            people = n + m - linked
            # What is left of a spread that cancels out, but for the last digits, is none.
            se = float(np.sqrt(variance)) if variance > 1e-12 * difference.se**2 else 0.0
            difference = t_difference(difference.value, se, people - 1.0, people, level, is_paired=True)
    if not b.is_comparable:
        nan = float("nan")
        difference = Contrast(difference.value, difference.se, nan, nan, nan, nan, difference.n, difference.is_paired)
    return difference, linked


def _shares(wave: WaveValues) -> tuple[Floats, NDArray[Any]]:
    """What each valid case adds to the error of the mean, and who it is."""
    x, who = numbers(wave.values, wave.name), np.asarray(wave.people)
    if who.shape != x.shape:
        raise UnfitData("“%(name)s” must say of every case who it is.", name=wave.name)
    there = ~np.isnan(x)
    x, who = x[there], who[there]
    if len(np.unique(who)) < len(who):
        raise UnfitData("Somebody is in “%(name)s” twice.", name=wave.name)
    given = designed(wave.weights, len(there)).weights
    w = np.ones(len(x)) if given is None else given[there]
    total = w.sum()
    return (w * (x - (w @ x) / total) / total if len(x) else x), who
