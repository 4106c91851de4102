"""Shares of R² of correlated drivers: over all orders of entry (LMG), and by relative weights (Johnson).

Both take correlations in which the outcome stands first, of shape (..., 1 + p, 1 + p), so that any number of resamples
is done at once.
"""

from __future__ import annotations

from functools import cache
from math import factorial

import numpy as np

from surveyapp.analysis.columns import Floats

MOST_FOR_LMG = 15
"""With more drivers 2^p models are too many, and Johnson's weights stand in for them."""
COLLINEAR = 1e-9
"""What is left of a standardised driver, given others, below which it is made up of them."""


def explained(correlations: Floats) -> Floats:
    """R² of every set of drivers, shape (..., 2^p): the first driver is the highest bit of a set's number.

    Each driver in turn is swept out of half of the sets, so that 2^p models cost about as much as reading them.
    NaN where a driver of the set is made up of others.
    """
    batch = correlations.shape[:-2]
    # Sets run along the last axis and the two of the matrix stand first, so that each step is one pass of long rows.
    left = np.moveaxis(correlations, (-2, -1), (0, 1))[..., None]
    while len(left) > 1:
        pivot = left[-1, -1]
        column = left[:-1, -1]
        by = column / np.where(pivot > COLLINEAR, pivot, np.nan)
        sets = np.empty((len(column), len(column), *batch, 2, left.shape[-1]))
        sets[..., 0, :] = left[:-1, :-1]
        np.multiply(column[:, None], by[None], out=sets[..., 1, :])
        np.subtract(sets[..., 0, :], sets[..., 1, :], out=sets[..., 1, :])
        left = sets.reshape(len(column), len(column), *batch, 2 * left.shape[-1])
    found: Floats = 1 - left[0, 0]
    return found


def lmg(correlations: Floats) -> Floats:
    """What each driver adds to R², averaged over all orders in which they may enter; shape (..., p), adding up to R².

    References
    ----------
    Lindeman, Merenda & Gold (1980); Grömping (2006), R's relaimpo; the same as Budescu's (1993) general dominance and
    Shapley's value. Two drivers, r with the outcome .6 and .5, with each other .4: R² 0.4404762, 0.2752381 and
    0.1652381 (by hand: (.36 + R² − .25) ÷ 2).
    """
    p = correlations.shape[-1] - 1
    r2 = explained(correlations)
    found: Floats = r2 @ _turns(p)
    return found


@cache
def _turns(p: int) -> Floats:
    """How R² of each set counts in the gain of each driver, shape (2^p, p): for it with the driver, against without."""
    sets = np.arange(2**p)
    sizes = np.array([number.bit_count() for number in range(2**p)])
    orders = np.array([factorial(size) * factorial(p - size - 1) / factorial(p) for size in range(p)] + [0.0])
    has = (sets[:, None] >> np.arange(p - 1, -1, -1)) & 1 == 1
    found: Floats = np.where(has, orders[sizes - 1][:, None], -orders[sizes][:, None])
    return found


def johnson(correlations: Floats) -> Floats:
    """Relative weights, by the uncorrelated variables nearest to the drivers; shape (..., p), adding up to R².

    References
    ----------
    Johnson (2000). With two drivers the same as :func:`lmg`; R's ``attitude``, see the test.
    """
    r = correlations[..., 1:, 1:]
    values, vectors = np.linalg.eigh(r)
    values = np.where(values > COLLINEAR, values, np.nan)
    root = (vectors * np.sqrt(values)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    inverse = (vectors / np.sqrt(values)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    beta = (inverse @ correlations[..., 1:, :1])[..., 0]
    found: Floats = (root**2 @ (beta**2)[..., None])[..., 0]
    return found
