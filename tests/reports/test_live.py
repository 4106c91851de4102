from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from surveyapp import clock
from surveyapp.analysis.columns import CodeColumn
from surveyapp.analysis.dataset import Dataset
from surveyapp.errors import NotFound, StorageBusy
from surveyapp.fieldwork import interviews, waves
from surveyapp.fieldwork.arrivals import declare_sources
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import close_wave, wave_info
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.reports.case_store import CaseStore
from surveyapp.reports.extract import extract
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import cases
from surveyapp.storage.case_feed import CaseFeed
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave, small_instrument
from tests.reports.waves import random_records, real_instrument, record
from tests.web.console.curious_wave import COURSE, somebody
from tests.web.console.curious_wave import YEAR as COURSE_YEAR

COURSE_FOLDER = Path(__file__).parents[2] / "instruments" / COURSE


def _contents(dataset: Dataset) -> dict[str, list[Any]]:
    """Every case by its id, in words that can be compared whatever the order and the positions of sources; no texts."""
    found: dict[str, list[Any]] = {}
    for case, name in enumerate(dataset.ids.tolist()):
        answers: list[Any] = []
        for column in (dataset.columns[variable] for variable in dataset.columns if variable not in dataset.names):
            arrays = [array for array in column.arrays().values() if array.dtype != object]
            answers += [repr(np.asarray(array[case]).tolist()) for array in arrays]
        known = [names[dataset.codes(name)[case]] for name, names in dataset.names.items()]
        where = (*known, int(dataset.state[case]))
        found[name] = [where, int(dataset.seconds[case]), answers]
    return found


def test_a_store_that_was_fed_bit_by_bit_holds_what_one_reading_gives() -> None:
    instrument, random = real_instrument(), Random(4)
    records = random_records(instrument, 600, seed=21)
    store = CaseStore(instrument)
    current: dict[uuid.UUID, dict[str, Any]] = {}
    for start in range(0, len(records), 100):
        changed = records[start : start + 100]
        for one in random.sample(list(current.values()), min(len(current), 90)):
            fate = random.choice([{"state": "complete"}, {"state": "withdrawn"}, {"seconds": 5}, {"state": "erased"}])
            changed.append({**one, **fate, "revision": one["revision"] + 1})
        for one in changed:
            current[one["case_id"]] = one
        for _ in range(2):  # at least once is as good as once
            assert store.take_in(changed)
        expected = extract(instrument, list(current.values()))
        assert len(store) == expected.n
        assert _contents(store.dataset(("nieuwsbrief", "partner"))) == _contents(expected)


def test_a_dataset_that_was_handed_out_stays_as_it_was() -> None:
    instrument = small_instrument()
    store = CaseStore(instrument)
    store.take_in([record(instrument, number, "contractor", {"v1": 1}) for number in range(300)])
    before = store.dataset()
    for round_ in range(2, 12):
        changed = [record(instrument, n, "manager", {"v1": 2}, revision=round_) for n in range(0, 300, 2)]
        store.take_in([*changed, record(instrument, 1000 * round_, "contractor", {"v1": 2})])
    assert before.n == 300
    assert before.codes("v1").tolist() == [1] * 300
    assert before.has("role", "contractor").all()
    after = store.dataset()
    assert (after.n, int((after.codes("v1") == 2).sum())) == (310, 160)


def test_a_case_that_cannot_be_read_leaves_the_store_as_it_was() -> None:
    instrument = small_instrument()
    store = CaseStore(instrument)
    good = record(instrument, 1, "contractor", {"v1": 1})
    store.take_in([good])
    with pytest.raises(KeyError):
        store.take_in([{**good, "revision": 2, "instrument_hash": "f" * 64}], {}.__getitem__)
    assert store.dataset().codes("v1").tolist() == [1]
    assert store.take_in([{**good, "revision": 2, "answers": {"v1": 2}}])
    assert store.dataset().codes("v1").tolist() == [2]


def _live(database: Database, instrument: Instrument) -> tuple[LiveWaves, InstrumentLibrary]:
    library = InstrumentLibrary(database)
    # The small instrument is no file: it is put where a parsed one would be.
    library._kept.get((instrument.study.id, instrument.hash), lambda: instrument)
    return LiveWaves(database, library), library


