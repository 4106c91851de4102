"""``surveyapp serve``: the production server, and beside it the worker, so that one command is enough."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from importlib.metadata import version

import click

from surveyapp.cli import preflight
from surveyapp.config import Settings
from surveyapp.journal import structlog
from surveyapp.storage.database import Database

RESTART_SECONDS = 5.0
"""Between the death of a worker and the next one."""
STOP_SECONDS = 25.0
"""For a worker to finish the mail it is sending."""

log = structlog.get_logger(__name__)


@contextmanager
def _worker_beside() -> Iterator[Callable[[], None]]:
    """A worker as a child process: a server process that dies takes no mail with it, and the other way round.

    It is started again when it dies, and ends by itself soon after this process, also when that was killed.

    Yields
    ------
    renew : ends the worker, so that the next one runs the code that is installed by then
    """
    command = [sys.executable, "-m", "surveyapp.cli", "worker", "--beside", str(os.getpid())]
    is_over = threading.Event()

    def started() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603  (our own command, no input in it)

    child = started()

    def watch() -> None:
        nonlocal child
        while not is_over.is_set():
            code = child.wait()
            if is_over.is_set():
                return
            if code:
                log.error("process", process="worker", outcome="died", pid=child.pid, code=code)
            if not is_over.wait(RESTART_SECONDS):
                child = started()

    threading.Thread(target=watch, name="worker-watch", daemon=True).start()
    try:
        yield lambda: child.terminate()
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
@click.option("--no-worker", is_flag=True, help="Leave mail, files and tidying to a `surveyapp worker`.")
def serve(host: str, port: int, workers: int, welcome: bool, no_worker: bool) -> None:
    """Serve respondents and staff.

    A socket handed over by a service manager (LISTEN_FDS) is served instead of --host and --port. SIGHUP renews the
    processes one by one, with the code that is installed by then; SIGTERM lets what is under way be finished.
    """
    preflight.compute_in_one_thread()  # its processes and the worker inherit that
    from surveyapp.cli.listening import Server, allow_connections, bound_socket, passed_socket
    from surveyapp.web import logs

    settings = Settings()
    preflight.require_public_address(settings, host)
    with Database.of(settings) as database:
        preflight.require_all(settings, database)
    passed = passed_socket()
    listening = passed or bound_socket(host, port)
    if welcome:
        from surveyapp.demonstration import welcome_text

        click.echo(welcome_text(settings, f"http://{host}:{port}"))
    # Each process begins with nothing of this one: after SIGHUP it must run the code that is installed by then.
    multiprocessing.set_start_method("spawn", force=True)
    allow_connections()
    where = "{}:{}".format(*listening.getsockname()[:2])
    logs.take_over(settings, "server", version=version("surveyapp"), at=where)
    for said in preflight.words(settings):
        log.warning("settings", said=said)
    server = Server(listening, workers=workers, is_ours=passed is None)
    with nullcontext() if no_worker else _worker_beside() as renew_worker:
        if renew_worker is not None:
            server.on_reload(renew_worker)
        try:
            server.run()
        finally:
            log.info("process", process="server", outcome="stopped", pid=os.getpid())


commands = (serve,)
