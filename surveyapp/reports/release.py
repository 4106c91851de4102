"""What of a wave may be shown to those who may not see its cases: one ledger per state of the data for everything.

*Released* are the populations that the plan declares: everyone, the groups of every banner of the plan, the named
filters and those of planned tables, each with every banner; and of language, source and device the groups of everyone,
which fieldwork and response show. They are judged together, per variable and on each base that is shown, by who is in
them (`surveyapp.analysis.disclosure`). What was released on request since, and what a later version of the plan added,
is judged one after the other, each beside all before it, so that nothing that was shown goes for what comes later, and
what was shown counts for ever. What who may see cases asks besides is judged last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

import numpy as np

from surveyapp.analysis.columns import Bools, Codes, Ints
from surveyapp.analysis.crossings import Cell, Crossings, first_columns
from surveyapp.analysis.disclosure import Division, Family
from surveyapp.analysis.moments import Overlapping, Partition, Split
from surveyapp.instrument.conditions import Condition
from surveyapp.reports.banners import Banner, Margin, groups_of
from surveyapp.reports.ledger import Few, Ledger
from surveyapp.reports.plans import EVERYONE, Plan, Plans
from surveyapp.reports.wave_data import WaveData

TOTAL, ROLE, BANNER, FILTER, SIDE, BOTH, ASKED_FOR, FREE = range(8)
"""What matters most is hidden last: ranks of `Family`; last what who may see cases asks freely."""
Key = tuple[str, str, int]
"""A released population: filter, banner variable, place of the group; ("", "", 0) is everyone."""


@dataclass(frozen=True, slots=True)
class Population:
    """Some people of a wave, by filter and column, and what goes first when something must be hidden."""

    cell: Cell
    rank: int


class Release:
    """What is hidden, for one state of the data. Safe to share between threads.

    Attributes
    ----------
    cases : every case that any figure counts, broken off ones included; arrays of missing codes go over these
    plans : the populations of every plan that was in force, by their names in `Key`
    """

    def __init__(self, data: WaveData) -> None:
        self.instrument = data.instrument
        self.threshold = data.instrument.study.threshold
        extent = data.extent
        self.cases = data.cases(partials=True) if extent is None else extent.known
        self.is_counted: Bools = np.ones(self.cases.n, dtype=np.bool_) if data.is_imported else self.cases.is_complete
        self.is_paused = extent is not None and extent.is_waiting
        self._populations: dict[Key, Population] = {}
        self._divisions: list[tuple[Key, tuple[Key, ...]]] = []
        self.plans = Plans((*data.plans_before, self.instrument), self.cases)
        self._masks = {EVERYONE: self.is_counted}
        self._masks |= {name: self.is_counted & mask for name, mask in self.plans.masks.items()}
        self._within = {name: number for number, name in enumerate(self._masks)}
        self._splits = tuple(part.split for part in self.plans.parts.values())
        self._first = dict(zip(self.plans.parts, first_columns(self._splits), strict=True))
        self._ledger_of: dict[Key, int] = {}
        self._margins: set[tuple[Key, Key]] = set()  # nested banners of a filter with those whose groups they divide
        self._sizes: list[tuple[int, int]] = []  # populations and divisions that each ledger knows
        self._add((EVERYONE, "", 0), 0, TOTAL)
        for plan in self.plans.every:
            self._add_plan(plan)
        self._numbers = {key: number for number, key in enumerate(self._populations)}
        self._crossings = Crossings(
            tuple(self._masks.values()), self._splits, tuple(one.cell for one in self._populations.values())
        )
        self._rank: Ints = np.array([one.rank for one in self._populations.values()], dtype=np.intp)
        self._divided = tuple(
            Division(self._numbers[total], tuple(self._numbers[key] for key in keys)) for total, keys in self._divisions
        )
        self._few = Few(self._crossings, self._rank == ASKED_FOR, self.threshold)
        self._ledgers: list[Ledger] = []  # of a plan, then with each filter on request, then with the next plan
        for populations, divisions in self._sizes:
            # Most tables are of the plan's own populations, and need not wait for what was requested besides.
            counted = self._crossings if self._ledgers else self._crossings.first(populations)
            family = Family(counted, self._rank[:populations], self._divided[:divisions])
            self._ledgers.append(Ledger(self.threshold, family, self._few, extent, *self._ledgers[-1:]))

    def judge(self, condition: Condition | None, by: Sequence[str]) -> Judge | None:
        """The judge of a table of released populations; None when it asks for others."""
        name = EVERYONE if condition is None else self.plans.names.get(condition.tree)
        if name is None or any((name, banner, 0) not in self._numbers for banner in by):
            return None
        found = [self._numbers[name, "", 0]]
        for banner in by:
            place = 0
            while (name, banner, place) in self._numbers:
                found.append(self._numbers[name, banner, place])
                place += 1
        first = max(self._ledger_of[name, banner, 0] for banner in ("", *by))  # of them all the first that knows them
        return Judge(self._ledgers[first], np.array(found, dtype=np.intp))

    def beside(self, total: Bools, parts: Sequence[Banner]) -> Judge:
        """The judge of a table that is not released: its populations against all that are.

        Parameters
        ----------
        total : who the table is about, over ``cases``
        parts : its banners over the same

        Beside a nested banner its variables are judged too, as if the table had a column for each of their groups:
        what is left of one is a figure for whoever asks for both, in one table or in two.
        """
        known, first = self._crossings, len(self._populations)
        cells: list[Cell] = [(len(known.filters), 0)]
        divisions = [Division(0, (first,))]
        splits = [*known.splits]
        placed: dict[str, list[int]] = {}
        columns = [first]
        for part in _with_margins(parts):
            column = self._column(part)
            if column is None:
                column = first_columns([*splits, part.split])[-1]
                splits.append(part.split)
            numbers = [first + len(cells) + group for group in range(part.split.size)]
            divisions += _divided(first, numbers, part)
            cells += [(len(known.filters), column + group) for group in range(part.split.size)]
            placed[part.subject.name] = numbers
            columns += numbers if len(placed) <= len(parts) else []
        for part in parts:
            for margin in part.margins():
                totals = placed[margin.banner.subject.name]
                divisions += _divided_within(totals, placed[part.subject.name], margin)
        crossings = Crossings((*known.filters, total), tuple(splits), (*known.cells, *cells))
        rank = np.concatenate([self._rank, np.full(len(cells), FREE)])
        family, last = Family(crossings, rank, (*self._divided, *divisions)), self._ledgers[-1]
        ledger = Ledger(self.threshold, family, self._few, last.extent, last)
        return Judge(ledger, np.array(columns, dtype=np.intp), is_released=False)

    def _column(self, part: Banner) -> int | None:
        """The column of the first group of a banner that divides the cases as one of a plan does."""
        known = self.plans.parts.get(part.subject.name)
        return self._first[part.subject.name] if known is not None and _is_same(known.split, part.split) else None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every released population by its filter and group, in the order in which they are judged."""
        values = {
            name: [group.key.partition(":")[2] for group in groups_of([part])[1:]]
            for name, part in self.plans.parts.items()
        }
        return tuple(
            (f"{name}/" if name else "") + (f"{banner}:{values[banner][place]}" if banner else "total")
            for name, banner, place in self._populations
        )

    def hidden(self, missing: Codes) -> Bools:
        """Which released populations are hidden, in the order of ``names``, by the missing code of each case."""
        return self._ledgers[-1].hidden(missing)

    def smallest(self, missing: Codes) -> int:
        """People of the smallest one that is shown, on any base; 0 where none has anybody."""
        return self._ledgers[-1].smallest(missing)

    def populations(self) -> Iterator[tuple[Key, Bools]]:
        """Every released population, over ``cases``."""
        for key in self._populations:
            name, banner, place = key
            here = self._masks[name]
            yield key, here & self.plans.parts[banner].split.members(place) if banner else here

    def _add_plan(self, plan: Plan) -> None:
        """Write down what a plan lets be shown besides what was shown before, then each filter on request."""
        for name in plan.banners:
            self._add_groups(EVERYONE, name, ROLE if name == "role" else BANNER)
        for name in plan.filters:
            self._add_filter(name, plan)
        for name in plan.beside:
            self._add_groups(EVERYONE, name, SIDE)
        self._judge()
        for name in plan.requested:
            self._add_filter(name, plan)
            self._judge()

    def _add_filter(self, name: str, plan: Plan) -> None:
        """The people of a filter, and their groups by every banner of the plan; those in a table of it matter more."""
        is_requested = name in plan.requested
        total: Key = (name, "", 0)
        if self._add(total, 0, ASKED_FOR if is_requested else FILTER):
            self._divisions.append(((EVERYONE, "", 0), (total,)))
        for banner in plan.banners:
            rank = FILTER if (name, banner) in plan.planned else BOTH
            self._add_groups(name, banner, ASKED_FOR if is_requested else rank)

    def _add(self, key: Key, column: int, rank: int) -> bool:
        """Write down a population; whether it was none of those before."""
        if key in self._populations:
            return False
        self._populations[key] = Population((self._within[key[0]], column), rank)
        self._ledger_of[key] = len(self._sizes)
        return True

    def _add_groups(self, name: str, banner: str, rank: int) -> None:
        part, total = self.plans.parts[banner], (name, "", 0)
        keys = [(name, banner, group) for group in range(part.split.size)]
        added = [self._add(key, self._first[banner] + key[2], rank) for key in keys]
        if not any(added):
            return
        if part.is_overlapping:
            self._divisions += [(total, (key,)) for key in keys]
        else:
            self._divisions.append((total, tuple(keys)))

    def _add_margins(self) -> None:
        """Write down what groups of one banner and their parts in a nested one leave, where both are there.

        A nested banner divides the groups of each of its variables: by role and sector a role into sectors, and a
        sector into roles.
        """
        for banner, part in self.plans.parts.items():
            for margin in part.margins():
                other = margin.banner.subject.name
                known = self.plans.parts.get(other)
                if known is None or known.keys() != margin.banner.keys():
                    continue
                for name in self._masks:
                    keys = (name, banner, 0), (name, other, 0)
                    if keys in self._margins or not all(key in self._populations for key in keys):
                        continue
                    self._margins.add(keys)
                    for one in _divided_within(range(known.split.size), range(part.split.size), margin):
                        groups = tuple((name, banner, at) for at in one.groups)
                        self._divisions.append(((name, other, one.total), groups))

    def _judge(self) -> None:
        """What was written down since the last time is judged together, beside all before it."""
        self._add_margins()
        if len(self._sizes) in self._ledger_of.values():
            self._sizes.append((len(self._populations), len(self._divisions)))


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """Says which columns of one table are hidden."""

    ledger: Ledger
    columns: Ints
    is_released: bool = True

    def hidden(self, missing: Codes) -> Bools:
        """Which of its columns are hidden, total first; by the missing code of each case of the release."""
        return self.ledger.hidden(missing)[self.columns]


