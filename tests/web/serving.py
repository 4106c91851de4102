"""An application on a port of its own, which is let go of whole: no thread, line or request of it lives longer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler


class QuietHandler(WSGIRequestHandler):
    """Says nothing about requests: the application's own log does."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  (the name is werkzeug's)
        """Say nothing."""


class Server(ThreadedWSGIServer):
    """A server that ends each line that browsers keep open, and waits for what is still being answered.

    Otherwise a request of the last moment goes on in a thread of nobody, on a database that is closed already and in a
    folder that is gone, and what it leaves open is found in the middle of a later test.
    """

    daemon_threads = False  # so that closing waits for them

    def __init__(self, app: Flask) -> None:
        self._lines: set[socket.socket] = set()
        super().__init__("127.0.0.1", 0, app, QuietHandler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer who comes on this line, in a thread of its own."""
        self._lines.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Let go of a line."""
        super().shutdown_request(request)
        self._lines.discard(request)

    def stop(self) -> None:
        """Let nobody in any more, and end when the last answer is given; a second time does nothing."""
        if not self._thread.is_alive():
            return
        self.shutdown()
        self._thread.join()
        for line in list(self._lines):
            with suppress(OSError):  # the other end was first
                line.shutdown(socket.SHUT_RDWR)
        self.server_close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of this application while it is served."""
    server = Server(app)
    try:
        yield server.address
    finally:
        server.stop()
