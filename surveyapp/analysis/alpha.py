"""Whether some items measure one thing: Cronbach's alpha, and what each item does to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtri

from surveyapp.analysis.columns import Floats
from surveyapp.analysis.matrices import Matrix, Named, Weights, correlation
from surveyapp.errors import NotEnoughData

LEVEL = 0.95
FIT_TO_PRINT, FIT_WITH_CARE = 0.70, 0.60
"""From these alphas on a score is printed, and printed with a warning."""


@dataclass(frozen=True, slots=True)
class ItemOfScale:
    """One item among the others."""

    name: str
    mean: float
    sd: float
    rest_correlation: float  # with the sum of the other items
    alpha_without: float | None  # of the other items; None where that is one item
    is_negative: bool  # it runs against the others: most often an item that was not reversed


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far some items measure one thing, over the cases that answered all of them."""

    n: int
    effective_n: float
    alpha: float
    low: float
    high: float
    standardised: float
    items: tuple[ItemOfScale, ...]

    @property
    def negative(self) -> tuple[str, ...]:
        """Items that run against the others."""
        return tuple(item.name for item in self.items if item.is_negative)


def reliability(items: Named, weights: Weights = None, *, level: float = LEVEL) -> Reliability:
    """Cronbach's alpha of some items, listwise, with what each of them does to it.

    Parameters
    ----------
    items :   by name, each of shape (n,), all of them turned one way; who misses one is left out
    weights : above 0, shape (n,); absent: every case counts 1

    Returns
    -------
    Reliability     alpha from covariances, k/(k−1) · (1 − Σ variances ÷ variance of the sum); Feldt's interval, by the
                    effective n where weighted; alpha from correlations beside it

    Raises
    ------
    NotEnoughData     fewer than two items, or fewer than two complete cases
    UnfitData         an item to which everyone gave one answer; it is named

    References
    ----------
    Cronbach (1951); Feldt (1965). R's ``attitude`` (30 cases, 7 items): 0.8431428, 0.7408 to 0.9164, standardised
    0.8390838 (R psych 2.2.9: ``alpha``, ``alpha.ci``).
    """
    data = Matrix.of(items, weights).complete()
    k = len(data.names)
    if k < 2:
        raise NotEnoughData("A scale has two items at least; here is one: %(name)s.", name=data.names[0])
    covariance = data.covariance()
    alpha = _alpha(covariance)
    effective = data.design.effective_n
    low, high = _feldt(alpha, effective, k, level)
    r = correlation(covariance)
    return Reliability(
        n=data.n,
        effective_n=effective,
        alpha=alpha,
        low=low,
        high=high,
        standardised=_alpha(r),
        items=tuple(_item(data, covariance, at) for at in range(k)),
    )


def _alpha(covariance: Floats) -> float:
    k, total = len(covariance), float(covariance.sum())
    if total <= 1e-12 * float(np.trace(covariance)):  # the items cancel each other out, person by person
        return float("-inf")
    return float(k / (k - 1) * (1 - np.trace(covariance) / total))


def _feldt(alpha: float, n: float, k: int, level: float) -> tuple[float, float]:
    if n <= 1:
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    ends = fdtri(n - 1, (n - 1) * (k - 1), [1 - tail, tail])
    low, high = (float(1 - (1 - alpha) * end) for end in ends)
    return low, high


def _item(data: Matrix, covariance: Floats, at: int) -> ItemOfScale:
    others = np.delete(np.arange(len(covariance)), at)
    rest = covariance[np.ix_(others, others)]
    spread = float(rest.sum())
    own = float(covariance[at, at])
    with_rest = float(covariance[at, others].sum())
    r = with_rest / np.sqrt(own * spread) if spread > 1e-12 * float(np.trace(rest)) else float("nan")
    return ItemOfScale(
        name=data.names[at],
        mean=float(data.means()[at]),
        sd=float(np.sqrt(own)),
        rest_correlation=float(r),
        alpha_without=_alpha(rest) if len(others) > 1 else None,
        is_negative=with_rest < 0,
    )
