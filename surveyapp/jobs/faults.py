"""What the log is told of work that was not done.

Of a fault nobody foresaw it is the place: its own text may quote a row, an address included. Of a database that takes
nothing in it is the cause.
"""

from __future__ import annotations

import traceback

from surveyapp.errors import StorageBusy
from surveyapp.journal import structlog

log = structlog.get_logger(__name__)


def place(error: BaseException) -> str:
    """Where it happened, e.g. ``…/jobs/mail.py:61``; empty when nobody raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def tell_away(error: StorageBusy, **more: str) -> None:
    """The database took nothing in for now: why, at the level of what it asks of somebody."""
    tell = log.error if error.cause in StorageBusy.SERIOUS else log.warning
    tell("worker", outcome="the database is away", cause=error.cause, **more)
