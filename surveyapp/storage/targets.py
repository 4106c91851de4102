"""How many answers are wanted of each role and segment, where somebody set that beside the questionnaire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from surveyapp.storage.sample_tables import WaveTargetRow
from surveyapp.storage.statements import in_wave

TARGETS: Any = WaveTargetRow.__table__  # type: ignore[attr-defined]


def of_wave(session: Session, study: str, year: int) -> dict[tuple[str, str], int]:
    """What was set: completes wanted by role and segment; '' for the role as a whole."""
    statement = select(TARGETS).where(*in_wave(TARGETS, study, year)).order_by(TARGETS.c.role, TARGETS.c.segment)
    return {(row.role, row.segment): row.wanted for row in session.connection().execute(statement)}


def replace(session: Session, study: str, year: int, wanted: Mapping[tuple[str, str], int]) -> None:
    """Set these and nothing else."""
    session.connection().execute(delete(TARGETS).where(*in_wave(TARGETS, study, year)))
    rows = [
        {"study_id": study, "year": year, "role": role, "segment": segment, "wanted": number}
        for (role, segment), number in wanted.items()
    ]
    if rows:
        session.connection().execute(insert(TARGETS), rows)
