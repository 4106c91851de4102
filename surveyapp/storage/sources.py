"""The sources that were declared for a wave: what a link may be counted under."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from surveyapp.storage.count_tables import WaveSourceRow
from surveyapp.storage.statements import in_wave, insert_into

SOURCES: Any = WaveSourceRow.__table__  # type: ignore[attr-defined]


def of_wave(session: Session, study: str, year: int) -> tuple[str, ...]:
    """The declared sources of a wave, in alphabetical order."""
    statement = select(SOURCES.c.source).where(*in_wave(SOURCES, study, year))
    return tuple(session.execute(statement.order_by(SOURCES.c.source)).scalars())


def is_declared(session: Session, study: str, year: int, source: str) -> bool:
    """Whether this source was declared for the wave."""
    statement = select(SOURCES.c.source).where(*in_wave(SOURCES, study, year), SOURCES.c.source == source)
    return session.connection().execute(statement).first() is not None


def add(session: Session, study: str, year: int, names: Iterable[str]) -> None:
    """Declare sources; what was declared before stays as it is."""
    rows = [{"study_id": study, "year": year, "source": name} for name in sorted(set(names))]
    if rows:
        session.connection().execute(insert_into(session, SOURCES).values(rows).on_conflict_do_nothing())
