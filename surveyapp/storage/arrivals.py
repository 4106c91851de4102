"""Counts of people before a case exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from surveyapp.storage.statements import add_times, in_wave
from surveyapp.storage.tables import ArrivalRow

ARRIVALS: Any = ArrivalRow.__table__  # type: ignore[attr-defined]


def add(
    session: Session,
    study: str,
    year: int,
    event: str,
    role: str,
    language: str,
    source: str,
    times: int = 1,
    *,
    is_test: bool = False,
) -> None:
    """Add to one count; exact over all processes."""
    wave = {"study_id": study, "year": year, "is_test": is_test}
    key = {**wave, "event": event, "role": role, "language": language, "source": source}
    add_times(session, ARRIVALS, key, times)


def by_role(
    session: Session, study: str, year: int, parts: Mapping[str, str], *, is_test: bool = False
) -> list[tuple[str, str, int]]:
    """How many people of each role reached each step, of those with these values of role, language and source.

    Returns
    -------
    role, event, times
    """
    statement = select(ARRIVALS.c.role, ARRIVALS.c.event, func.sum(ARRIVALS.c.times)).where(
        *in_wave(ARRIVALS, study, year), ARRIVALS.c.is_test.is_(is_test)
    )
    for part, value in parts.items():
        statement = statement.where(ARRIVALS.c[part] == value)
    rows = session.execute(statement.group_by(ARRIVALS.c.role, ARRIVALS.c.event))
    return [(role, event, int(times)) for role, event, times in rows]
