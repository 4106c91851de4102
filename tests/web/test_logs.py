"""What an operator reads: whole lines, one reason per refusal, at the level it deserves."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from surveyapp import clock
from surveyapp.errors import StorageBusy
from surveyapp.storage import sqlite
from surveyapp.storage.database import Database
from surveyapp.web import health, logs

WRITERS, LINES = 6, 150
WRITE = """
import sys, threading
from surveyapp.config import Settings
from surveyapp.web import logs
logs.configure(Settings())
def write():
    for number in range(int(sys.argv[1])):
        logs.log.info("request", number=number, route="x" * (number * 37 % 5000))
threads = [threading.Thread(target=write) for _ in range(3)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


@pytest.mark.parametrize("into", ["pipe", "file"])
def test_no_two_lines_of_all_threads_and_processes_ever_run_into_each_other(into: str, tmp_path: Path) -> None:
    """Unbuffered, as service managers like it: there print() wrote the text and the end of the line apart."""
    command = [sys.executable, "-u", "-c", WRITE, str(LINES)]
    if into == "pipe":
        reading, writing = os.pipe()
        processes = [subprocess.Popen(command, stderr=writing) for _ in range(WRITERS)]
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as pipe:
            said = pipe.read()
    else:
        with (tmp_path / "said").open("ab") as file:
            processes = [subprocess.Popen(command, stderr=file) for _ in range(WRITERS)]
            assert [process.wait(120) for process in processes] == [0] * WRITERS
        said = (tmp_path / "said").read_text(encoding="utf-8")
    assert [process.wait(120) for process in processes] == [0] * WRITERS
    assert len([json.loads(line) for line in said.splitlines()]) == WRITERS * 3 * LINES


def told(capsys: pytest.CaptureFixture[str], event: str = "request") -> list[dict[str, Any]]:
    found = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [line for line in found if line["event"] == event]


def counted(app: Flask, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What is told of an hour of respondents' requests."""
    app.extensions["surveyapp.request_counts"].flush()
    return told(capsys, "requests")


@pytest.mark.parametrize(
    ("cause", "level"),
    [("locked", "warning"), ("starting or stopping", "warning"), ("disk full", "error"), ("read only", "error")],
)
def test_a_page_that_could_not_be_saved_says_why_once_and_at_its_level(
    cause: str, level: str, make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    app = make_app(log_level="INFO")

    @app.get("/fails")
    def fails() -> str:
        raise StorageBusy("Words for staff.", cause)

    assert app.test_client().get("/fails").status_code == 503
    (line,) = told(capsys)
    assert (line["kind"], line["cause"], line["level"]) == ("StorageBusy", cause, level)


@pytest.mark.parametrize("address", ["/nowhere", "/nl/onderzoek/none-2026"])
def test_what_respondents_were_refused_for_is_counted_with_its_kind(
    address: str, make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    app = make_app(log_level="INFO")
    assert app.test_client().get(address).status_code == 404
    assert capsys.readouterr().err == "", "a line at once stands among the team's, which have their seconds"
    (line,) = counted(app, capsys)
    assert (line["refused"], line["status"], line["times"], line["level"]) == ("NotFound", 404, 1, "info")


def test_a_refusal_of_the_team_has_its_kind_in_the_line_of_its_request(
    make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    assert make_app(log_level="INFO").test_client().post("/login").status_code == 400
    (line,) = told(capsys)
    assert (line["kind"], line["level"]) == ("CSRFError", "info")


def test_a_post_without_its_token_says_that_it_was_that(
    make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    app = make_app(log_level="INFO")
    assert app.test_client().post("/nl/").status_code in (400, 405)
    (line,) = counted(app, capsys)
    assert line["refused"] in ("CSRFError", "MethodNotAllowed")


def test_no_line_tells_in_which_order_people_came_or_who_of_them(
    make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    """Sixty people in a known order, one in five in English, who do well, get lost, or meet a fault of ours; between
    any two of them somebody of the team is at work. Every line is laid beside what each of them did."""
    app = make_app(log_level="INFO")

    def fails() -> str:
        raise StorageBusy("Words for staff.", "locked")

    for language in ("nl", "en"):
        app.add_url_rule(f"/{language}/fails", f"respondent.fails_{language}", fails)
    dice, moment = random.Random(4), datetime(2026, 11, 3, 9, 1, tzinfo=UTC)
    came: list[tuple[str, str]] = []
    for _ in range(60):
        moment += timedelta(minutes=dice.randint(1, 4))
        came.append((dice.choices(["nl", "en"], [4, 1])[0], dice.choice(["", "nowhere", "fails"])))
        with clock.stopped_at(moment):
            app.test_client().get("/login")
            app.test_client().get("/{}/{}".format(*came[-1]))
    at_once = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    hourly = counted(app, capsys)

    theirs = [line for line in at_once if line.get("route") != "/login"]
    assert {line["status"] for line in theirs} == {503}, "what is no fault of ours has no line of its own"
    assert len(theirs) == sum(does == "fails" for _, does in came)
    told = {(line["method"], line["route"], line["status"], line["level"], line["kind"]) for line in theirs}
    assert told == {("GET", "questionnaire", 503, "warning", "StorageBusy")}, "a line tells one person from another"
    assert {line["timestamp"][13:] for line in (*theirs, *hourly)} == {":00:00Z"}
    for line in (*theirs, *hourly):
        assert not {"nl", "en"} & {str(value) for value in line.values()}
    places = [[line.get(name) for name in ("timestamp", "method", "kind", "status", "refused")] for line in hourly]
    assert places == sorted(places, key=str), "the lines of an hour stand in an order of their own"
    assert sum(line["times"] for line in hourly) == len(came)


# --------------------------------------------------------------------------------------------------------- readiness
@pytest.fixture
def ready(make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[int, str]]:
    monkeypatch.setattr(health, "_told", health._Told())
    client = make_app(log_level="INFO").test_client()

    def ask() -> tuple[int, str]:
        response = client.get("/readyz")
        return response.status_code, response.get_json()["status"]

    assert ask() == (200, "ready")
    return ask


@pytest.mark.parametrize(
    ("number", "word"), [(errno.ENOSPC, "database: disk full"), (errno.EROFS, "database: read only")]
)
def test_without_room_or_leave_to_write_it_is_not_ready_and_the_log_says_so_once(
    number: int,
    word: str,
    ready: Callable[[], tuple[int, str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(sqlite.os, "fsync", full)
        assert [ready(), ready()] == [(503, word)] * 2
    assert ready() == (200, "ready")
    assert [line["outcome"] for line in told(capsys, "ready")] == ["not ready", "ready again"]


def test_a_disk_that_is_full_is_seen_by_writing(tmp_path: Path) -> None:
    """A limit on the size of files is what a test can set without being root; the kernel refuses at the same call."""
    code = (
        "import resource, signal, sys; from pathlib import Path; from surveyapp.storage import sqlite;"
        "from surveyapp.errors import StorageBusy;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try: sqlite.try_disk(Path(sys.argv[1]))\n"
        "except StorageBusy as error: print('refused')\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "survey.sqlite3")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "refused\n"
    assert list(tmp_path.iterdir()) == []


def test_while_somebody_holds_the_write_lock_it_is_not_ready(
    ready: Callable[[], tuple[int, str]], sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_database.write() as session, closing(sqlite_database._writer.raw_connection()):
        session.execute(text("SELECT 1"))
        assert ready() == (503, "database: locked")
    assert ready() == (200, "ready")


def test_with_a_clock_before_the_trail_it_is_not_ready(ready: Callable[[], tuple[int, str]]) -> None:
    with clock.stopped_at(datetime(1970, 1, 1, tzinfo=UTC)):
        assert ready() == (503, "clock")


def test_with_another_key_than_it_started_with_it_is_not_ready(
    ready: Callable[[], tuple[int, str]], instance: Path
) -> None:
    kept = instance / "secret_key"
    before = kept.read_text()
    try:
        kept.write_text("another key that is long enough to be one")
        assert ready() == (503, "key")
        kept.write_text("short")
        assert ready() == (503, "key")
    finally:
        kept.write_text(before)
    assert ready() == (200, "ready")


def test_a_save_would_be_taken_on_both_databases(database: Database) -> None:
    database.require_writable()


def test_a_database_that_only_reads_is_told_apart_on_postgresql(postgres_database: Database) -> None:
    def write() -> None:
        with postgres_database.write() as session:
            session.execute(text("SET TRANSACTION READ ONLY"))
            session.execute(text("UPDATE cases SET study_id = study_id WHERE 1 = 0"))

    with pytest.raises(StorageBusy) as caught:
        write()
    assert caught.value.cause == "read only"


def test_a_line_that_would_be_torn_is_cut() -> None:
    line = logs.as_line({"event": "fault", "frames": ["é" * 900] * 12})
    assert len(line.encode()) <= logs.LONGEST
    assert json.loads(line)["cut"]
