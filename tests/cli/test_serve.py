"""The server brings its worker along, and takes it away again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from surveyapp.config import Settings
from surveyapp.demonstration import mail_text
from surveyapp.fieldwork import openings, waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.database import Database
from tests.instrument.definitions import definition, write
from tests.jobs.mail_servers import MailBox, free_port, mail_server


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A wave that opened, and somebody who waited for it."""
    instrument = load_instrument(write(tmp_path / "kinds", definition("kinds")), 2026)
    with Database(f"sqlite:///{tmp_path / 'surveyapp.sqlite3'}") as made:
        made.upgrade()
        with made.write() as session:
            openings.ask_to_be_told(session, waves.create_wave(session, instrument), "an@example.org", "nl")
            waves.open_wave(session, "kinds", 2026)
        yield made


@contextmanager
def serving(folder: Path, box: MailBox, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    environment = {
        **os.environ,
        "SURVEYAPP_INSTANCE": str(folder),
        "SURVEYAPP_SMTP_URL": box.url,
        "SURVEYAPP_MAIL_FROM": "survey@example.org",
    }
    command = [sys.executable, "-m", "surveyapp.cli", "serve", "--workers", "1", "--port", str(port), *options]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said, start_new_session=True)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)
        with_group(process, signal.SIGKILL)


def with_group(process: subprocess.Popen[bytes], sign: signal.Signals) -> None:
    try:
        os.killpg(process.pid, sign)
    except ProcessLookupError:
        return


def until(condition: Callable[[], bool], seconds: float = 40) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.1)


def answers(site: str) -> bool:
    try:
        with urllib.request.urlopen(f"{site}/healthz", timeout=2) as response:
            found: bool = response.status == 200
            return found
    except (urllib.error.URLError, OSError):
        return False


def workers_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The workers of mail this server started, by their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"--beside" in words and words[words.index(b"--beside") + 1] == str(process.pid).encode():
            found.append(int(path.parent.name))
    return found


@pytest.mark.slow
def test_one_command_serves_and_mails_and_a_worker_that_dies_is_replaced(database: Database, tmp_path: Path) -> None:
    with mail_server() as box, serving(tmp_path, box) as (server, site):
        until(lambda: answers(site) and len(box.mails) == 1)
        (first,) = workers_of(server)
        os.kill(first, signal.SIGKILL)
        until(lambda: bool(set(workers_of(server)) - {first}))
        assert answers(site)
        server.terminate()
        assert server.wait(30) == 0
        until(lambda: not workers_of(server))


@pytest.mark.slow
def test_the_worker_can_be_left_to_another_command(database: Database, tmp_path: Path) -> None:
    with mail_server() as box, serving(tmp_path, box, "--no-worker") as (server, site):
        until(lambda: answers(site))
        assert workers_of(server) == []
    assert box.mails == []


def test_the_welcome_says_what_becomes_of_mail(tmp_path: Path) -> None:
    assert str(tmp_path / "mail") in mail_text(Settings(instance=tmp_path, environment="development"))
    assert "SURVEYAPP_SMTP_URL" in mail_text(Settings(instance=tmp_path))
    with mail_server() as box:
        said = mail_text(Settings(smtp_url=box.url, mail_from="survey@example.org"))  # type: ignore[arg-type]
    assert "127.0.0.1" in said
    assert "survey@example.org" in said
