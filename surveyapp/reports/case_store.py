"""The cases of one wave as growing columns: what changed is added at the end, what it replaces is struck out.

A position that was handed out is never written again, so a dataset somebody is reading stays as it was while the next
changes come in. Arrays have spare room: taking in a change costs work for that change, and now and then, when the room
is full or a quarter is struck out, for all. Texts are left in the database (`reports.texts`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import TextColumn
from surveyapp.analysis.dataset import CASE_ARRAYS, Dataset
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.derived_columns import with_derived
from surveyapp.reports.extract import Factors, Record, VersionOf, answered, is_counted
from surveyapp.reports.places import Places, arranged
from surveyapp.storage.case_feed import KEY, Keys, keys_of

NOBODY: Keys = np.zeros(0, dtype=KEY)


class CaseStore:
    """One wave's cases; not thread-safe by itself, but what :meth:`dataset` gives is never changed afterwards."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self._factors = Factors(instrument)
        self._rows = _without_texts(answered(instrument, (), factors=self._factors))
        self._places = Places()
        self._version = np.zeros(0, dtype=np.int16)  # positions among the hashes
        self._hashes: dict[str, int] = {}
        self._others: dict[str, Instrument] = {}

    def __len__(self) -> int:
        return len(self._places)

    def take_in(self, records: Sequence[Record], version_of: VersionOf | None = None, *, gone: Keys = NOBODY) -> bool:
        """Let changed cases count as they are now, and those that are gone not at all; whether figures can change.

        Each case stands once among the records.
        """
        counted = [record for record in records if is_counted(record)]
        # First what can fail: an unreadable case must leave everything as it was.
        block = answered(self.instrument, counted, version_of, self._factors)
        for hash_ in {str(record["instrument_hash"]) for record in counted} - self._hashes.keys():
            if hash_ != self.instrument.hash and version_of is not None and self.instrument.questionnaires:
                self._others[hash_] = version_of(hash_)
            self._hashes[hash_] = len(self._hashes)
        struck = self._places.strike(np.concatenate([gone, keys_of([record["case_id"] for record in records])]))
        if self._places.is_untidy:
            stays = self._places.tidy()
            self._move(self._rows.take(stays), self._version[stays])
        used = self._places.used
        here = self._places.add(keys_of([record["case_id"] for record in counted]))
        if self._places.room > self._rows.n:
            self._move(self._rows.take(slice(used)), self._version[:used])
        self._rows.put(here, block)
        self._version[here] = [self._hashes[str(record["instrument_hash"])] for record in counted]
        return bool(len(struck) or counted)

    def earlier(self) -> tuple[Instrument, ...]:
        """The other versions by which cases that count were asked."""
        there = set(np.unique(self._version[self._places.index()]).tolist())
        return tuple(other for hash_, other in self._others.items() if self._hashes[hash_] in there)

    def dataset(self, sources: Sequence[str] = ()) -> Dataset:
        """The cases as they stand, in the order of their keys; columns are taken when they are asked for.

        Their order in the arrays can be that in which they came, which nothing that is made of them may repeat; nor
        does the order of names. ``sources`` are those that were declared for the wave.
        """
        columns, names = self._factors.declared(self._rows.columns, sources)
        cases = replace(self._rows, columns=columns, names=names).take(self._places.index())
        return with_derived(cases, self.instrument)

    def arrays(self, keys: Keys) -> Iterator[tuple[str, NDArray[Any]]]:
        """Those of these cases that stand here, in the order of their keys, and names in the order of the alphabet.

        Nothing of it tells who came when. Arrays are made one by one, out of what stands here now.
        """
        found = self._places.find(keys)
        here, rows = found[found >= 0], self._rows
        positions: dict[str, tuple[NDArray[Any], Sequence[str], int]] = {
            f"{name}/values": (rows.columns[name].coded, names, len(self._factors.first.get(name, ())))
            for name, names in self._factors.names.items()
        }
        positions["version"] = self._version, list(self._hashes), 0
        arrays = {name: getattr(rows, name) for name in CASE_ARRAYS if name != "keys"}
        for name, column in rows.columns.items():
            arrays.update({f"{name}/{slot}": array for slot, array in column.arrays().items()})
        own = ((name, array[here]) for name, array in arrays.items() if name not in positions)
        return chain((("keys", keys[found >= 0]),), own, arranged(positions, here))

    @classmethod
    def of(cls, instrument: Instrument, arrays: Mapping[str, NDArray[Any]], version_of: VersionOf) -> CaseStore:
        """A store of what :meth:`arrays` gave."""
        store = cls(instrument)
        store._factors = Factors(
            instrument, {name: arrays[f"{name}/values.names"].tolist() for name in SYSTEM_VARIABLES}
        )
        store._hashes = {hash_: at for at, hash_ in enumerate(arrays["version.names"].tolist())}
        if instrument.questionnaires:
            store._others = {hash_: version_of(hash_) for hash_ in store._hashes if hash_ != instrument.hash}
        store._places.add(arrays["keys"])
        columns = {
            name: column.over({slot: arrays[f"{name}/{slot}"] for slot in column.arrays()})
            for name, column in store._rows.columns.items()
        }
        known: dict[str, Any] = {name: arrays[name] for name in CASE_ARRAYS}
        store._rows = replace(store._rows, n=len(arrays["keys"]), columns=columns, **known)
        store._version = arrays["version"]
        store._places.room = len(arrays["keys"])
        return store

    def _move(self, cases: Dataset, version: NDArray[np.int16]) -> None:
        """Let these cases stand first in new arrays, with the room there has to be."""
        here = np.arange(cases.n)
        self._rows = self._rows.with_room(self._places.room)
        self._rows.put(here, cases)
        self._version = np.zeros(self._places.room, dtype=np.int16)
        self._version[here] = version


def _without_texts(rows: Dataset) -> Dataset:
    columns = {
        name: TextColumn(None, column.missing) if isinstance(column, TextColumn) else column
        for name, column in rows.columns.items()
    }
    return replace(rows, columns=columns)
