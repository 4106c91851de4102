"""Disclosure control of one table: which columns stay hidden, given what the same table shows without its filter.

A filtered table is held against the same banner unfiltered and with every part of the filter left out, because those
can be asked for too; a table with unfinished cases also against the one without.
"""

from __future__ import annotations

from collections.abc import Sequence
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


@dataclass(frozen=True, eq=False)
class Protection:
    """What the columns of every table over one banner and filter have in common.

    Parameters
    ----------
    parts :     the banners, over all cases that any of the tables could show
    terms :     per part of the filter who it lets through, over the same cases
    threshold : the smallest group that is shown
    finished :  who sent the questionnaire, when the tables count unfinished cases too
    """

    parts: tuple[Banner, ...]
    terms: tuple[Bools, ...]
    threshold: int
    n: int
    finished: Bools | None = None

    @cached_property
    def _layout(self) -> tuple[Ints, Bools, Bools]:
        """Per case its atom; per atom its columns (c, a) and which terms, then finished, hold of it (t, a)."""
        code = np.zeros(self.n, dtype=np.int64)
        for part in self.parts:
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
        columns = [np.ones(len(first), dtype=np.bool_)]
        columns += [part.split.members(group)[first] for part in self.parts for group in range(part.split.size)]
        passes = np.array([mark[first] for mark in marks], dtype=np.bool_).reshape(len(marks), len(first))
        return atom.reshape(-1).astype(np.intp), np.array(columns), passes

    def hidden(self, missing: Codes) -> Bools:
        """Which columns of the table of a variable are hidden; ``missing`` is its missing code per case."""
        atom, columns, passes = self._layout
        status = np.where(
            missing == 0, VALID, np.where((missing == NOT_ASKED) | (missing == SKIPPED), NOTHING, MISSING)
        )
        counted = np.bincount(atom * 3 + status, minlength=columns.shape[1] * 3).reshape(-1, 3).astype(np.float64)
        bases = (counted[:, VALID], counted[:, VALID] + counted[:, MISSING])
        done: dict[tuple[bool, tuple[int, ...]], tuple[Bools, list[Bools]]] = {}
        whole = tuple(range(len(self.terms)))
        for with_unfinished in (False,) if self.finished is None else (False, True):
            for chosen in self._subsets(whole):
                here = passes[list(chosen)].all(axis=0)
                if self.finished is not None and not with_unfinished:
                    here = here & passes[-1]
                wider = [
                    references
                    for (unfinished, other), (_, references) in done.items()
                    if set(other) < set(chosen) or (other == chosen and unfinished != with_unfinished)
                ]
                done[with_unfinished, chosen] = self._protected(columns & here, bases, wider)
        return done[self.finished is not None, whole][0]

    def _subsets(self, whole: tuple[int, ...]) -> list[tuple[int, ...]]:
        """The parts of the filter, widest table first, the whole filter last."""
        if len(whole) > MOST_TERMS:
            return [(), *(tuple(term for term in whole if term != left_out) for left_out in whole), whole]
        return [chosen for size in range(len(whole) + 1) for chosen in combinations(whole, size)]

    def _protected(
        self, columns: Bools, bases: Sequence[Floats], wider: Sequence[list[Bools]]
    ) -> tuple[Bools, list[Bools]]:
        """Hidden columns of one table, and what it gives away on each base."""
        groups = positions(self.parts)
        overlapping = [part.is_overlapping for part in self.parts]
        none: Bools = np.zeros((0, columns.shape[1]), dtype=np.bool_)
        views = [
            View(columns, sizes, np.concatenate([none, *(references[place] for references in wider)]))
            for place, sizes in enumerate(bases)
        ]
        hidden = hidden_columns(views, groups, overlapping, self.threshold)
        shown = [none if hidden[0] else derivable(view, groups, overlapping, hidden) for view in views]
        return hidden, shown
