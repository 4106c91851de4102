"""Files made by the worker: whole or not at all, told as they go, taken up again when it dies, kept for a week."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from surveyapp import clock
from surveyapp.cli import db_check, main
from surveyapp.errors import ExportError, NotFound, StorageBusy, StorageError
from surveyapp.exports import registry
from surveyapp.fieldwork import waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.loader import load_instrument
from surveyapp.jobs import exports, queue
from surveyapp.jobs.export_making import PIECE, ExportMaker
from surveyapp.jobs.exports import CUT_OFF, KEPT
from surveyapp.jobs.queue import Jobs
from surveyapp.jobs.worker import Worker
from surveyapp.storage import audit, job_queue, made_files
from surveyapp.storage.clearing import delete_wave
from surveyapp.storage.database import Database
from surveyapp.storage.job_queue import ATTEMPTS, SILENCE
from surveyapp.storage.made_files import MadeFile
from tests.instrument.definitions import definition, write

STUDY, YEAR = "kinds", 2026


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Database:
    return furnished(database, tmp_path)


@pytest.fixture
def small_office(sqlite_database: Database, tmp_path: Path) -> Database:
    """The same where the kind of database does not matter."""
    return furnished(sqlite_database, tmp_path)


def furnished(database: Database, folder: Path) -> Database:
    instrument = load_instrument(write(folder / "kinds", definition("kinds")), YEAR)
    with database.write() as session:
        waves.create_wave(session, instrument)
    return database


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Path], object]], None]:
    """Let this write the file in the place of the registry."""
    monkeypatch.setattr(registry, "gather", lambda *_, **__: None)
    monkeypatch.setattr(registry, "name_of", lambda *_: "made.xlsx")

    def by(work: Callable[[Path], object]) -> None:
        monkeypatch.setattr(registry, "write", lambda _kind, _source, path, _language: work(path))

    return by


def asked(database: Database, language: str = "nl") -> MadeFile:
    with database.write() as session:
        return exports.ask(session, STUDY, YEAR, "report", language, "e@example.org")


def found(database: Database, file: MadeFile) -> MadeFile:
    with database.read() as session:
        return exports.file_of(session, STUDY, YEAR, file.id)


def at_work(database: Database, folder: Path) -> tuple[Jobs, ExportMaker]:
    jobs = Jobs(database)
    maker = ExportMaker(database, InstrumentLibrary(database), jobs.worker, folder)
    jobs.learn(maker.make_file)
    return jobs, maker


def content(database: Database, file: MadeFile) -> bytes:
    return b"".join(exports.content(database, found(database, file)))


def rows(database: Database, table: Any) -> int:
    with database.read() as session:
        return len(session.connection().execute(table.select()).all())


def test_a_file_of_several_pieces_is_made_by_the_worker_and_handed_over_whole(
    office: Database, tmp_path: Path, writing: Any
) -> None:
    whole = os.urandom(PIECE) + b"the rest"
    writing(lambda path: path.write_bytes(whole))
    file = asked(office)
    assert found(office, file).state == "queued"
    with pytest.raises(NotFound):
        content(office, file)

    assert at_work(office, tmp_path / "making")[0].once() == 1

    made = found(office, file)
    assert (made.state, made.percent, made.size) == ("ready", 100, len(whole))
    assert made.sha256 == hashlib.sha256(whole).hexdigest()
    assert content(office, file) == whole
    assert rows(office, job_queue.JOBS) == 0
    assert list((tmp_path / "making").iterdir()) == []


def test_while_a_file_is_being_made_progress_is_told_and_nothing_is_offered(
    small_office: Database, tmp_path: Path, writing: Any
) -> None:
    half_way, go_on = threading.Event(), threading.Event()

    def work(path: Path) -> None:
        half_way.set()
        go_on.wait(20)
        path.write_bytes(b"whole")

    writing(work)
    file = asked(small_office)
    jobs = at_work(small_office, tmp_path / "making")[0]
    with jobs.going_on():
        assert half_way.wait(20)
        assert (found(small_office, file).state, found(small_office, file).percent) == ("running", 30)
        with pytest.raises(NotFound):
            content(small_office, file)
        with small_office.read() as session:
            assert job_queue.workers(session) == [jobs.worker]
        assert at_work(small_office, tmp_path / "making")[0].once() == 0  # it is one worker's only
        go_on.set()
    assert content(small_office, file) == b"whole"
    with small_office.read() as session:
        assert job_queue.workers(session) == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ExportError("There is no study %(study)s.", study="x"), "Er is geen onderzoek x."),
        (ExportError("In no catalogue."), ""),
        (ValueError("secret"), ""),
    ],
)
def test_a_failure_leaves_nothing_and_tells_only_our_own_reasons(
    small_office: Database, tmp_path: Path, writing: Any, error: Exception, reason: str
) -> None:
    def work(path: Path) -> None:
        path.write_bytes(b"half")
        raise error

    writing(work)
    file = asked(small_office)
    at_work(small_office, tmp_path / "making")[0].once()

    assert (found(small_office, file).state, found(small_office, file).reason) == ("failed", reason)
    assert rows(small_office, made_files.PARTS) == rows(small_office, job_queue.JOBS) == 0
    assert list((tmp_path / "making").iterdir()) == []


def test_what_failed_because_the_database_was_away_is_tried_again_and_then_given_up(
    office: Database, tmp_path: Path, writing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def work(_path: Path) -> None:
        tries.append(1)
        raise StorageBusy("The database is away.", "unreachable")

    writing(work)
    file = asked(office)
    jobs = at_work(office, tmp_path / "making")[0]
    assert jobs.once() == 1
    assert jobs.once() == 0  # not at once
    monkeypatch.setattr(queue.JobStorage, "add_to_schedule", lambda self, data, _ts: self.enqueue(data))
    with office.write() as session:
        session.connection().execute(job_queue.JOBS.update().values(due_at=clock.now() - timedelta(minutes=1)))
    jobs.once()
    assert len(tries) == ATTEMPTS
    exports.tidy(office)
    assert (found(office, file).state, found(office, file).reason) == ("failed", CUT_OFF)
    assert rows(office, job_queue.JOBS) == 0


def test_many_files_and_two_workers_make_each_file_once(office: Database, tmp_path: Path, writing: Any) -> None:
    made: list[str] = []

    def work(path: Path) -> None:
        made.append(path.parent.name.partition("-")[0])
        path.write_bytes(b"whole")
        time.sleep(0.05)

    writing(work)
    files = [asked(office) for _ in range(12)]
    first, second = (at_work(office, tmp_path / "making")[0] for _ in range(2))
    with first.going_on(), second.going_on():
        ends = time.monotonic() + 60
        while rows(office, job_queue.JOBS) and time.monotonic() < ends:
            time.sleep(0.05)
    assert len(made) == len(files)
    assert set(made) == {first.worker, second.worker}
    assert {content(office, file) for file in files} == {b"whole"}
    assert [file.version for file in files] == list(range(1, 13))


def test_the_version_goes_on_where_the_file_before_is_no_longer_kept(small_office: Database) -> None:
    """What the console notes when somebody asks outlives the file."""
    before = asked(small_office)
    with small_office.write() as session:
        audit.add(session, "e@example.org", "export.report", f"{STUDY} {YEAR}", {"file": before.name})
    with clock.stopped_at(clock.now() + KEPT + timedelta(minutes=1)):
        exports.tidy(small_office)
        assert rows(small_office, made_files.FILES) == 0
        assert asked(small_office).name.startswith(f"{STUDY}-{YEAR}-report-nl-v2-")
        assert asked(small_office, "en").version == 1  # another file has numbers of its own


def test_a_file_is_named_after_the_data_it_holds(
    small_office: Database, tmp_path: Path, writing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "name_of", lambda key, _source, language: f"{key}-{language}-v1-20251219.xlsx")
    writing(lambda path: path.write_bytes(b"whole"))
    file = asked(small_office)
    assert file.name != "report-nl-v1-20251219.xlsx"
    jobs, _ = at_work(small_office, tmp_path / "making")
    jobs.once()
    assert found(small_office, file).name == "report-nl-v1-20251219.xlsx"


def test_no_copy_of_the_database_holds_files_or_who_makes_them(
    office: Database, tmp_path: Path, writing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing(lambda path: path.write_bytes(b"kept for a week"))
    asked(office)
    at_work(office, tmp_path / "making")[0].once()
    asked(office)
    with office.write() as session:
        job_queue.beat(session, "w1", ())
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", office.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SURVEYAPP_SECRET_KEY", "a key that is long enough to be one here")
    copy = tmp_path / "copy.sqlite3"
    assert CliRunner().invoke(main, ["db", "backup", str(copy)]).exit_code == 0
    assert b"kept for a week" not in copy.read_bytes()
    with Database(f"sqlite:///{copy}") as taken:
        tables = (made_files.FILES, made_files.PARTS, job_queue.JOBS, job_queue.WORKERS)
        assert [rows(taken, table) for table in tables] == [0, 0, 0, 0]


def fall_silent(database: Database) -> None:
    """As if every worker had said nothing for a while."""
    with database.write() as session:
        long_ago = clock.now() - SILENCE - timedelta(seconds=5)
        session.connection().execute(job_queue.WORKERS.update().values(seen_at=long_ago))


@pytest.mark.slow
def test_what_a_killed_worker_had_in_hand_is_taken_up_by_the_next(
    small_office: Database, tmp_path: Path, writing: Any
) -> None:
    """Killed half-way, a piece written already and a folder left behind."""
    code = (
        "import sys, time; from pathlib import Path; from tests.jobs.test_exports import *\n"
        "database = Database(sys.argv[1]); jobs, maker = at_work(database, Path(sys.argv[2]))\n"
        "registry.gather = lambda *_, **__: None; registry.name_of = lambda *_: 'made.xlsx'\n"
        "def write_half(kind, source, path, language): path.write_bytes(b'half' * PIECE)\n"
        "registry.write = write_half\n"
        "kept = made_files.add_part\n"
        "def once(*values): kept(*values) if values[3] == 0 else (print('begun', flush=True), time.sleep(600))\n"
        "made_files.add_part = once\n"
        "jobs.once()"
    )
    file = asked(small_office)
    command = [sys.executable, "-c", code, str(small_office.url), str(tmp_path / "making")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        os.kill(process.pid, signal.SIGKILL)
    assert found(small_office, file).state == "running"
    assert rows(small_office, made_files.PARTS) == 1
    assert len(list((tmp_path / "making").iterdir())) == 1

    writing(lambda path: path.write_bytes(b"whole"))
    worker = Worker(small_office, InstrumentLibrary(small_office), None, salt="zout" * 8, folder=tmp_path / "making")
    worker.once()
    assert found(small_office, file).state == "running"  # who fell silent a moment ago may still be at it
    fall_silent(small_office)
    worker.once()
    assert content(small_office, file) == b"whole"
    with small_office.read() as session:
        assert job_queue.workers(session) == []
    worker._tidy_files()
    assert list((tmp_path / "making").iterdir()) == []


def test_what_ends_every_worker_is_given_up(office: Database) -> None:
    file = asked(office)
    for number in range(ATTEMPTS):
        with office.write() as session:
            job_queue.beat(session, f"w{number}", ())
            assert job_queue.claim(session, f"w{number}") is not None
        exports.tidy(office)
        assert found(office, file).state == "queued"
        fall_silent(office)
    with office.write() as session:
        assert job_queue.claim(session, "last") is None
    exports.tidy(office)
    assert (found(office, file).state, found(office, file).reason) == ("failed", CUT_OFF)


def test_a_worker_that_was_cut_off_writes_nothing_over_the_file_of_the_next(
    office: Database, tmp_path: Path, writing: Any
) -> None:
    """It comes back while another has made the file."""
    file = asked(office)
    second = at_work(office, tmp_path / "second")[0]

    def slow(path: Path) -> None:
        fall_silent(office)
        writing(lambda place: place.write_bytes(b"of the second"))
        assert second.once() == 1
        path.write_bytes(b"of the first")

    writing(slow)
    assert at_work(office, tmp_path / "first")[0].once() == 1
    assert content(office, file) == b"of the second"
    assert rows(office, job_queue.JOBS) == 0


def test_what_a_worker_claimed_and_has_not_in_hand_is_free_again(office: Database, tmp_path: Path) -> None:
    asked(office)
    jobs = at_work(office, tmp_path)[0]
    jobs.storage.beat()
    task = jobs.dequeue()
    jobs.storage.beat()
    assert jobs.dequeue() is None
    jobs.storage.let_go(task.id)  # as after a fault nobody foresaw
    jobs.storage.beat()
    assert jobs.dequeue().id == task.id


def test_no_worker_has_one_job_twice_however_long_it_takes(
    office: Database, tmp_path: Path, writing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim bears the worker's name: its second thread at the same job would pass for the first."""
    file = asked(office)
    first, second = at_work(office, tmp_path / "first")[0], at_work(office, tmp_path / "second")[0]

    def slow(path: Path) -> None:
        monkeypatch.setattr(queue, "ENDLESS", -1.0)
        first.storage.beat()
        assert first.dequeue() is None
        monkeypatch.undo()
        writing(lambda place: place.write_bytes(b"of the second"))
        assert second.once() == 1
        path.write_bytes(b"of the first")

    monkeypatch.setattr(registry, "gather", lambda *_, **__: None)
    monkeypatch.setattr(registry, "write", lambda _kind, _source, path, _language: slow(path))
    with first._living():
        task = first.dequeue()
        first.execute(task)
    assert content(office, file) == b"of the second"


