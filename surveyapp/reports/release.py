"""What of a wave may be shown to those who may not see its cases: one ledger per state of the data for everything.

*Released* are the populations that the plan declares: everyone, the groups of every banner of the plan, the named
filters and those of planned tables, each with every banner; and of language, source and device the groups of everyone,
which fieldwork and response show. They are judged together, per variable and on each base that is shown, by who is in
them (`surveyapp.analysis.disclosure`). What somebody who may see cases asks besides is judged against all of them.

Nothing else in the product compares a count with the threshold.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from surveyapp.analysis.columns import NOT_ASKED, SKIPPED, Bools, Codes, Floats, Ints
from surveyapp.analysis.crosstab import Partition
from surveyapp.analysis.disclosure import Division, Family, hidden_populations
from surveyapp.analysis.published_steps import Moment, waiting
from surveyapp.errors import BadQuery, NotReleased
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.model import Instrument, NamedFilter, Text
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.banners import Banner, banners
from surveyapp.reports.sentences import both
from surveyapp.reports.subjects import in_words, label_of
from surveyapp.reports.wave_data import Publication, WaveData

EVERYONE = ""
"""The name of no filter."""
BESIDE = tuple(name for name in SYSTEM_VARIABLES if name != "role")
"""Broken down by these, everyone is shown on the pages about the fieldwork."""
KEPT = 1_024
"""Answers that are remembered per state of the data: some hundreds of variables with their derived ones."""
TOTAL, ROLE, BANNER, FILTER, BOTH, SIDE, ASKED_FOR = range(7)
"""What matters most is hidden last: ranks of `Family`."""
Key = tuple[str, str, int]
"""A released population: filter, banner variable, place of the group; ("", "", 0) is everyone."""


def released_filters(instrument: Instrument) -> tuple[NamedFilter, ...]:
    """The filters that can be asked for by name: those the plan names, then those of its tables under their id."""
    found = {named.condition.tree: named for named in reversed(instrument.filters)}
    for table in instrument.tables:
        if table.filter is not None and table.filter.tree not in found:
            label = Text(both("as in table %(id)s", id=table.id))
            found[table.filter.tree] = NamedFilter(table.id.lower(), label, table.filter)
    return tuple(sorted(found.values(), key=lambda named: _place(named, instrument.filters)))


def _place(named: NamedFilter, declared: Sequence[NamedFilter]) -> tuple[int, str]:
    return (declared.index(named), "") if named in declared else (len(declared), named.id)


def named_filter(name: str, instrument: Instrument) -> NamedFilter | None:
    """The filter of this name; None when there is none."""
    return next((named for named in released_filters(instrument) if named.id == name), None)


def require_released(instrument: Instrument, by: Sequence[str], filter: str | None) -> None:  # noqa: A002
    """See that a question asks for released populations only: banners of the plan, and a filter by its name.

    Raises
    ------
    NotReleased     it asks for something else; the message names what can be asked for
    """
    known = [named.id for named in released_filters(instrument)]
    if filter and filter not in known:
        listed = in_words({named.id: named.label for named in released_filters(instrument)})
        raise NotReleased(
            "Free filters take the role of researcher. Choose a filter of the plan of the report: %(filters)s.",
            tuple(known),
            filters=listed,
        )
    strange = [name for name in by if name not in instrument.banners]
    if strange:
        listed = in_words({name: label_of(name, instrument) for name in instrument.banners})
        raise NotReleased(
            "Breaking down by %(name)s takes the role of researcher. Choose from the plan of the report: %(banners)s.",
            instrument.banners,
            name=strange[0][:40],
            banners=listed,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Some people of a wave over all its cases, and what goes first when something must be hidden."""

    members: Bools
    rank: int


