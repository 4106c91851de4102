"""How many people two populations share, for all pairs of some hundreds of populations at once.

A population is whoever a filter leaves, whole or one group of a split. So nobody is looked at for each pair: two splits
are counted against each other once, by which filters and which bases people are in. What that costs follows from the
number of cases and of splits, however many kinds of people there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from itertools import combinations, pairwise

import numpy as np

from surveyapp.analysis.columns import Bools, Floats, Ints
from surveyapp.analysis.linear_spans import Kinds
from surveyapp.analysis.moments import Partition, Split
from surveyapp.recent import Recent

KEPT = 2
"""Of so many sets of bases the answer is remembered: what is judged one after the other asks for the same."""
TOGETHER = 32
"""Splits are taken together as long as who is in which of their groups can be said in so many numbers."""
MOST_KINDS = 256
"""Filters are counted all together as long as they make no more kinds of people: the work grows with them."""
LOT = 4
"""Of so many filters, two lots make no more."""
MOST_IN_SUMS = 5_000
"""Kinds of people among whom sums of populations are looked for: in any wave of so many cases, and a live one of a
hundred thousand shows its tables in time."""
Cell = tuple[int, int]
"""A population: its filter, and its column: 0 for all of the filter, then the groups of one split after another."""


def first_columns(splits: Sequence[Split]) -> list[int]:
    """The column of the first group of each split."""
    found = [1]
    for split in splits:
        found.append(found[-1] + split.size)
    return found[:-1]


@dataclass(frozen=True, eq=False)
class Crossings:
    """Populations by who is in them. Safe to share between threads.

    Parameters
    ----------
    filters : bool, shape (n,) each; whom a filter leaves
    splits :  of the same cases
    cells :   the populations
    """

    filters: tuple[Bools, ...]
    splits: tuple[Split, ...]
    cells: tuple[Cell, ...]
    _kept: Recent[bytes, Floats] = field(default_factory=lambda: Recent(KEPT), repr=False)

    def first(self, populations: int) -> Crossings:
        """The first of these populations, counted without what the others need."""
        cells = self.cells[:populations]
        used = sorted({number for number, _ in cells})
        places = {number: place for place, number in enumerate(used)}
        return Crossings(
            tuple(self.filters[number] for number in used),
            self.splits,
            tuple((places[number], column) for number, column in cells),
        )

    def shared(self, bases: Sequence[Bools]) -> list[Floats]:
        """Per base how many people two populations share, whole numbers of shape (p, p)."""
        keys = [base.tobytes() for base in bases]
        different = dict(zip(keys, bases, strict=True))
        key = blake2b(b"".join(different)).digest()
        shared = self._kept.get(key, lambda: self._counted([*different.values()]))
        counted = dict(zip(different, shared, strict=True))
        return [counted[one] for one in keys]

    def people(self, bases: Sequence[Bools]) -> Floats:
        """How many people each population has on each base, shape (bases, p)."""
        kind, of_bases = kinds(bases)
        found = np.zeros((len(bases), len(self.cells)))
        for some, within, of_filters in self._together:
            number, many = within * len(of_bases) + kind, len(of_filters) * len(of_bases)
            every: list[Floats] = [np.bincount(number, minlength=many)[None].astype(np.float64)]
            for part in self._parts:
                alone = np.bincount(part.index * many + number, minlength=part.width * many)
                every.append(part.groups.T @ alone.reshape(part.width, many))
            flat = np.concatenate(every)
            counts = flat.reshape(len(flat), len(of_filters), len(of_bases)) @ of_bases
            here, column, place = self._places(some)
            found[:, here] = (counts.transpose(2, 0, 1) @ of_filters)[:, column, place]
        return found

    def kinds(self, bases: Sequence[Bools]) -> list[Kinds] | None:
        """Per base the kinds of people; None where they are more than `MOST_IN_SUMS`."""
        if self._members is None:
            return None
        kind, members = self._members
        return [Kinds(members, np.bincount(kind[base], minlength=len(members)).astype(np.float64)) for base in bases]

    @cached_property
    def _members(self) -> tuple[Ints, Bools] | None:
        """The kind of each case, and which populations a kind is in; None where they are too many."""
        groups = [split.members(at) for split in self.splits for at in range(split.size)]
        found = few_kinds([*self.filters, *groups], MOST_IN_SUMS)
        if found is None:
            return None
        kind, masks = found
        filters, columns = np.array(self.cells, dtype=np.intp).reshape(-1, 2).T
        within = np.concatenate([np.ones((len(masks), 1)), masks[:, len(self.filters) :]], axis=1)
        return kind, (masks[:, filters] > 0) & (within[:, columns] > 0)

    def _counted(self, bases: Sequence[Bools]) -> Floats:
        kind, of_bases = kinds(bases)
        width = len(of_bases)
        found = np.zeros((len(bases), len(self.cells), len(self.cells)))
        for some, within, of_filters in self._together:
            table = self._table(within * width + kind, len(of_filters) * width)
            columns = len(table)
            # By base, two columns and the filters that somebody is in; then by the filter of the one and of the other.
            flat = table.reshape(columns**2 * len(of_filters), width)
            on_bases = (flat @ of_bases).T.reshape(len(bases), columns**2, len(of_filters))
            here, column, place = self._places(some)
            for number, leaves in enumerate(of_filters.T):
                counts = (on_bases @ (of_filters * leaves[:, None])).reshape(len(bases), columns, columns * len(some))
                within_it = place == number
                rows = counts[:, column[within_it]][:, :, column * len(some) + place]
                found[:, here[within_it][:, None], here] = rows
        return found

    def _places(self, some: Sequence[int]) -> tuple[Ints, Ints, Ints]:
        """Which populations are of some filters, and of each the column and the place of its filter among them."""
        filters, columns = np.array(self.cells, dtype=np.intp).reshape(-1, 2).T
        here = np.flatnonzero(np.isin(filters, some))
        return here, columns[here], np.searchsorted(some, filters[here]).astype(np.intp)

    @cached_property
    def _together(self) -> tuple[tuple[list[int], Ints, Floats], ...]:
        """Filters that are counted together, with the kinds of people they make; every two of them are in one lot.

        Some people are of a kind of their own where there are many filters, so then two lots at a time are taken.
        """
        every = range(len(self.filters))
        whole = kinds(self.filters)
        if len(whole[1]) <= MOST_KINDS:
            return (([*every], *whole),)
        lots = [every[start : start + LOT] for start in every[::LOT]]
        pairs = [[*one, *other] for one, other in combinations(lots, 2)]
        return tuple((some, *kinds([self.filters[number] for number in some])) for some in pairs)

    @cached_property
    def _parts(self) -> tuple[_Part, ...]:
        found: list[_Part] = []
        for split in self.splits:
            for part in _parts(split):
                if found and found[-1].width * part.width <= TOGETHER:
                    found[-1] = found[-1].together(part)
                else:
                    found.append(part)
        return tuple(found)

    def _table(self, kind: Ints, many: int) -> Floats:
        """How many of each kind are in two columns, shape (columns, columns, many)."""
        parts = self._parts
        ends = np.cumsum([1, *(part.groups.shape[1] for part in parts)])
        columns = [slice(start, end) for start, end in pairwise(ends)]
        found = np.zeros((ends[-1], ends[-1], many))
        found[0, 0] = np.bincount(kind, minlength=many)
        beside = [part.index * many + kind for part in parts]
        for at, (part, here) in enumerate(zip(parts, columns, strict=True)):
            size = part.width * many
            alone = np.bincount(beside[at], minlength=size).reshape(part.width, many).astype(np.float64)
            found[0, here] = found[here, 0] = part.groups.T @ alone
            found[here, here] = np.tensordot(part.groups, part.groups[:, :, None] * alone[:, None], (0, 0))
            for other, there in zip(parts[:at], columns[:at], strict=True):
                counts = np.bincount(other.index * size + beside[at], minlength=other.width * size)
                cells = other.groups.T @ counts.reshape(other.width, size)
                both = np.tensordot(part.groups, cells.reshape(len(cells), part.width, many), (0, 1))
                found[here, there] = both
                found[there, here] = both.swapaxes(0, 1)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Some columns: which of them a case is in follows from one small number."""

    index: Ints  # shape (n,), below width
    groups: Floats  # shape (width, columns): 1 where who has this number is in this column

    @property
    def width(self) -> int:
        return len(self.groups)

    def together(self, other: _Part) -> _Part:
        """The columns of both."""
        groups = [np.repeat(self.groups, other.width, axis=0), np.tile(other.groups, (self.width, 1))]
        return _Part(self.index * other.width + other.index, np.concatenate(groups, axis=1))