def _answer(database: Database, instrument: Instrument, value: int, *, send: bool = True) -> None:
    with database.write() as session:
        wave = wave_info(session, STUDY, YEAR)
        case, _ = interviews.begin(session, wave, instrument, "contractor", "nl", "open", "phone")
        saved = interviews.save_page(
            session, case, "p1", {"v1": value}, expected_seq=0, client_key=uuid.uuid4().hex, language="nl", seconds=9,
            prompts=0,
        )  # fmt: skip
        if send:
            interviews.send(session, saved.case, {"v1": value})


def test_what_was_answered_stands_in_the_data_at_the_next_look(database: Database) -> None:
    instrument = small_instrument()
    running_wave(database, instrument)
    live, _ = _live(database, instrument)
    assert live.data(STUDY, YEAR).dataset.n == 0
    _answer(database, instrument, 1)
    _answer(database, instrument, 2, send=False)
    data = live.data(STUDY, YEAR)
    assert sorted(data.dataset.codes("v1").tolist()) == [1, 2]
    assert data.dataset.complete().codes("v1").tolist() == [1]
    assert data.instrument is instrument


def test_names_stand_as_they_were_declared_and_tell_nothing_of_who_came(database: Database) -> None:
    """They stood in the order of arrival, with those of whom one had only begun, and otherwise on each server."""
    instrument = small_instrument()
    wave = running_wave(database, instrument)
    early, late = _live(database, instrument)[0], _live(database, instrument)[0]

    def come(source: str, device: str, language: str = "nl") -> None:
        with database.write() as session:
            case, _ = interviews.begin(session, wave, instrument, "manager", language, source, device)
            interviews.save_page(
                session, case, "p1", {"v1": 1}, expected_seq=0, client_key=uuid.uuid4().hex, language=language
            )

    with database.write() as session:
        declare_sources(session, STUDY, YEAR, ["zeta", "alfa"])
    assert early.data(STUDY, YEAR).dataset.names["source"] == ("open", "alfa", "zeta")
    come("zeta", "desktop", "en")
    early.data(STUDY, YEAR)
    with database.write() as session:
        declare_sources(session, STUDY, YEAR, ["beta", "nobody"])
    come("beta", "phone")
    come("nobody-declared-this", "phone")
    for process in (early, late):
        for data in (process.data(STUDY, YEAR), process.published(STUDY, YEAR)):
            assert data.dataset.names == {
                "role": ("contractor", "manager"),
                "language": ("nl", "en"),
                "source": ("open", "alfa", "beta", "nobody", "zeta"),
                "device": ("phone", "tablet", "desktop", "unknown"),
            }
        cases = process.data(STUDY, YEAR).dataset
        came = {name: int(cases.has("source", name).sum()) for name in cases.names["source"]}
        assert came == {"open": 1, "alfa": 0, "beta": 1, "nobody": 0, "zeta": 1}
        assert (int(cases.has("device", "phone").sum()), int(cases.has("language", "en").sum())) == (2, 1)


def test_the_version_changes_only_when_something_changed_and_the_stand_goes_on(database: Database) -> None:
    instrument = small_instrument()
    running_wave(database, instrument)
    live, _ = _live(database, instrument)
    start = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with clock.stopped_at(start):
        first = live.data(STUDY, YEAR)
    with clock.stopped_at(start + timedelta(minutes=1)):
        again = live.data(STUDY, YEAR)
    assert (first.version, first.stand) == (again.version, again.stand - timedelta(minutes=1))
    _answer(database, instrument, 1)
    assert live.data(STUDY, YEAR).version == first.version + 1
    assert live.data(STUDY, YEAR).version == first.version + 1


def test_the_data_of_a_closed_wave_stand_at_its_closing(sqlite_database: Database) -> None:
    instrument = small_instrument()
    running_wave(sqlite_database, instrument)
    closing, later = datetime(2026, 12, 19, 9, 0, tzinfo=UTC), datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
    with clock.stopped_at(closing), sqlite_database.write() as session:
        close_wave(session, STUDY, YEAR)
    with clock.stopped_at(later):
        live, _ = _live(sqlite_database, instrument)
        assert live.data(STUDY, YEAR).stand == closing


