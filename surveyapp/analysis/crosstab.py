"""The kernel: how many cases gave each code, in every column of a banner.

A *split* divides the cases into groups: those of one banner variable. Groups of a partition do not overlap and are one
small integer per case; a multiple response's groups overlap and are a table of booleans. The total is not a group: it
is counted beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import LOWEST_CODE, Bools, Codes, Floats, Ints
from surveyapp.analysis.estimates import Means, means

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """Groups that do not overlap: ``index`` is the group of each case, ``size`` for a case in none of them."""

    index: Ints  # shape (n,)
    size: int

    def counts(self, places: Ints, width: int) -> Counts:
        """Cases per group and place, shape (size, width); ``places`` holds one place below ``width`` per case."""
        flat = np.bincount(self.index * width + places, minlength=(self.size + 1) * width)
        return flat.reshape(self.size + 1, width)[: self.size]

    def members(self, group: int) -> Bools:
        """Who belongs to a group."""
        here: Bools = self.index == group
        return here


@dataclass(frozen=True, slots=True, eq=False)
class Overlapping:
    """Groups that may overlap: ``belongs`` has a column per group."""

    belongs: Bools  # shape (n, size)

    @property
    def size(self) -> int:
        """How many groups there are."""
        return int(self.belongs.shape[1])

    def counts(self, places: Ints, width: int) -> Counts:
        """Cases per group and place, shape (size, width)."""
        found = [np.bincount(places[self.belongs[:, group]], minlength=width) for group in range(self.size)]
        return np.array(found, dtype=np.int64).reshape(self.size, width)

    def members(self, group: int) -> Bools:
        """Who belongs to a group."""
        return self.belongs[:, group]


Split = Partition | Overlapping


def counts_over(splits: tuple[Split, ...], places: Ints, width: int) -> Counts:
    """Cases per column and place: the total first, then the groups of each split; shape (columns, width)."""
    total = np.bincount(places, minlength=width)[None, :]
    return np.concatenate([total, *(split.counts(places, width) for split in splits)])


def code_counts(values: Codes, splits: tuple[Split, ...], highest: int) -> Counts:
    """Cases per column and code.

    Parameters
    ----------
    values :  one code per case, missing codes from -9
    highest : the highest code there can be

    Returns
    -------
    shape (columns, highest + 10)     place ``code + 9`` holds a code, missing ones included
    """
    return counts_over(splits, values.astype(np.intp) - LOWEST_CODE, highest - LOWEST_CODE + 1)


def code_place(code: int) -> int:
    """Where a code stands in the last axis of :func:`code_counts`."""
    return code - LOWEST_CODE


def number_means(values: Floats, splits: tuple[Split, ...]) -> Means:
    """Mean of numbers per column; NaN entries are missing and left out."""
    valid = ~np.isnan(values)
    sums: list[float] = []
    squares: list[float] = []
    bases: list[int] = []
    for here in _groups(splits, len(values)):
        kept = values[here & valid]
        bases.append(len(kept))
        sums.append(float(kept.sum()))
        squares.append(float(((kept - kept.mean()) ** 2).sum()) if len(kept) else np.nan)
    return means(sums, squares, bases)


def number_quantiles(
    values: Floats, splits: tuple[Split, ...], shares: tuple[float, ...], *, observed: bool = False
) -> Floats:
    """Quantiles of numbers per column, type 7; shape (len(shares), columns).

    ``observed``: type 1, the first value that at least this share of people does not exceed. It is always one that
    somebody gave, for what has an order and no arithmetic: between 202412 and 202501 there is no month 202456.5.
    """
    valid = ~np.isnan(values)
    method: Literal["inverted_cdf", "linear"] = "inverted_cdf" if observed else "linear"
    columns = [
        np.quantile(kept, shares, method=method) if len(kept := values[here & valid]) else np.full(len(shares), np.nan)
        for here in _groups(splits, len(values))
    ]
    return np.array(columns).T


def _groups(splits: tuple[Split, ...], n: int) -> list[Bools]:
    everyone: Bools = np.ones(n, dtype=np.bool_)
    return [everyone] + [split.members(group) for split in splits for group in range(split.size)]


def bases(counts: Counts) -> tuple[Counts, Counts, Counts]:
    """Asked, answered and valid from counts whose last axis is that of :func:`code_counts`.

    Asked: all but not asked (-8). Answered: a given answer, not applicable, don't know and refused included. Valid: a
    code that counts in shares and means.
    """
    valid = counts[..., code_place(0) :].sum(axis=-1)
    answered = valid + counts[..., code_place(-7) : code_place(0)].sum(axis=-1)
    return answered + counts[..., code_place(-9)], answered, valid
