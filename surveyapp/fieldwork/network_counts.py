"""Whether many questionnaires of a wave are sent from one network, as a program does.

Two counts at the throttle, and nothing with a case: of a network how many were sent, gone after an hour; and of a wave,
without any network, how often one went beyond `MOST` within an hour, gone after a day. Both know the time by five
minutes or an hour only. An office of many people shares a network too: a count is a reason to look, and leaves nobody
out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from surveyapp import clock
from surveyapp.storage import throttle
from surveyapp.storage.database import Session

MOST = 5
"""Questionnaires that are sent from one network within an hour before it is noted."""
WINDOW = timedelta(hours=1)


def note_sent(session: Session, study: str, year: int, network: str, salt: str) -> None:
    """Count that a questionnaire was sent from this network, and note where that makes too many of them."""
    source = f"{study} {year} {network}"
    turn = throttle.attempt(session, "sent", source, limit=MOST, window=WINDOW, salt=salt, grain=throttle.GRAIN)
    if not turn.allowed:
        throttle.attempt(session, "crowded", _wave(study, year), limit=0, window=throttle.KEPT, salt="", grain=WINDOW)


def crowded_since(session: Session, study: str, year: int) -> tuple[int, datetime] | None:
    """How many were sent beyond `MOST` of an hour from one network, and since when; None where none were for a day."""
    found = throttle.counted(session, "crowded", _wave(study, year), salt="")
    if found is None or found[1] <= clock.now() - throttle.KEPT:
        return None
    return found


def _wave(study: str, year: int) -> str:
    """What is counted of a wave names the wave alone, so that no secret is needed to find it."""
    return f"{study} {year}"
