"""The targets of a wave, in the order in which they were put in force; the last one holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from surveyapp.storage.published_tables import WeightingRow
from surveyapp.storage.statements import in_wave

WEIGHTINGS: Any = WeightingRow.__table__  # type: ignore[attr-defined]


def in_force(session: Session, study: str, year: int) -> tuple[int, Mapping[str, Any]]:
    """The number and the document of the targets in force; 0 and nothing where there never were any."""
    wanted = select(WEIGHTINGS.c.number, WEIGHTINGS.c.document).where(*in_wave(WEIGHTINGS, study, year))
    row = session.execute(wanted.order_by(WEIGHTINGS.c.number.desc()).limit(1)).first()
    return (0, {}) if row is None else (row.number, row.document)


def add(
    session: Session, study: str, year: int, document: Mapping[str, Any], *, at: datetime, actor: str, number: int
) -> None:
    """Put targets in force after those before; the caller holds the wave."""
    values = {"number": number, "at": at, "actor": actor[:254], "document": dict(document)}
    session.execute(insert(WEIGHTINGS).values(study_id=study, year=year, **values))


def forget(session: Session, study: str, year: int) -> None:
    """Delete the targets of a wave that goes itself."""
    session.execute(delete(WEIGHTINGS).where(*in_wave(WEIGHTINGS, study, year)))
