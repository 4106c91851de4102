"""Intervals of a share, by method: what is known of it when so many cases speak.

The base is a number of cases that need not be whole: of weighted or clustered cases the number that would be as precise
when drawn one by one. At 0 and 100 % one end is exact. Wald's and the logit interval do not exist there (no variance is
left), so Clopper-Pearson's stands in their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, expit, logit, ndtri, stdtrit

from surveyapp.analysis.columns import Floats

ShareMethod = Literal[
    "wilson", "wald", "clopper-pearson", "agresti-coull", "jeffreys", "logit", "beta", "arcsine"
]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """Two ends, arrays of one shape; NaN where there is no base."""

    low: Floats
    high: Floats


def share_interval(
    share: ArrayLike,
    base: ArrayLike,
    method: ShareMethod = "wilson",
    *,
    level: float = 0.95,
    freedom: ArrayLike | None = None,
    cases: ArrayLike | None = None,
) -> Interval:
    """The interval of shares.

    Parameters
    ----------
    share :   0..1, any shape; NaN gives NaN
    base :    cases it rests on, effective ones where weighted: p (1 − p) / se², or Kish's
    method :  one of ``ShareMethod``; "beta" is Korn and Graubard's: Clopper-Pearson on a base that the degrees of
              freedom make smaller
    freedom : degrees of freedom of the design; given, t stands for the normal in wald, logit, arcsine and wilson
    cases :   cases counted, for "beta" alone; absent: ``base``

    Returns
    -------
    Interval     within 0..1

    Raises
    ------
    ValueError     no such method, a share outside 0..1, a base below 0, a level outside 0..1

    References
    ----------
    Wilson (1927); Clopper & Pearson (1934); Agresti & Coull (1998); Brown, Cai & DasGupta (2001) for these and
    Jeffreys; Korn & Graubard (1998) for beta. 81 of 263, wilson: 0.2553 to 0.3662 (scipy binomtest).
    """
    if method not in get_args(ShareMethod):
        raise ValueError(f"There is no interval “{method}”; there are: {', '.join(get_args(ShareMethod))}.")
    p, n = np.broadcast_arrays(np.asarray(share, dtype=np.float64), np.asarray(base, dtype=np.float64))
    if ((p < 0) | (p > 1)).any() or (n < 0).any() or not 0 < level < 1:
        raise ValueError("A share and a level lie between 0 and 1, and a base is not below 0.")
    n = np.where((n > 0) & ~np.isnan(p), n, np.nan)
    above = 0.5 + level / 2
    z = np.full(p.shape, ndtri(above)) if freedom is None else stdtrit(_positive(freedom), above)
    if method == "beta" and freedom is not None:
        counted = n if cases is None else np.asarray(cases, dtype=np.float64)
        n = np.minimum(n * (stdtrit(_positive(counted - 1), above) / z) ** 2, counted)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = _ends(method, p, n, z, (1 - level) / 2)
    edge = np.isnan(n) | np.isnan(z)
    low = np.where(p == 0, 0.0, np.clip(low, 0.0, 1.0))
    high = np.where(p == 1, 1.0, np.clip(high, 0.0, 1.0))
    return Interval(np.where(edge, np.nan, low), np.where(edge, np.nan, high))


def _positive(freedom: ArrayLike) -> Floats:
    found = np.asarray(freedom, dtype=np.float64)
    return np.where(found > 0, found, np.nan)


def _ends(method: ShareMethod, p: Floats, n: Floats, z: Floats, tail: float) -> tuple[Floats, Floats]:
    x, z2 = p * n, z**2
    spread = np.sqrt(p * (1 - p) / n)
    match method:
        case "wald":
            return _exact_at_the_ends(p, n, tail, p - z * spread, p + z * spread)
        case "logit":
            middle, margin = logit(p), z * spread / (p * (1 - p))
            return _exact_at_the_ends(p, n, tail, expit(middle - margin), expit(middle + margin))
        case "wilson":
            middle, margin = (x + z2 / 2) / (n + z2), z / (n + z2) * np.sqrt(n * p * (1 - p) + z2 / 4)
        case "agresti-coull":
            middle = (x + z2 / 2) / (n + z2)
            margin = z * np.sqrt(middle * (1 - middle) / (n + z2))
        case "arcsine":
            turned, turn = np.arcsin(np.sqrt(p)), z / (2 * np.sqrt(n))
            return np.sin(np.maximum(turned - turn, 0)) ** 2, np.sin(np.minimum(turned + turn, np.pi / 2)) ** 2
        case "jeffreys":
            return betaincinv(x + 0.5, n - x + 0.5, tail), betaincinv(x + 0.5, n - x + 0.5, 1 - tail)
        case _:
            return _exact(x, n, tail)
    return middle - margin, middle + margin


def _exact(x: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    """Clopper-Pearson's, by the beta distribution: also for a base that is not whole."""
    low = betaincinv(np.where(x > 0, x, np.nan), n - x + 1, tail)
    high = betaincinv(x + 1, np.where(n - x > 0, n - x, np.nan), 1 - tail)
    return np.where(x > 0, low, 0.0), np.where(n - x > 0, high, 1.0)


def _exact_at_the_ends(p: Floats, n: Floats, tail: float, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    lowest, highest = _exact(p * n, n, tail)
    edge = (p == 0) | (p == 1)
    return np.where(edge, lowest, low), np.where(edge, highest, high)
