"""The figures that were added to the report of a wave beside its plan, in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from surveyapp.storage.published_tables import ReportFigureRow
from surveyapp.storage.statements import count, in_wave

FIGURES: Any = ReportFigureRow.__table__  # type: ignore[attr-defined]


def of_wave(session: Session, study: str, year: int) -> Sequence[Any]:
    """Every figure that stands in the report of a wave, first to last."""
    here = (*in_wave(FIGURES, study, year), FIGURES.c.removed_at.is_(None))
    return session.execute(select(FIGURES).where(*here).order_by(FIGURES.c.number)).all()


def add(session: Session, study: str, year: int, *, at: datetime, actor: str, **asked: str) -> int:
    """Add a figure; its number. The caller holds the wave.

    Parameters
    ----------
    asked : variable, banners, filter, weight and chart
    """
    number = count(session, FIGURES, *in_wave(FIGURES, study, year)) + 1  # with those taken out again
    values = {"number": number, "at": at, "actor": actor[:254], **asked}
    session.execute(insert(FIGURES).values(study_id=study, year=year, **values))
    return number


def remove(session: Session, study: str, year: int, number: int, at: datetime) -> bool:
    """Take a figure out again; whether it stood there."""
    here = (*in_wave(FIGURES, study, year), FIGURES.c.number == number, FIGURES.c.removed_at.is_(None))
    taken = session.execute(update(FIGURES).where(*here).values(removed_at=at).returning(FIGURES.c.number))
    return taken.first() is not None


def forget(session: Session, study: str, year: int) -> None:
    """Delete the figures of a wave that goes itself."""
    session.execute(delete(FIGURES).where(*in_wave(FIGURES, study, year)))
