"""Scores of constructs: several items that measure one thing, as one number per person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from surveyapp.analysis.columns import NOT_ASKED, SKIPPED, Codes, NumberColumn

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
