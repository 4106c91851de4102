"""One common factor behind some items, and how much of their sum it accounts for (omega total)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import Floats
from surveyapp.analysis.matrices import Matrix, Named, Weights, correlation
from surveyapp.errors import NotEnoughData, UnfitData

LEAST_UNIQUE = 0.005
"""No item is taken to be less its own than this; one that reaches it is a Heywood case. R's factanal has the same."""
SINGULAR = 1e-10


@dataclass(frozen=True, slots=True)
class Loading:
    """What one item owes to the factor, in its own unit and standardised."""

    name: str
    loading: float
    standardised: float
    unique_variance: float
    uniqueness: float  # of the standardised item, 0..1


@dataclass(frozen=True, slots=True)
class OneFactor:
    """One factor over the cases that answered all items."""

    n: int
    effective_n: float
    items: tuple[Loading, ...]
    omega: float  # total: (Σ loadings)² ÷ ((Σ loadings)² + Σ unique variances)
    heywood: tuple[str, ...]  # items without a part of their own: the model does not fit them, omega is not to be used
    has_converged: bool


def one_factor(items: Named, weights: Weights = None) -> OneFactor:
    """One factor by maximum likelihood on the covariances, and McDonald's omega total.

    Parameters
    ----------
    items :   three or more, by name, each of shape (n,); who misses one is left out
    weights : above 0, shape (n,); absent: every case counts 1

    Returns
    -------
    OneFactor     loadings turned so that their sum is positive. ``heywood`` names items whose uniqueness ran into its
                  lower bound of 0.005; ``has_converged`` is False where no best fit was found

    Raises
    ------
    NotEnoughData     fewer than three items, or no more complete cases than items
    UnfitData         an item to which everyone gave one answer, or that the others make up; it is named

    References
    ----------
    Lawley & Maxwell (1971); McDonald (1999). R's ``attitude``: standardised loadings 0.852, 0.902, 0.593, 0.731, 0.765,
    0.246, 0.378, omega 0.8563 (R ``factanal(attitude, 1)``; omega from its loadings times sd).
    """
    data = Matrix.of(items, weights).complete()
    p = len(data.names)
    if p < 3:
        raise NotEnoughData(
            "One factor needs three items; here are %(n)s: %(names)s.", n=p, names=", ".join(data.names)
        )
    if data.n <= p:
        raise NotEnoughData(
            "Only %(cases)s answered all of these; one factor needs more people than items, here %(n)s.",
            cases=data.n,
            n=p,
        )
    covariance = data.covariance()
    r = correlation(covariance)
    _refuse_made_up(r, data.names)
    uniqueness, has_converged = _fitted(r)
    standardised = _loadings(r, uniqueness)
    sd = np.sqrt(np.diag(covariance))
    loadings, unique = standardised * sd, uniqueness * sd**2
    shared = float(loadings.sum()) ** 2
    return OneFactor(
        n=data.n,
        effective_n=data.design.effective_n,
        items=tuple(
            Loading(*one)
            for one in zip(
                data.names, loadings.tolist(), standardised.tolist(), unique.tolist(), uniqueness.tolist(), strict=True
            )
        ),
        omega=shared / (shared + float(unique.sum())),
        heywood=tuple(
            name for name, own in zip(data.names, uniqueness, strict=True) if own <= LEAST_UNIQUE * (1 + 1e-6)
        ),
        has_converged=has_converged,
    )


def _fitted(r: Floats) -> tuple[Floats, bool]:
    """Uniquenesses of the best fit, and whether it is one.

    The likelihood is that of factanal: concentrated over the loadings, so that only uniquenesses are looked for.
    """
    from scipy.optimize import minimize  # heavy, and only a researcher comes here

    def off(uniqueness: Floats) -> tuple[float, Floats]:
        scale = 1 / np.sqrt(uniqueness)
        values, vectors = np.linalg.eigh(r * scale[:, None] * scale[None, :])
        rest = values[:-1]
        first = vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0))
        loadings = first / scale
        residual = loadings**2 + uniqueness - np.diag(r)
        return float(-(np.log(rest) - rest).sum() - len(r) + 1), residual / uniqueness**2

    start = np.maximum((1 - 0.5 / len(r)) / np.diag(np.linalg.inv(r)), LEAST_UNIQUE)
    bounds = [(LEAST_UNIQUE, 1.0)] * len(r)
    found = minimize(off, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-15, "gtol": 1e-8})
    uniqueness = np.asarray(found.x, dtype=np.float64)
    inside = (uniqueness > LEAST_UNIQUE * (1 + 1e-6)) & (uniqueness < 1)
    # The search may stop for want of digits right at the top; what counts is whether it is flat there.
    return uniqueness, bool(np.abs(off(uniqueness)[1][inside]).max(initial=0.0) < 1e-3)


def _loadings(r: Floats, uniqueness: Floats) -> Floats:
    scale = 1 / np.sqrt(uniqueness)
    values, vectors = np.linalg.eigh(r * scale[:, None] * scale[None, :])
    found: Floats = vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0)) / scale
    return -found if found.sum() < 0 else found


def _refuse_made_up(r: Floats, names: tuple[str, ...]) -> None:
    values, vectors = np.linalg.eigh(r)
    if values[0] < SINGULAR:
        among = [name for name, part in zip(names, vectors[:, 0], strict=True) if abs(part) > 1e-6]
        raise UnfitData("These are made of each other: %(names)s. Leave one of them out.", names=", ".join(among))
