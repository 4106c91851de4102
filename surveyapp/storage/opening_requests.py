"""Addresses of who wants to hear that a wave opens: one row per wave and address, apart from every answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlmodel import Session

from surveyapp.storage.mail_tables import OpeningRequestRow
from surveyapp.storage.statements import in_wave, put

OPENINGS: Any = OpeningRequestRow.__table__  # type: ignore[attr-defined]


def add(session: Session, study: str, year: int, email: str, language: str, day: date) -> None:
    """Keep an address; left twice it stands there once, in the language of the last time."""
    values = {"study_id": study, "year": year, "email": email, "language": language, "left_on": day}
    put(session, OPENINGS, values, key=("study_id", "year", "email"), replaced=("language",))


def waves(session: Session) -> list[tuple[str, int]]:
    """The waves somebody wants to hear of: study, year."""
    statement = select(OPENINGS.c.study_id, OPENINGS.c.year).distinct()
    return [(row.study_id, row.year) for row in session.connection().execute(statement)]


def take(session: Session, study: str, year: int, most: int) -> list[tuple[str, str]]:
    """Take addresses out, at most so many: address and language. Each is given to one taker only."""
    chosen = (
        select(OPENINGS.c.study_id, OPENINGS.c.year, OPENINGS.c.email)
        .where(*in_wave(OPENINGS, study, year))
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = [tuple(row) for row in session.connection().execute(chosen)]
    if not found:
        return []
    key = tuple_(OPENINGS.c.study_id, OPENINGS.c.year, OPENINGS.c.email)
    gone = delete(OPENINGS).where(key.in_(found)).returning(OPENINGS.c.email, OPENINGS.c.language)
    return [(row.email, row.language) for row in session.connection().execute(gone)]


def forget(session: Session, study: str, year: int) -> int:
    """Delete every address left for a wave; the number of them."""
    gone = delete(OPENINGS).where(*in_wave(OPENINGS, study, year))
    return len(session.connection().execute(gone.returning(OPENINGS.c.email)).all())


def forget_before(session: Session, day: date) -> int:
    """Delete addresses that were left before this day; the number of them."""
    gone = delete(OPENINGS).where(OPENINGS.c.left_on < day)
    return len(session.connection().execute(gone.returning(OPENINGS.c.email)).all())
