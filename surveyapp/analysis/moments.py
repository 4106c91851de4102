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

from surveyapp.analysis.columns import Bools, Codes, Floats, Index, Ints
from surveyapp.analysis.design import Design
from surveyapp.analysis.estimates import Estimate, Means, means_of_codes, proportions

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

    def each(self, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Moments:
        """The same of every sum: a selection of places, or places put together."""
        n = change(self.n)
        return Moments(n, change(self.w), change(self.w2)) if self.is_weighted else Moments(n, n, n)

    def together(self, places: Sequence[int] | Ints | slice) -> Moments:
        """These places as one."""
        return self.each(lambda sums: sums[:, places].sum(axis=1, keepdims=True))

    @staticmethod
    def beside(parts: Sequence[Moments]) -> Moments:
        """The places of some after one another."""
        n = np.concatenate([part.n for part in parts], axis=1)
        if not parts[0].is_weighted:
            return Moments(n, n, n)
        w, w2 = (np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ("w", "w2"))
        return Moments(n, w, w2)


def moments(places: Ints, width: int, splits: tuple[Split, ...], design: Design) -> Moments:
    """Sums per column and place: the total first, then the groups of each split.

    Parameters
    ----------
    places : shape (n,), one place below ``width`` per case
    design : of these n cases; a plain one costs no more than counting
    """
    w = design.only_weights()
    of: list[Floats | None] = [None] if w is None else [None, w, design.squares]
    sums = _sums(places, width, splits, of)
    return Moments(*(sums * 3 if w is None else sums))


def banner_moments(tables: Sequence[Ints | Codes], width: int, splits: tuple[Split, ...], design: Design) -> Moments:
    """The sums of many variables over the same columns, one after another; shape (variables * columns, places).

    Their shares and means are then one calculation: :meth:`Moments.shares` and :meth:`Moments.means` take them whole.

    Parameters
    ----------
    tables : per variable one place below ``width`` per case
    """
    w = design.only_weights()
    of: list[Floats | None] = [None] if w is None else [None, w, design.squares]
    if len(splits) == 1 and isinstance(splits[0], Partition):
        sums = _partitioned(tables, width, splits[0], of)
    else:
        found = [_sums(places.astype(np.intp), width, splits, of) for places in tables]
        sums = [np.concatenate(parts) for parts in zip(*found, strict=True)]
    return Moments(*(sums * 3 if w is None else sums))


def _partitioned(
    tables: Sequence[Ints | Codes], width: int, split: Partition, of: Sequence[Floats | None]
) -> list[Sums]:
    """The total is the groups together with who is in none of them: nobody is counted twice."""
    first, groups = split.index * width, split.size + 1
    made: list[list[Sums]] = [[] for _ in of]
    for places in tables:
        flat = first + places
        for into, one in zip(made, of, strict=True):
            into.append(np.bincount(flat, one, groups * width))
    whole = [np.concatenate(parts).reshape(len(tables), groups, width) for parts in made]
    return [
        np.concatenate([part.sum(axis=1, keepdims=True), part[:, : split.size]], axis=1).reshape(-1, width)
        for part in whole
    ]


def _sums(places: Ints, width: int, splits: tuple[Split, ...], of: Sequence[Floats | None]) -> list[Sums]:
    total = [np.bincount(places, one, width)[None, :] for one in of]
    found = [split.sums(places, width, of) for split in splits]
    return [np.concatenate(parts) for parts in zip(total, *found, strict=True)]