def test_a_clock_that_was_ahead_for_a_while_leaves_no_worker_that_never_dies_and_no_job_that_waits(
    sqlite_database: Database,
) -> None:
    """On PostgreSQL the moments are the server's."""
    with clock.stopped_at(clock.now() + timedelta(days=365)), sqlite_database.write() as session:
        job_queue.append(session, "one", "words")
        job_queue.append(session, "two", "words")
        job_queue.beat(session, "of next year", [])
        assert job_queue.claim(session, "of next year") == ("one", "words")
    with sqlite_database.write() as session:
        assert job_queue.workers(session) == []
        job_queue.beat(session, "today", [])
        taken = [job_queue.claim(session, "today") for _ in range(3)]
    assert taken == [("one", "words"), ("two", "words"), None]


def test_files_are_kept_for_a_week_and_cleared_away_by_the_worker_not_by_a_look(
    office: Database, tmp_path: Path, writing: Any
) -> None:
    writing(lambda path: path.write_bytes(b"whole"))
    file = asked(office)
    at_work(office, tmp_path / "making")[0].once()
    with clock.stopped_at(clock.now() + KEPT + timedelta(seconds=1)):
        with office.read() as session:
            assert exports.files(session, STUDY, YEAR) == ()
        with pytest.raises(NotFound):
            found(office, file)
        assert rows(office, made_files.PARTS) == 1
        exports.tidy(office)
    assert rows(office, made_files.PARTS) == rows(office, made_files.FILES) == 0


