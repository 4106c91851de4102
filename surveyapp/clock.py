"""Time in one place: stored in UTC, shown in the zone of the study.

Everything that needs the time asks here, so that a test can stop the clock and no naive datetime is ever made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")

_stopped: ContextVar[datetime | None] = ContextVar("stopped_clock", default=None)


def now() -> datetime:
    """The present moment, aware, UTC."""
    return _stopped.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in the zone of the study."""
    return now().astimezone(ZONE).date()


def local(moment: datetime) -> datetime:
    """The same moment on the study's clock."""
    return moment.astimezone(ZONE)


def end_of(day: date) -> datetime:
    """The moment at which a day is over on the study's clock, UTC."""
    return datetime.combine(day + timedelta(days=1), time(), ZONE).astimezone(UTC)


def whole_minutes(seconds: int) -> int:
    """A wait in minutes that is never too short: 61 seconds are 2."""
    return -(-seconds // 60)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Let the clock stand still; for tests and for the demonstration study's past."""
    token = _stopped.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _stopped.reset(token)
