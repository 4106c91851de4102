"""The desk at which an editor asks for a filter: turns are counted, requests judged one after the other, and all of it
is written in the audit log."""

from __future__ import annotations

from datetime import timedelta

from surveyapp import clock
from surveyapp.errors import BadQuery, NotReleased, StorageBusy, WrongState
from surveyapp.instrument.model import NamedFilter
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.requested_filters import request_filter
from surveyapp.storage import audit, requested_filters, throttle, waves

MOST_REFUSED = 20
"""Refusals a day, of one account and wave: each tells a little of who is not many."""
ROUNDS = 3
"""So often a filter is judged anew because another was released meanwhile."""
REFUSED, RELEASED = "filter.refuse", "filter.release"
DOOR, WINDOW = "filter-request", timedelta(days=1)


def ask_for_filter(live: LiveWaves, study: str, year: int, expression: str, *, actor: str, salt: str) -> str:
    """The name under which a filter is released: on this request, or before.

    A turn is counted before the filter is judged, so that no two requests both take the last; who is not refused gets
    it back.

    Raises
    ------
    WrongState      too many were refused within a day
    BadQuery        the expression cannot be read or does not fit the codebook
    NotReleased     with it, what is shown would speak of a few
    StorageBusy     others released filters all the time that it was judged; or the database is locked or away
    """
    source = f"{actor} {study} {year}"
    with live.database.write() as session:
        turn = throttle.attempt(session, DOOR, source, limit=MOST_REFUSED, window=WINDOW, salt=salt)
    if not turn.allowed:
        raise WrongState("%(n)s filters were refused today. Ask again tomorrow, or ask a researcher.", n=MOST_REFUSED)
    try:
        name = _judged(live, study, year, expression, actor)
    except NotReleased:
        with live.database.write() as session:
            audit.add(session, actor, REFUSED, f"{study} {year}", {"filter": expression[:400]})
        raise
    except (BadQuery, StorageBusy):
        _give_back(live, source, salt)
        raise
    _give_back(live, source, salt)
    return name


def _give_back(live: LiveWaves, source: str, salt: str) -> None:
    with live.database.write() as session:
        throttle.take_back(session, DOOR, source, salt=salt)


def _judged(live: LiveWaves, study: str, year: int, expression: str, actor: str) -> str:
    for _ in range(ROUNDS):
        data = live.published(study, year)
        found = request_filter(data, expression)
        if isinstance(found, NamedFilter):
            return found.id
        with live.database.write() as session:
            waves.find(session, study, year, lock=True)
            number = requested_filters.add(
                session, study, year, found.source, at=clock.now(), actor=actor, after=data.requested
            )
            if number is not None:
                details = {"filter": found.source, "number": number}
                audit.add(session, actor, RELEASED, f"{study} {year}", details)
                return f"requested_{number}"
    raise StorageBusy("Others release filters of this wave at this moment. Ask again in a minute.")
