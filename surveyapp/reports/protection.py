"""Disclosure control of one table: which columns stay hidden, given what the same table shows without its filter.

A filtered table is held against the same banner unfiltered and with every part of the filter left out, because those
can be asked for too; a table with unfinished cases also against the one without. The *standing* banner (role) is on
every page, so each table is held against it as well: groups that only one role was asked about add up to that role.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from surveyapp.analysis.columns import NOT_ASKED, SKIPPED, Bools, Codes, Floats, Ints
from surveyapp.analysis.crosstab import Partition
from surveyapp.analysis.disclosure import View, derivable, hidden_columns
from surveyapp.reports.banners import Banner, positions

MOST_TERMS = 4  # beyond, only the whole filter and each single part are left out
NOTHING, MISSING, VALID = 0, 1, 2


Shown = list[Bools]
"""What a table gives away on each base: populations, shape (p, atoms)."""


@dataclass(frozen=True, eq=False)
class Protection:
    """What the columns of every table over one banner and filter have in common.

    Parameters
    ----------
    parts :     the banners, over all cases that any of the tables could show
    standing :  the banner whose tables are always taken as shown
    terms :     per part of the filter who it lets through, over the same cases
    threshold : the smallest group that is shown
    n :         how many cases there are
    finished :  who sent the questionnaire, when the tables count unfinished cases too
    """

    parts: tuple[Banner, ...]
    standing: tuple[Banner, ...]
    terms: tuple[Bools, ...]
    threshold: int
    n: int
    finished: Bools | None = None

    @cached_property
    def _is_standing(self) -> bool:
        return [part.subject.name for part in self.parts] == [part.subject.name for part in self.standing]

    @cached_property
    def _layout(self) -> tuple[Ints, Bools, Bools, Bools]:
        """Per case its atom; per atom its columns, its standing columns, and what it passes (terms, finished)."""
        code = np.zeros(self.n, dtype=np.int64)
        for part in (*self.parts, *self.standing):
            if isinstance(part.split, Partition):
                code = code * (part.split.size + 1) + part.split.index
            else:
                bits = part.split.belongs @ (1 << np.arange(part.split.size, dtype=np.int64))
                groups = np.unique(bits, return_inverse=True)[1].reshape(-1)
                code = code * (int(groups.max(initial=0)) + 1) + groups
            code = np.unique(code, return_inverse=True)[1].reshape(-1)
        marks = [*self.terms, *([] if self.finished is None else [self.finished])]
        for mark in marks:
            code = code * 2 + mark
        _, first, atom = np.unique(code, return_index=True, return_inverse=True)
        passes = np.array([mark[first] for mark in marks], dtype=np.bool_).reshape(len(marks), len(first))
        return atom.reshape(-1).astype(np.intp), _columns(self.parts, first), _columns(self.standing, first), passes

    def hidden(self, missing: Codes) -> Bools:
        """Which columns of the table of a variable are hidden; ``missing`` is its missing code per case."""
        atom, columns, standing, passes = self._layout
        is_empty = (missing == NOT_ASKED) | (missing == SKIPPED)
        status = np.where(missing == 0, VALID, np.where(is_empty, NOTHING, MISSING))
        counted = np.bincount(atom * 3 + status, minlength=columns.shape[1] * 3).reshape(-1, 3).astype(np.float64)
        bases = (counted[:, VALID], counted[:, VALID] + counted[:, MISSING])
        tables: dict[_Wanted, Shown] = {}
        standing_tables: dict[_Wanted, Shown] = {}
        hidden: Bools = np.ones(len(columns), dtype=np.bool_)
        for wanted in self._wanted():
            here = passes[list(wanted.terms)].all(axis=0)
            if self.finished is not None and not wanted.with_unfinished:
                here = here & passes[-1]
            known = [shown for other, shown in standing_tables.items() if wanted.can_be_held_against(other)]
            hidden, shown = self._protected(self.standing, standing & here, bases, known)
            standing_tables[wanted] = shown
            if self._is_standing:
                continue
            known = [*known, shown, *(one for other, one in tables.items() if wanted.can_be_held_against(other))]
            hidden, tables[wanted] = self._protected(self.parts, columns & here, bases, known)
        return hidden

    def _wanted(self) -> Iterator[_Wanted]:
        """The tables to look at, widest filter first; the one that was asked for comes last."""
        whole = tuple(range(len(self.terms)))
        if len(whole) > MOST_TERMS:
            left_out = [tuple(term for term in whole if term != one) for one in whole]
            subsets: list[tuple[int, ...]] = [(), *left_out, whole]
        else:
            subsets = [chosen for size in range(len(whole) + 1) for chosen in combinations(whole, size)]
        for with_unfinished in (False,) if self.finished is None else (False, True):
            for chosen in subsets:
                yield _Wanted(chosen, with_unfinished)

    def _protected(
        self, parts: Sequence[Banner], columns: Bools, bases: Sequence[Floats], known: Sequence[Shown]
    ) -> tuple[Bools, Shown]:
        """Hidden columns of one table, and what it gives away on each base."""
        groups = positions(parts)
        overlapping = [part.is_overlapping for part in parts]
        none: Bools = np.zeros((0, columns.shape[1]), dtype=np.bool_)
        views = [
            View(columns, sizes, np.concatenate([none, *(shown[place] for shown in known)]))
            for place, sizes in enumerate(bases)
        ]
        hidden = hidden_columns(views, groups, overlapping, self.threshold)
        return hidden, [none if hidden[0] else derivable(view, groups, overlapping, hidden) for view in views]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One of the tables: which parts of the filter hold, and whether unfinished cases count."""

    terms: tuple[int, ...]
    with_unfinished: bool

    def can_be_held_against(self, other: _Wanted) -> bool:
        """Whether the other table is wider, or the same without unfinished cases; it does not depend on this one."""
        if self.terms == other.terms:
            return self.with_unfinished and not other.with_unfinished
        return set(other.terms) < set(self.terms) and other.with_unfinished <= self.with_unfinished


def _columns(parts: Sequence[Banner], first: Ints) -> Bools:
    """The total and the groups, by the first case of each atom."""
    total: Bools = np.ones(len(first), dtype=np.bool_)
    return np.array([total, *(part.split.members(group)[first] for part in parts for group in range(part.split.size))])
