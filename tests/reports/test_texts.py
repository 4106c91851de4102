"""Texts are held by no process; who shows them gets those that count, as one reading of the cases gives them."""

from __future__ import annotations

import uuid

import pytest

from surveyapp import clock
from surveyapp.analysis.columns import TextColumn
from surveyapp.analysis.dataset import Dataset
from surveyapp.exports.case_frame import open_lines
from surveyapp.exports.words import Words
from surveyapp.fieldwork import waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.reports.extract import extract
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.texts import with_texts
from surveyapp.storage import cases
from surveyapp.storage.changes import cases_of_wave
from surveyapp.storage.database import Database
from tests.reports.waves import random_records, real_instrument

KEPT = ("role", "language", "source", "device", "state", "is_test", "revision", "answers", "pages", "seconds", "flags")


def _texts(dataset: Dataset) -> dict[str, dict[str, str]]:
    return {
        name: {str(case): text for case, text in zip(dataset.ids, column.values, strict=True) if text is not None}
        for name, column in dataset.columns.items()
        if isinstance(column, TextColumn) and column.values is not None
    }


def test_texts_that_count_are_read_when_they_are_asked_for(database: Database) -> None:
    instrument = real_instrument()
    study, year = instrument.study.id, instrument.wave.year
    records = random_records(instrument, 40, seed=5)
    with database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, study, year)
        own = {"study_id": study, "year": year, "instrument_hash": instrument.hash, "seed": 0, "consent_version": "1"}
        rows = [{**{k: one[k] for k in KEPT}, **own, "case_id": uuid.uuid4(), "last_page": None} for one in records]
        cases.insert_cases(session, [{**row, "started_on": clock.today()} for row in rows])
    data = LiveWaves(database, InstrumentLibrary(database)).data(study, year)
    assert _texts(data.dataset) == {}
    with pytest.raises(ValueError, match="left in the database"):
        list(open_lines(instrument, data.dataset, Words("nl")))
    with database.read() as session:
        expected = _texts(extract(instrument, cases_of_wave(session, study, year)))
    read = with_texts(database, data)
    found = _texts(read.dataset)
    assert found == expected
    assert sum(map(len, found.values())) > 20
    assert len(list(open_lines(instrument, read.dataset, Words("nl")))) == sum(map(len, found.values()))

    gone = next(iter(found[max(found, key=lambda name: len(found[name]))]))
    with database.write() as session:
        cases.change(session, study, uuid.UUID(gone), {"answers": {}, "state": "withdrawn"})
    assert gone not in {case for by_case in _texts(with_texts(database, data).dataset).values() for case in by_case}
