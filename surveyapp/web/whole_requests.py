"""Only whole requests reach a thread: ASGI outside, WSGI inside.

A thread that reads a body waits for whoever sends it; eight senders that stopped half-way stood on all eight threads,
and nobody was answered. Here a body is read on the event loop, where waiting costs a few kilobytes, within a time and a
size; a thread gets the request when it is all there. A reader that takes its answer slowly holds no thread either.
"""

from __future__ import annotations

import asyncio
import contextvars
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from surveyapp.journal import structlog

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

THREADS = 4
"""Requests a process of the server answers at once."""
SWITCH_SECONDS = 0.001
"""A thread that computes gives way to the event loop after this long; Python's own five times as much is felt."""
BODY_SECONDS = 20.0
"""For a body, from its first byte to its last; 256 kB take 10 seconds over 200 kbit/s."""
ANSWER_SECONDS = 60.0
"""For a reader to take the next piece of an answer."""
FILE_TIMES = 3
DROPPED = 16 * 1024 * 1024
"""Bytes of a body that is too long that are read all the same."""
FILES_AT_ONCE = 8
"""Files a process holds at once, 40 MB of them: a body is read before it is known who sends it."""
AT_A_TIME = 256 * 1024
"""Bytes of an answer a thread makes before it hands them on."""
REFUSED = {
    408: "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>408</title><p>The page did not arrive in time; "
    "nothing was stored. Go back and send it again.<p lang=nl>De pagina kwam niet op tijd binnen; er is niets "
    "opgeslagen. Ga terug en verstuur opnieuw.",
    503: "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>503</title><p>Other files are being sent just now; "
    "nothing of yours was stored. Send it again in a moment.<p lang=nl>Er worden op dit moment andere bestanden "
    "gestuurd; van u is niets opgeslagen. Stuur het over een ogenblik opnieuw.",
    500: "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>500</title><p>This page could not be made."
    "<p lang=nl>Deze pagina kon niet worden gemaakt.",
}

log = structlog.get_logger("surveyapp.web")


@dataclass(slots=True)
class _Answer:
    """What the application answered so far; `rest` is None when there is no more."""

    status: int
    headers: list[tuple[bytes, bytes]]
    begun: bytes
    rest: Iterator[bytes] | None
    close: Callable[[], object] | None
    context: contextvars.Context = field(repr=False)


