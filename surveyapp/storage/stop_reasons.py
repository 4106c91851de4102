"""Queries on why people stopped, in their own words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, select
from sqlmodel import Session

from surveyapp.storage import statements
from surveyapp.storage.changes import CASES
from surveyapp.storage.statements import in_wave, put
from surveyapp.storage.stop_tables import StopReasonRow

REASONS: Any = StopReasonRow.__table__  # type: ignore[attr-defined]


def keep(session: Session, study: str, year: int, case_id: uuid.UUID, page: str, language: str, words: str) -> None:
    """Keep what was said, in the place of what the same case said before."""
    values = {"study_id": study, "year": year, "case_id": case_id, "page": page, "language": language, "words": words}
    put(session, REASONS, values, key=("study_id", "case_id"), replaced=("page", "language", "words"))


def forget(session: Session, study: str, case_id: uuid.UUID) -> bool:
    """Delete what a case said; whether it had said anything."""
    own = (REASONS.c.study_id == study, REASONS.c.case_id == case_id)
    return bool(session.connection().execute(delete(REASONS).where(*own)).rowcount)


def of_case(session: Session, study: str, case_id: uuid.UUID) -> str:
    """What a case said; empty when it said nothing."""
    found = select(REASONS.c.words).where(REASONS.c.study_id == study, REASONS.c.case_id == case_id)
    return str(session.execute(found).scalar_one_or_none() or "")


def of_wave(session: Session, study: str, year: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """What was said in a wave, with role and device, in the order of keys."""
    parts = (REASONS.c.case_id, REASONS.c.page, REASONS.c.language, REASONS.c.words, CASES.c.role, CASES.c.device)
    of_case = (CASES.c.study_id == REASONS.c.study_id) & (CASES.c.case_id == REASONS.c.case_id)
    statement = select(*parts).join(CASES, of_case).where(*in_wave(REASONS, study, year))
    return session.execute(statement.order_by(REASONS.c.case_id)).all()


def count(session: Session, study: str, year: int) -> int:
    """How many people of a wave said why."""
    return statements.count(session, REASONS, *in_wave(REASONS, study, year))


def forget_wave(session: Session, study: str, year: int) -> None:
    """Delete what was said in a wave."""
    session.connection().execute(delete(REASONS).where(*in_wave(REASONS, study, year)))
