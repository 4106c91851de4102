"""What is logged of respondents' requests: how many an hour, never one by one.

A line per request is an order of arrival with the time beside it, and the address would often say of whom: the one who
answers in English, the one who was not asked further. So requests that are no team member's are counted, those that
were refused too, and each hour is told in a few lines when it is over, by a clock and not by the next visitor. A fault
of ours still has its own line at once, because somebody must act on it; it names no address, and its time is that of
the hour (`logs.stamped`): the lines of the team around it have theirs to the second.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Timer

from surveyapp import clock

HOUR = timedelta(hours=1)
Counted = tuple[datetime, str, str, int, str]
"""The hour, method, kind of page, status, and what was refused."""
Tell = Callable[[Counted, int, float, float], None]
"""Writes a line: what was counted, how many times, mean and longest milliseconds."""


def hour_of(moment: datetime) -> datetime:
    """The full hour in which a moment lies."""
    return moment.replace(minute=0, second=0, microsecond=0)


@dataclass(slots=True)
class _Sum:
    times: int = 0
    ms: float = 0.0
    longest: float = 0.0


class RequestCounts:
    """The requests of the hour under way, of one process."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._sums: dict[Counted, _Sum] = {}
        self._lock = Lock()
        self._timer: Timer | None = None
        atexit.register(self.flush)

    def add(self, method: str, kind: str, status: int, refusal: str, ms: float) -> None:
        """Count one request; ``refusal`` is the kind of error it was refused for, empty where it was not."""
        now = clock.now()
        with self._lock:
            found = self._sums.setdefault((hour_of(now), method, kind, status, refusal), _Sum())
            found.times += 1
            found.ms += ms
            found.longest = max(found.longest, ms)
            if self._timer is None:
                left = (hour_of(now) + HOUR - now).total_seconds()
                self._timer = Timer(left, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Tell what was counted, in an order that is no order of coming."""
        with self._lock:
            sums, self._sums = self._sums, {}
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        for counted, found in sorted(sums.items(), key=lambda item: item[0]):
            self._tell(counted, found.times, round(found.ms / found.times, 1), round(found.longest, 1))