class Release:
    """What is hidden, for one state of the data. Safe to share between threads.

    Attributes
    ----------
    cases : every case that any figure counts, broken off ones included; arrays of missing codes go over these
    """

    def __init__(self, data: WaveData) -> None:
        self.instrument = data.instrument
        self.threshold = data.instrument.study.threshold
        publication = data.publication
        self.cases = data.cases(partials=True) if publication is None else publication.known
        self.is_counted: Bools = np.ones(self.cases.n, dtype=np.bool_) if data.is_imported else self.cases.is_complete
        self.is_paused = publication is not None and (publication.is_paused or not publication.steps)
        self._populations: dict[Key, Population] = {}
        self._divisions: list[tuple[Key, tuple[Key, ...]]] = []
        self._filters = {named.condition.tree: named.id for named in released_filters(self.instrument)}
        self._list()
        self._whole = _Judge(
            self.threshold,
            tuple(self._populations.values()),
            self._numbered(self._divisions),
            publication=publication,
        )
        self._numbers = {key: number for number, key in enumerate(self._populations)}

    def hidden(self, missing: Codes) -> Bools:
        """Which released populations are hidden, by the missing code of each case; shape (p,)."""
        return self._whole.hidden(missing)

    def judge(self, condition: Condition | None, by: Sequence[str]) -> Judge | None:
        """The judge of a table of released populations; None when it asks for others."""
        name = EVERYONE if condition is None else self._filters.get(condition.tree)
        if name is None or any((name, banner, 0) not in self._numbers for banner in by):
            return None
        found = [self._numbers[name, "", 0]]
        for banner in by:
            place = 0
            while (name, banner, place) in self._numbers:
                found.append(self._numbers[name, banner, place])
                place += 1
        return Judge(self._whole, np.array(found, dtype=np.intp))

    def groups(self, least_rank: int) -> list[Bools]:
        """Who belongs to each released population that matters at least so much, over ``cases``."""
        return [one.members for one in self._populations.values() if TOTAL < one.rank <= least_rank]

    def hidden_groups(self, banner: str, missing: Codes) -> Bools:
        """Which groups of everyone by this variable are hidden, everyone first; all where it is no banner."""
        judge = self.judge(None, [banner])
        return np.ones(1, dtype=np.bool_) if judge is None else judge.hidden(missing)

    def beside(self, total: Bools, parts: Sequence[Banner]) -> Judge:
        """The judge of a table that is not released: its populations against all that are.

        Parameters
        ----------
        total : who the table is about, over ``cases``
        parts : its banners over the same
        """
        first = len(self._populations)
        extra = [Population(total, ASKED_FOR)]
        divisions = [Division(0, (first,))]
        for part in parts:
            groups = [Population(total & part.split.members(group), ASKED_FOR) for group in range(part.split.size)]
            divisions += _divided(first, range(first + len(extra), first + len(extra) + len(groups)), part)
            extra += groups
        judge = _Judge(
            self.threshold,
            (*self._populations.values(), *extra),
            (*self._numbered(self._divisions), *divisions),
            self._whole,
        )
        return Judge(judge, np.arange(first, first + len(extra)), is_released=False)

    def _list(self) -> None:
        """Write down every released population."""
        nobody_else: Bools = self.is_counted
        planned = {
            (self._filters.get(table.filter.tree, "") if table.filter else "", name)
            for table in self.instrument.tables
            for name in table.banner
        }
        everyone: Key = (EVERYONE, "", 0)
        self._populations[everyone] = Population(nobody_else, TOTAL)
        found = tuple(self._banners(self.instrument.banners))
        for part in found:
            self._add(EVERYONE, nobody_else, part, ROLE if part.subject.name == "role" else BANNER)
        for named in released_filters(self.instrument):
            here = nobody_else & is_true(named.condition, self.cases)
            total: Key = (named.id, "", 0)
            self._populations[total] = Population(here, FILTER)
            self._divisions.append((everyone, (total,)))
            for part in found:
                self._add(named.id, here, part, FILTER if (named.id, part.subject.name) in planned else BOTH)
        for part in self._banners(tuple(name for name in BESIDE if name not in self.instrument.banners)):
            self._add(EVERYONE, nobody_else, part, SIDE)

    def _banners(self, names: Sequence[str]) -> Iterator[Banner]:
        for name in names:
            try:
                yield from banners([name], self.instrument, self.cases)
            except BadQuery:  # not in this wave, or more groups than a table can hold: never shown
                continue

    def _add(self, name: str, here: Bools, part: Banner, rank: int) -> None:
        keys: list[Key] = []
        for group in range(part.split.size):
            keys.append((name, part.subject.name, group))
            self._populations[keys[-1]] = Population(here & part.split.members(group), rank)
        total: Key = (name, "", 0)
        if part.is_overlapping:
            self._divisions += [(total, (key,)) for key in keys]
        else:
            self._divisions.append((total, tuple(keys)))

    def _numbered(self, divisions: Sequence[tuple[Key, tuple[Key, ...]]]) -> tuple[Division, ...]:
        numbers = {key: number for number, key in enumerate(self._populations)}
        return tuple(Division(numbers[total], tuple(numbers[key] for key in keys)) for total, keys in divisions)


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """Says which columns of one table are hidden."""

    judge: _Judge
    columns: Ints
    is_released: bool = True

    def hidden(self, missing: Codes) -> Bools:
        """Which of its columns are hidden, total first; by the missing code of each case of the release."""
        return self.judge.hidden(missing)[self.columns]


