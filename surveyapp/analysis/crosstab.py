"""What every column of a banner holds of one variable: cases per code, bases, means and quantiles of numbers."""

from __future__ import annotations

from typing import Literal

import numpy as np

from surveyapp.analysis.columns import LOWEST_CODE, Bools, Codes, Floats
from surveyapp.analysis.design import Design
from surveyapp.analysis.estimates import Means, Weighted, means, weighted_means, weighted_quantiles
from surveyapp.analysis.moments import Moments, Split, moments


def code_moments(values: Codes, splits: tuple[Split, ...], highest: int, design: Design) -> Moments:
    """Sums per column and code.

    Parameters
    ----------
    values :  one code per case, missing codes from -9
    highest : the highest code there can be

    Returns
    -------
    shape (columns, highest + 10)     place ``code + 9`` holds a code, missing ones included
    """
    return moments(values.astype(np.intp) - LOWEST_CODE, highest - LOWEST_CODE + 1, splits, design)


def code_place(code: int) -> int:
    """Where a code stands in the last axis of :func:`code_moments`."""
    return code - LOWEST_CODE


def number_means(values: Floats, splits: tuple[Split, ...], design: Design) -> Means:
    """Mean of numbers per column; NaN entries are missing and left out."""
    valid = ~np.isnan(values)
    weights = design.only_weights()
    groups = [group & valid for group in _groups(splits, len(values))]
    if weights is not None:
        mean, squares, w, *beside = np.array([_weighted_sums(values[here], weights[here]) for here in groups]).T
        return weighted_means(mean, squares, w, Weighted(*beside))
    kept = [values[here] for here in groups]
    sums = [float(one.sum()) for one in kept]
    deviations = [float(((one - one.mean()) ** 2).sum()) if len(one) else np.nan for one in kept]
    return means(sums, deviations, [len(one) for one in kept])


def _weighted_sums(x: Floats, w: Floats) -> tuple[float, ...]:
    """Mean, Σw(x - mean)², Σw, n, Σw² and Σw²(x - mean)²: from deviations, as sums of squares would lose digits."""
    if not len(x):
        return np.nan, np.nan, 0.0, 0, 0.0, np.nan
    mean = (w * x).sum() / w.sum()
    if w.min() < w.max():  # where all gave one answer it is their mean, to the last digit
        mean = np.clip(mean, x.min(), x.max())
    squares = (x - mean) ** 2
    return mean, (w * squares).sum(), w.sum(), len(x), (w**2).sum(), (w**2 * squares).sum()


def number_quantiles(
    values: Floats, splits: tuple[Split, ...], shares: tuple[float, ...], design: Design, *, observed: bool = False
) -> Floats:
    """Quantiles of numbers per column, type 7; shape (len(shares), columns).

    ``observed``: type 1, the first value that at least this share of people does not exceed. It is always one that
    somebody gave, for what has an order and no arithmetic: between 202412 and 202501 there is no month 202456.5.
    """
    valid = ~np.isnan(values)
    weights = design.only_weights()
    method: Literal["inverted_cdf", "linear"] = "inverted_cdf" if observed else "linear"
    columns = []
    for group in _groups(splits, len(values)):
        kept = values[group & valid]
        if not len(kept):
            columns.append(np.full(len(shares), np.nan))
        elif weights is None:
            columns.append(np.quantile(kept, shares, method=method))
        else:
            columns.append(weighted_quantiles(kept, weights[group & valid], shares, observed=observed))
    return np.array(columns).T


def _groups(splits: tuple[Split, ...], n: int) -> list[Bools]:
    everyone: Bools = np.ones(n, dtype=np.bool_)
    return [everyone] + [split.members(group) for split in splits for group in range(split.size)]


def bases(counts: Moments) -> tuple[Moments, Moments, Moments]:
    """Asked, answered and valid, each one place, from what :func:`code_moments` gives.

    Asked: all but not asked (-8). Answered: a given answer, not applicable, don't know and refused included. Valid: a
    code that counts in shares and means.
    """
    given = slice(code_place(-7), None)
    asked = counts.each(lambda sums: sums[:, given].sum(axis=1, keepdims=True) + sums[:, code_place(-9), None])
    return asked, counts.together(given), counts.together(slice(code_place(0), None))
