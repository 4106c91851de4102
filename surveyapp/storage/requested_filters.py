"""The filters that were released on request, in order: each was judged beside those before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from surveyapp.storage.published_tables import RequestedFilterRow
from surveyapp.storage.statements import count, in_wave

FILTERS: Any = RequestedFilterRow.__table__  # type: ignore[attr-defined]


def of_wave(session: Session, study: str, year: int) -> Sequence[Any]:
    """Every released filter of a wave, first to last."""
    return session.execute(select(FILTERS).where(*in_wave(FILTERS, study, year)).order_by(FILTERS.c.number)).all()


def add(
    session: Session, study: str, year: int, expression: str, *, at: datetime, actor: str, after: int
) -> int | None:
    """Add a filter that was judged beside ``after`` others; its number, or None when others came in between.

    The caller holds the wave. ``after`` counts rows, those that nobody can read any more among them.
    """
    if count(session, FILTERS, *in_wave(FILTERS, study, year)) != after:
        return None
    values = {"number": after + 1, "at": at, "actor": actor[:254], "expression": expression}
    session.execute(insert(FILTERS).values(study_id=study, year=year, **values))
    return after + 1


def forget(session: Session, study: str, year: int) -> None:
    """Delete the filters of a wave that goes itself."""
    session.execute(delete(FILTERS).where(*in_wave(FILTERS, study, year)))
