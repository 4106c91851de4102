"""How far two coders agree beyond what chance would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from surveyapp.analysis.columns import Floats
from surveyapp.analysis.estimates import LEVEL
from surveyapp.errors import AnalysisError, NotEnoughData


class Disagreement(StrEnum):
    """What a disagreement counts for."""

    EQUAL = "equal"  # any two categories differ alike: Cohen's kappa
    LINEAR = "linear"  # by their distance in the order of the categories
    QUADRATIC = "quadratic"  # by its square


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of two coders.

    ``observed`` and ``expected`` are the (weighted) shares of agreement, on 0..1. What is not defined is NaN, and
    ``reason`` says why.
    """

    kappa: float
    se: float
    low: float
    high: float
    observed: float
    expected: float
    pairs: int  # coded by both
    left_out: int  # missing with either
    categories: tuple[int, ...]
    reason: str = ""


def coder_agreement(
    one: ArrayLike,
    other: ArrayLike,
    *,
    categories: Sequence[int] | None = None,
    disagreement: Disagreement = Disagreement.EQUAL,
    level: float = LEVEL,
) -> Agreement:
    """Cohen's kappa of two coders, unweighted or weighted, with its large-sample interval.

    Parameters
    ----------
    one, other : shape (n,), the code each gave; negative or NaN: none. A pair with a missing code is left out
    categories : the codes there are, for the weighted forms in their order; absent: the codes that were given, in the
                 order of their numbers. Weights go by place in this list, so one that nobody gave matters to them

    Returns
    -------
    Agreement     kappa = (o - e) / (1 - e); the interval is normal, cut off at -1 and 1. Where both gave one and the
                  same category to everything e is 1 and there is no kappa

    Raises
    ------
    NotEnoughData     no pair was coded by both
    AnalysisError     lengths differ, a code is no whole number or not among the categories

    References
    ----------
    Cohen (1960, 1968); the error of Fleiss, Cohen & Everitt (1969). The diagnoses of Fleiss, Levin & Paik (2003),
    table 18.1, 100 patients: kappa 0.676, 0.505 to 0.848 (R psych, cohen.kappa).
    """
    first, second = _codes(one), _codes(other)
    if len(first) != len(second):
        raise AnalysisError("One coder has %(one)s entries, the other %(other)s.", one=len(first), other=len(second))
    both = (first >= 0) & (second >= 0)
    if not both.any():
        raise NotEnoughData("No pair was coded by both: of %(n)s one code or both are missing.", n=len(first))
    first, second = first[both], second[both]
    given = np.unique([first, second])
    listed = np.array(given if categories is None else list(categories), dtype=np.float64)
    strange = sorted(set(given.tolist()) - set(listed.tolist()))
    if strange:
        raise AnalysisError("Code %(code)g was given and is not among the categories.", code=strange[0])
    if len(set(listed.tolist())) < len(listed):
        raise AnalysisError("A category is listed twice.")
    order = np.argsort(listed)
    places = [order[np.searchsorted(listed[order], codes)] for codes in (first, second)]
    size = len(listed)
    shares = np.bincount(places[0] * size + places[1], minlength=size**2).reshape(size, size) / len(first)
    kept = int(both.sum()), int((~both).sum()), tuple(int(code) for code in listed)
    return _agreement(shares, _weights(size, disagreement), *kept, level)


def _codes(codes: ArrayLike) -> Floats:
    found = np.asarray(codes, dtype=np.float64)
    found = np.where(np.isnan(found), -1.0, found)
    broken = found[(found != np.floor(found)) | np.isinf(found)]
    if len(broken):
        raise AnalysisError("A code is a whole number, which %(code)s is not.", code=broken[0])
    return found


def _weights(size: int, disagreement: Disagreement) -> Floats:
    """What every pair of categories counts for as agreement, on 0..1."""
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(size - 1, 1)
    match disagreement:
        case Disagreement.EQUAL:
            return np.eye(size)
        case Disagreement.LINEAR:
            return np.asarray(1 - distance, dtype=np.float64)
        case Disagreement.QUADRATIC:
            return np.asarray(1 - distance**2, dtype=np.float64)


def _agreement(
    shares: Floats, weights: Floats, pairs: int, left_out: int, categories: tuple[int, ...], level: float
) -> Agreement:
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, expected = float((weights * shares).sum()), float(rows @ weights @ columns)
    if ((rows > 0) | (columns > 0)).sum() == 1:
        reason = "Both gave one and the same category to everything, so chance alone would make them agree."
        nothing = np.nan
        return Agreement(nothing, nothing, nothing, nothing, observed, expected, pairs, left_out, categories, reason)
    kappa = (observed - expected) / (1 - expected)
    # Of each category what it agrees with on average: with the other coder's codes, and with the first one's.
    beside = (weights @ columns)[:, None] + (rows @ weights)[None, :]
    spread = (shares * (weights - beside * (1 - kappa)) ** 2).sum() - (kappa - expected * (1 - kappa)) ** 2
    se = float(np.sqrt(max(spread, 0.0) / pairs) / (1 - expected))
    if observed == 1:
        kappa, se = 1.0, 0.0  # but for the last digit
    margin = float(ndtri(0.5 + level / 2)) * se
    low, high = max(kappa - margin, -1.0), min(kappa + margin, 1.0)
    return Agreement(kappa, se, low, high, observed, expected, pairs, left_out, categories)
