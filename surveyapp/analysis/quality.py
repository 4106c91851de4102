"""Marks of careless answering, one number per person: reported beside the data, never a reason to drop a case.

``answers`` has a row per person and a column per item, in the order in which the items were put: an array or a frame.
NaN is missing. What does not exist for a person is NaN.

References
----------
Curran (2016), Methods for the detection of carelessly invalid responses; R careless 1.2.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from surveyapp.analysis.columns import DONT_KNOW, NOT_ASKED, REFUSED, SKIPPED, Bools, Floats, Ints
from surveyapp.errors import AnalysisError, NotEnoughData

LEAST_ITEMS = 8
"""Of fewer items equal answers to all say little."""
MOST_SPEED = 3.0
"""A page that somebody left at once counts for no more than this."""


def longest_runs(answers: ArrayLike) -> Ints:
    """Per person the longest run of equal answers to items after one another; a missing answer ends a run.

    Returns
    -------
    shape (n,)     0 for who answered nothing

    References
    ----------
    Johnson (2005). 1 1 1 2 2 1: 3; 3 3 - 3 3 3: 3 (R careless, longstring).
    """
    table = _table(answers)
    longest = run = np.zeros(len(table), dtype=np.intp)
    before = np.full(len(table), np.nan)
    for item in table.T:
        run = np.where(np.isnan(item), 0, np.where(item == before, run + 1, 1))
        longest, before = np.maximum(longest, run), item
    return longest


def straight_lines(answers: ArrayLike, *, least: int = LEAST_ITEMS) -> Bools:
    """Who gave one and the same answer to every item answered, ``least`` or more of them.

    On a scale with reversed items before these are turned round: after that a straight line is none.

    References
    ----------
    Curran (2016). Eight times 4: yes; seven times 4 and a 5: no (by hand).
    """
    table = _table(answers)
    answered = ~np.isnan(table)
    low = np.where(answered, table, np.inf).min(axis=1, initial=np.inf)
    high = np.where(answered, table, -np.inf).max(axis=1, initial=-np.inf)
    alike: Bools = (answered.sum(axis=1) >= max(least, 1)) & (low == high)
    return alike


def spreads(answers: ArrayLike) -> Floats:
    """Per person the standard deviation of the answers, with n - 1: low for one that hardly varies, high for chance.

    Returns
    -------
    shape (n,)     NaN for who answered fewer than two items

    References
    ----------
    Dunn et al. (2018), intra-individual response variability. 1 2 3 4 5: 1.58114 (R careless, irv).
    """
    table = _table(answers)
    answered = ~np.isnan(table)
    n = answered.sum(axis=1)
    mean = np.where(answered, table, 0.0).sum(axis=1) / np.maximum(n, 1)
    squares = (np.where(answered, table - mean[:, None], 0.0) ** 2).sum(axis=1)
    found: Floats = np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1)), np.nan)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """How far each person lies from the middle of all, shape (n,)."""

    squared: Floats  # D²; NaN for who did not answer every item
    p: Floats  # of a D² at least so large, by chi-square with as many degrees as items
    items: int
    cases: int  # who answered every item


def mahalanobis_distances(answers: ArrayLike, names: Sequence[str] = ()) -> Distances:
    """Squared Mahalanobis distances, from the means and covariances of those who answered every item.

    Parameters
    ----------
    names : of the items, for a refusal; absent: their numbers, or the columns of a frame

    Raises
    ------
    NotEnoughData     no more cases than items answered everything
    AnalysisError     an item is a constant, or follows from others

    References
    ----------
    Mahalanobis (1936); Meade & Craig (2012). R: mahalanobis(x, colMeans(x), cov(x)) and, without missing answers,
    careless, mahad. R's women, height and weight: the first has D² 5.1544, p 0.0760.
    """
    table = _table(answers)
    called = list(names) or [str(one) for one in getattr(answers, "columns", 1 + np.arange(table.shape[1]))]
    whole = ~np.isnan(table).any(axis=1)
    kept = table[whole]
    cases, items = kept.shape
    if items == 0 or cases <= items:
        raise NotEnoughData(
            "A distance needs more cases than items. Items: %(items)s; cases that answered all: %(cases)s.",
            cases=cases,
            items=items,
        )
    centred = kept - kept.mean(axis=0)
    norms = np.sqrt((centred**2).sum(axis=0))
    for name, norm, column in zip(called, norms, kept.T, strict=True):
        if norm <= 1e-12 * max(1.0, float(np.abs(column).max())):
            raise AnalysisError("Item %(name)s has one and the same answer from everybody.", name=name)
    # An item adds nothing where hardly anything is left of it beside the items before it.
    basis, upper = np.linalg.qr(centred / norms)
    for name, left in zip(called, np.abs(np.diag(upper)), strict=True):
        if left < 1e-9:
            raise AnalysisError("Item %(name)s follows from the items before it.", name=name)
    squared, p = np.full(len(table), np.nan), np.full(len(table), np.nan)
    squared[whole] = (basis**2).sum(axis=1) * (cases - 1)
    p[whole] = chdtrc(items, squared[whole])
    return Distances(squared, p, items, cases)


def even_odd_consistency(answers: ArrayLike, scales: Sequence[int]) -> Floats:
    """Per person how far the means of odd and of even items agree over the scales, 1 for wholly.

    Parameters
    ----------
    scales : how many items each scale has, in the order of the columns; reversed items turned round before

    Returns
    -------
    shape (n,)     the correlation over the scales that have both means, stepped up by Spearman and Brown, not below
                   -1; NaN with fewer than three of them, or where either half does not vary. R's careless gives its
                   opposite since 1.2

    Raises
    ------
    AnalysisError     the scales do not take up the columns, or one has fewer than two items

    References
    ----------
    Johnson (2005); R careless, evenodd.
    """
    table = _table(answers)
    if sum(scales) != table.shape[1] or min(scales, default=0) < 2:
        raise AnalysisError(
            "The scales have %(scales)s items; there are %(items)s, and a scale needs two.",
            scales=", ".join(map(str, scales)) or "no",
            items=table.shape[1],
        )
    ends = np.cumsum(scales)
    parts = [table[:, end - size : end] for end, size in zip(ends, scales, strict=True)]
    odd, even = (np.stack([_row_means(part[:, start::2]) for part in parts], axis=1) for start in (0, 1))
    both = ~np.isnan(odd + even)
    n = both.sum(axis=1)
    odd, even = (np.where(both, half, 0.0) for half in (odd, even))
    centred = [np.where(both, half - (half.sum(axis=1) / np.maximum(n, 1))[:, None], 0.0) for half in (odd, even)]
    across = (centred[0] * centred[1]).sum(axis=1)
    sizes = [(half**2).sum(axis=1) for half in centred]
    there = (n > 2) & (sizes[0] > 1e-20) & (sizes[1] > 1e-20)
    r = np.where(there, across / np.sqrt(np.where(there, sizes[0] * sizes[1], 1.0)), np.nan)
    turned = r <= -1 / 3  # where stepping up gives -1 or less
    found: Floats = np.where(turned, -1.0, 2 * r / (1 + np.where(turned, 0.0, r)))
    return found


def relative_speeds(seconds: ArrayLike) -> Floats:
    """Per person how many times as fast as the others: the mean over pages of the median time divided by the own.

    Parameters
    ----------
    seconds : shape (n,) or (n, pages), above 0; NaN, 0 or less: not measured. One group at a time: another role or
              language has other pages to read

    Returns
    -------
    shape (n,)     1 for who takes what the others take; a page counts for at most 3. NaN where nothing was measured

    References
    ----------
    Leiner (2019), Too fast, too straight, too weird: an index of 2 or more tells of careless answering. Of 10, 20, 30
    and 5 seconds the median is 15: 1.5, 0.75, 0.5 and 3 (by hand).
    """
    found = np.asarray(seconds, dtype=np.float64)
    table = _table(found[:, None] if found.ndim == 1 else found)
    measured = table > 0
    factors = np.full(table.shape, np.nan)
    for place, (times, here) in enumerate(zip(table.T, measured.T, strict=True)):
        if here.any():
            factors[here, place] = np.minimum(np.median(times[here]) / times[here], MOST_SPEED)
    return _row_means(factors)


@dataclass(frozen=True, slots=True, eq=False)
class NonResponse:
    """Shares of what was asked that got no answer, on 0..1; NaN where nothing was asked."""

    of_cases: Floats  # shape (n,)
    of_items: Floats  # shape (items,)
    overall: float
    asked: int


def item_non_response(codes: ArrayLike, *, without: Sequence[int] = (DONT_KNOW, REFUSED, SKIPPED)) -> NonResponse:
    """How much of what people were asked they did not answer.

    Parameters
    ----------
    codes :   shape (n, items), missing codes as in :mod:`surveyapp.analysis.columns`; not asked (-8) does not count
    without : the missing codes that are no answer: don't know, prefer not to say and skipped. Not applicable is one

    Raises
    ------
    AnalysisError     an entry is no number

    References
    ----------
    De Leeuw, Hox & Huisman (2003). 5 -9 -8 and 4 3 -2: 1 of 2, 1 of 3; 2 of 5 (by hand).
    """
    table = _table(codes)
    if np.isnan(table).any():
        raise AnalysisError("An entry is no code; a missing answer has the code of why it is.")
    asked = table != NOT_ASKED
    lacking = np.isin(table, list(without)) & asked

    return NonResponse(
        _ratios(lacking.sum(axis=1), asked.sum(axis=1)),
        _ratios(lacking.sum(axis=0), asked.sum(axis=0)),
        float(_ratios(lacking.sum(keepdims=True), asked.sum(keepdims=True)).item()),
        int(asked.sum()),
    )


def _row_means(table: Floats) -> Floats:
    there = ~np.isnan(table)
    return _ratios(np.where(there, table, 0.0).sum(axis=1), there.sum(axis=1))


def _ratios(above: ArrayLike, below: Ints) -> Floats:
    found: Floats = np.divide(above, below, out=np.full(np.shape(below), np.nan), where=below > 0)
    return found


def _table(answers: ArrayLike) -> Floats:
    table = np.asarray(answers, dtype=np.float64)
    if table.ndim != 2:
        raise AnalysisError(
            "Answers are a table, a row per person and a column per item; this has %(ways)s dimensions.",
            ways=table.ndim,
        )
    if np.isinf(table).any():
        raise AnalysisError("An answer is infinite; a missing one is NaN.")
    return table