def test_answers_to_a_wave_in_test_do_not_count(sqlite_database: Database) -> None:
    instrument = small_instrument()
    running_wave(sqlite_database, instrument, state="test")
    live, _ = _live(sqlite_database, instrument)
    _answer(sqlite_database, instrument, 1)
    data = live.data(STUDY, YEAR)
    assert (data.dataset.n, data.version) == (0, 1)


def test_many_threads_look_while_answers_come_in(database: Database) -> None:
    instrument = small_instrument()
    running_wave(database, instrument)
    live, _ = _live(database, instrument)
    with ThreadPoolExecutor(6) as pool:
        looks = []
        for number in range(12):
            _answer(database, instrument, 1 + number % 2)
            looks += [pool.submit(live.data, STUDY, YEAR) for _ in range(5)]
        seen = [
            (data.version, data.dataset.n, int((data.dataset.codes("v1") > 0).sum()))
            for data in (f.result() for f in looks)
        ]
    assert all(n == answered for _, n, answered in seen)
    sizes: dict[int, set[int]] = {}
    for version, n, _ in seen:
        sizes.setdefault(version, set()).add(n)
    assert all(len(found) == 1 for found in sizes.values())  # one version, one set of cases
    assert live.data(STUDY, YEAR).dataset.n == 12


def test_a_look_that_failed_half_way_is_made_up_for_by_the_next(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who went before the second look would else stand among the figures for good: no feed knew of them."""
    instrument = small_instrument()
    running_wave(sqlite_database, instrument)
    live, _ = _live(sqlite_database, instrument)
    _answer(sqlite_database, instrument, 1)
    assert live.data(STUDY, YEAR).dataset.n == 1
    held = live._waves[STUDY, YEAR].held
    with monkeypatch.context() as broken:
        broken.setattr(CaseFeed, "look", lambda *_: (_ for _ in ()).throw(StorageBusy("locked", "locked")))
        with pytest.raises(StorageBusy):
            live.data(STUDY, YEAR)
    assert live._waves[STUDY, YEAR].held is held, "a database that was away for a moment costs no reading anew"
    _answer(sqlite_database, instrument, 2)
    with monkeypatch.context() as broken:
        broken.setattr(CaseFeed, "keep", lambda *_: (_ for _ in ()).throw(StorageBusy("locked", "locked")))
        with pytest.raises(StorageBusy):
            live.data(STUDY, YEAR)
    with sqlite_database.write() as session:
        session.execute(cases.CASES.delete())
    assert live.data(STUDY, YEAR).dataset.n == 0


def test_a_wave_that_is_not_there_is_not_found_and_not_kept(sqlite_database: Database) -> None:
    live = LiveWaves(sqlite_database, InstrumentLibrary(sqlite_database))
    with pytest.raises(NotFound, match="nergens 1999"):
        live.data("nergens", 1999)
    assert not live._waves


def test_an_empty_wave_has_columns_without_cases() -> None:
    dataset = CaseStore(small_instrument()).dataset()
    column = dataset.columns["v1"]
    assert isinstance(column, CodeColumn)
    assert (dataset.n, len(column.values)) == (0, 0)


def test_a_process_that_slept_through_a_closing_takes_no_step_of_before_for_one_of_now(database: Database) -> None:
    """Steps are numbered anew after it: 8 people followed where two processes meant other first steps."""
    instrument, random = load_instrument(COURSE_FOLDER, COURSE_YEAR), Random(5)
    library = InstrumentLibrary(database)
    sleeper, awake = LiveWaves(database, library), LiveWaves(database, library)

    def shown(process: LiveWaves) -> set[str]:
        return {str(case) for case in process.published(COURSE, COURSE_YEAR).cases().ids}

    def come(many: int) -> None:
        with database.write() as session:
            cases.insert_cases(session, [somebody(instrument, random) for _ in range(many)])

    with database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, COURSE, COURSE_YEAR)
    come(40)
    assert 10 <= len(shown(sleeper)) <= 20
    come(15)
    with database.write() as session:
        waves.close_wave(session, COURSE, COURSE_YEAR)
    everybody = shown(awake)
    assert len(everybody) == 55
    with database.write() as session:
        waves.open_wave(session, COURSE, COURSE_YEAR)
    assert shown(sleeper) == everybody
    for _ in range(4):
        come(12)
        first, second = shown(sleeper), shown(awake)
        assert first == second
        assert first == everybody or len(first ^ everybody) >= instrument.study.threshold
        everybody = first
