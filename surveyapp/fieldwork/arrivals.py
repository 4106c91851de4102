"""How many people reached the steps before a case exists: role chosen, consent given or declined."""

from __future__ import annotations

import re

from sqlmodel import Session

from surveyapp import clock
from surveyapp.errors import NotFound
from surveyapp.storage import arrivals
from surveyapp.storage.tables import ARRIVAL_EVENTS

OPEN_LINK, OTHER_SOURCE = "open", "other"
_SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def known_source(source: str | None) -> str:
    """The name of a source as it is counted: absent is the open link, what is no name at all is "other".

    A source comes from an address somebody followed, so anything can stand in it; the rule keeps addresses and names of
    people out of the counts.
    """
    if not source:
        return OPEN_LINK
    name = source.strip().lower().replace("_", "-")
    return name if _SOURCE.fullmatch(name) else OTHER_SOURCE


def count_arrival(
    session: Session, study: str, year: int, event: str, role: str, language: str, source: str | None
) -> None:
    """Count one person at one step, today; nothing of the person is kept.

    Raises
    ------
    NotFound     there is no such step
    """
    if event not in ARRIVAL_EVENTS:
        raise NotFound(
            "There is no step %(event)s; choose one of %(names)s.", event=event, names=", ".join(ARRIVAL_EVENTS)
        )
    arrivals.add(session, study, year, clock.today(), event, role, language, known_source(source))
