"""What comes out of weighting: the weights, how far they reach their targets, and what they cost in precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from surveyapp.analysis.columns import Floats
from surveyapp.analysis.design import MOST_UNEQUAL
from surveyapp.errors import NotEnoughData, WeightsRefused


@dataclass(frozen=True, slots=True)
class Caps:
    """Between which ratios to their mean weights must stay.

    Raises
    ------
    WeightsRefused     the mean itself does not lie between them
    """

    low: float = 0.3
    high: float = 3.0

    def __post_init__(self) -> None:
        if not 0 <= self.low < 1 < self.high < np.inf:
            raise WeightsRefused(
                "The caps %(low)s and %(high)s must lie on either side of the mean weight, 1.",
                low=self.low,
                high=self.high,
            )


@dataclass(frozen=True, slots=True)
class MarginLine:
    """A category of a background, or the mean of a number.

    ``n`` are cases; ``before`` is what they have by their base weights, ``after`` by their weights; shares are 0..1.
    """

    variable: str
    category: Any  # None: of whom it is missing; "mean" of a number
    n: int
    target: float
    before: float
    after: float

    @property
    def error(self) -> float:
        """How far the weights are off the target."""
        return abs(self.after - self.target)


@dataclass(frozen=True, slots=True)
class Quality:
    """What unequal weights cost: ``lowest`` and ``highest`` are ratios to the mean, ``trimmed`` is a share of cases."""

    n: int
    effective_n: float
    efficiency: float  # effective n / n
    design_effect: float  # n / effective n
    lowest: float
    highest: float
    trimmed: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Weighting:
    """Weights of n cases.

    Attributes
    ----------
    weights :       shape (n,), above 0; their mean is 1, or their sum the population that was given
    method :        raking · cells · linear · logit
    rounds :        how often all targets were gone through
    error :         how far the worst line is off its target, of shares on 0..1
    lines :         targets with what the cases had before and have after
    caps :          between which ratios to the mean every weight lies; None: not trimmed
    keeps_targets : whether all targets are reached; without it the caps hold, and ``error`` says what they cost
    """

    weights: Floats
    method: str
    rounds: int
    error: float
    lines: tuple[MarginLine, ...]
    quality: Quality
    caps: Caps | None = None
    keeps_targets: bool = True

    @property
    def worst(self) -> MarginLine:
        """The line that is furthest off its target."""
        return max(self.lines, key=lambda line: line.error)


def weight_quality(weights: ArrayLike, *, trimmed: float = 0.0) -> Quality:
    """How many cases of equal weight would be as precise.

    Parameters
    ----------
    weights : shape (n,), above 0
    trimmed : share of cases at a cap

    Raises
    ------
    NotEnoughData      there are no weights
    WeightsRefused     one is no number above 0

    References
    ----------
    Kish (1965), 11.7. 1 1 2: effective n 16/6 = 2.6667, efficiency 0.8889, design effect 1.125 (by hand).
    """
    w = positive(np.asarray(weights, dtype=np.float64))
    w = np.sort(w / w.max())  # in one order, so that that of the cases means nothing
    effective = float(w.sum()) ** 2 / float((w**2).sum())
    n, mean = len(w), float(w.sum()) / len(w)
    return Quality(n, effective, effective / n, n / effective, float(w[0]) / mean, float(w[-1]) / mean, trimmed)


def positive(weights: Floats) -> Floats:
    """The weights, each a number above 0 and none so large that others vanish beside it.

    Raises
    ------
    NotEnoughData      there are none
    WeightsRefused     one is not; the message names the first, counting from 1
    """
    if not len(weights):
        raise NotEnoughData("There are no cases to weight.")
    wrong = ~(np.isfinite(weights) & (weights > 0))
    if wrong.any():
        first = int(wrong.argmax())
        raise WeightsRefused(
            "Case %(case)s has the base weight %(weight)s; every one must be a number above 0.",
            case=first + 1,
            weight=f"{weights[first]:g}",
        )
    if float(weights.max()) / MOST_UNEQUAL > float(weights.min()):
        raise WeightsRefused(
            "The base weight of case %(case)s, %(weight)s, makes others vanish: the least is %(least)s.",
            case=int(weights.argmax()) + 1,
            weight=f"{weights.max():g}",
            least=f"{weights.min():g}",
        )
    return weights


def base_weights(weights: ArrayLike) -> Floats:
    """Base weights on a scale of their own, which means nothing: so that no sum of them runs out of numbers.

    The scale is a power of two, so that no digit changes by it.
    """
    w = positive(np.asarray(weights, dtype=np.float64))
    scaled: Floats = np.ldexp(w, -int(np.frexp(w.max())[1]))
    return scaled
