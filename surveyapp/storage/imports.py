"""Writing the cases of an imported wave and the record of the import."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from surveyapp.storage.cases import insert_cases
from surveyapp.storage.changes import CASES, take_back
from surveyapp.storage.keys import uuid7
from surveyapp.storage.statements import in_wave
from surveyapp.storage.tables import ImportRunRow

_EMPTY: dict[str, Any] = {
    "language": "nl",
    "source": "file",
    "device": "unknown",
    "is_test": False,
    "revision": 1,
    "answers": {},
    "pages": {},
    "last_page": None,
    "seconds": 0,
    "seed": 0,
    "consent_version": "imported",
    "sent_on": None,
    "started_on": None,
    "reference": None,
    "key_hash": None,
    "resume_hash": None,
    "flags": {},
}


def replace_cases(session: Session, study: str, year: int, rows: Sequence[Mapping[str, Any]]) -> int:
    """Put these cases in the place of all cases of the wave; returns how many stood there.

    Each row names ``case_id``, ``instrument_hash``, ``role``, ``state``, ``started_on`` and whatever differs from an
    empty case. A case that is no longer in the file stays as an empty, erased one, so that figures that were read
    before notice its going.
    """
    here = in_wave(CASES, study, year)
    before: dict[uuid.UUID, tuple[str, str, date | None]] = {
        row.case_id: (row.role, row.instrument_hash, row.started_on)
        for row in session.connection().execute(
            select(CASES.c.case_id, CASES.c.role, CASES.c.instrument_hash, CASES.c.started_on).where(
                *here, CASES.c.is_test.is_(False)
            )
        )
    }
    session.connection().execute(delete(CASES).where(*here))
    key = {"study_id": study, "year": year}
    erased = {"state": "erased"}
    kept = {row["case_id"] for row in rows}
    gone = [
        {
            **_EMPTY,
            **key,
            "case_id": case,
            "role": role,
            "instrument_hash": version,
            "started_on": day,
            **erased,
        }
        for case, (role, version, day) in before.items()
        if case not in kept
    ]
    insert_cases(session, [{**_EMPTY, **key, **row} for row in rows] + gone)
    if before:  # what stood there before stands in a file of columns too, which nobody may look at for months
        take_back(session, study, year)
    return len(before)


def record_run(
    session: Session, study: str, year: int, *, file_hash: str, mapping_hash: str, rows: int, report: dict[str, Any],
    at: datetime,
) -> None:  # fmt: skip
    """Note what an import took in and what it said per column."""
    session.add(
        ImportRunRow(
            study_id=study,
            run_id=uuid7(),
            year=year,
            file_hash=file_hash,
            mapping_hash=mapping_hash,
            rows=rows,
            report=report,
            imported_at=at,
        )
    )
    session.flush()


def runs(session: Session, study: str, year: int) -> list[ImportRunRow]:
    """The imports of a wave, latest first."""
    statement = (
        select_rows(ImportRunRow)
        .where(ImportRunRow.study_id == study, ImportRunRow.year == year)
        .order_by(col(ImportRunRow.imported_at).desc())
    )
    return list(session.exec(statement))
