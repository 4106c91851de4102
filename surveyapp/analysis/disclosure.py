"""Which of the populations that are published together must stay hidden, so that nothing speaks of fewer than k people.

What is protected is a *population*: the people a column speaks of. All populations that readers can get of one variable
are judged together, on every base that is shown (asked, answered, valid), by who is in them and never by their names:

1. threshold: a shown population is empty or has at least k people;
2. remainder: what is left of a total when its shown groups are taken away is empty or has at least k;
3. differences: of two populations that are shown, or that follow from what is shown by subtracting once (a population
   less one inside it, a total less its groups, two groups together), one never lies within the other with a difference
   of 1 to k - 1. Two such differences within each other are a chain of three subtractions.

A hidden population is hidden whole, nets, mean and counts included, so nothing is derived from the rows of a column.
Where a rule breaks, the population that matters least goes, of equals the smallest.

References
----------
Hundepool et al. (2012), *Statistical Disclosure Control*: primary and secondary suppression, differencing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import Bools, Floats, Ints

Base = NDArray[Any]
"""Who is counted, one entry per case."""
MOST_UNITED = 8
"""Groups of a whole banner with at most so many columns are also looked at two together."""
MOST_BREAKS = 20_000
"""So many broken rules are mended at a time; what is left comes with the next look."""


@dataclass(frozen=True, slots=True)
class Division:
    """A total and groups of it that do not overlap, as positions of populations."""

    total: int
    groups: tuple[int, ...]


class Populations(Protocol):
    """Populations by who is in them (`surveyapp.analysis.crossings.Crossings`)."""

    def shared(self, bases: Sequence[Base]) -> Sequence[Floats]:
        """Per base how many people two populations share, whole numbers of shape (p, p)."""

    def people(self, bases: Sequence[Base]) -> Floats:
        """How many people each population has on each base, shape (bases, p)."""


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Populations that are published together.

    Parameters
    ----------
    populations : of which these are the first
    rank :        shape (p,); where a rule breaks the highest goes first
    divisions :   totals with their groups; with a hidden total its groups are hidden too
    whole :       population of everyone: divisions of it are also looked at two groups together
    """

    populations: Populations
    rank: Ints
    divisions: tuple[Division, ...] = ()
    whole: int = 0

    def __len__(self) -> int:
        return len(self.rank)

    def shared(self, bases: Sequence[Base]) -> list[Floats]:
        """Per base how many people two populations share, shape (p, p)."""
        return [shared[: len(self), : len(self)] for shared in self.populations.shared(bases)]

    def people(self, bases: Sequence[Base]) -> Floats:
        """How many people each population has on each base, shape (bases, p)."""
        return self.populations.people(bases)[:, : len(self)]


def hidden_populations(
    family: Family,
    bases: Sequence[Base],
    threshold: int,
    hidden: Bools | None = None,
    shown: Bools | None = None,
    moves: Sequence[Base] = (),
) -> Bools:
    """Which populations are hidden.

    Parameters
    ----------
    bases :     who is counted on each base that is shown
    threshold : k
    hidden :    those that are hidden whatever these rules say
    shown :     those that were shown already, safely together; others give way to them, whatever their rank
    moves :     who comes to each base between two moments at which the same is shown: how far a figure moves is a
                figure of these people, one subtraction away, so of two moves it is looked whether one lies within the
                other, and not what follows by subtracting them once more

    Returns
    -------
    bool, shape (p,)     the same for populations of the same people on every base
    """
    found: Bools = np.zeros(len(family), dtype=np.bool_) if hidden is None else hidden.copy()
    stays: Bools = np.zeros(len(found), dtype=np.bool_) if shown is None else shown
    looks = [_Look(family, shared, threshold, stays) for shared in family.shared(_different(bases))]
    if moves:
        looks += [_Look(family, shared, threshold, stays, True) for shared in family.shared(_different(moves))]
    for look in looks:
        found |= look.few & ~stays
    while not all(look.is_settled(found) for look in looks):
        for look in looks:
            _with_totals(family, found, stays)
            look.mend(found)
    return found


def too_few(people: Floats, threshold: int) -> Bools:
    """Where there is somebody and fewer than k."""
    small: Bools = (people > 0) & (people < threshold)
    return small


def _different(bases: Sequence[Base]) -> list[Base]:
    """The bases, each once."""
    return list({base.tobytes(): base for base in bases}.values())


