"""The server brings its worker along, and takes it away again."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import select

from surveyapp.config import Settings
from surveyapp.demonstration import mail_text
from surveyapp.fieldwork import openings, waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.arrivals import ARRIVALS
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


def surroundings(folder: Path, box: MailBox | None) -> dict[str, str]:
    mail = {"SURVEYAPP_SMTP_URL": box.url, "SURVEYAPP_MAIL_FROM": "survey@example.org"} if box else {}
    return {**os.environ, "SURVEYAPP_INSTANCE": str(folder), **mail}


@contextmanager
def serving(
    folder: Path, box: MailBox | None, *options: str, listening: socket.socket | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server in processes of its own; with a socket, that one is handed over as a service manager does."""
    port = listening.getsockname()[1] if listening else free_port()
    command = [sys.executable, "-m", "surveyapp.cli", "serve", "--workers", "1", "--port", str(port), *options]
    environment, passed = surroundings(folder, box), ()
    if listening is not None:
        number = listening.fileno()
        command = ["/bin/bash", "-c", f'exec "$@" 3<&{number}', "bash", *command]
        environment, passed = environment | {"LISTEN_FDS": "1"}, (number,)
    with (folder / "said").open("ab") as said:
        process = subprocess.Popen(
            command, env=environment, stdout=said, stderr=said, start_new_session=True, pass_fds=passed
        )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)
        with_group(process, signal.SIGKILL)


def with_group(process: subprocess.Popen[bytes], sign: signal.Signals) -> None:
    try:
        os.killpg(process.pid, sign)
    except ProcessLookupError:
        return


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
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
        assert server.wait(60) == 0
        until(lambda: not workers_of(server))


@pytest.mark.slow
def test_the_worker_can_be_left_to_another_command(database: Database, tmp_path: Path) -> None:
    with mail_server() as box, serving(tmp_path, box, "--no-worker") as (server, site):
        until(lambda: answers(site))
        assert workers_of(server) == []
    assert box.mails == []


