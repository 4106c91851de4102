"""Weights cut off at bounds: with their mean kept, in the rounds of raking; and as R's survey does it, once for all."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from surveyapp.analysis.columns import Floats
from surveyapp.analysis.weighting.quality import Caps, positive
from surveyapp.errors import WeightsRefused

MOST_ROUNDS = 1000
EXACT = 1e-14


def within(ratios: Floats, counts: Floats, caps: Caps) -> Floats:
    """The ratios to the mean nearest to these that lie within the caps and whose mean is 1.

    Parameters
    ----------
    ratios : shape (groups,), mean 1 over the cases
    counts : shape (groups,), cases

    Nearest as raking means it: all that are not cut keep their proportions.
    """
    n = float(counts.sum())
    # At these ends every weight is at one cap, and 1 lies between the caps.
    least, most = caps.low / float(ratios.max()), caps.high / float(ratios.min())
    factor = 1.0
    for _ in range(MOST_ROUNDS):
        changed = ratios * factor
        found: Floats = np.clip(changed, caps.low, caps.high)
        excess = float((found * counts).sum()) - n
        if abs(excess) <= EXACT * n or most - least <= EXACT * least:
            break
        least, most = (least, factor) if excess > 0 else (factor, most)
        free = float((ratios * counts)[found == changed].sum())
        nearer = factor - excess / free if free else least
        factor = nearer if least < nearer < most else (least + most) / 2
    return found


def trim_weights(weights: ArrayLike, low: float = 0.0, high: float = np.inf, *, is_strict: bool = True) -> Floats:
    """Weights cut off at bounds, what was cut spread equally over those that were within them.

    Margins are not kept: for those ask `rake` with caps.

    Parameters
    ----------
    weights :   shape (n,), above 0
    low, high : bounds, on the scale of the weights
    is_strict : do so again until no weight lies outside; else once, after which some may

    Raises
    ------
    NotEnoughData      there are no weights
    WeightsRefused     one is no number above 0, or the mean does not lie between the bounds

    References
    ----------
    Potter (1990). R's survey: trimWeights(design, lower, upper, strict = TRUE). 0.2 0.5 0.7 0.8 0.9 1 1.1 1.3 1.5 2 2.9
    6.5 between 0.4 and 3: 0.423 0.853 1.053 1.153 1.253 1.353 1.453 1.653 1.853 2.353 3 3.
    """
    w = positive(np.asarray(weights, dtype=np.float64)).copy()
    total = float(w.sum())
    if not low <= total / len(w) <= high:
        raise WeightsRefused(
            "The mean weight is %(mean)s, which does not lie between %(low)s and %(high)s.",
            mean=f"{total / len(w):g}",
            low=f"{low:g}",
            high=f"{high:g}",
        )
    for _ in range(MOST_ROUNDS if is_strict else 1):
        outside = (w < low) | (w > high)
        if not outside.any():
            break
        cut = np.clip(w, low, high)
        if not outside.all():
            cut[~outside] += float((w - cut).sum()) / int((~outside).sum())
        w = cut
    return np.clip(w, low, high) if is_strict else w
