"""The kernel: sums over the cases at every place (code), in every column of a banner.

A *split* divides the cases into groups: those of one banner variable. Groups of a partition do not overlap and are one
small integer per case; a multiple response's groups overlap and are a table of booleans. The total is not a group: it
is summed beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surveyapp.analysis.columns import Bools, Floats, Index, Ints
from surveyapp.analysis.design import Design
from surveyapp.analysis.estimates import Estimate, Means, Weighted, means, means_of_codes, proportions, weighted_means

Counts = NDArray[np.int64]
Sums = NDArray[Any]
"""Counts where nothing is weighted, otherwise sums of weights."""


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """Groups that do not overlap: ``index`` is the group of each case, ``size`` for a case in none of them."""

    index: Ints  # shape (n,)
    size: int

    def sums(self, places: Ints, width: int, of: Sequence[Floats | None]) -> list[Sums]:
        """Per group and place the sum of each of some numbers per case (None: cases), shape (size, width).

        ``places`` holds one place below ``width`` per case.
        """
        flat, least = self.index * width + places, (self.size + 1) * width
        return [np.bincount(flat, one, least).reshape(self.size + 1, width)[: self.size] for one in of]

    def members(self, group: int) -> Bools:
        """Who belongs to a group."""
        here: Bools = self.index == group
        return here

    def take(self, index: Index) -> Partition:
        """The same groups over the cases at these positions."""
        return Partition(self.index[index], self.size)


@dataclass(frozen=True, slots=True, eq=False)
class Overlapping:
    """Groups that may overlap: ``belongs`` has a column per group."""

    belongs: Bools  # shape (n, size)

    @property
    def size(self) -> int:
        """How many groups there are."""
        return int(self.belongs.shape[1])

    def sums(self, places: Ints, width: int, of: Sequence[Floats | None]) -> list[Sums]:
        """Per group and place the sum of each of some numbers per case (None: cases), shape (size, width)."""
        groups = [(here, places[here]) for here in self.belongs.T]
        return [
            np.array(
                [np.bincount(there, None if one is None else one[here], width) for here, there in groups],
                dtype=np.int64 if one is None else np.float64,
            ).reshape(self.size, width)
            for one in of
        ]

    def members(self, group: int) -> Bools:
        """Who belongs to a group."""
        return self.belongs[:, group]

    def take(self, index: Index) -> Overlapping:
        """The same groups over the cases at these positions."""
        return Overlapping(self.belongs[index])


Split = Partition | Overlapping


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Sums over cases, arrays of shape (columns, places): what a share, a mean and their linearised errors need.

    Where nothing is weighted ``w`` and ``w2`` are ``n`` itself.
    """

    n: Counts  # cases
    w: Sums  # Σw
    w2: Sums  # Σw²
    x: tuple[Floats, Floats, Floats, Floats] | None = None  # Σwx, Σwx², Σw²x, Σw²x²; None without a number per case

    @property
    def is_weighted(self) -> bool:
        """Whether cases count for more or less than 1."""
        return self.w is not self.n

    @property
    def effective(self) -> Floats:
        """Kish's effective number of cases, (Σw)² / Σw²: n itself where nothing is weighted; 0 of nobody."""
        if self.w is self.n:
            return self.n.astype(np.float64)
        found: Floats = np.divide(self.w**2, self.w2, out=np.zeros(self.w.shape), where=self.n > 0)
        return found

    def shares(self, base: Moments) -> Estimate:
        """Of those of a base, the share at each place; ``base`` has one place."""
        squares = (self.w2, base.w2) if self.is_weighted else None
        return proportions(self.w, base.w, squares=squares)

    def means(self, codes: ArrayLike) -> Means:
        """The mean over all places of what each place stands for, shape (columns,)."""
        return means_of_codes(self.w, codes, squares=(self.n, self.w2) if self.is_weighted else None)

    def means_of_x(self) -> Means:
        """The mean of the number at each place.

        Raises
        ------
        ValueError     there is no number
        """
        if self.x is None:
            raise ValueError("These sums are of no number.")
        wx, wx2, w2x, w2x2 = self.x
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = wx / self.w
        squares = np.maximum(wx2 - mean * wx, 0.0)
        if not self.is_weighted:
            return means(wx, squares, self.n)
        spread = np.maximum(w2x2 - 2 * mean * w2x + mean**2 * self.w2, 0.0)
        return weighted_means(mean, squares, self.w, Weighted(self.n, self.w2, spread))

    def each(self, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Moments:
        """The same of every sum: a selection of places, or places put together."""
        n = change(self.n)
        x = None if self.x is None else (change(self.x[0]), change(self.x[1]), change(self.x[2]), change(self.x[3]))
        return Moments(n, change(self.w), change(self.w2), x) if self.is_weighted else Moments(n, n, n, x)

    def together(self, places: Sequence[int] | Ints | slice) -> Moments:
        """These places as one."""
        return self.each(lambda sums: sums[:, places].sum(axis=1, keepdims=True))

    @staticmethod
    def beside(parts: Sequence[Moments]) -> Moments:
        """The places of some after one another; without numbers."""
        n = np.concatenate([part.n for part in parts], axis=1)
        if not parts[0].is_weighted:
            return Moments(n, n, n)
        w, w2 = (np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ("w", "w2"))
        return Moments(n, w, w2)


def moments(places: Ints, width: int, splits: tuple[Split, ...], design: Design, x: Floats | None = None) -> Moments:
    """Sums per column and place: the total first, then the groups of each split.

    Parameters
    ----------
    places : shape (n,), one place below ``width`` per case
    design : of these n cases; a plain one costs no more than counting
    x :      shape (n,), a number per case. Squares of large numbers that lie close together lose digits: subtract
             what they have in common first

    References
    ----------
    With R = Σwx / Σw over a domain the linearised variance of R is Σw²(x - R)² / (Σw)², in which
    Σw²(x - R)² = Σw²x² - 2R Σw²x + R² Σw² (Woodruff 1971; Lumley 2010, Complex Surveys, 2.1).
    """
    w = design.only_weights()
    of: list[Floats | None] = [None] if w is None else [None, w, w**2]
    if x is not None:
        of += [x, x**2] if w is None else [w * x, w * x**2, w**2 * x, w**2 * x**2]
    total = [np.bincount(places, one, width)[None, :] for one in of]
    found = [split.sums(places, width, of) for split in splits]
    sums = [np.concatenate(parts) for parts in zip(total, *found, strict=True)]
    n, sum_w, sum_w2 = sums[:1] * 3 if w is None else sums[:3]
    if x is None:
        return Moments(n, sum_w, sum_w2)
    wx, wx2, w2x, w2x2 = sums[1:] * 2 if w is None else sums[3:]
    return Moments(n, sum_w, sum_w2, (wx, wx2, w2x, w2x2))
