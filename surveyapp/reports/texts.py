"""What people wrote in their own words: no process holds it, and who shows it reads it from the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from surveyapp.analysis.columns import Bools, Column, TextColumn
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.case_feed import case_ids
from surveyapp.storage.cases import answers_of
from surveyapp.storage.database import Database


def with_texts(database: Database, data: WaveData) -> WaveData:
    """The same data with the texts that count; none where it was taken back or emptied meanwhile."""
    cases = data.dataset
    columns = {name: column for name, column in cases.columns.items() if isinstance(column, TextColumn)}
    texts = {name: np.full(cases.n, None, dtype=object) for name in columns}
    wrote: Bools = np.zeros(cases.n, dtype=np.bool_)
    for column in columns.values():
        wrote |= column.missing == 0
    who = np.flatnonzero(wrote)
    places = dict(zip(map(str, case_ids(cases.keys[who])), who.tolist(), strict=True))
    with database.read() as session:
        for case, answers in answers_of(session, data.instrument.study.id, list(places)):
            at = places[case]
            for name, column in columns.items():
                if column.missing[at] == 0 and isinstance(answers.get(name), str):
                    texts[name][at] = answers[name]
    beside = Beside(cases.columns, {name: TextColumn(texts[name], column.missing) for name, column in columns.items()})
    return replace(data, dataset=replace(cases, columns=beside, _cache={}), kept={})


class Beside(Mapping[str, Column]):
    """Columns of which some are others, and more beside them: the rest is taken when it is asked for, as before."""

    def __init__(self, columns: Mapping[str, Column], others: Mapping[str, Column]) -> None:
        self._columns, self._others = columns, others

    def __getitem__(self, name: str) -> Column:
        return self._others[name] if name in self._others else self._columns[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._columns
        yield from (name for name in self._others if name not in self._columns)

    def __len__(self) -> int:
        return len({*self._columns, *self._others})
