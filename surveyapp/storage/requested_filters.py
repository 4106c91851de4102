"""The filters that were released on request, in order: each was judged beside those before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlmodel import Session

from surveyapp.storage.published_tables import RequestedFilterRow

FILTERS: Any = RequestedFilterRow.__table__  # type: ignore[attr-defined]


def _of(study: str, year: int) -> tuple[ColumnElement[bool], ...]:
    return (FILTERS.c.study_id == study, FILTERS.c.year == year)


def of_wave(session: Session, study: str, year: int) -> Sequence[Any]:
    """Every released filter of a wave, first to last."""
    return session.execute(select(FILTERS).where(*_of(study, year)).order_by(FILTERS.c.number)).all()


def add(
    session: Session, study: str, year: int, expression: str, *, at: datetime, actor: str, after: int
) -> int | None:
    """Add a filter that was judged beside ``after`` others; its number, or None when others came in between.

    The caller holds the wave. ``after`` counts rows, those that nobody can read any more among them.
    """
    counted = session.execute(select(func.count()).select_from(FILTERS).where(*_of(study, year))).scalar_one()
    if counted != after:
        return None
    values = {"number": after + 1, "at": at, "actor": actor[:254], "expression": expression}
    session.execute(insert(FILTERS).values(study_id=study, year=year, **values))
    return after + 1


def forget(session: Session, study: str, year: int) -> None:
    """Delete the filters of a wave that goes itself."""
    session.execute(delete(FILTERS).where(*_of(study, year)))
