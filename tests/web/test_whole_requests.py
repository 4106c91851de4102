"""A thread gets whole requests only: half of one costs a place in a list, never a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from surveyapp.web.whole_requests import FILES_AT_ONCE, WholeRequests

HEADERS = [(b"host", b"127.0.0.1"), (b"content-type", b"application/x-www-form-urlencoded")]


def scope(method: str = "POST", path: bytes = b"/", headers: Iterable[tuple[bytes, bytes]] = HEADERS) -> dict[str, Any]:
    return {
        "type": "http", "method": method, "path": path.decode("latin-1"), "raw_path": path, "query_string": b"a=1",
        "http_version": "1.1", "scheme": "http", "headers": list(headers), "client": ("192.0.2.7", 1),
        "server": ("127.0.0.1", 8000),
    }  # fmt: skip


def echo(environment: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Length", environment.get("CONTENT_LENGTH", ""))])
    return [environment["wsgi.input"].read()]


class Browser:
    """Sends these pieces of a body and then nothing; keeps what it is answered."""

    def __init__(self, *pieces: bytes, is_whole: bool = True) -> None:
        self.pieces = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces or (b"",)]
        self.pieces[-1]["more_body"] = not is_whole
        self.status, self.headers, self.body = 0, {}, b""  # type: ignore[var-annotated]

    async def receive(self) -> dict[str, Any]:
        if self.pieces:
            return self.pieces.pop(0)
        await asyncio.sleep(3600)
        raise AssertionError

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            self.body += message["body"]


def asked(served: WholeRequests, browser: Browser, **options: Any) -> Browser:
    asyncio.run(served(scope(**options), browser.receive, browser.send))
    return browser


def test_with_two_hundred_half_sent_bodies_and_one_thread_the_next_request_is_answered_at_once() -> None:
    served = WholeRequests(echo, threads=1, body_limit=1000)

    async def crowd() -> bytes:
        halves = [Browser(b"email=a", is_whole=False) for _ in range(200)]
        waiting = [asyncio.create_task(served(scope(), half.receive, half.send)) for half in halves]
        await asyncio.sleep(0.05)
        whole = Browser(b"whole")
        await asyncio.wait_for(served(scope(), whole.receive, whole.send), 5)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return whole.body

    assert asyncio.run(crowd()) == b"whole"


def test_a_body_that_does_not_come_in_time_is_refused_in_both_languages() -> None:
    browser = asked(
        WholeRequests(echo, threads=1, body_limit=1000, body_seconds=0.05), Browser(b"half", is_whole=False)
    )
    assert browser.status == 408
    assert b"nothing was stored" in browser.body
    assert "er is niets opgeslagen" in browser.body.decode()
    assert browser.headers[b"connection"] == b"close"


def test_a_body_that_is_too_long_is_not_kept_and_its_true_length_is_told() -> None:
    browser = asked(WholeRequests(echo, threads=1, body_limit=1000), Browser(b"a" * 900, b"a" * 900))
    assert browser.body == b""
    assert browser.headers[b"x-length"] == b"1800"


def test_a_third_file_at_once_is_not_held_and_its_sender_hears_what_to_do() -> None:
    served = WholeRequests(echo, threads=1, body_limit=9, limit_of=lambda path: 1000)

    async def crowd() -> tuple[Browser, Browser, Browser]:
        halves = [Browser(b"a" * 500, is_whole=False) for _ in range(FILES_AT_ONCE)]
        waiting = [asyncio.create_task(served(scope(), half.receive, half.send)) for half in halves]
        await asyncio.sleep(0.05)
        late, after = Browser(b"b" * 500), Browser(b"c" * 500)
        await served(scope(), late.receive, late.send)
        look = Browser(b"")
        await served(scope(method="GET"), look.receive, look.send)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await served(scope(), after.receive, after.send)
        return late, look, after

    late, look, after = asyncio.run(crowd())
    assert (late.status, look.status, after.status) == (503, 200, 200)
    assert b"Send it again in a moment" in late.body
    assert "Stuur het over een ogenblik opnieuw" in late.body.decode()
    assert after.body == b"c" * 500


def test_a_sender_who_left_is_not_answered() -> None:
    browser = Browser(b"half", is_whole=False)
    browser.pieces.append({"type": "http.disconnect"})
    assert asked(WholeRequests(echo, threads=1, body_limit=1000), browser).status == 0


def test_the_application_sees_the_request_as_it_was_sent_and_no_header_in_disguise() -> None:
    seen: dict[str, Any] = {}

    def look(environment: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        seen.update(environment)
        return echo(environment, start_response)

    headers = [*HEADERS, (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x_forwarded_for", b"9"), (b"accept", b"x")]
    asked(WholeRequests(look, threads=1, body_limit=9), Browser(b"b"), path=b"/n%C3%A9/%FF", headers=headers)
    assert seen["PATH_INFO"].encode("latin-1") == "/né/".encode() + b"\xff"
    assert (seen["QUERY_STRING"], seen["REMOTE_ADDR"], seen["HTTP_COOKIE"]) == ("a=1", "192.0.2.7", "a=1; b=2")
    assert (seen["CONTENT_TYPE"], seen["CONTENT_LENGTH"]) == ("application/x-www-form-urlencoded", "1")
    assert "HTTP_X_FORWARDED_FOR" not in seen


@pytest.mark.parametrize("pieces", [3, 40])
def test_a_long_answer_comes_whole_and_is_closed_once(pieces: int) -> None:
    closed: list[str] = []

    class Long:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"x" * 50_000] * pieces)

        def close(self) -> None:
            closed.append(threading.current_thread().name)

    def long(_environment: dict[str, Any], start_response: Callable[..., Any]) -> Long:
        start_response("200 OK", [])
        return Long()

    browser = asked(WholeRequests(long, threads=1, body_limit=9), Browser())
    assert len(browser.body) == pieces * 50_000
    assert len(closed) == 1


def test_a_fault_around_the_application_is_answered_and_ends_nothing() -> None:
    def broken(_environment: dict[str, Any], _start: Callable[..., Any]) -> list[bytes]:
        raise ValueError("secret")

    browser = asked(WholeRequests(broken, threads=1, body_limit=9), Browser())
    assert browser.status == 500
    assert b"secret" not in browser.body
