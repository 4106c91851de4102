"""Where people come from, and how many reached the steps before a case exists: role chosen, consent given or declined.

A source stands in an address that somebody followed, so anything can stand in it: ``?source=jan-jansen-00417`` would
name a person for good. Only sources that the team declared for the wave are kept, wherever a source is kept; whoever
comes by anything else came by the open link.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from surveyapp.errors import NotFound, WrongState
from surveyapp.fieldwork.waves import wave_info
from surveyapp.storage import arrivals, sources
from surveyapp.storage.database import Session
from surveyapp.storage.tables import ARRIVAL_EVENTS

OPEN_LINK = "open"
PERSONAL_LINK = "personal"
"""The source of who was invited by name and given none: in figures they stand apart from the open link."""
MOST_SOURCES = 50
"""Sources of a wave without personal links: more of them would be names of people, not of places."""
_SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def source_name(text: str) -> str | None:
    """A source as it is counted: small letters, digits and hyphens; None for what can be no name of one."""
    name = text.strip().lower().replace("_", "-")
    return name if _SOURCE.fullmatch(name) else None


def declared_source(session: Session, study: str, year: int, source: str | None) -> str:
    """What is kept of a source: its name when it was declared for the wave, the open link in every other case."""
    name = source_name(source or "")
    if name is None or name == OPEN_LINK:
        return OPEN_LINK
    return name if sources.is_declared(session, study, year, name) else OPEN_LINK


def declare_sources(session: Session, study: str, year: int, names: Sequence[str]) -> tuple[str, ...]:
    """Declare sources for a wave, beside those it has; those that are new.

    Raises
    ------
    WrongState     the wave has too many sources, or a name cannot be one
    """
    wave = wave_info(session, study, year)
    before = sources.of_wave(session, study, year)
    for name in names:
        if source_name(name) != name:
            raise WrongState(
                "“%(name)s” cannot be a source: use small letters, digits and hyphens, at most 32 of them.",
                name=name[:40],
            )
    fresh = tuple(dict.fromkeys(name for name in names if name not in before and name != OPEN_LINK))
    if wave.mode == "anonymous" and len(before) + len(fresh) > MOST_SOURCES:
        raise WrongState(
            "%(study)s %(year)s is anonymous and would have %(n)s sources; at most %(most)s are kept, because a link "
            "for few people tells who they are.",
            study=study,
            year=year,
            n=len(before) + len(fresh),
            most=MOST_SOURCES,
        )
    sources.add(session, study, year, fresh)
    return fresh


def count_arrival(
    session: Session, study: str, year: int, event: str, role: str, language: str, source: str | None
) -> None:
    """Count one person at one step; nothing of the person is kept, and no day.

    Raises
    ------
    NotFound     there is no such step or wave
    """
    if event not in ARRIVAL_EVENTS:
        raise NotFound(
            "There is no step %(event)s; choose one of %(names)s.", event=event, names=", ".join(ARRIVAL_EVENTS)
        )
    is_test = wave_info(session, study, year).state == "test"
    kept = declared_source(session, study, year, source)
    arrivals.add(session, study, year, event, role, language, kept, is_test=is_test)
