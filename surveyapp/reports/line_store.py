"""The cases of one wave as the team may see them, tests and withdrawn ones among them, as growing arrays.

Where somebody stopped is a question to the engine (the first page on the path that was not saved), so it is asked once
per change of a case and not once per look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveyapp.engine.route import resume_page
from surveyapp.errors import NotFound
from surveyapp.fieldwork.case_lines import REVIEW, STATES, DayCount
from surveyapp.fieldwork.wave_cases import Factor, WaveCases, short_numbers
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.extract import Record, VersionOf, ordinal
from surveyapp.reports.places import Places, arranged
from surveyapp.storage.case_feed import KEY, Keys, keys_of

LONGEST = 2**16 - 2
"""Seconds on one page that are told apart: eighteen hours."""
_TYPES: Mapping[str, Any] = {
    "keys": KEY,
    "names": np.int64,
    **dict.fromkeys(SYSTEM_VARIABLES, np.int16),
    "state": np.int8,
    "started": np.int32,
    "sent": np.int32,
    "seconds": np.int32,
    "stopped": np.int16,
    "is_test": np.bool_,
}


class LineStore:
    """One wave's cases; not thread-safe by itself, but what :meth:`cases` gives is never changed afterwards."""

    def __init__(self) -> None:
        self._places = Places()
        self._arrays: dict[str, NDArray[Any]] = {name: np.zeros(0, dtype=kind) for name, kind in _TYPES.items()}
        self._saved: dict[str, NDArray[np.uint16]] = {}
        self._names: dict[str, dict[str, int]] = {part: {} for part in SYSTEM_VARIABLES}
        self._made: tuple[object, WaveCases] | None = None

    def take_in(
        self,
        records: Sequence[Record],
        version_of: VersionOf,
        spent: Iterable[tuple[int, str, int]],
    ) -> None:
        """Let changed cases stand as they are now; erased ones not at all.

        Parameters
        ----------
        version_of : the instrument a case began with, by its hash
        spent :      place among the records, page and seconds
        """
        self.strike(keys_of([record["case_id"] for record in records]))
        standing = [at for at, record in enumerate(records) if record["state"] != "erased"]
        block = self._block([records[at] for at in standing], version_of)
        here = self._places.add(block["keys"])
        place = dict(zip(standing, here.tolist(), strict=True))
        by_page: dict[str, tuple[list[int], list[int]]] = {}
        for at, page, seconds in spent:
            if at in place:
                ats, values = by_page.setdefault(page, ([], []))
                ats.append(place[at])
                values.append(min(seconds, LONGEST) + 1)
        for page in (*block["pages"], *by_page):
            self._saved.setdefault(page, np.zeros(0, dtype=np.uint16))
        for held in (self._arrays, self._saved):
            held.update({name: _with_room(array, self._places.room) for name, array in held.items()})
        for name in _TYPES:
            self._arrays[name][here] = block[name]
        for page, (ats, values) in by_page.items():
            self._saved[page][ats] = values

    def strike(self, gone: Keys) -> None:
        """Let these cases not stand here any more."""
        self._places.strike(gone)
        self._made = None
        if self._places.is_untidy:
            stays = self._places.tidy()
            for held in (self._arrays, self._saved):
                held.update({name: _with_room(array[stays], self._places.room) for name, array in held.items()})

    def cases(self, today: date, days: tuple[DayCount, ...], *, is_test: bool, takes_answers: bool) -> WaveCases:
        """The cases as they stand; the same object as long as nothing of it changed, with what was counted on it."""
        made_of = (today, days, is_test, takes_answers)
        if self._made is None or self._made[0] != made_of:
            used = self._places.used
            counts = self._places.alive[:used] & (self._arrays["is_test"][:used] == is_test)
            here: Any = slice(used) if counts.all() else np.flatnonzero(counts)
            taken = {name: array[here] for name, array in self._arrays.items()}
            made = WaveCases(
                **{name: taken[name] for name in _TYPES if name not in ("is_test", *SYSTEM_VARIABLES)},
                factors={part: Factor(taken[part], tuple(self._names[part])) for part in SYSTEM_VARIABLES},
                pages=tuple(self._saved),
                saved={page: array[here] for page, array in self._saved.items()},
                today=today,
                takes_answers=takes_answers,
                days=days,
            )
            self._made = made_of, made
        return self._made[1]

    def arrays(self, keys: Keys) -> Iterator[tuple[str, NDArray[Any]]]:
        """Those of these cases that stand here, in the order of their keys, and names in the order of the alphabet.

        Nothing of it tells who came when. Arrays are made one by one, out of what stands here now.
        """
        found = self._places.find(keys)
        here, arrays, saved = found[found >= 0], dict(self._arrays), dict(self._saved)
        names = {**{part: list(known) for part, known in self._names.items()}, "stopped": list(saved)}
        own = ((name, array[here]) for name, array in arrays.items() if name not in names)
        pages = ((f"saved/{page}", saved[page][here]) for page in sorted(saved))
        return chain(own, pages, arranged({name: (arrays[name], known, 0) for name, known in names.items()}, here))

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> LineStore:
        """A store of what :meth:`arrays` gave."""
        store = cls()
        store._places.add(arrays["keys"])
        room = store._places.room
        store._arrays = {name: _with_room(arrays[name], room) for name in _TYPES}
        store._names = {
            part: {name: at for at, name in enumerate(arrays[f"{part}.names"].tolist())} for part in SYSTEM_VARIABLES
        }
        pages = arrays["stopped.names"].tolist()
        store._saved = {page: _with_room(arrays[f"saved/{page}"], room) for page in pages}
        return store

    def _block(self, records: Sequence[Record], version_of: VersionOf) -> dict[str, Any]:
        keys = keys_of([record["case_id"] for record in records])
        stopped = [
            _stopped_at(record, version_of(record["instrument_hash"])) if record["state"] == "started" else None
            for record in records
        ]
        pages = {page: at for at, page in enumerate(dict.fromkeys((*self._saved, *filter(None, stopped))))}
        block: dict[str, Any] = {
            "keys": keys,
            "names": short_numbers(keys),
            "pages": pages,
            "stopped": [-1 if page is None else pages[page] for page in stopped],
            "state": [STATES.index(record["state"]) for record in records],
            "started": [ordinal(record["started_on"]) for record in records],
            "sent": [ordinal(record["sent_on"]) for record in records],
            "seconds": [record["seconds"] for record in records],
            "is_test": [record["is_test"] for record in records],
        }
        for part, names in self._names.items():
            block[part] = [names.setdefault(record[part], len(names)) for record in records]
        return block


def _stopped_at(record: Record, instrument: Instrument) -> str | None:
    try:
        questionnaire = instrument.questionnaire(record["role"])
    except NotFound:  # a wave that came in as a file asks nothing
        return None
    return resume_page(questionnaire, record["answers"], record["language"], record["pages"]) or REVIEW


def _with_room(array: NDArray[Any], room: int) -> NDArray[Any]:
    if len(array) == room:
        return array
    return np.concatenate([array, np.zeros(room - len(array), dtype=array.dtype)])
