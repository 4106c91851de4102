"""Which few people follow from shown populations by adding and subtracting, however often and with whatever factors.

Whoever has figures of populations has every sum of them. A group of people follows where who is in it is such a sum of
who is in these. Groups that are looked for: people whom no shown population tells apart, alone and two such together;
who is in two shown populations, or in one and not in the other; every population, shown or not; up to three groups of
one banner together; and who is in a total and in no group of it.

Who is in a group is a point in a space with an axis per kind of people; the shown populations span a part of it, and a
group follows where nothing of it lies outside. Instead of the distance of each group, which costs a product per group,
that of all groups from a few directions chosen at random is worked out at once: it is nothing for every direction only
where the group follows, but for a chance that is nought in numbers with fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from surveyapp.analysis.columns import Bools, Floats, Ints

DIRECTIONS = 6
"""Random directions from which every group is looked at."""
NOTHING = 1e-5
"""What lies outside is nothing; of a group that does not follow it is some hundredths and more."""
DEPENDENT = 1e-9
"""What is left of a population that is a sum of others, as part of it."""
LEAST_FACTOR = 1e-4
"""A population has a part in a sum from this factor on."""
MOST_TOGETHER = 3
"""So many groups of one banner are looked at together."""
MOST_TOLD = 200
"""So many groups that follow are mended at a time; what is left comes with the next look."""


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """People who are in the same populations, with how many there are of each kind on one base.

    Parameters
    ----------
    members : shape (kinds, s), which populations a kind is in
    people :  shape (kinds,)
    """

    members: Bools
    people: Floats

    def there(self, first: Ints) -> Kinds:
        """The kinds that somebody is of, in some of the populations."""
        some = np.flatnonzero(self.people > 0)
        return Kinds(self.members[np.ix_(some, first)], self.people[some])


def those_who_tell(
    kinds: Kinds, shared: Floats, shown: Ints, divisions: Sequence[tuple[int, Ints]], threshold: int
) -> Bools:
    """For each group of 1 to k − 1 people that follows, which of the shown populations it follows from.

    Parameters
    ----------
    kinds :     of all populations, hidden ones too
    shared :    how many people two of them share, shape (s, s)
    shown :     which of them are shown
    divisions : totals with groups of theirs that do not overlap; a group that is hidden here for good counts
    threshold : k

    Returns
    -------
    bool, shape (groups that follow, s)
    """
    span = _Span(kinds, shared, shown)
    groups = [*span.alike(threshold), *span.crossed(threshold), *span.named(divisions, threshold)][:MOST_TOLD]
    told = np.zeros((len(groups), len(shared)), dtype=np.bool_)
    if groups:
        told[:, shown] = span.factors(np.stack(groups, axis=1)).T
    return told


class _Span:
    """What the shown populations span."""

    def __init__(self, kinds: Kinds, shared: Floats, shown: Ints) -> None:
        self.kinds, self.people = kinds, np.diag(shared)
        self.crossing: Floats = shared[np.ix_(shown, shown)]
        self.shown, self.members = shown, kinds.members[:, shown].astype(np.float64)
        root = np.sqrt(kinds.people)[:, None]
        random = np.random.default_rng(1).standard_normal((len(root), DIRECTIONS))
        independent, found = _solved(self.crossing, self.members.T @ (root * random))
        self.independent, self.shared = independent, shared[np.ix_(shown[independent], shown[independent])]
        self.outside: Floats = root * (random - root * (self.members[:, independent] @ found))

    def factors(self, groups: Floats) -> Bools:
        """Which shown populations each group follows from, shape (shown, groups)."""
        beside = self.members[:, self.independent].T @ (self.kinds.people[:, None] * groups)
        size = np.abs(np.linalg.solve(self.shared, beside))
        found: Bools = np.zeros((len(self.shown), groups.shape[1]), dtype=np.bool_)
        found[self.independent] = size > LEAST_FACTOR
        return found

    def alike(self, threshold: int) -> list[Floats]:
        """Few people whom no shown population tells apart, and two such together, as who is in them."""
        _, place = np.unique(np.packbits(self.members > 0, axis=1), axis=0, return_inverse=True)
        place = place.reshape(-1)
        people = np.bincount(place, self.kinds.people)
        outside = np.zeros((len(people), DIRECTIONS))
        np.add.at(outside, place, self.outside)
        few = np.flatnonzero(people < threshold)
        alone = (np.abs(outside[few]) < NOTHING).all(axis=1)
        found = [(place == one).astype(np.float64) for one in few[alone].tolist()]
        left = few[~alone]
        # Of two that follow together the one lies outside as far as the other, on the other side.
        first = outside[left, 0]
        order = np.argsort(first, kind="stable")
        opposite = np.searchsorted(first[order], np.stack([-first - NOTHING, -first + NOTHING]))
        for one, (start, end) in enumerate(opposite.T.tolist()):
            for other in order[start:end].tolist():
                both = left[[one, other]]
                if one < other and people[both].sum() < threshold and self._is_nothing(outside[both].sum(axis=0)):
                    found.append(np.isin(place, both).astype(np.float64))
        return found

    def crossed(self, threshold: int) -> list[Floats]:
        """Few people who are in two shown populations, or in one and not in the other."""
        members = self.members
        outside = (members * self.outside[:, :1]).T @ members
        both = self.crossing
        is_few = (both > 0) & (both < threshold)
        beside = both.diagonal()[:, None] - both
        is_left = (beside > 0) & (beside < threshold)
        found: list[Floats] = []
        for one, other in np.argwhere((np.abs(outside) < NOTHING) & (is_few | is_left)).tolist():
            inside = members[:, one] * members[:, other]
            if self._is_nothing(inside @ self.outside):
                found.append(inside if is_few[one, other] else members[:, one] - inside)
        return found

    def named(self, divisions: Sequence[tuple[int, Ints]], threshold: int) -> list[Floats]:
        """Few people who are a population, groups of one banner together, or in no group of it."""
        members = self.kinds.members.astype(np.float64)
        outside = members.T @ self.outside
        is_few = (self.people > 0) & (self.people < threshold)
        follows = is_few & (np.abs(outside) < NOTHING).all(axis=1)
        found = [members[:, one] for one in np.flatnonzero(follows).tolist()]
        for total, groups in divisions:
            some = groups[is_few[groups] & ~follows[groups]]
            for many in range(2, min(MOST_TOGETHER, len(some)) + 1):
                together = some[_chosen(len(some), many)]
                is_near = np.abs(outside[together, 0].sum(axis=1)) < NOTHING
                found += [
                    members[:, chosen].sum(axis=1)
                    for chosen in together[is_near & (self.people[together].sum(axis=1) < threshold)]
                    if self._is_nothing(outside[chosen].sum(axis=0))
                ]
            left = self.people[total] - self.people[groups].sum()
            if 0 < left < threshold and self._is_nothing(outside[total] - outside[groups].sum(axis=0)):
                found.append(members[:, total] - members[:, groups].sum(axis=1))
        return found

    @staticmethod
    def _is_nothing(outside: Floats) -> bool:
        return bool((np.abs(outside) < NOTHING).all())


@lru_cache(maxsize=256)
def _chosen(size: int, many: int) -> Ints:
    """Every way to choose so many of these, one a row."""
    return np.array([*combinations(range(size), many)], dtype=np.intp)


def _solved(shared: Floats, right: Floats) -> tuple[Ints, Floats]:
    """Which populations are no sum of others chosen before them, and the factors of these that give the right side.

    Step by step, for a library that shares its product among cores takes a hundred times as long on busy ones.
    """
    scale = np.sqrt(np.diag(shared))
    table = np.concatenate([shared / np.outer(scale, scale), right / scale[:, None]], axis=1)
    left, pivots = np.ones(len(scale)), list[int]()
    while len(pivots) < len(scale):
        left = np.diag(table).copy()
        left[pivots] = 0.0
        pivot = int(left.argmax())
        if left[pivot] < DEPENDENT:
            break
        pivots.append(pivot)
        row = table[pivot] / table[pivot, pivot]
        table -= np.multiply.outer(table[:, pivot], row)
        table[pivot] = row
    chosen = np.array(pivots, dtype=np.intp)
    return chosen, table[chosen, len(scale) :] / scale[chosen, None]
