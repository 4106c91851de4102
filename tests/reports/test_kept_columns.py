"""Large waves stand on disk as columns: a start reads them, and nothing of who took answers back stays in them."""

from __future__ import annotations

import fcntl
import random
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from surveyapp.fieldwork import case_state, clearing, continuing, interviews, link_cutting, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.reports import keeper, kept_columns
from surveyapp.reports.case_store import CaseStore
from surveyapp.reports.extract import extract
from surveyapp.reports.held_wave import HeldWave
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import cases
from surveyapp.storage.case_feed import case_ids, keys_of
from surveyapp.storage.column_files import column_file, forget_all
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave, small_instrument
from tests.fieldwork.lines import lines_of
from tests.reports.test_live import _contents
from tests.reports.waves import random_records, real_instrument, record


@pytest.fixture
def kept(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Database]:
    """A database beside which even a wave of a few stands on disk."""
    monkeypatch.setattr(kept_columns, "LEAST", 3)
    monkeypatch.setattr(kept_columns, "LEFT_OUT", 0)
    monkeypatch.setattr(keeper, "AGAIN", 0.0)
    sqlite_database.columns = tmp_path / "columns"
    yield sqlite_database
    _wait()


def _wait() -> None:
    for thread in threading.enumerate():
        if thread.name == "columns":
            thread.join()


class Process:
    """What a process that starts now sees; ``read`` are the cases it had to ask the database for."""

    def __init__(self, database: Database, mode: str = "anonymous") -> None:
        library = InstrumentLibrary(database)
        library.get = lambda *_: small_instrument(mode=mode)  # type: ignore[method-assign]  # it has no documents
        self.database, self.live = database, LiveWaves(database, library)

    def look(self) -> dict[str, Any]:
        data = self.live.data(STUDY, YEAR)
        with self.database.read() as session:
            lines = lines_of(self.live.cases(session, STUDY, YEAR))
        _wait()
        return {"figures": _contents(data.dataset), "lines": lines}