@pytest.mark.parametrize(("given", "found"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_arithmetic_takes_one_thread_unless_the_operator_said_otherwise(
    given: dict[str, str], found: str, database: Database, tmp_path: Path
) -> None:
    """As many threads as processors wait for each other; it has to be said before numpy is imported."""
    code = (
        "import os, sys, importlib.abc\n"
        "class Spy(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'numpy': print(os.environ.get('OPENBLAS_NUM_THREADS'))\n"
        "sys.meta_path.insert(0, Spy())\n"
        "sys.argv = ['surveyapp', 'worker', '--once']\n"
        "from surveyapp.cli import main; main()"
    )
    around = {name: value for name, value in surroundings(tmp_path, None).items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", code], env=around | given, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == found


def test_the_welcome_says_what_becomes_of_mail(tmp_path: Path) -> None:
    assert str(tmp_path / "mail") in mail_text(Settings(instance=tmp_path, environment="development"))
    assert "SURVEYAPP_SMTP_URL" in mail_text(Settings(instance=tmp_path))
    with mail_server() as box:
        said = mail_text(Settings(smtp_url=box.url, mail_from="survey@example.org"))  # type: ignore[arg-type]
    assert "127.0.0.1" in said
    assert "survey@example.org" in said


@pytest.mark.slow
def test_four_hundred_half_sent_requests_keep_nobody_waiting(database: Database, tmp_path: Path) -> None:
    """Eight were enough when a thread read each body; the limit here is for a busy machine, 3 ms were measured."""
    heads = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    halves = [heads + b"Content-Length: 100\r\n\r\nemail=a"] * 200 + [b"GET / HTTP/1.1\r\nHost: 127.0"] * 200
    with serving(tmp_path, None, "--no-worker") as (_server, site):
        until(lambda: answers(site))
        address = ("127.0.0.1", int(site.rpartition(":")[2]))
        held = [socket.create_connection(address, 10) for _ in halves]
        try:
            for connection, half in zip(held, halves, strict=True):
                connection.sendall(half)
            assert answers(site)  # two seconds at most
        finally:
            for connection in held:
                connection.close()


class SlowToAsk(http.client.HTTPConnection):
    """A connection that stands for a while before anything is asked on it, as on a busy machine or a far line."""

    def connect(self) -> None:
        super().connect()
        time.sleep(0.2)


class SlowLine(urllib.request.HTTPHandler):
    """Asks over connections that are slow to ask."""

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(SlowToAsk, request)


class Visits:
    """Four people who come and say in which role they answer, again and again, each time as somebody new.

    ``seen`` counts what was acknowledged: the server counts a chosen role in its database before it leads on.
    """

    def __init__(self, site: str) -> None:
        self.site, self.seen, self.refused, self.is_over = site, 0, list[str](), threading.Event()
        self.threads = [threading.Thread(target=self._visit, daemon=True) for _ in range(4)]

    def _visit(self) -> None:
        while not self.is_over.is_set():
            try:
                self._choose()
                self.seen += 1
            except (OSError, AssertionError) as error:
                self.refused.append(repr(error))
            time.sleep(0.02)

    def _choose(self) -> None:
        somebody = urllib.request.build_opener(SlowLine, urllib.request.HTTPCookieProcessor())
        address = f"{self.site}/nl/onderzoek/kinds-2026"
        with somebody.open(address, timeout=300) as response:
            token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', response.read().decode())
        assert token is not None
        fields = urllib.parse.urlencode({"csrf_token": token[1], "role": "contractor", "action": "next"}).encode()
        with somebody.open(urllib.request.Request(address, fields, {"Referer": address}), timeout=300) as response:
            assert response.status == 200

    def __enter__(self) -> Visits:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join(60)


def counted(database: Database) -> int:
    with database.read() as session:
        return session.execute(select(func.sum(ARRIVALS.c.times)).where(ARRIVALS.c.event == "role_chosen")).scalar_one()  # type: ignore[no-any-return,call-overload]


@pytest.mark.slow
def test_renewing_the_processes_refuses_nobody_and_loses_nothing(database: Database, tmp_path: Path) -> None:
    with serving(tmp_path, None, "--no-worker") as (server, site):
        until(lambda: answers(site))
        with Visits(site) as visits:
            until(lambda: visits.seen > 5)
            server.send_signal(signal.SIGHUP)
            until(lambda: b"Stopping worker-1" in (tmp_path / "said").read_bytes(), 120)
            seen = visits.seen
            until(lambda: visits.seen > seen + 10, 120)
        assert visits.refused == []
        assert counted(database) >= visits.seen


@pytest.mark.slow
def test_a_restart_on_a_socket_that_stays_refuses_nobody_and_loses_nothing(database: Database, tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0), backlog=200) as listening,
        serving(tmp_path, None, "--no-worker", listening=listening) as (first, site),
    ):
        until(lambda: answers(site))
        visits = Visits(site).__enter__()
        until(lambda: visits.seen > 5)
        first.terminate()
        assert first.wait(60) == 0
        with serving(tmp_path, None, "--no-worker", listening=listening):
            seen = visits.seen
            until(lambda: visits.seen > seen + 10, 120)
            visits.__exit__()  # before the second server ends
    assert visits.refused == []
    assert counted(database) >= visits.seen


@pytest.mark.slow
def test_a_start_a_stop_and_a_dead_process_each_leave_a_line_of_json(database: Database, tmp_path: Path) -> None:
    with serving(tmp_path, None, "--no-worker") as (server, site):
        until(lambda: answers(site))
        (child,) = [int(line["pid"]) for line in lines(tmp_path) if line.get("process") == "server process"]
        assert b"\0OPENBLAS_NUM_THREADS=1\0" in Path(f"/proc/{child}/environ").read_bytes()
        os.kill(child, signal.SIGKILL)
        until(lambda: any("Unexpected exit" in line.get("said", "") for line in lines(tmp_path)))
        server.terminate()
        server.wait(60)
    told = [(line["process"], line["outcome"]) for line in lines(tmp_path) if line["event"] == "process"]
    assert told[0] == ("server", "started")
    assert told[-1] == ("server", "stopped")


def test_what_nobody_foresaw_ends_the_server_with_a_line_of_json_and_no_traceback(
    database: Database, tmp_path: Path
) -> None:
    code = (
        "import sys\n"
        "from surveyapp.cli import listening, main\n"
        "def run(_): raise ValueError('jan@example.org\\non two lines')\n"
        "listening.Server.run = run\n"
        f"sys.argv = ['surveyapp', 'serve', '--no-worker', '--port', '{free_port()}']\n"
        "main()"
    )
    with (tmp_path / "said").open("wb") as said:
        done = subprocess.run(
            [sys.executable, "-c", code], env=surroundings(tmp_path, None), stderr=said, check=False, timeout=120
        )
    assert done.returncode == 1
    told = [(line["outcome"], line.get("kind")) for line in lines(tmp_path) if line["event"] == "process"]
    assert told == [("started", None), ("stopped", None), ("died", "ValueError")]
    assert "jan@" not in (tmp_path / "said").read_text()


def lines(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "said").read_text(encoding="utf-8").splitlines() if line]
