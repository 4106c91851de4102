"""All cases of a wave as columns: what every statistic reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import NOT_ASKED, Bools, Codes, Column, Index, Ints

STATES = ("started", "complete", "screened_out", "excluded")
"""The states a case in a dataset can have; tests, withdrawn and erased cases are never in one. Who is excluded sent the
questionnaire and counts in no figure: the team decided so."""
CASE_ARRAYS = ("keys", "state", "started", "sent", "seconds", "is_trapped")


class TakenColumns(Mapping[str, Column]):
    """Columns for some of the cases, taken when first asked for and kept.

    A table reads three columns of two hundred; taking the others would be work for nobody.
    """

    _source: Mapping[str, Column]
    _index: Index

    def __init__(self, source: Mapping[str, Column], index: Index) -> None:
        self._source = source
        self._index = index
        if isinstance(source, TakenColumns) and not isinstance(source._index, slice):
            # Straight out of the whole: what lies between need not be made.
            self._source, self._index = source._source, source._index[index]
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

    ``columns`` holds the wave's variables and, as code columns, what the platform knows of every case: its role,
    language, source and device, whose codes are positions in ``names``. ``state`` is a position in :data:`STATES`.
    Answers that lie off a case's path are not asked (-8); other absent answers too, as their page was not saved. The
    order of the cases means nothing.

    A dataset answers the questions a condition's mask asks (``surveyapp.instrument.conditions.mask.Columns``).
    """

    n: int
    columns: Mapping[str, Column]
    names: Mapping[str, tuple[str, ...]]  # by column
    keys: NDArray[np.bytes_]  # of the database, sixteen bytes each
    state: Codes
    started: NDArray[np.int32]  # day as an ordinal of the calendar; 0: unknown
    sent: NDArray[np.int32]  # 0: not sent
    seconds: NDArray[np.int32]
    is_trapped: Bools  # filled in a field that nobody sees
    short: NDArray[Any] | None = None  # str; what a case is called where its key may not go
    _cache: dict[str, Dataset] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.n

    @property
    def ids(self) -> NDArray[Any]:
        """What each case is called: by its key as a text, unless it has a short name."""
        if self.short is not None:
            return self.short
        raw = self.keys.tobytes()  # an entry by itself would lose the noughts at its end
        return np.array([str(UUID(bytes=raw[at : at + 16])) for at in range(0, len(raw), 16)], dtype=object)

    @property
    def is_complete(self) -> Bools:
        """Which cases were sent."""
        here: Bools = self.state == STATES.index("complete")
        return here

    def take(self, index: Index) -> Dataset:
        """The cases at these positions, their columns taken when they are asked for; a slice copies nothing."""
        arrays: dict[str, Any] = {name: getattr(self, name)[index] for name in CASE_ARRAYS}
        columns = TakenColumns(self.columns, index)
        short = None if self.short is None else self.short[index]
        return replace(self, n=len(arrays["keys"]), columns=columns, short=short, _cache={}, **arrays)

    def with_room(self, room: int) -> Dataset:
        """Room for so many cases, unwritten."""
        arrays: dict[str, Any] = {name: np.zeros(room, dtype=getattr(self, name).dtype) for name in CASE_ARRAYS}
        columns = {name: column.with_room(room) for name, column in self.columns.items()}
        return replace(self, n=room, columns=columns, _cache={}, **arrays)

    def put(self, index: Ints, other: Dataset) -> None:
        """Write the cases of a dataset with these columns at these positions."""
        for name, column in self.columns.items():
            column.put(index, other.columns[name])
        for name in CASE_ARRAYS:
            getattr(self, name)[index] = getattr(other, name)

    def complete(self) -> Dataset:
        """The cases that were sent: the base of every figure unless partials are asked for."""
        return self._kept("complete", lambda: self.is_complete)

    def included(self) -> Dataset:
        """Every case but those that are excluded."""
        return self._kept("included", lambda: self.state != STATES.index("excluded"))

    def finished(self) -> Dataset:
        """The cases that were sent, whether they count or are excluded."""
        return self._kept("finished", lambda: self.is_complete | self.is_excluded)

    @property
    def is_excluded(self) -> Bools:
        """Which cases were sent and are excluded."""
        here: Bools = self.state == STATES.index("excluded")
        return here

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
        return np.full(self.n, NOT_ASKED, dtype=np.int16) if column is None else column.coded

    def numbers(self, name: str) -> NDArray[Any]:
        """Of a coded or number variable: the code or number; a negative entry is a missing code."""
        column = self.columns.get(name)
        return self.codes(name) if column is None else column.numbers

    def chosen(self, name: str, code: int) -> Bools:
        """Of a multiple choice, ranking or allocation: whether the code was chosen; False where missing."""
        column = self.columns.get(name)
        return np.zeros(self.n, dtype=np.bool_) if column is None else column.chosen_by(code)

    def count(self, name: str) -> NDArray[np.integer[Any]]:
        """Of a multiple choice or ranking: how many codes were chosen; 0 where missing."""
        column = self.columns.get(name)
        return np.zeros(self.n, dtype=np.intp) if column is None else column.how_many()

    def has(self, system_variable: str, value: str) -> Bools:
        """Whether the role, language, source or device of the case is this one."""
        names = self.names.get(system_variable, ())
        if value not in names:
            return np.zeros(self.n, dtype=np.bool_)
        here: Bools = self.codes(system_variable) == names.index(value)
        return here
