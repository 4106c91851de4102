"""The socket people connect to, and the server on it.

The socket belongs to the command, or to whoever started it, and every process of the server takes connections from it.
So a process may go while another comes: a connection that nobody has taken yet waits in the socket, not in the process.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import socket
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.synchronize import Semaphore
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from surveyapp.errors import ConfigurationError
from surveyapp.journal import structlog
from surveyapp.web.logs import SERVER_LOGGING

FIRST_PASSED = 3
"""The number of the first socket a service manager hands over (sd_listen_fds)."""
BACKLOG = 2048
CONNECTIONS = 4096
"""Connections a process holds at once: most of them wait for a browser, and cost no thread."""
HEAD_SECONDS = 10
"""For the head of a request, and for a connection nobody asks anything on."""
STOP_SECONDS = 25
"""For the requests under way when a process must go."""
START_SECONDS = 120.0
"""For a new process to be ready; the one before it serves until then, and goes on when it never is."""
LAST_SECONDS = 1.0
"""Between the last connection a process takes and its end: what it has taken must have sent something by then.

The server closes a connection without a word when the end comes before the first byte of the first request.
"""

log = structlog.get_logger(__name__)


def _leave_to_others(inode: int) -> None:
    """Take no further connection from this socket, which the other processes go on with.

    What hangs on the socket cannot be reached in the server, and closing it here would wake the server with errors. So
    its number is given to another socket, to which nobody ever connects.
    """
    deaf = socket.socket(socket.AF_UNIX)
    deaf.setblocking(False)
    deaf.bind(b"")  # the kernel finds a name
    deaf.listen(1)
    for name in os.listdir("/dev/fd"):
        try:
            found = os.fstat(int(name))
        except OSError:  # the listing itself
            continue
        if found.st_ino == inode and stat.S_ISSOCK(found.st_mode):  # a file of a disk may have the same number
            os.dup2(deaf.fileno(), int(name))


def _load(started: Semaphore, inode: int) -> Callable[..., Any]:
    """In a new process: the application, and the word that it is there."""
    from surveyapp.app import create_server_app

    signal.signal(signal.SIGUSR1, lambda *_: _leave_to_others(inode))
    made = create_server_app()
    started.release()
    return made


def passed_socket() -> socket.socket | None:
    """The socket a service manager handed over, by the protocol of systemd (`LISTEN_FDS`); None when there is none.

    Raises ConfigurationError: it handed over several, or something else.
    """
    if os.environ.get("LISTEN_PID") not in (None, str(os.getpid())) or "LISTEN_FDS" not in os.environ:
        return None
    for name in ("LISTEN_PID", "LISTEN_FDNAMES"):
        os.environ.pop(name, None)
    count = os.environ.pop("LISTEN_FDS")
    if count != "1":
        raise ConfigurationError(f"{count} sockets were handed over (LISTEN_FDS); one is needed.")
    try:
        found = socket.socket(fileno=FIRST_PASSED)
        is_listening = found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as error:
        raise ConfigurationError(f"What was handed over is no socket ({error.strerror}).") from None
    if not is_listening or found.type != socket.SOCK_STREAM:
        raise ConfigurationError("The socket that was handed over does not listen.")
    return found


def bound_socket(host: str, port: int) -> socket.socket:
    """A listening socket at this address. Raises ConfigurationError: something else listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise ConfigurationError(
            f"Port {port} on {host} cannot be used ({error.strerror}); choose another with --port or PORT=."
        ) from error
    return made


def allow_connections() -> None:
    """Let this process and its children hold as many files as the system allows them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


class Server(MPServer):
    """Granian on a socket that is there already.

    By itself it gives each process a socket of its own on one port, and what waits in the socket of a process that
    goes is refused by the kernel. Nor does it wait for a new process before it ends the old one.
    """

    def __init__(self, listening: socket.socket, *, workers: int, is_ours: bool) -> None:
        host, port = listening.getsockname()[:2]
        options: dict[str, Any] = {"address": host, "port": port}
        super().__init__(
            "surveyapp.app:create_server_app",
            **options,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000),
            workers=workers,
            factory=True,
            websockets=False,
            backlog=BACKLOG,
            backpressure=CONNECTIONS,
            log_level=LogLevels.info,
            log_dictconfig=SERVER_LOGGING,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_SECONDS,
        )
        self._listening, self._is_ours = listening, is_ours
        self._started = multiprocessing.get_context("spawn").Semaphore(0)

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT; SIGHUP renews the processes."""
        self.serve(
            target_loader=partial(_load, self._started, os.fstat(self._listening.fileno()).st_ino), wrap_loader=False
        )

    def _init_shared_socket(self) -> None:
        # What Granian does where one port cannot have several sockets; its stubs do not tell.
        handle: Any = self._listening.fileno()
        holder: Any = SocketHolder(handle, False, BACKLOG)  # type: ignore[call-arg]
        self._ssp, self._sfd, self._shd = None, handle, holder
        self._sso = self._listening  # by pickling it, the processes inherit it

    def _respawn_workers(self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        """Replace processes: dead ones at once (no delay), living ones only by one that is ready."""
        for index in workers:
            old: Any = self.wrks[index]
            new: Any = self._spawn_worker(index, spawn_target, target_loader)
            while self._started.acquire(block=False):
                pass  # the word of those that began before
            new.interrupt_by_parent = bool(delay)  # while the old one serves, the death of a new one is no alarm
            new.start()
            self.respawned_wrks[index] = time.monotonic()
            if delay and not self._is_ready(new):
                log.error("process", process="server process", outcome="not replaced", pid=new._id())
                new.kill()
                continue
            new.interrupt_by_parent = False
            self.wrks[index] = new
            self._leave_to_others([old])
            old.terminate()
            old.join(self.workers_kill_timeout)
            if old.is_alive():
                old.kill()
                old.join()

    def _stop_workers(self) -> None:
        """End the processes; a socket that stays is left to whoever serves it next."""
        if not self._is_ours:
            self._leave_to_others(self.wrks)
        super()._stop_workers()  # type: ignore[no-untyped-call]

    def _leave_to_others(self, processes: list[Any]) -> None:
        living = [process for process in processes if process.is_alive()]
        for process in living:
            process.interrupt_by_parent = True  # one that has only just begun does not know the signal, and ends
            with suppress(ProcessLookupError):  # it may end by itself at this very moment
                os.kill(process._id(), signal.SIGUSR1)
        if living:
            time.sleep(LAST_SECONDS)

    def _is_ready(self, new: Any) -> bool:
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends and new.is_alive():
            if self._started.acquire(timeout=0.2):
                return True
        return False
