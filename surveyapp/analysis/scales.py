"""Scores of constructs: several items that measure one thing, as one number per person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from surveyapp.analysis.columns import NOT_ASKED, SKIPPED, Bools, Codes, Floats, NumberColumn
from surveyapp.analysis.matrices import Matrix, Named
from surveyapp.errors import UnfitData

SHARE_ANSWERED = 2 / 3
"""A score needs valid answers to this share of the items somebody was asked."""
LEAST_ITEMS = 2
"""The mean of one item is that item."""


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
    hit = np.stack([np.isin(codes, list(which)) for codes, which in zip(items, hits, strict=True)], axis=1)
    return asked_scores(np.where(answers >= 0, hit.astype(np.float64), np.nan), answers != NOT_ASKED)


def asked_scores(values: Floats, asked: Bools) -> NumberColumn:
    """Per person the mean of the valid values among those that were asked.

    Parameters
    ----------
    values : shape (n, items), NaN where there is no valid one
    asked :  the same shape

    Returns
    -------
    NumberColumn     not asked (-8) for who was asked fewer than two, skipped (-9) for who gave fewer than two thirds
    """
    many = asked.sum(axis=1)
    found = mean_of_valid(values, many * SHARE_ANSWERED)
    missing = np.where(many < LEAST_ITEMS, NOT_ASKED, np.where(np.isnan(found), SKIPPED, 0)).astype(np.int16)
    return NumberColumn(np.where(missing == 0, found, np.nan), missing)


def mean_of_valid(values: Floats, least: Floats | float = 1) -> Floats:
    """Per person the mean of the valid values, shape (n,); NaN for who has fewer than ``least``, or none.

    Parameters
    ----------
    values : shape (n, items), NaN where there is no valid one
    least :  so many at least, of everyone or each
    """
    valid = ~np.isnan(values)
    count = valid.sum(axis=1)
    total = np.where(valid, values, 0.0).sum(axis=1)
    found: Floats = np.where((count >= least - 1e-9) & (count > 0), total / np.maximum(count, 1), np.nan)
    return found


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
    found: Floats = (mean_of_valid(values, least * len(data.names)) - low) / (high - low) * 100
    return found
