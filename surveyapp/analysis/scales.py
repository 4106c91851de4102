"""Scores of constructs: several items that measure one thing, as one number per person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from surveyapp.analysis.columns import NOT_ASKED, SKIPPED, Codes, Floats, NumberColumn
from surveyapp.analysis.matrices import Matrix, Named
from surveyapp.errors import UnfitData

SHARE_ANSWERED = 2 / 3
"""A score needs valid answers to this share of the items somebody was asked."""


def share_of_items(items: Sequence[Codes], hits: Sequence[Sequence[int]]) -> NumberColumn:
    """Per person the share of the items whose answer is a hit.

    Parameters
    ----------
    items : codes per item, each of shape (n,)
    hits :  per item the codes that count

    Returns
    -------
    NumberColumn     0..1; not asked (-8) for who was asked fewer than two items, skipped (-9) for who gave valid
                     answers to fewer than two thirds of them

    References
    ----------
    The mean of valid items with a minimum, as psych's scoreItems practice; here of hits instead of codes.
    """
    answers = np.stack(list(items), axis=1)
    asked = (answers != NOT_ASKED).sum(axis=1)
    valid = (answers >= 0).sum(axis=1)
    count = np.stack([np.isin(codes, list(which)) for codes, which in zip(items, hits, strict=True)], axis=1).sum(
        axis=1
    )
    missing = np.where(
        asked < 2, np.int16(NOT_ASKED), np.where(valid < asked * SHARE_ANSWERED, np.int16(SKIPPED), np.int16(0))
    )
    values = np.where(missing == 0, count / np.maximum(valid, 1), np.nan)
    return NumberColumn(values, missing.astype(np.int16))


def scale_scores(
    items: Named, low: float, high: float, *, reversed_items: Sequence[str] = (), least: float = SHARE_ANSWERED
) -> Floats:
    """Per person the mean of the valid items, from 0 (the low end of the scale) to 100 (the high end).

    Parameters
    ----------
    items :          by name, each of shape (n,), codes ``low`` to ``high``; NaN is missing
    reversed_items : names of those that run the other way
    least :          share of the items that must be valid

    Returns
    -------
    shape (n,), NaN for who has too few

    Raises
    ------
    UnfitData     a code outside the scale, or a reversed item that is not there

    References
    ----------
    Mean of valid items with a minimum, R psych's ``scoreItems(min = , max = )`` without its imputation. 4, 5 and a
    missing one of 1 to 5: 87.5 (by hand).
    """
    data = Matrix.of(items)
    for name in reversed_items:
        if name not in data.names:
            raise UnfitData("There is no “%(name)s” among these variables.", name=name)
    if not high > low:
        raise UnfitData("A scale from %(low)s to %(high)s has no length.", low=f"{low:g}", high=f"{high:g}")
    for name, codes in zip(data.names, data.values.T, strict=True):
        outside = codes[(codes < low) | (codes > high)]
        if len(outside):
            raise UnfitData(
                "“%(name)s” holds %(code)s, which is not one of %(low)s to %(high)s.",
                name=name,
                code=f"{outside[0]:g}",
                low=f"{low:g}",
                high=f"{high:g}",
            )
    turned = np.isin(data.names, list(reversed_items))
    values = np.where(turned, low + high - data.values, data.values)
    valid = ~np.isnan(values)
    count = valid.sum(axis=1)
    total = np.where(valid, values, 0.0).sum(axis=1)
    enough = (count >= least * len(data.names) - 1e-9) & (count > 0)
    mean = np.where(enough, total / np.maximum(count, 1), np.nan)
    found: Floats = (mean - low) / (high - low) * 100
    return found
