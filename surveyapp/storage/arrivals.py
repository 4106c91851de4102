"""Counts of people before a case exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from surveyapp.storage.inserts import insert_into
from surveyapp.storage.tables import ArrivalRow

ARRIVALS: Any = ArrivalRow.__table__  # type: ignore[attr-defined]
_KEY = ("study_id", "year", "is_test", "event", "role", "language", "source")


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
    statement = insert_into(session, ARRIVALS).values(
        study_id=study,
        year=year,
        is_test=is_test,
        event=event,
        role=role,
        language=language,
        source=source,
        times=times,
    )
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=list(_KEY), set_={"times": ARRIVALS.c.times + statement.excluded.times}
        )
    )


def counts(
    session: Session, study: str, year: int, parts: Mapping[str, str], *, is_test: bool = False
) -> dict[str, int]:
    """How many people reached each step, of those with these values of role, language and source."""
    statement = select(ARRIVALS.c.event, func.sum(ARRIVALS.c.times)).where(
        ARRIVALS.c.study_id == study, ARRIVALS.c.year == year, ARRIVALS.c.is_test.is_(is_test)
    )
    for part, value in parts.items():
        statement = statement.where(ARRIVALS.c[part] == value)
    return {event: int(times) for event, times in session.execute(statement.group_by(ARRIVALS.c.event))}
