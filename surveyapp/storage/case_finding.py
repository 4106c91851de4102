"""The keys of a wave's cases, for who looks one up by the code it is shown with."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import select
from sqlmodel import Session

from surveyapp.storage.changes import CASES
from surveyapp.storage.statements import in_wave


def keys(session: Session, study: str, year: int, *, is_test: bool) -> Iterator[uuid.UUID]:
    """The key of every case of a wave that was not erased."""
    statement = select(CASES.c.case_id).where(
        *in_wave(CASES, study, year), CASES.c.is_test.is_(is_test), CASES.c.state != "erased"
    )
    yield from session.connection().execute(statement).scalars()
