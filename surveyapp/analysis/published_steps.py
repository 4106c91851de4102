"""Which populations of an open wave wait, so that no two looks at it, and no closing, tell of fewer than k people.

Figures of an open wave are published in steps. Between two steps at which a population was shown, its figures may move
by nobody or by at least k people; so may what follows by subtraction (a population less one inside it, a total less its
groups). And k people of it stay unpublished, so that the last look, when everything counts, is such a move too.

Where a person took answers back between two steps, the figures of the earlier one still speak of that person: then
nobody is not enough, and a population waits until k others have come. Nobody can say afterwards of which populations
that person was, published or in reserve, and so which of them could be seen before: then all that may have been count.

Where it is not known at all what was shown before (answers taken back after the closing, a database that was restored),
those who are held back are drawn anew. Of a population twice the threshold are held back then: whichever part of it was
shown before, it differs from the part that is shown now by the threshold and more (at the worst, one in a million).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.disclosure import Family
from surveyapp.analysis.earlier_figures import Figures, close_to_earlier


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What had been published at one step, in people per atom on each base.

    Parameters
    ----------
    bases :    published so far, shape (a,) each
    reserve :  known then and not published, on the same bases
    is_whole : everything was shown at this moment (the wave was closed for a while): nothing was kept back
    has_lost : somebody who was published before had taken answers back
    gone :     people known then who have taken answers back since; they are in none of the numbers above
    is_blind : something else was shown before that is not known
    """

    bases: tuple[Floats, ...]
    reserve: tuple[Floats, ...]
    is_whole: bool = False
    has_lost: bool = False
    gone: int = 0
    is_blind: bool = False


@dataclass(slots=True, eq=False)
class _Before:
    """An earlier moment: which populations could be seen, how many people they had, and whether somebody left since."""

    shown: Bools
    people: Floats
    figures: Figures
    has_lost: bool = False


def waiting(family: Family, moments: Sequence[Moment], threshold: int) -> Bools:
    """Which populations wait at the last of these moments; bool, shape (p,)."""
    hidden: Bools = np.zeros(len(family.members), dtype=np.bool_)
    earlier: list[list[_Before]] = [[] for _ in moments[0].bases]
    table = _totals_and_groups(family)
    for moment in moments:
        if moment.has_lost:
            for before in (one for base in earlier for one in base):
                before.has_lost = True
        hidden = np.zeros(len(family.members), dtype=np.bool_)
        looks = [
            _Look(family, table, base, reserve, befores, threshold, moment)
            for base, reserve, befores in zip(moment.bases, moment.reserve, earlier, strict=True)
        ]
        count = -1
        while count != int(hidden.sum()):
            count = int(hidden.sum())
            for look in looks:
                look.mend(hidden)
        for look, befores in zip(looks, earlier, strict=True):
            # What everybody could see while the wave was closed may speak of somebody who has left since.
            has_lost = moment.is_whole and moment.has_lost
            befores.append(_Before(~hidden, look.people, look.figures(~hidden), has_lost))
            if moment.gone:
                maybe = look.people + moment.gone >= threshold
                befores.append(_Before(maybe, look.people, befores[-1].figures))
    return hidden


def _totals_and_groups(family: Family) -> Floats:
    """A row per division: 1 for its total, -1 for each of its groups."""
    found = np.zeros((len(family.divisions), len(family.members)))
    for row, division in enumerate(family.divisions):
        found[row, list(division.groups)] = -1
        found[row, division.total] = 1
    return found