def _is_same(one: Split, other: Split) -> bool:
    """Whether two splits of the same cases divide them alike."""
    if isinstance(one, Partition) and isinstance(other, Partition):
        return one.size == other.size and np.array_equal(one.index, other.index)
    if isinstance(one, Overlapping) and isinstance(other, Overlapping):
        return np.array_equal(one.belongs, other.belongs)
    return False


def _divided(total: int, groups: Sequence[int], part: Banner) -> list[Division]:
    if isinstance(part.split, Partition):
        return [Division(total, tuple(groups))]
    return [Division(total, (group,)) for group in groups]


def _divided_within(totals: Sequence[int], groups: Sequence[int], margin: Margin) -> Iterator[Division]:
    """Each group of a banner that a nested one divides, with its parts."""
    for total, parts in margin.parts():
        inner = tuple(groups[part] for part in parts)
        if margin.is_overlapping:
            yield from (Division(totals[total], (group,)) for group in inner)
        else:
            yield Division(totals[total], inner)


def _with_margins(parts: Sequence[Banner]) -> Iterator[Banner]:
    """The banners of a table, and behind them those whose groups its nested ones divide."""
    yield from parts
    known = {part.subject.name for part in parts}
    for part in parts:
        for margin in part.margins():
            if margin.banner.subject.name not in known:
                known.add(margin.banner.subject.name)
                yield margin.banner


def release_of(data: WaveData) -> Release:
    """The release of this state of the data, made when somebody first asks; who asks about others does not wait."""
    lock = data.kept.setdefault("release is made", Lock())
    assert isinstance(lock, type(Lock()))
    with lock:
        found = data.kept.get("release")
        if not isinstance(found, Release):
            found = data.kept["release"] = Release(data)
        return found
