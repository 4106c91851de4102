"""The cases of one wave as growing columns: what changed is added at the end, what it replaces is struck out.

A position that was handed out is never written again, so a dataset somebody is reading stays as it was while the next
changes come in. Arrays have spare room: taking in a change costs work for that change, and now and then, when the room
is full or a quarter is struck out, for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np

from surveyapp.analysis.columns import Column
from surveyapp.analysis.dataset import Dataset
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.extract import Factors, Record, VersionOf, extract, is_counted, put

SPARE = 1.5
SMALLEST = 256
CASE_ARRAYS = ("ids", *SYSTEM_VARIABLES, "state", "started", "sent", "seconds")


class CaseStore:
    """One wave's cases; not thread-safe by itself, but what :meth:`dataset` gives is never changed afterwards."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self._factors = Factors(instrument)
        self._rows = extract(instrument, (), factors=self._factors)
        self._used = 0
        self._room = 0
        self._struck = 0
        self._alive = np.zeros(0, dtype=np.bool_)
        self._keys = np.zeros(0, dtype=np.uint64)
        self._place: dict[Hashable, int] = {}
        self._known: dict[Hashable, tuple[Any, ...]] = {}
        self._version: dict[Hashable, str] = {}
        self._asked_by: Counter[str] = Counter()
        self._others: dict[str, Instrument] = {}

    def __len__(self) -> int:
        return self._used - self._struck

    def take_in(
        self, records: Sequence[Record], version_of: VersionOf | None = None, *, gone: Sequence[Hashable] = ()
    ) -> bool:
        """Let changed cases count as they are now, and those that are gone not at all; whether that changed anything.

        The same change may come more than once; it counts once.
        """
        fresh = [record for record in records if self._known.get(record["case_id"]) != _signature(record)]
        struck = [case for case in (*gone, *(record["case_id"] for record in fresh)) if case in self._place]
        counted = [record for record in fresh if is_counted(record)]
        # First what can fail: an unreadable case must leave everything as it was.
        block = extract(self.instrument, counted, version_of, self._factors)
        for case in struck:
            self._alive[self._place.pop(case)] = False
            self._asked_by[self._version.pop(case)] -= 1
        for case in gone:
            self._known.pop(case, None)
        self._struck += len(struck)
        self._append(block, [record["case_id"] for record in counted])
        for record in counted:
            hash_ = str(record["instrument_hash"])
            self._version[record["case_id"]] = hash_
            self._asked_by[hash_] += 1
            if hash_ != self.instrument.hash and version_of is not None and self.instrument.questionnaires:
                self._others[hash_] = version_of(hash_)
        for record in fresh:
            self._known[record["case_id"]] = _signature(record)
        if self._struck > SMALLEST and self._struck * 4 > self._used:
            self._tidy()
        return bool(struck or counted)

    def earlier(self) -> tuple[Instrument, ...]:
        """The other versions by which cases that count were asked."""
        return tuple(other for hash_, other in self._others.items() if self._asked_by[hash_] > 0)

    def dataset(self) -> Dataset:
        """The cases as they stand, in the order of their keys; columns are taken when they are asked for.

        Their order in the arrays is that in which they came, which nothing that is made of them may repeat.
        """
        named = replace(
            self._rows,
            roles=self._factors.names("role"),
            languages=self._factors.names("language"),
            sources=self._factors.names("source"),
            devices=self._factors.names("device"),
        )
        alive = np.flatnonzero(self._alive[: self._used])
        return named.take(alive[np.argsort(self._keys[alive], kind="stable")])

    def _append(self, block: Dataset, cases: Sequence[Hashable]) -> None:
        end = self._used + block.n
        if end > self._room:
            self._rows = _with_room(self._rows, self._used, max(int(end * SPARE), SMALLEST))
            self._room = self._rows.n
            room = self._room - self._used
            self._alive = np.concatenate([self._alive[: self._used], np.zeros(room, dtype=np.bool_)])
            self._keys = np.concatenate([self._keys[: self._used], np.zeros(room, dtype=np.uint64)])
        here = np.arange(self._used, end)
        for name, column in self._rows.columns.items():
            put(column, here, block.columns[name])
        for name in CASE_ARRAYS:
            getattr(self._rows, name)[here] = getattr(block, name)
        self._alive[here] = True
        self._keys[here] = [_key(case) for case in cases]
        self._place.update(zip(cases, here.tolist(), strict=True))
        self._used = end

    def _tidy(self) -> None:
        """Leave the struck out behind, in new arrays."""
        alive = np.flatnonzero(self._alive[: self._used])
        new_place = np.cumsum(self._alive[: self._used]) - 1
        self._place = {case: int(new_place[place]) for case, place in self._place.items()}
        kept = self._rows.take(alive)
        self._used, self._struck = len(alive), 0
        self._rows = _with_room(kept, self._used, max(int(self._used * SPARE), SMALLEST))
        self._room = self._rows.n
        self._alive = np.zeros(self._room, dtype=np.bool_)
        self._alive[: self._used] = True
        keys = np.zeros(self._room, dtype=np.uint64)
        keys[: self._used] = self._keys[alive]
        self._keys = keys


def _key(case: Hashable) -> int:
    """The first 64 bits of a case's key, which is random."""
    return case.int >> 64 if isinstance(case, UUID) else int.from_bytes(str(case).encode()[:8].ljust(8, b"\0"), "big")


def _signature(record: Record) -> tuple[Any, ...]:
    return record["revision"], record["mark"], record["state"], record["is_test"]


def _with_room(rows: Dataset, used: int, room: int) -> Dataset:
    """The first ``used`` cases in arrays with room for more."""
    index = np.zeros(room, dtype=np.intp)
    index[:used] = np.arange(used)
    if rows.n == 0:
        return _empty(rows, room)
    taken = rows.take(index)
    return replace(taken, columns={name: taken.columns[name] for name in taken.columns})


def _empty(rows: Dataset, room: int) -> Dataset:
    columns = {name: _blank(column, room) for name, column in rows.columns.items()}
    arrays: dict[str, Any] = {name: _blank_array(getattr(rows, name), room) for name in CASE_ARRAYS}
    return replace(rows, n=room, columns=columns, _cache={}, **arrays)


def _blank(column: Column, room: int) -> Column:
    """A column of this shape with unwritten room."""
    fields: dict[str, Any] = {}
    for name in type(column).__slots__:
        value = getattr(column, name)
        fields[name] = _blank_array(value, room) if isinstance(value, np.ndarray) else value
    return type(column)(**fields)


def _blank_array(array: np.ndarray[Any, Any], room: int) -> np.ndarray[Any, Any]:
    return np.zeros((room, *array.shape[1:]), dtype=array.dtype)
