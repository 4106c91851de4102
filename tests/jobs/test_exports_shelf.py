"""Files made beside the requests: whole or not at all, told as they go, kept for a week."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from surveyapp import clock
from surveyapp.errors import ExportError, NotFound
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.jobs.exports import CUT_OFF, KEPT, SILENCE, ExportRun, ExportShelf, Tell
from surveyapp.jobs.worker import Worker
from surveyapp.storage.database import Database


def asked(run_id: str = "a1") -> ExportRun:
    return ExportRun(
        run_id, "study", 2026, "report", "nl", "study-2026-report.xlsx", "e@x.org", clock.now(), clock.now()
    )


def test_a_quick_file_is_ready_when_start_returns(tmp_path: Path) -> None:
    shelf = ExportShelf(tmp_path)

    def make(path: Path, tell: Tell) -> None:
        tell(0.5)
        path.write_bytes(b"whole")

    run = shelf.start(asked(), make, wait=10)

    assert (run.state, run.progress, run.size) == ("ready", 1.0, 5)
    assert run.sha256 == hashlib.sha256(b"whole").hexdigest()
    assert shelf.file(run).read_bytes() == b"whole"


def test_while_a_file_is_being_made_nothing_is_offered_and_progress_is_told(tmp_path: Path) -> None:
    shelf, half_way, go_on = ExportShelf(tmp_path), threading.Event(), threading.Event()

    def make(path: Path, tell: Tell) -> None:
        path.write_bytes(b"half")
        tell(0.5)
        half_way.set()
        go_on.wait(10)
        path.write_bytes(b"whole")

    shelf.start(asked(), make)
    assert half_way.wait(10)
    run = shelf.run("study", 2026, "a1")

    assert (run.state, run.progress) == ("running", 0.5)
    with pytest.raises(NotFound):
        shelf.file(run)
    assert not list(tmp_path.rglob("study-2026-report.xlsx"))
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "export-a1":
            thread.join(10)
    assert shelf.file(shelf.run("study", 2026, "a1")).read_bytes() == b"whole"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ExportError("There is no study %(study)s.", study="x"), "Er is geen onderzoek x."),
        (ExportError("In no catalogue."), ""),
        (ValueError("secret"), ""),
    ],
)
def test_a_failure_leaves_no_file_and_tells_only_our_own_reasons(tmp_path: Path, error: Exception, reason: str) -> None:
    shelf = ExportShelf(tmp_path)

    def make(path: Path, tell: Tell) -> None:
        path.write_bytes(b"half")
        raise error

    run = shelf.start(asked(), make, wait=10)

    assert (run.state, run.reason) == ("failed", reason)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".json"] == []


def test_a_run_whose_process_died_is_reported_as_failed(tmp_path: Path) -> None:
    shelf = ExportShelf(tmp_path)
    shelf._write(asked())

    assert shelf.run("study", 2026, "a1").state == "queued"
    with clock.stopped_at(clock.now() + SILENCE + timedelta(seconds=1)):
        assert shelf.run("study", 2026, "a1").state == "failed"


def test_files_are_kept_for_a_week_and_cleared_away_by_the_worker_not_by_a_look(tmp_path: Path) -> None:
    shelf = ExportShelf(tmp_path)
    shelf.start(asked(), lambda path, tell: path.write_bytes(b"whole") and None, wait=10)
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())

    with clock.stopped_at(clock.now() + KEPT + timedelta(seconds=1)):
        assert shelf.runs("study", 2026) == ()
        assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == files
        assert shelf.tidy() == (0, 1)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_run_that_a_restart_cut_off_is_marked_at_once_with_its_reason(tmp_path: Path) -> None:
    """The process that makes it is killed half-way, and comes back neither by number nor by name."""
    code = (
        "import sys, time; from pathlib import Path; from surveyapp.jobs.exports import ExportShelf;"
        "from tests.jobs.test_exports_shelf import asked\n"
        "def make(path, tell): path.write_bytes(b'half'); tell(0.0); print('begun', flush=True); time.sleep(600)\n"
        "ExportShelf(Path(sys.argv[1])).start(asked(), make, wait=600)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        shelf = ExportShelf(tmp_path)
        assert (shelf.tidy(), shelf.run("study", 2026, "a1").state) == ((0, 0), "running")
        process.kill()

    run = shelf.run("study", 2026, "a1")
    assert (run.state, run.reason) == ("failed", CUT_OFF)
    assert shelf.tidy() == (1, 0)
    assert shelf.tidy() == (0, 0)
    assert shelf.run("study", 2026, "a1").reason == CUT_OFF
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a1.json"]


def test_a_run_of_another_machine_is_given_up_by_its_silence_only(tmp_path: Path) -> None:
    shelf = ExportShelf(tmp_path)
    shelf._write(replace(asked(), state="running", maker="elsewhere 1 1"))
    assert shelf.run("study", 2026, "a1").state == "running"
    with clock.stopped_at(clock.now() + SILENCE + timedelta(seconds=1)):
        assert shelf.run("study", 2026, "a1").reason == CUT_OFF


def test_the_worker_looks_after_the_shelf(tmp_path: Path, sqlite_database: Database) -> None:
    shelf = ExportShelf(tmp_path)
    shelf._write(replace(asked(), state="running", maker=f"{socket.gethostname()} {os.getpid()} 1"))
    worker = Worker(sqlite_database, InstrumentLibrary(sqlite_database), None, salt="salt", shelf=shelf)
    worker.round()
    (told,) = tmp_path.rglob("*.json")
    assert json.loads(told.read_text())["reason"] == CUT_OFF