def _parts(split: Split) -> Iterator[_Part]:
    if isinstance(split, Partition):
        yield _Part(split.index, np.eye(split.size + 1)[:, : split.size])
    else:
        for belongs in split.belongs.T:
            yield _Part(belongs.astype(np.intp), np.array([[0.0], [1.0]]))


def kinds(masks: Sequence[Bools]) -> tuple[Ints, Floats]:
    """The kind of each case, alike in every mask, and which masks a kind is in, shape (kinds, masks)."""
    found = few_kinds(masks, len(masks[0]))
    if found is None:
        raise AssertionError("there are never more kinds than cases")
    return found


def few_kinds(masks: Sequence[Bools], most: int) -> tuple[Ints, Floats] | None:
    """As `kinds`, or None where they are more: every mask can only add some, so the first that makes too many ends it.

    A large wave has nearly as many kinds as cases, and their table would be the largest thing in memory.
    """
    number: Ints = np.zeros(len(masks[0]), dtype=np.intp)
    table: Floats = np.zeros((1, 0))
    for start in range(0, len(masks), 8):
        some = np.array(masks[start : start + 8])
        number = number * 256 + np.packbits(some, axis=0, bitorder="little")[0]
        found = np.flatnonzero(np.bincount(number, minlength=1))
        if len(found) > max(1, most):
            return None
        places = np.zeros(found.max(initial=0) + 1, dtype=np.intp)
        places[found] = np.arange(len(found))
        number = places[number]
        table = np.concatenate([table[found // 256], found[:, None] % 256 >> np.arange(len(some)) & 1], axis=1)
    return number, table
