"""All cases of a wave as columns: what every statistic reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import (
    NOT_ASKED,
    AllocationColumn,
    Bools,
    ChoiceColumn,
    CodeColumn,
    Codes,
    Column,
    Ints,
    NumberColumn,
    RankColumn,
    TextColumn,
)

STATES = ("started", "complete", "screened_out")
"""The states a case in a dataset can have; tests, withdrawn and erased cases are never in one."""

__all__ = [
    "STATES",
    "AllocationColumn",
    "ChoiceColumn",
    "CodeColumn",
    "Column",
    "Dataset",
    "NumberColumn",
    "RankColumn",
    "TakenColumns",
    "TextColumn",
]


class TakenColumns(Mapping[str, Column]):
    """Columns for some of the cases, taken when first asked for and kept.

    A table reads three columns of two hundred; taking the others would be work for nobody.
    """

    def __init__(self, source: Mapping[str, Column], index: Ints | slice) -> None:
        self._source = source
        self._index = index
        self._taken: dict[str, Column] = {}

    def __getitem__(self, name: str) -> Column:
        found = self._taken.get(name)
        if found is None:
            found = self._taken[name] = self._source[name].take(self._index)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._source)

    def __len__(self) -> int:
        return len(self._source)


@dataclass(frozen=True, eq=False)
class Dataset:
    """One entry per case in every array, shape (n,).

    ``role``, ``language``, ``source``, ``device`` and ``state`` are positions in ``roles``, ``languages``, ``sources``,
    ``devices`` and :data:`STATES`. Answers that lie off a case's path are not asked (-8) in ``columns``; other absent
    answers too, as their page was not saved. The order of the cases means nothing.

    A dataset answers the questions a condition's mask asks (``surveyapp.instrument.conditions.mask.Columns``).
    """

    n: int
    columns: Mapping[str, Column]
    ids: NDArray[Any]  # str
    role: Codes
    roles: tuple[str, ...]
    language: Codes
    languages: tuple[str, ...]
    source: Codes
    sources: tuple[str, ...]
    device: Codes
    devices: tuple[str, ...]
    state: Codes
    started: NDArray[np.int32]  # day as an ordinal of the calendar; 0: unknown
    sent: NDArray[np.int32]  # 0: not sent
    seconds: NDArray[np.int32]
    _cache: dict[str, Dataset] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.n

    @property
    def is_complete(self) -> Bools:
        """Which cases were sent."""
        here: Bools = self.state == STATES.index("complete")
        return here

    def take(self, index: Ints | slice) -> Dataset:
        """The cases at these positions, their columns taken when they are asked for; a slice copies nothing."""
        ids = self.ids[index]
        return replace(
            self,
            n=len(ids),
            columns=TakenColumns(self.columns, index),
            ids=ids,
            role=self.role[index],
            language=self.language[index],
            source=self.source[index],
            device=self.device[index],
            state=self.state[index],
            started=self.started[index],
            sent=self.sent[index],
            seconds=self.seconds[index],
            _cache={},
        )

    def complete(self) -> Dataset:
        """The cases that were sent: the base of every figure unless partials are asked for."""
        return self._kept("complete", lambda: self.is_complete)

    def with_partials(self) -> Dataset:
        """The cases that were sent and those broken off; the screened out are outside the population."""
        return self._kept("partials", lambda: self.state != STATES.index("screened_out"))

    def _kept(self, name: str, mask: Callable[[], Bools]) -> Dataset:
        found = self._cache.get(name)
        if found is None:
            here = mask()
            found = self._cache[name] = self if here.all() else self.take(np.flatnonzero(here))
        return found

    # What a condition's mask asks

    def codes(self, name: str) -> NDArray[np.integer[Any]]:
        """Of any variable: a negative entry is its missing code; otherwise the code, or 0 where codes make no sense."""
        column = self.columns.get(name)
        if column is None:
            return np.full(self.n, NOT_ASKED, dtype=np.int16)
        return column.values if isinstance(column, CodeColumn) else column.missing

    def numbers(self, name: str) -> NDArray[Any]:
        """Of a coded or number variable: the code or number; a negative entry is a missing code."""
        column = self.columns.get(name)
        if isinstance(column, NumberColumn):
            return np.where(column.missing < 0, column.missing, column.values)
        return self.codes(name)

    def chosen(self, name: str, code: int) -> Bools:
        """Of a multiple choice, ranking or allocation: whether the code was chosen; False where missing."""
        column = self.columns.get(name)
        found: Bools = np.zeros(self.n, dtype=np.bool_)
        if isinstance(column, RankColumn):
            found = (column.places == code).any(axis=1)
        elif isinstance(column, ChoiceColumn | AllocationColumn) and code in column.codes:
            here = column.codes.index(code)
            found = column.chosen[:, here] if isinstance(column, ChoiceColumn) else column.amounts[:, here] > 0
        return found

    def count(self, name: str) -> NDArray[np.integer[Any]]:
        """Of a multiple choice or ranking: how many codes were chosen; 0 where missing."""
        column = self.columns.get(name)
        found: Ints = np.zeros(self.n, dtype=np.intp)
        if isinstance(column, ChoiceColumn):
            found = column.chosen.sum(axis=1)
        elif isinstance(column, RankColumn):
            found = (column.places >= 0).sum(axis=1)
        elif isinstance(column, AllocationColumn):
            found = (column.amounts > 0).sum(axis=1)
        return found

    def has(self, system_variable: str, value: str) -> Bools:
        """Whether the role, language, source or device of the case is this one."""
        positions: Codes = getattr(self, system_variable)
        names: tuple[str, ...] = getattr(self, f"{system_variable}s")
        here: Bools = positions == (names.index(value) if value in names else -1)
        return here
