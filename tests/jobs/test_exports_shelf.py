"""Files made beside the requests: whole or not at all, told as they go, kept for a week."""

from __future__ import annotations

import hashlib
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from surveyapp import clock
from surveyapp.errors import ExportError, NotFound
from surveyapp.jobs.exports import KEPT, SILENCE, ExportRun, ExportShelf, Tell


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
    ("error", "reason"), [(ExportError("No such table."), "No such table."), (ValueError("secret"), "")]
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


def test_files_are_swept_away_after_a_week(tmp_path: Path) -> None:
    shelf = ExportShelf(tmp_path)
    shelf.start(asked(), lambda path, tell: path.write_bytes(b"whole") and None, wait=10)

    with clock.stopped_at(clock.now() + KEPT + timedelta(seconds=1)):
        assert shelf.runs("study", 2026) == ()

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
