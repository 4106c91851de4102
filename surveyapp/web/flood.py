"""A flood of requests from one network gives way before it takes the time of others.

Counted per network in the memory of this process and gone with its minute: a limit on haste, which needs no exact
count. What guards a secret (codes, passwords, addresses) is counted in the database instead (`storage.throttle`), by
all servers together. The limit lies far above an office that fills in together: a page a person sends costs some ten
requests a minute, drafts included.
"""

from __future__ import annotations

from threading import Lock
from time import monotonic, time
from typing import Any

from flask import Blueprint, Flask, request
from flask_limiter import Limiter
from limits import parse
from limits.storage import Storage
from werkzeug.exceptions import TooManyRequests

from surveyapp.web.networks import network_of_respondent

SWEPT = 10_000
"""Counts that are kept before those that are over are swept out, once a second at most."""


class CountsInProcess(Storage):
    """Counts that go with their window. The library's own in memory starts a thread for every request it counts."""

    STORAGE_SCHEME = ["process"]  # noqa: RUF012  the library reads it of the class

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._counts: dict[str, tuple[int, float]] = {}  # how many, and when they are over, by a clock nobody sets
        self._swept = 0.0
        self._lock = Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What goes wrong in a storage; nothing does here."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, in a window of so many seconds that begins with the first."""
        now = monotonic()
        with self._lock:
            many, over = self._counts.get(key, (0, 0.0))
            if over <= now:
                many, over = 0, now + expiry
                if len(self._counts) >= SWEPT and now > self._swept + 1:
                    self._counts = {one: kept for one, kept in self._counts.items() if kept[1] > now}
                    self._swept = now
            self._counts[key] = many + amount, over
            return many + amount

    def get(self, key: str) -> int:
        """How many were counted in the window that runs."""
        many, over = self._counts.get(key, (0, 0.0))
        return many if over > monotonic() else 0

    def get_expiry(self, key: str) -> float:
        """When the window is over, in seconds since 1970."""
        now = monotonic()
        return time() + max(self._counts.get(key, (0, now))[1] - now, 0.0)

    def check(self) -> bool:
        """Whether it can count."""
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        with self._lock:
            gone, self._counts = len(self._counts), {}
        return gone

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._lock:
            self._counts.pop(key, None)


def _network() -> str:
    return network_of_respondent(request.remote_addr)


def install(app: Flask, blueprint: Blueprint, a_minute: int) -> None:
    """Let one network make so many requests a minute of this side of the application; 0: as many as it likes."""
    if not a_minute:
        return
    limiter = Limiter(_network, storage_uri="process://")
    # It is asked below: to find out for each request which limits hold for it takes ten times as long as to count. Who
    # stands here already is not put before every request.
    app.extensions.setdefault("limiter", set()).add(limiter)
    limiter.init_app(app)
    limit = parse(f"{a_minute}/minute")

    @app.before_request
    def _count() -> None:
        """One count for begin, pages, drafts and the public forms: who floods one of them floods the process."""
        if request.blueprint == blueprint.name and not limiter.limiter.hit(limit, blueprint.name, _network()):
            raise TooManyRequests
