"""``surveyapp serve``: the production server, and beside it the worker, so that one command is enough."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

import click

from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError, StorageBusy
from surveyapp.storage.database import Database

RESTART_SECONDS = 5.0
"""Between the death of a worker and the next one."""
STOP_SECONDS = 25.0
"""For a worker to finish the mail it is sending."""


def _require_free(host: str, port: int) -> None:
    """Say at once that the port is taken; the server itself would only say so from a worker.

    Raises
    ------
    ConfigurationError     something else listens there
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"Port {port} on {host} cannot be used ({error.strerror}); choose another with --port or PORT=."
            ) from error


def _require_ready(settings: Settings) -> None:
    """Say at once what would stop every worker; they would be started again and again, each with a traceback.

    Raises
    ------
    ConfigurationError     a setting is unsafe, or the tables are older than this version
    UnsafeDatabase         the database would lose acknowledged answers
    """
    from surveyapp.web.security import configuration

    configuration(settings)
    with suppress(StorageBusy), Database(settings.url, settings.read_url) as database:
        database.ping()
        if not database.is_current():
            raise ConfigurationError("The database's tables are older than this version; run: surveyapp db upgrade")


@contextmanager
def _worker_beside() -> Iterator[None]:
    """A worker as a child process: a server process that dies takes no mail with it, and the other way round.

    It is started again when it dies, and ends by itself soon after this process, also when that was killed. A thread
    only waits for it: work in a thread would stand in the way of the processes the server forks.
    """
    command = [sys.executable, "-m", "surveyapp.cli", "worker", "--beside", str(os.getpid())]
    is_over = threading.Event()

    def started() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603  (our own command, no input in it)

    child = started()

    def watch() -> None:
        nonlocal child
        while not is_over.is_set():
            child.wait()
            if not is_over.wait(RESTART_SECONDS):
                child = started()

    threading.Thread(target=watch, name="worker-watch", daemon=True).start()
    try:
        yield
    finally:
        is_over.set()
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--welcome", is_flag=True, help="Print the addresses and the demonstration accounts first.")
@click.option("--no-worker", is_flag=True, help="Leave mail and tidying to a `surveyapp worker` of its own.")
def serve(host: str, port: int, workers: int, welcome: bool, no_worker: bool) -> None:
    """Serve respondents and staff."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    settings = Settings()
    _require_free(host, port)
    _require_ready(settings)
    if welcome:
        from surveyapp.demonstration import welcome_text

        click.echo(welcome_text(settings, f"http://{host}:{port}"))
    server = Granian(
        "surveyapp.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=workers,
        blocking_threads=4,
        factory=True,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    )
    with nullcontext() if no_worker else _worker_beside():
        server.serve()


commands = (serve,)
