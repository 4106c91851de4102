"""P-values corrected for how often was looked: one family along the last axis."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from surveyapp.analysis.columns import Floats


class Correction(StrEnum):
    """How p-values are corrected."""

    HOLM = "holm"
    BENJAMINI_HOCHBERG = "bh"
    BONFERRONI = "bonferroni"
    NONE = "none"


def adjusted(p_values: ArrayLike, correction: Correction | str = Correction.HOLM) -> Floats:
    """P-values adjusted within the last axis; NaN entries are not part of the family.

    Raises
    ------
    ValueError     no such correction

    References
    ----------
    R p.adjust: of 0.01 0.02 0.03 0.04 "holm" gives 0.04 0.06 0.06 0.06, "BH" 0.04 0.04 0.04 0.04, "bonferroni" 0.04
    0.08 0.12 0.16.
    """
    return _BY_NAME[Correction(correction)](p_values)


def holm(p_values: ArrayLike) -> Floats:
    """P-values adjusted by Holm within the last axis; NaN entries are not part of the family.

    References
    ----------
    Holm (1979). 0.01 0.02 0.03 0.04 → 0.04 0.06 0.06 0.06 (R p.adjust).
    """
    p, order, family = _in_order(p_values)
    steps = np.take_along_axis(p, order, axis=-1) * np.maximum(family - np.arange(p.shape[-1]), 1)
    return _put_back(p, order, np.maximum.accumulate(steps, axis=-1))


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """P-values adjusted by the false discovery rate within the last axis; NaN entries are not part of the family.

    References
    ----------
    Benjamini & Hochberg (1995). 0.01 0.02 0.03 0.04 → 0.04 0.04 0.04 0.04 (R p.adjust).
    """
    p, order, family = _in_order(p_values)
    steps = np.take_along_axis(p, order, axis=-1) * (family / (np.arange(p.shape[-1]) + 1))
    least = np.fmin.accumulate(steps[..., ::-1], axis=-1)[..., ::-1]
    return _put_back(p, order, np.where(np.isnan(steps), np.nan, least))


def bonferroni(p_values: ArrayLike) -> Floats:
    """P-values times their number within the last axis; NaN entries are not part of the family.

    References
    ----------
    Dunn (1961). 0.01 0.02 0.03 0.04 → 0.04 0.08 0.12 0.16 (R p.adjust).
    """
    p = np.asarray(p_values, dtype=np.float64)
    found: Floats = np.minimum(p * np.sum(~np.isnan(p), axis=-1, keepdims=True), 1.0)
    return found


def _as_they_are(p_values: ArrayLike) -> Floats:
    return np.array(p_values, dtype=np.float64)


_BY_NAME: dict[Correction, Callable[[ArrayLike], Floats]] = {
    Correction.HOLM: holm,
    Correction.BENJAMINI_HOCHBERG: benjamini_hochberg,
    Correction.BONFERRONI: bonferroni,
    Correction.NONE: _as_they_are,
}


def _in_order(p_values: ArrayLike) -> tuple[Floats, np.ndarray[tuple[int, ...], np.dtype[np.intp]], Floats]:
    p = np.asarray(p_values, dtype=np.float64)
    return p, np.argsort(p, axis=-1), np.sum(~np.isnan(p), axis=-1, keepdims=True)  # NaN comes last


def _put_back(p: Floats, order: np.ndarray[tuple[int, ...], np.dtype[np.intp]], steps: Floats) -> Floats:
    found = np.empty_like(p)
    np.put_along_axis(found, order, np.minimum(steps, 1.0), axis=-1)
    return found
