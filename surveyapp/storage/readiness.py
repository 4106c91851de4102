"""Whether the clock of this machine can be believed: closing days, sessions and locks rest on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from surveyapp import clock
from surveyapp.errors import SurveyError
from surveyapp.storage.audit import ENTRIES
from surveyapp.storage.database import Database

MADE = datetime(2025, 1, 1, tzinfo=UTC)
"""No machine runs this product before it was made; a clock that starts at 1970 or at its firmware's day is behind."""
APART = timedelta(minutes=5)
"""How far this machine and the database's may differ, and how far behind the trail of what was done we may be."""


class WrongClock(SurveyError):
    """This machine's clock is wrong."""


def require_clock(database: Database) -> None:
    """Compare this machine's clock with what cannot lie before or far from it.

    Raises
    ------
    WrongClock      it is wrong
    StorageBusy     the database is locked or away
    """
    now = clock.now()
    if now < MADE:
        raise WrongClock(f"This machine's clock says {now:%Y-%m-%d %H:%M} UTC: set it.")
    with database.read_primary() as session:
        latest = session.execute(select(func.max(ENTRIES.c.at))).scalar_one()
        theirs = now if database.is_sqlite else session.execute(select(func.clock_timestamp())).scalar_one()
    if latest is not None and now < latest - APART:
        raise WrongClock(
            f"This machine's clock says {now:%Y-%m-%d %H:%M} UTC, and something was done at {latest:%Y-%m-%d %H:%M}: "
            "set the clock."
        )
    if abs(now - theirs) > APART:
        raise WrongClock(
            f"This machine's clock says {now:%Y-%m-%d %H:%M} UTC, the database's {theirs:%Y-%m-%d %H:%M}: set them."
        )
