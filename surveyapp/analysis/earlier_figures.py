"""Figures of an earlier moment beside those of now: what could be seen under one name may come back under another.

A population that is shown for the first time may be one that followed by subtraction before: English was hidden, but
everyone and Dutch were shown. So whatever is new, alone and less or in something that is shown, is held by who is in it
against all that was shown or followed from it then.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from surveyapp.analysis.columns import Bools, Floats, Ints


@dataclass(slots=True, eq=False)
class Figures:
    """Shown populations, what is left of totals, and one less another inside it: as ``plus`` less ``minus`` of rows.

    Parameters
    ----------
    shared : people two populations share, shape (p, p)
    shown :  shape (p,)
    table :  a row per total, with 1 for it and -1 for each of its groups, shape (d, p)
    """

    shared: Floats
    shown: Bools
    table: Floats
    single: Ints = field(init=False)  # the populations that are shown
    rests: Floats = field(init=False)  # sums of populations, shape (r, p); rows are the single ones and then these
    plus: Ints = field(init=False)
    minus: Ints = field(init=False)  # -1: nothing is taken away
    size: Floats = field(init=False)

    def __post_init__(self) -> None:
        shown = self.shown & (np.diag(self.shared) > 0)
        rests = self.table * shown
        self.single = np.flatnonzero(shown)
        self.rests = rests[(rests > 0).any(axis=1) & ((rests < 0).sum(axis=1) > 1)]
        shared = self.beside(self, self.shared)
        people = np.diag(shared)
        inside = (shared == people[:, None]) & (people[:, None] > 0) & (people[:, None] < people[None, :])
        inner, outer = np.nonzero(inside)
        self.plus = np.concatenate([np.arange(len(people)), outer])
        self.minus = np.concatenate([np.full(len(people), -1), inner])
        size = np.concatenate([people, people[outer] - people[inner]])
        order = np.argsort(size, kind="stable")
        order = order[size[order] > 0]
        self.plus, self.minus, self.size = self.plus[order], self.minus[order], size[order]

    def beside(self, other: Figures, shared: Floats) -> Floats:
        """How many people a row of these and one of others share, by how many two populations do."""
        mine = self.rests @ shared
        return np.block(
            [
                [shared[np.ix_(self.single, other.single)], shared[self.single] @ other.rests.T],
                [mine[:, other.single], mine @ other.rests.T],
            ]
        )

    def hold(self, some: Bools) -> Bools:
        """Which rows have one of some populations in them."""
        return np.concatenate([some[self.single], (self.rests[:, some] != 0).any(axis=1)])

    def parts(self, at: int) -> Ints:
        """The populations that one of these figures is made of."""
        return np.unique(np.concatenate([self._of_row(row) for row in (self.plus[at], self.minus[at]) if row >= 0]))

    def _of_row(self, row: int) -> Ints:
        first = len(self.single)
        return self.single[row : row + 1] if row < first else np.flatnonzero(self.rests[row - first])


def close_to_earlier(now: Figures, then: Figures, threshold: int, *, has_lost: bool) -> list[Ints]:
    """What is new now and lies within a figure of then, or around it, with a difference below the threshold.

    Everybody who counted then counts now. Where somebody who counted then has left, an equal figure is close too.

    Returns
    -------
    per figure of now the populations it is made of
    """
    people = np.diag(now.shared)
    same = (now.shared == people[:, None]) & (people[:, None] == people[None, :])
    new = now.shown & ~(same & then.shown[None, :] & now.shown[None, :]).any(axis=1)
    is_new = now.hold(new)
    fresh = np.flatnonzero(is_new[now.plus] | (is_new[now.minus] & (now.minus >= 0)))
    if not len(fresh) or not len(then.size):
        return []
    both = now.beside(then, then.shared)
    size = now.size[fresh]
    first = np.searchsorted(then.size, size - threshold, side="right")
    last = np.searchsorted(then.size, size + threshold, side="left")
    many = last - first
    mine = np.repeat(fresh, many)
    other = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first, many)

    def of(one: Ints, two: Ints) -> Floats:
        found: Floats = np.where((one >= 0) & (two >= 0), both[one, two], 0.0)
        return found

    together = of(now.plus[mine], then.plus[other]) - of(now.plus[mine], then.minus[other])
    together -= of(now.minus[mine], then.plus[other]) - of(now.minus[mine], then.minus[other])
    close = together == np.minimum(now.size[mine], then.size[other])
    if not has_lost:
        close &= now.size[mine] != then.size[other]
    return [now.parts(int(at)) for at in np.unique(mine[close])]