def _with_totals(family: Family, hidden: Bools, stays: Bools) -> None:
    for division in family.divisions:
        if hidden[division.total]:
            hidden[list(division.groups)] = True
    hidden &= ~stays


@dataclass(slots=True, eq=False)
class _Look:
    """One base: its different populations, how many they share, and what follows from those that are shown."""

    family: Family
    shared: InitVar[Floats]
    threshold: int
    stays: Bools
    is_move: bool = False
    few: Bools = field(init=False)
    _set: Ints = field(init=False)  # per population which set of people it is; -1: nobody
    _shared: Floats = field(init=False)  # people two sets share, shape (s, s)
    _order: Floats = field(init=False)  # what goes first, per set
    _settled: bytes = b""  # what was hidden when every rule held

    def __post_init__(self, shared: Floats) -> None:
        people = np.diag(shared)
        self.few = too_few(people, self.threshold)
        # The same people: everybody of the one is in the other, and they are as many.
        alike = (shared == people[:, None]) & (people[:, None] == people[None, :])
        _, places = np.unique(np.where(people > 0, alike.argmax(axis=1), -1), return_inverse=True)
        self._set = places.reshape(-1) - int((people == 0).any())
        first = np.flatnonzero((people > 0) & (alike.argmax(axis=1) == np.arange(len(people))))
        self._shared = shared[np.ix_(first, first)]
        rank = np.full(len(first), np.iinfo(np.int64).max, dtype=np.int64)
        np.minimum.at(rank, self._set[self._set >= 0], self.family.rank[self._set >= 0])
        self._order = rank * 1e9 - people[first]

    def is_settled(self, hidden: Bools) -> bool:
        """Whether every rule is known to hold with these hidden."""
        return self._settled == hidden.tobytes()

    def mend(self, hidden: Bools) -> None:
        """Hide what breaks a rule, until nothing does."""
        if self.is_settled(hidden):
            return
        if not self.is_move:  # those who move of something hidden are no secret where they are those of something else
            self._hide_alike(hidden)
        while True:
            shown = np.unique(self._set[~hidden & (self._set >= 0)])
            culprits = self._culprits(shown, hidden)
            if not culprits:
                self._settled = hidden.tobytes()
                return
            hidden |= np.isin(self._set, culprits)
            _with_totals(self.family, hidden, self.stays)

    def _hide_alike(self, hidden: Bools) -> None:
        """What names the same people as something that was hidden on this base is hidden too."""
        gone = np.unique(self._set[hidden & (self._set >= 0)])
        hidden |= np.isin(self._set, gone)
        hidden &= ~self.stays

    def _culprits(self, shown: Ints, hidden: Bools) -> list[int]:
        """The sets to hide next; empty when every rule holds."""
        if not len(shown):
            return []
        elements = self._elements(shown, hidden)
        breaks = elements.breaks(self.threshold, is_move=self.is_move)
        if not len(breaks):
            return []
        involved = elements.involved(breaks[:MOST_BREAKS])
        found: list[int] = []
        stays = np.isin(shown, self._set[self.stays & ~hidden])
        for number in shown[~stays][np.argsort(-self._order[shown[~stays]])].tolist():
            column = involved[:, number]
            if column.any():
                found.append(number)
                involved = involved[~column]
                if not len(involved):
                    break
        return found

    def _elements(self, shown: Ints, hidden: Bools) -> _Elements:
        """The shown sets, and what is left of a total or made by two groups, as sums of sets."""
        sets: list[Ints] = []  # of each sum its sets, the total first
        signs: list[Floats] = []
        sizes: list[int] = []
        for division in self.family.divisions:
            total = self._set[division.total]
            groups = [self._set[group] for group in division.groups if not hidden[group] and self._set[group] >= 0]
            if hidden[division.total] or total < 0 or not groups or len(division.groups) < 2:
                continue
            parts = np.unique(groups)
            sets.append(np.concatenate([[total], parts]))
            signs.append(np.concatenate([[1.0], np.full(len(parts), -1.0)]))
            sizes.append(1 + len(parts))
            if division.total == self.family.whole and 2 < len(groups) <= MOST_UNITED:
                one, other = np.triu_indices(len(groups), 1)
                sets.append(np.array(groups)[np.stack([one, other], axis=1)].ravel())
                signs.append(np.ones(2 * len(one)))
                sizes += [2] * len(one)
        return self._with_sums(shown, _Sums.of(sets, signs, sizes))

    def _with_sums(self, shown: Ints, made: _Sums) -> _Elements:
        count = len(self._shared)
        # A sum has a few sets of hundreds: picking these is cheaper than a matrix product, and far so on busy cores.
        beside = made.over(self._shared)
        shared = np.block(
            [[self._shared[np.ix_(shown, shown)], beside[:, shown].T], [beside[:, shown], made.over(beside.T)]]
        )
        sums = np.zeros((len(shown) + len(made.starts), count), dtype=np.bool_)
        sums[np.arange(len(shown)), shown] = True
        sums[len(shown) :] = made.over(np.eye(count)) != 0
        return _Elements(sums, shared)


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums of sets, one after the other."""

    sets: Ints
    signs: Floats
    starts: Ints  # where each sum begins

    @classmethod
    def of(cls, sets: Sequence[Ints], signs: Sequence[Floats], sizes: Sequence[int]) -> _Sums:
        """Sums of so many sets each."""
        starts = np.cumsum([0, *sizes[:-1]], dtype=np.intp) if sizes else np.zeros(0, dtype=np.intp)
        return cls(np.concatenate([np.zeros(0, dtype=np.intp), *sets]), np.concatenate([np.zeros(0), *signs]), starts)

    def over(self, values: Floats) -> Floats:
        """Each sum of the rows of its sets."""
        if not len(self.starts):
            return np.zeros((0, values.shape[1]))
        added: Floats = np.add.reduceat(values[self.sets] * self.signs[:, None], self.starts, axis=0)
        return added


@dataclass(slots=True, eq=False)
class _Elements:
    """Shown sets and sums of them, with how many people two of them share."""

    sums: Bools  # which sets have a part in it, shape (e, s)
    shared: Floats  # shape (e, e)

    def breaks(self, threshold: int, *, is_move: bool = False) -> Ints:
        """Every broken rule as up to four elements that together break it, shape (b, 4); -1 fills up.

        Moves are subtractions already, so of them only pairs are looked at.
        """
        people = np.diag(self.shared)
        few = np.flatnonzero(too_few(people, threshold))
        found = [_filled(few)]
        inside = (self.shared == people[:, None]) & (people[:, None] > 0) & (people[:, None] < people[None, :])
        inner, outer = np.nonzero(inside)
        differences = people[outer] - people[inner]
        close = differences < threshold
        found.append(_filled(outer[close], inner[close]))
        if is_move:
            return np.concatenate(found)
        # What follows by subtracting once: each element itself, and each less one inside it.
        plus = np.concatenate([np.arange(len(people)), outer[~close]])
        minus = np.concatenate([np.full(len(people), -1), inner[~close]])
        size = np.concatenate([people, differences[~close]])
        found.append(self._close(plus, minus, size, threshold))
        return np.concatenate(found)

    def _close(self, plus: Ints, minus: Ints, size: Floats, threshold: int) -> Ints:
        """Pairs of which one lies within the other with a difference below the threshold."""
        order = np.argsort(size, kind="stable")
        order = order[size[order] > 0]
        plus, minus, size = plus[order], minus[order], size[order]
        # Only a few more people can lie around a population: the next ones in order of size.
        first = np.searchsorted(size, size, side="right")
        last = np.searchsorted(size, size + threshold - 1, side="right")
        many = np.maximum(last - first, 0)
        small = np.repeat(np.arange(len(size)), many)
        large = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first, many)
        # People two of the sets share, none with a set that is not there: the last row and column.
        shared = np.pad(self.shared, (0, 1))
        lies = shared[plus[small], plus[large]] >= size[small]  # else it cannot lie within, and most end here
        small, large = small[lies], large[lies]
        within = shared[plus[small], plus[large]] - shared[plus[small], minus[large]]
        within -= shared[minus[small], plus[large]] - shared[minus[small], minus[large]]
        close = within == size[small]
        small, large = small[close], large[close]
        return np.stack([plus[small], minus[small], plus[large], minus[large]], axis=1)

    def involved(self, breaks: Ints) -> Bools:
        """Which sets have a part in each broken rule, shape (b, s)."""
        parts = np.concatenate([self.sums, np.zeros((1, self.sums.shape[1]), dtype=np.bool_)])
        return np.asarray(parts[breaks].any(axis=1), dtype=np.bool_)


def _filled(*columns: Ints) -> Ints:
    rows = np.full((len(columns[0]), 4), -1, dtype=np.intp)
    for place, column in enumerate(columns):
        rows[:, place] = column
    return rows