def test_a_wave_goes_with_what_was_made_of_it(office: Database, tmp_path: Path, writing: Any) -> None:
    writing(lambda path: path.write_bytes(b"whole"))
    asked(office)
    at_work(office, tmp_path / "making")[0].once()
    asked(office)
    with office.write() as session:
        delete_wave(session, STUDY, YEAR)
    assert rows(office, made_files.FILES) == rows(office, job_queue.JOBS) == 0


def test_the_check_of_the_database_says_when_files_wait_in_vain(office: Database) -> None:
    assert db_check._worker(office).startswith("none at work")
    with office.write() as session:
        job_queue.beat(session, "w1", ())
    assert db_check._worker(office) == "1 worker at work"
    asked(office)
    with office.write() as session:
        long_ago = clock.now() - timedelta(minutes=6, seconds=5)
        session.connection().execute(job_queue.JOBS.update().values(due_at=long_ago))
    with pytest.raises(StorageError, match=r"has waited for 6 minutes, 1 worker at work; start: surveyapp worker"):
        db_check._worker(office)
    with office.write() as session:
        assert job_queue.claim(session, "w1") is not None
    assert db_check._worker(office) == "1 worker at work"


def test_who_was_cut_off_puts_back_no_job_that_another_has_by_now(database: Database) -> None:
    with database.write() as session:
        job_queue.append(session, "one", "words")
        job_queue.beat(session, "first", [])
        assert job_queue.claim(session, "first") == ("one", "words")
        job_queue.leave(session, "first")
        job_queue.beat(session, "second", [])
        assert job_queue.claim(session, "second") == ("one", "words")
        job_queue.put_back(session, "one", "words", timedelta(), "first")
        assert job_queue.holds(session, "one", "second")
        job_queue.put_back(session, "one", "words", timedelta(), "second")
        assert not job_queue.holds(session, "one", "second")
        assert job_queue.is_due(session, "second")