class WholeRequests:
    """The WSGI application as an ASGI one.

    Parameters
    ----------
    application : what answers
    threads :     how many requests it answers at once
    body_limit :  bytes of a body that are kept; a longer one is read and dropped, so that its sender hears why
    limit_of :    the same for an address that takes files; such a body also gets `FILE_TIMES` as long to arrive
    """

    def __init__(
        self,
        application: WsgiApplication,
        *,
        threads: int,
        body_limit: int,
        body_seconds: float = BODY_SECONDS,
        limit_of: Callable[[str], int] | None = None,
    ) -> None:
        self._application, self._limit, self._seconds = application, body_limit, body_seconds
        self._limit_of = limit_of
        self._files = 0  # bodies of files that are held; counted on the event loop alone
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            limit = self._limit if self._limit_of is None else self._limit_of(str(scope["path"]))
            is_file = limit > self._limit and scope["method"] == "POST"
            if is_file and self._files >= FILES_AT_ONCE:
                async with asyncio.timeout(self._seconds):
                    await self._body(receive, 0)
                log.warning("refused", kind="files at once", method=scope["method"])
                await _refuse(send, 503)
                return
            self._files += is_file
            try:
                await self._answered(scope, receive, send, limit)
            finally:
                self._files -= is_file
        except TimeoutError:
            log.warning("refused", kind="slow body", method=scope["method"])
            await _refuse(send, 408)

    async def _answered(self, scope: Message, receive: Receive, send: Send, limit: int) -> None:
        async with asyncio.timeout(self._seconds * (FILE_TIMES if limit > self._limit else 1)):
            body = await self._body(receive, limit)
        if body is None:  # gone before it was all there
            return
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(self._pool, self._begin, self._environment(scope, body))
        except Exception as error:  # Flask answers its own faults: this is one of a layer around it
            log.error("fault", kind=type(error).__name__)
            await _refuse(send, 500)
            return
        try:
            await self._tell(answer, send)
        except (TimeoutError, OSError):
            log.info("refused", kind="slow reader")
        finally:
            if answer.close is not None:
                await loop.run_in_executor(self._pool, answer.context.run, answer.close)

    async def _tell(self, answer: _Answer, send: Send) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        piece, rest = answer.begun, answer.rest
        while rest is not None:
            async with asyncio.timeout(ANSWER_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece, is_over = await asyncio.get_running_loop().run_in_executor(
                self._pool, answer.context.run, _gather, rest
            )
            if is_over:
                rest = None
        async with asyncio.timeout(ANSWER_SECONDS):
            await send({"type": "http.response.body", "body": piece, "more_body": False})

    async def _body(self, receive: Receive, limit: int) -> tuple[bytes, int] | None:
        """The body as far as it is kept, and how long it was; None when its sender went away."""
        pieces: list[bytes] = []
        length = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            piece = bytes(message.get("body", b""))
            length += len(piece)
            if length <= limit:
                pieces.append(piece)
            elif length > DROPPED:  # no form, and nobody who would read why
                break
            if not message.get("more_body", False):
                break
        return b"".join(pieces) if length <= limit else b"", length

    def _environment(self, scope: Message, body: tuple[bytes, int]) -> dict[str, Any]:
        content, length = body
        path = scope.get("raw_path") or str(scope["path"]).encode()
        server, client = scope.get("server") or ("localhost", None), scope.get("client") or ("", 0)
        environment: dict[str, Any] = {
            "REQUEST_METHOD": scope["method"],
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path.split(b"?", 1)[0]).decode("latin-1"),
            "QUERY_STRING": bytes(scope.get("query_string", b"")).decode("latin-1"),
            "SERVER_NAME": server[0],
            "SERVER_PORT": str(server[1] or 80),
            "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
            "REMOTE_ADDR": client[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scope.get("scheme", "http"),
            "wsgi.input": io.BytesIO(content),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
        }
        for raw_name, raw_value in scope["headers"]:
            name, value = bytes(raw_name).decode("latin-1"), bytes(raw_value).decode("latin-1")
            if "_" in name:  # X_Forwarded_For would pass for X-Forwarded-For
                continue
            key = "HTTP_" + name.upper().replace("-", "_")
            if key in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"):
                key = key.removeprefix("HTTP_")
            if key in environment and key.startswith("HTTP_"):
                value = environment[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
            environment[key] = value
        environment.pop("HTTP_TRANSFER_ENCODING", None)
        if length or "CONTENT_LENGTH" in environment:
            environment["CONTENT_LENGTH"] = str(length)  # the length that came, whatever was announced
        return environment

    def _begin(self, environment: dict[str, Any]) -> _Answer:
        context = contextvars.copy_context()
        return context.run(self._begin_in, context, environment)

    def _begin_in(self, context: contextvars.Context, environment: dict[str, Any]) -> _Answer:
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[..., Any]:
            told.append((status, headers))
            return _no_write

        iterable = self._application(environment, start_response)
        rest = iter(iterable)
        begun, is_over = _gather(rest)
        close = getattr(iterable, "close", None)
        if is_over and close is not None:
            close()
        status, headers = told[-1]
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        number = int(status.split(" ", 1)[0])
        return _Answer(number, encoded, begun, None if is_over else rest, None if is_over else close, context)


def _gather(rest: Iterator[bytes]) -> tuple[bytes, bool]:
    """The next pieces, and whether they were the last."""
    pieces: list[bytes] = []
    length = 0
    for piece in rest:
        pieces.append(piece)
        length += len(piece)
        if length >= AT_A_TIME:
            return b"".join(pieces), False
    return b"".join(pieces), True


def _no_write(_piece: bytes) -> None:
    raise NotImplementedError("WSGI's write() is not offered: answer with an iterable")


async def _refuse(send: Send, status: int) -> None:
    body = REFUSED[status].encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
