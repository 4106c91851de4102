"""Counts of people before a case exists."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session

from surveyapp.storage.inserts import insert_into
from surveyapp.storage.tables import ArrivalRow

ARRIVALS: Any = ArrivalRow.__table__  # type: ignore[attr-defined]
_KEY = ("study_id", "year", "day", "event", "role", "language", "source")


def add(
    session: Session,
    study: str,
    year: int,
    day: date,
    event: str,
    role: str,
    language: str,
    source: str,
    times: int = 1,
) -> None:
    """Add to one count; exact over all processes."""
    statement = insert_into(session, ARRIVALS).values(
        study_id=study, year=year, day=day, event=event, role=role, language=language, source=source, times=times
    )
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=list(_KEY), set_={"times": ARRIVALS.c.times + statement.excluded.times}
        )
    )