class _Look:
    """One base at one moment."""

    def __init__(
        self,
        family: Family,
        table: Floats,
        base: Floats,
        reserve: Floats,
        earlier: Sequence[_Before],
        threshold: int,
        moment: Moment,
    ) -> None:
        shared = family.shared(base)
        self.shared: Floats = shared.astype(np.float64)
        self.people = np.diag(shared).astype(np.float64)
        self.table, self.earlier, self.threshold = table, earlier, threshold
        # The same people under several names matter as much as the best of these: where one goes, all will.
        alike = (shared == self.people[:, None]) & (self.people[:, None] == self.people[None, :])
        rank = np.where(alike, family.rank[None, :], np.iinfo(np.int64).max).min(axis=1)
        self.order: Floats = rank * 1e9 - self.people
        self.kept = None if moment.is_whole else np.diag(family.shared(reserve)).astype(np.float64)
        self.least_kept = threshold * (2 if moment.is_blind else 1)
        inside = (shared == self.people[:, None]) & (self.people[:, None] > 0)
        inside &= self.people[:, None] < self.people[None, :]
        self.inner, self.outer = np.nonzero(inside)
        self.made: Figures | None = None
        self.settled = b""  # what was hidden when nothing new was close to anything earlier

    def mend(self, hidden: Bools) -> None:
        """Hide what would move by a few people, alone or less something inside it."""
        people, least = self.people, self.threshold
        hidden |= (people > 0) & (people < least)
        if self.kept is not None:
            hidden |= (people > 0) & (self.kept < self.least_kept)
        for before in self.earlier:
            hidden |= before.shown & self._is_close(people - before.people, people, before)
        self._mend_pairs(hidden)
        self._mend_rests(hidden)
        self._mend_newcomers(hidden)

    def figures(self, shown: Bools) -> Figures:
        """What is shown at this moment, and what follows from it."""
        if self.made is None or not np.array_equal(self.made.shown, shown):
            self.made = Figures(self.shared, shown, self.table)
        return self.made

    def _mend_newcomers(self, hidden: Bools) -> None:
        """Hide what is shown for the first time and followed before, under another name, of almost the same people."""
        if self.settled == hidden.tobytes():
            return
        count = int(hidden.sum())
        for before in self.earlier:
            now = self.figures(~hidden)
            for parts in close_to_earlier(now, before.figures, self.threshold, has_lost=before.has_lost):
                if not hidden[parts].any():
                    hidden[parts[self.order[parts].argmax()]] = True
        if count == int(hidden.sum()):
            self.settled = hidden.tobytes()

    def _is_close(self, moved: Floats, people: Floats, before: _Before) -> Bools:
        """Where a move is of a few; where somebody left, also where it is of nobody."""
        close: Bools = (people > 0) & (moved < self.threshold)
        return close if before.has_lost else close & (moved > 0)

    def _mend_pairs(self, hidden: Bools) -> None:
        inner, outer = self.inner, self.outer
        here = self.people[outer] - self.people[inner]
        broken: Bools = np.zeros(len(inner), dtype=np.bool_)
        if self.kept is not None:
            broken |= self.kept[outer] - self.kept[inner] < self.least_kept
        for before in self.earlier:
            moved = here - (before.people[outer] - before.people[inner])
            broken |= before.shown[inner] & before.shown[outer] & self._is_close(moved, here, before)
        inner, outer = inner[broken], outer[broken]
        while True:
            left = ~hidden[inner] & ~hidden[outer]
            inner, outer = inner[left], outer[left]
            if not len(inner):
                return
            worst = np.concatenate([inner, outer])
            hidden[worst[self.order[worst].argmax()]] = True

    def _mend_rests(self, hidden: Bools) -> None:
        while True:
            culprits: set[int] = set()
            shown = ~hidden & (self.people > 0)
            for before in (None, *self.earlier):
                mask = shown if before is None else shown & before.shown
                table = self.table * mask
                rows = (table > 0).any(axis=1) & ((table < 0).sum(axis=1) > 1)
                rest = table @ self.people
                if before is None:
                    close = (rest > 0) & (rest < self.threshold)
                    if self.kept is not None:
                        close |= (rest > 0) & (table @ self.kept < self.least_kept)
                else:
                    close = self._is_close(rest - table @ before.people, rest, before)
                for row in np.flatnonzero(rows & close):
                    groups = np.flatnonzero(table[row] < 0)
                    culprits.add(int(groups[self.order[groups].argmax()]))
            if not culprits:
                return
            hidden[list(culprits)] = True
