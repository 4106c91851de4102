"""Would they recommend it: promoters less detractors, and its change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from surveyapp.analysis.columns import Floats
from surveyapp.analysis.differences import Contrast, paired_difference, score_difference
from surveyapp.analysis.estimates import recommendation_scores
from surveyapp.analysis.matrices import Weights, designed, numbers
from surveyapp.errors import NotEnoughData, UnfitData

PROMOTERS, PASSIVES = 9, 7
"""From these answers on."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Shares and score; the score on −1..1."""

    n: int
    effective_n: float
    promoters: float
    passives: float
    detractors: float
    score: float
    se: float
    low: float
    high: float


def recommendation(answers: ArrayLike, weights: Weights = None, *, level: float = 0.95) -> Recommendation:
    """Recommendation score of answers 0 to 10: share of 9 and 10 less share of 0 to 6.

    Parameters
    ----------
    answers : shape (n,), whole numbers 0 to 10; NaN is missing
    weights : above 0, shape (n,); absent: every case counts 1

    Returns
    -------
    Recommendation     of one answer there is a score and no error: se, low and high are NaN

    Raises
    ------
    NotEnoughData     nobody answered
    UnfitData         an answer that is none of 0 to 10

    References
    ----------
    Reichheld (2003); variance (P + D − (P − D)²) ÷ n of two multinomial shares. 50 and 20 of 100: 0.3, se 0.0781.
    """
    told, w = _valid_signs(answers, weights, "answers")
    if not len(told):
        raise NotEnoughData("Nobody answered how likely they are to recommend it.")
    total = float(w.sum())
    up, down = float(w[told > 0].sum()), float(w[told < 0].sum())
    is_weighted = bool((w != w[0]).any())
    squares = tuple(float((w[which] ** 2).sum()) for which in (told > 0, told < 0, told == told))
    found = recommendation_scores(
        [up],
        [down],
        [total],
        squares=((squares[0],), (squares[1],), (squares[2],)) if is_weighted else None,
        level=level,
    )
    se, low, high = (float(one[0]) if len(told) > 1 else float("nan") for one in (found.se, found.low, found.high))
    return Recommendation(
        n=len(told),
        effective_n=total**2 / squares[2] if is_weighted else float(len(told)),
        promoters=up / total,
        passives=float(w[told == 0].sum()) / total,
        detractors=down / total,
        score=float(found.value[0]),
        se=se,
        low=low,
        high=high,
    )


def recommendation_change(
    first: ArrayLike,
    second: ArrayLike,
    first_weights: Weights = None,
    second_weights: Weights = None,
    *,
    is_paired: bool = False,
    level: float = 0.95,
) -> Contrast:
    """Change of the recommendation score between two waves.

    Parameters
    ----------
    first, second : shape (n,) and (m,), whole numbers 0 to 10; NaN is missing
    is_paired :     they are the same people in the same order: tested on who answered both, by ``first_weights``

    Returns
    -------
    Contrast     of independent scores by z, their variances added; paired by t on each one's own change

    References
    ----------
    As :func:`recommendation`. 50 and 20 of 100 after 40 and 30 of 100: 0.2, z 1.7541, p 0.0794 (by hand).
    """
    if is_paired:
        return paired_difference(signs(first, "first"), signs(second, "second"), first_weights, level=level)
    before = recommendation(first, first_weights)
    after = recommendation(second, second_weights)
    se = float(np.hypot(before.se, after.se))
    return score_difference(after.score - before.score, se, before.n + after.n, level=level)


def _valid_signs(answers: ArrayLike, weights: Weights, name: str) -> tuple[Floats, Floats]:
    """Per valid answer 1, 0 or −1, and what it counts for."""
    x = numbers(answers, name)
    there = ~np.isnan(x)
    w = designed(weights, len(x)).weights
    return signs(x[there], name), np.ones(int(there.sum())) if w is None else w[there]


def signs(answers: ArrayLike, name: str = "answers") -> Floats:
    """Of each answer 1 (9 or 10), 0 (7 or 8) or −1 (0 to 6), whose mean is the score; NaN stays missing.

    Raises
    ------
    UnfitData     an answer that is none of 0 to 10
    """
    x = numbers(answers, name)
    _within(x, 0, 10, name)
    with np.errstate(invalid="ignore"):
        found = np.where(x >= PROMOTERS, 1.0, np.where(x >= PASSIVES, 0.0, -1.0))
    return np.where(np.isnan(x), np.nan, found)


def _within(x: Floats, low: int, high: int, name: str) -> None:
    with np.errstate(invalid="ignore"):
        strange = x[(x < low) | (x > high) | (x % 1 != 0) & ~np.isnan(x)]
    if len(strange):
        raise UnfitData(
            "“%(name)s” holds %(code)s, which is not one of %(low)s to %(high)s.",
            name=name,
            code=f"{strange[0]:g}",
            low=low,
            high=high,
        )