def _come(database: Database, many: int, source: str = "open") -> list[case_state.CaseState]:
    made = []
    with database.write() as session:
        wave = waves.wave_info(session, STUDY, YEAR)
        for number in range(many):
            case, _ = interviews.begin(session, wave, small_instrument(), "contractor", "nl", source, "phone")
            case = interviews.save_page(
                session, case, "p1", {"v1": 1 + number % 2}, expected_seq=0, client_key=uuid.uuid4().hex, language="nl",
                seconds=7 + number,
            ).case  # fmt: skip
            made.append(interviews.send(session, case) if number % 3 else case)
    return made


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many cases each block held that was read from the database."""
    found: list[int] = []
    blocks = HeldWave.take_in

    def counted(held: HeldWave, session: Any, version_of: Any) -> bool:
        found.append(len(held.feed.look(session).fresh))
        return blocks(held, session, version_of)

    monkeypatch.setattr(HeldWave, "take_in", counted)
    return found


def test_a_start_reads_only_what_changed_since_and_sees_the_same(kept: Database, reads: list[int]) -> None:
    running_wave(kept, small_instrument())
    _come(kept, 20)
    first = Process(kept).look()
    assert len(first["lines"]) == 20
    reads.clear()
    assert Process(kept).look() == first
    assert reads[0] == 0
    _come(kept, 1)
    reads.clear()
    assert len(Process(kept).look()["lines"]) == 21
    assert reads[0] == 1


def test_nobody_else_may_read_it(kept: Database) -> None:
    running_wave(kept, small_instrument())
    _come(kept, 5)
    Process(kept).look()
    assert kept.columns is not None
    assert [oct(path.stat().st_mode & 0o777) for path in (kept.columns, *kept.columns.iterdir())] == [
        "0o700", "0o600", "0o600",
    ]  # fmt: skip


@pytest.mark.parametrize("damage", ["cut off", "a byte", "empty", "no file of ours", "another program"])
def test_what_cannot_be_used_is_made_anew(
    damage: str, kept: Database, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    running_wave(kept, small_instrument())
    _come(kept, 20)
    first = Process(kept).look()
    file = column_file(kept.columns or Path(), STUDY, YEAR)
    held = file.read_bytes()
    spoilt = {
        "cut off": held[: len(held) // 2],
        "a byte": held.replace(_held(kept)["marks"].tobytes(), bytes(80)),
        "empty": b"",
        "no file of ours": b"SQLite format 3\0" * 100,
        "another program": held,
    }[damage]
    file.write_bytes(spoilt)
    if damage == "another program":
        monkeypatch.setattr(kept_columns, "program", lambda: "f" * 64)
    reads.clear()
    assert Process(kept).look() == first
    assert reads[0] == 20
    reads.clear()
    assert Process(kept).look() == first
    assert reads[0] == 0, "it was not put on disk again"


def test_another_questionnaire_is_read_anew(tmp_path: Path) -> None:
    kept_columns.write(tmp_path, "s", 2026, "a" * 64, [("keys", np.zeros(3, dtype="S16"))])
    assert kept_columns.read(tmp_path, "s", 2026, "a" * 64) is not None
    assert kept_columns.read(tmp_path, "s", 2026, "b" * 64) is None
    column_file(tmp_path, "s", 2026).rename(column_file(tmp_path, "s", 2025))
    assert kept_columns.read(tmp_path, "s", 2025, "a" * 64) is None


def test_two_processes_never_write_at_once(tmp_path: Path) -> None:
    with column_file(tmp_path, "s", 2026).with_suffix(".lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert not kept_columns.write(tmp_path, "s", 2026, "a" * 64, [])
    assert kept_columns.write(tmp_path, "s", 2026, "a" * 64, [])
    assert {path.suffix for path in tmp_path.iterdir()} == {".columns", ".lock"}


def _held(database: Database) -> dict[str, Any]:
    """What stands in the file."""
    with column_file(database.columns or Path(), STUDY, YEAR).open("rb") as source, np.load(source) as held:
        return dict(held)


def _bytes(folder: Path | None) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir()) if folder is not None and folder.exists() else b""


@pytest.mark.parametrize("act", [continuing.withdraw, continuing.erase])
def test_who_takes_answers_back_stands_on_no_disk_from_then_on(act: Any, kept: Database) -> None:
    running_wave(kept, small_instrument())
    gone, *_ = _come(kept, 20)
    process = Process(kept)
    process.look()
    answered = _held(kept)
    place = case_ids(answered["store/keys"]).index(gone.case_id)
    assert answered["store/v1/values"][place] == 1
    killed = column_file(kept.columns or Path(), STUDY, YEAR).with_suffix(".part")
    killed.write_bytes(b"half of what stood there")
    with kept.write() as session:
        act(session, gone)
    assert {path.suffix for path in (kept.columns or Path()).iterdir()} == {".lock"}
    process.look()
    answered = _held(kept)
    assert gone.case_id not in case_ids(answered["store/keys"])
    assert (gone.case_id in case_ids(answered["lines/keys"])) == (act is continuing.withdraw)  # that it withdrew
    assert not answered["lines/saved/p1"][answered["lines/keys"] == gone.case_id.bytes].any()


def test_an_act_that_is_rolled_back_removes_nothing(kept: Database) -> None:
    running_wave(kept, small_instrument())
    stays, *_ = _come(kept, 20)
    Process(kept).look()
    with suppress(ZeroDivisionError), kept.write() as session:
        continuing.withdraw(session, stays)
        raise ZeroDivisionError
    assert column_file(kept.columns or Path(), STUDY, YEAR).exists()


def test_who_chooses_another_role_takes_no_file_of_everybody_along(kept: Database) -> None:
    running_wave(kept, small_instrument())
    _come(kept, 20)
    process = Process(kept)
    with kept.write() as session:
        wave = waves.wave_info(session, STUDY, YEAR)
        undecided, _ = interviews.begin(session, wave, small_instrument(), "manager", "nl", "open", "phone")
    before = process.look()
    assert column_file(kept.columns or Path(), STUDY, YEAR).exists()
    with kept.write() as session:
        assert continuing.start_over(session, undecided, "p1")
    assert column_file(kept.columns or Path(), STUDY, YEAR).exists()
    after = Process(kept).look()
    assert before["figures"].keys() - after["figures"].keys() == {str(undecided.case_id)}


@pytest.mark.parametrize("act", [continuing.withdraw, continuing.erase])
def test_a_folder_in_which_nothing_can_be_removed_stops_nobody_from_taking_answers_back(
    act: Any, sqlite_database: Database, tmp_path: Path
) -> None:
    """It was committed, and answered as a fault."""
    (tmp_path / "no-folder").touch()
    sqlite_database.columns = tmp_path / "no-folder"
    running_wave(sqlite_database, small_instrument())
    gone, *_ = _come(sqlite_database, 3)
    with capture_logs() as logged, sqlite_database.write() as session:
        act(session, gone)
    assert {line["event"] for line in logged} == {"columns_not_removed"}
    assert Process(sqlite_database).live.data(STUDY, YEAR).dataset.n == 2


@pytest.mark.parametrize("fault", [PermissionError("of another"), RuntimeError("grew"), MemoryError()])
def test_figures_stand_whatever_becomes_of_the_file(
    fault: Exception, kept: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    running_wave(kept, small_instrument())
    _come(kept, 20)

    def fails(*_: Any) -> Any:
        raise fault

    monkeypatch.setattr(kept_columns, "write", fails)
    with capture_logs() as logged:
        assert len(Process(kept).look()["lines"]) == 20
    assert {(line["event"], line["fault"]) for line in logged} == {("columns_not_kept", type(fault).__name__)}
    if isinstance(fault, PermissionError):
        monkeypatch.setattr(Path, "exists", fails)
        assert len(Process(kept).look()["lines"]) == 20


def test_who_takes_answers_back_while_the_file_is_made_does_not_stay_in_it(
    kept: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    running_wave(kept, small_instrument())
    gone, *_ = _come(kept, 20)
    write = kept_columns.write

    def slow(*given: Any) -> bool:
        with kept.write() as session:
            continuing.withdraw(session, gone)
        return write(*given)

    monkeypatch.setattr(kept_columns, "write", slow)
    Process(kept).look()
    assert not column_file(kept.columns or Path(), STUDY, YEAR).exists()


def _close(database: Database) -> None:
    with database.write() as session:
        waves.close_wave(session, STUDY, YEAR)


def _cut(database: Database) -> None:
    _close(database)
    Process(database, mode="confidential").look()
    assert column_file(database.columns or Path(), STUDY, YEAR).exists()
    with database.write() as session:
        instrument = small_instrument(mode="confidential")
        link_cutting.cut_links(session, STUDY, YEAR, "somebody", instrument=instrument)


def _clear(database: Database) -> None:
    with database.write() as session:
        clearing.remove_tests(session, STUDY, YEAR, "somebody")


def _restore(database: Database) -> None:
    forget_all(database.columns)  # `surveyapp db restore`


@pytest.mark.parametrize("act", [_close, _cut, _clear, _restore])
def test_other_acts_that_take_something_away_take_the_file_along(act: Any, kept: Database) -> None:
    mode = "confidential" if act is _cut else "anonymous"
    running_wave(kept, small_instrument(mode=mode), state="test" if act is _clear else "open")
    _come(kept, 20)
    Process(kept, mode).look()
    assert column_file(kept.columns or Path(), STUDY, YEAR).exists()
    act(kept)
    assert not column_file(kept.columns or Path(), STUDY, YEAR).exists()


def test_a_file_of_another_past_is_never_believed(kept: Database) -> None:
    """A database that was restored: its counters can come to where they were before, and its cases are others."""
    running_wave(kept, small_instrument())
    _come(kept, 20)
    Process(kept).look()
    with kept.write() as session:
        for row in session.execute(cases.CASES.select()).all():
            values = {"answers": {"v1": 2}, "mark": row.mark ^ 1}
            session.execute(cases.CASES.update().where(cases.CASES.c.case_id == row.case_id).values(**values))
    found = Process(kept).look()["figures"]
    assert {tuple(answers[:1]) for _, _, answers in found.values()} == {("2",)}


def test_who_is_not_in_the_file_yet_stands_among_others_that_chance_left_out(
    kept: Database, monkeypatch: pytest.MonkeyPatch, reads: list[int]
) -> None:
    """Else the file of an open wave, laid beside its database, tells who came last."""
    monkeypatch.setattr(kept_columns, "LEFT_OUT", 12)
    running_wave(kept, small_instrument())
    came = _come(kept, 40)
    first = Process(kept).look()
    drawn = []
    for _ in range(20):
        held = _held(kept)
        assert [len(held[f"{part}keys"]) for part in ("", "store/", "lines/")] == [28, 28, 28]
        drawn.append({case.case_id for case in came} - {*case_ids(held["keys"])})
        column_file(kept.columns or Path(), STUDY, YEAR).unlink()
        Process(kept).look()
    assert all(sum(case.case_id in some for some in drawn) < 20 for case in came)
    assert len(set.union(*drawn)) > 36  # (28/40)^20 = 0.0008 of 40 are in every file
    reads.clear()
    before = column_file(kept.columns or Path(), STUDY, YEAR).stat().st_ino
    assert Process(kept).look() == first
    assert reads[0] == 12
    assert column_file(kept.columns or Path(), STUDY, YEAR).stat().st_ino == before, "nothing changed: it is good yet"
    _come(kept, 7)  # with 12 left out by lot, more than a third of those it lacks came since
    assert len(Process(kept).look()["lines"]) == 47
    assert column_file(kept.columns or Path(), STUDY, YEAR).stat().st_ino != before


def test_when_it_was_made_is_not_written_beside_it(kept: Database) -> None:
    running_wave(kept, small_instrument())
    _come(kept, 5)
    Process(kept).look()
    assert column_file(kept.columns or Path(), STUDY, YEAR).stat().st_mtime == 0


def test_a_small_wave_stands_nowhere_but_in_the_database(kept: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_columns, "LEAST", 21)
    running_wave(kept, small_instrument())
    _come(kept, 20)
    Process(kept).look()
    assert _bytes(kept.columns) == b""


def test_every_shape_of_answer_and_no_text_comes_back() -> None:
    instrument = real_instrument()
    records = random_records(instrument, 300, seed=3)
    records += [record(instrument, 5000, "contractor", {"s_elig": 1, "q_open": "een geheim"}, source="aap")]
    store = CaseStore(instrument)
    dice = random.Random(1)
    for some in (records[200:], records[:200], dice.sample(records, 60)):
        store.take_in([{**one, "seconds": one["seconds"] + 1} for one in some])
    everybody = np.sort(keys_of([one["case_id"] for one in records]))
    arrays = dict(store.arrays(everybody))
    assert arrays["keys"].tolist() == sorted(arrays["keys"].tolist())
    assert all(array.dtype != object for array in arrays.values())
    again = CaseStore.of(instrument, arrays, {}.__getitem__)
    assert _contents(again.dataset()) == _contents(store.dataset())
    for held in (store, again):
        held.take_in([{**one, "state": "complete"} for one in records[:50]])
        assert held.take_in((), gone=keys_of([records[7]["case_id"]]))
    assert _contents(again.dataset()) == _contents(store.dataset())
    assert extract(instrument, records).n - 1 == len(again)


def test_nothing_in_the_file_tells_in_which_order_people_came(kept: Database) -> None:
    running_wave(kept, small_instrument())
    came: list[uuid.UUID] = []
    process = Process(kept)
    with kept.write() as session:
        from surveyapp.fieldwork.arrivals import declare_sources

        declare_sources(session, STUDY, YEAR, ("zee", "berg", "hei"))
    for source in ("zee", "open", "hei", "berg") * 5:
        came += [case.case_id for case in _come(kept, 3, source)]
        process.look()
    forget_all(kept.columns)
    _come(kept, 1)
    process.look()
    held = _held(kept)
    for keys in ("keys", "store/keys", "lines/keys"):
        assert held[keys].tolist() == sorted(held[keys].tolist())
    for names in ("store/source/values.names", "lines/source.names", "lines/stopped.names"):
        assert held[names].tolist() == sorted(held[names].tolist())
    place = {case.bytes: at for at, case in enumerate(came)}
    known = [at for at, key in enumerate(held["keys"].tolist()) if key.ljust(16, b"\0") in place]
    whose = [place[held["keys"].tolist()[at].ljust(16, b"\0")] for at in known]
    from tests.fieldwork.test_no_order import _close as close

    for name, array in held.items():
        if array.shape == held["keys"].shape and not name.endswith(("source/values", "lines/source")):
            values = [array.tolist()[at] for at in known]
            assert close(values, whose)[1] < 4.5 / (len(whose) - 1) ** 0.5, name