class _Judge:
    """Populations that are judged together, and what was found of the variables so far."""

    def __init__(
        self,
        threshold: int,
        populations: Sequence[Population],
        divisions: Sequence[Division],
        before: _Judge | None = None,
        publication: Publication | None = None,
    ) -> None:
        self.threshold = threshold
        self.publication: Publication | None = publication if before is None else before.publication
        self.before = before  # the first of these populations were judged by it and stay as they are
        members = np.array([population.members for population in populations])
        packed = np.ascontiguousarray(np.packbits(members, axis=0).T)
        _, first, atom = np.unique(
            packed.view([("", packed.dtype)] * packed.shape[1]).reshape(-1), return_index=True, return_inverse=True
        )
        self._atom = atom.reshape(-1).astype(np.intp)
        self._atoms = len(first)
        rank = np.array([population.rank for population in populations], dtype=np.intp)
        self._family = Family(members[:, first], rank, self._sizes(np.ones(members.shape[1])), tuple(divisions))
        self._kept: OrderedDict[bytes, Bools] = OrderedDict()
        self._lock = Lock()

    def hidden(self, missing: Codes) -> Bools:
        is_asked = missing != NOT_ASKED
        is_answered = is_asked & (missing != SKIPPED)
        status = is_asked.astype(np.int8) + is_answered + (missing >= 0)
        key = status.tobytes()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            known: Bools = np.zeros(len(self._family.members), dtype=np.bool_)
            if self.before is not None:
                earlier = self.before.hidden(missing)
                known[: len(earlier)] = earlier
            bases = [status >= least for least in (1, 2, 3)]
            if self.publication is not None:
                known |= self._waiting(bases, self.publication)
                bases = [here & (self.publication.since > 0) for here in bases]
            found = self._kept[key] = self.hidden_on(bases, known)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return found

    def _waiting(self, bases: Sequence[Bools], publication: Publication) -> Bools:
        """What waits for a later step of an open wave; everything while it is paused or before the first."""
        if publication.is_paused or not publication.steps:
            return np.ones(len(self._family.members), dtype=np.bool_)
        moments = [
            Moment(
                tuple(self._sizes(here & held.counts) for here in bases),
                tuple(self._sizes(here & held.waits) for here in bases),
                held.step.is_whole,
                held.step.has_lost,
                held.gone,
                held.is_blind,
            )
            for held in publication.moments()
        ]
        if not moments:
            return np.zeros(len(self._family.members), dtype=np.bool_)
        return waiting(self._family, moments, self.threshold)

    def hidden_on(self, bases: Sequence[Bools], hidden: Bools | None = None) -> Bools:
        """What is hidden when these cases are counted."""
        return hidden_populations(self._family, [self._sizes(here) for here in bases], self.threshold, hidden)

    def _sizes(self, here: Bools | Floats) -> Floats:
        return np.bincount(self._atom, weights=here.astype(np.float64), minlength=self._atoms).astype(np.float64)


def _divided(total: int, groups: Sequence[int], part: Banner) -> list[Division]:
    if isinstance(part.split, Partition):
        return [Division(total, tuple(groups))]
    return [Division(total, (group,)) for group in groups]


_lock = Lock()


def release_of(data: WaveData) -> Release:
    """The release of this state of the data, made when somebody first asks."""
    with _lock:
        found = data.kept.get("release")
        if not isinstance(found, Release):
            found = data.kept["release"] = Release(data)
        return found


def hidden_counts(
    parts: Sequence[Sequence[Bools]], bases: Sequence[Bools], threshold: int, hidden: Bools | None = None
) -> Bools:
    """Which plain counts are hidden: that of everyone first, then those of the groups of each part.

    Parameters
    ----------
    parts :  per part its groups, which do not overlap, over the same cases
    bases :  what is counted of each of them; a group is hidden in all or in none
    hidden : groups that are hidden whatever is counted of them
    """
    everyone: Bools = np.ones(len(bases[0]), dtype=np.bool_)
    groups = [group for part in parts for group in part]
    populations = [Population(everyone, TOTAL), *(Population(group, BANNER) for group in groups)]
    divisions, first = [], 1
    for part in parts:
        divisions.append(Division(0, tuple(range(first, first + len(part)))))
        first += len(part)
    return _Judge(threshold, populations, divisions).hidden_on(bases, hidden)


def hidden_of_total(data: WaveData, missing: Codes) -> bool:
    """Whether even the figures of everyone are hidden for a variable with these missing codes."""
    return bool(release_of(data).hidden(missing)[0])
