"""What a machine brings along and a database holds it to: a clock that can be believed, and the one secret key.

Closing days, sessions and locks rest on the clock; links, codes and second steps on the key. Which clock and which key
are right stands in the audit trail: what was done last, and the mark of the key of the first server. Where either was
changed on purpose, somebody says so (`accept_clock`, `accept_key`), and that is an entry of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from surveyapp import clock
from surveyapp.errors import ConfigurationError, SurveyError
from surveyapp.storage import audit
from surveyapp.storage.audit import ENTRIES
from surveyapp.storage.database import Database
from surveyapp.storage.keys import key_mark

MADE = datetime(2025, 1, 1, tzinfo=UTC)
"""No machine runs this product before it was made; a clock that starts at 1970 or at its firmware's day is behind."""
APART = timedelta(minutes=5)
"""How far this machine and the database's may differ, and how far behind the trail of what was done we may be."""


CLOCK, KEY = "clock.accept", "key.accept"
"""Deeds of the trail: from here on the clock is right; this is the key. Done to `SUBJECT`."""
SUBJECT = "installation"


class WrongClock(SurveyError):
    """This machine's clock is wrong."""


def require_clock(database: Database) -> None:
    """Compare this machine's clock with what cannot lie before or far from it.

    Raises
    ------
    WrongClock      it is wrong
    """
    now = clock.now()
    _require_set(database, now)
    with database.read_primary() as session:
        latest = session.execute(select(func.max(ENTRIES.c.at))).scalar_one()
        if _is_behind(
            now, latest
        ):  # only then the trail is read, for what was done since the clock was said to be right
            accepted = audit.last(session, CLOCK, SUBJECT)
            since = select(func.max(ENTRIES.c.at)).where(ENTRIES.c.entry >= (accepted.entry if accepted else 0))
            latest = session.execute(since).scalar_one()
    if _is_behind(now, latest):
        raise WrongClock(
            f"This machine's clock says {now:%Y-%m-%d %H:%M} UTC, and something was done at {latest:%Y-%m-%d %H:%M}: "
            "set the clock; or, where it is right and was ahead then: surveyapp db accept clock"
        )


def _is_behind(now: datetime, latest: datetime | None) -> bool:
    return latest is not None and now < latest - APART


def accept_clock(database: Database, actor: str) -> None:
    """Let what was done while the clock was ahead count no longer: it is right now.

    Raises
    ------
    WrongClock      it cannot be
    """
    _require_set(database, clock.now())
    with database.write() as session:
        audit.add(session, actor, CLOCK, SUBJECT)


def _require_set(database: Database, now: datetime) -> None:
    if now < MADE:
        raise WrongClock(f"This machine's clock says {now:%Y-%m-%d %H:%M} UTC: set it.")
    if database.is_sqlite:
        return
    with database.read_primary() as session:
        theirs = session.execute(select(func.clock_timestamp())).scalar_one()
    if abs(now - theirs) > APART:
        raise WrongClock(
            f"This machine's clock says {now:%Y-%m-%d %H:%M} UTC, the database's {theirs:%Y-%m-%d %H:%M}: set them."
        )


def require_key(session: Session, key: str) -> None:
    """Look whether this is the secret key that the database is served with; any is where none was noted.

    Raises
    ------
    ConfigurationError     it is another: a link or code that one server made would be unknown to the next
    """
    if _noted(session) not in (None, key_mark(key)):
        raise ConfigurationError(
            "SURVEYAPP_SECRET_KEY, or the key in the instance folder, is not the one this database is served with: "
            "links, codes and second steps that exist would be unknown. Give every server and worker that key; or, "
            "where it was changed for good: surveyapp db accept key"
        )


def keep_key(database: Database, key: str) -> None:
    """As `require_key`, and note the key where none was noted: the first server's is everybody's.

    Raises
    ------
    ConfigurationError     it is another
    """
    with database.read_primary() as session:
        require_key(session, key)
        if _noted(session) is not None:
            return
    with database.write() as session:
        audit.be_alone(session)
        require_key(session, key)  # of two that start at once, one was first
        if _noted(session) is None:
            accept_key(session, "system", key)


def accept_key(session: Session, actor: str, key: str) -> None:
    """Let this be the key that the database is served with."""
    audit.add(session, actor, KEY, SUBJECT, {"mark": key_mark(key)})


def _noted(session: Session) -> int | None:
    found = audit.last(session, KEY, SUBJECT)
    return None if found is None else int(found.details["mark"])
