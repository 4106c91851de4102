"""Which populations have no figures because too few of them are held back, so that no two looks tell of a few.

Who counts is drawn by lot, again at every step, and of who counted before nobody is remembered. Of a population twice
the threshold are held back: whichever part of it was shown before, the part that is shown now neither lies within it
nor around it with a few people between them (of forty of whom half are held back one in ten thousand draws would, of
sixty one in a hundred million, and nobody could tell that it did); and so it is with all of it, when everything counts.
The same holds for what follows by subtraction: a population less one inside it, a total less its groups. What two
populations are moved by is two populations as well, which are held against each other with the rest (``moves`` of
`surveyapp.analysis.disclosure.hidden_populations`).

Where it is known who cannot have been shown before, the threshold of these is enough.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from surveyapp.analysis.columns import Bools, Floats, Ints
from surveyapp.analysis.disclosure import Base, Family

Look = tuple[Base, Base]
"""Who counts on one base, and who is held back (or was)."""


def waiting(family: Family, looks: Sequence[Look], least: int, shown: Bools | None = None) -> Bools:
    """Which populations wait because fewer than ``least`` of them, or of what follows, are held back.

    Parameters
    ----------
    looks : one per base that is shown
    shown : those that are shown already, safely together; others give way to them, whatever their rank

    Returns
    -------
    bool, shape (p,)
    """
    hidden: Bools = np.zeros(len(family), dtype=np.bool_)
    shared, kept = family.shared([counts for counts, _ in looks]), family.people([held for _, held in looks])
    stays: Bools = hidden.copy() if shown is None else shown
    made = [_Look(family, counts, held, least, stays) for counts, held in zip(shared, kept, strict=True)]
    count = -1
    while count != int(hidden.sum()):
        count = int(hidden.sum())
        for look in made:
            look.mend(hidden)
    return hidden


class _Look:
    """One base."""

    def __init__(self, family: Family, shared: Floats, kept: Floats, least: int, stays: Bools) -> None:
        self.people, self.kept = np.diag(shared), kept
        self.least, self.stays = least, stays
        table = _totals_and_groups(family)
        self.table = table[((table != 0) & ~stays).any(axis=1)]
        # The same people under several names matter as much as the best of these: where one goes, all will.
        alike = (shared == self.people[:, None]) & (self.people[:, None] == self.people[None, :])
        rank = np.where(alike, family.rank[None, :], np.iinfo(np.int64).max).min(axis=1)
        self.order: Floats = np.where(stays, -np.inf, rank * 1e9 - self.people)
        inside = (shared == self.people[:, None]) & (self.people[:, None] > 0)
        inside &= self.people[:, None] < self.people[None, :]
        inner, outer = np.nonzero(inside)
        close = (self.kept[outer] - self.kept[inner] < least) & ~(stays[inner] & stays[outer])
        self.inner, self.outer = inner[close], outer[close]

    def mend(self, hidden: Bools) -> None:
        """Hide what has too few held back, alone, less something inside it, or as what is left of a total."""
        hidden |= (self.people > 0) & (self.kept < self.least) & ~self.stays
        inner, outer = self.inner, self.outer
        while True:
            left = ~hidden[inner] & ~hidden[outer]
            inner, outer = inner[left], outer[left]
            if not len(inner):
                break
            hidden[self._least_of(np.concatenate([inner, outer]))] = True
        self._mend_rests(hidden)

    def _mend_rests(self, hidden: Bools) -> None:
        while True:
            table = self.table * (~hidden & (self.people > 0))
            rows = (table > 0).any(axis=1) & ((table < 0).sum(axis=1) > 1)
            close = rows & (table @ self.people > 0) & (table @ self.kept < self.least)
            if not close.any():
                return
            for row in np.flatnonzero(close):
                group = self._least_of(np.flatnonzero(table[row] < 0))
                hidden[group if not self.stays[group] else int(table[row].argmax())] = True

    def _least_of(self, some: Ints) -> int:
        return int(some[self.order[some].argmax()])


def _totals_and_groups(family: Family) -> Floats:
    """A row per division: 1 for its total, -1 for each of its groups."""
    found = np.zeros((len(family.divisions), len(family)))
    for row, division in enumerate(family.divisions):
        found[row, list(division.groups)] = -1
        found[row, division.total] = 1
    return found
