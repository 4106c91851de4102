"""Resume codes of cases: the one that was given last in columns of its own, those of other browsers among the flags.

Stored is the hash of a code and a box that only the code opens.
"""

from __future__ import annotations

import uuid

from sqlalchemy import Text, bindparam, cast, select, update
from sqlmodel import Session

from surveyapp.storage.changes import CASES
from surveyapp.storage.statements import in_wave

OLDER_CODES = "codes"
"""Under this name a case's flags hold the hash and the box of each code but the one that was given last."""
NO_KEYS = {"key_hash": None, "resume_hash": None, "resume_box": None}

_OF_WAVE = (CASES.c.study_id == bindparam("study"), CASES.c.year == bindparam("of_year"))
_BY_RESUME = select(CASES.c.case_id, CASES.c.resume_box).where(*_OF_WAVE, CASES.c.resume_hash == bindparam("hash"))
_BY_OLDER_CODE = select(CASES.c.case_id, CASES.c.flags).where(
    *_OF_WAVE, cast(CASES.c.flags, Text).contains(bindparam("hash"))
)


def by_resume(session: Session, study: str, year: int, resume_hash: str) -> tuple[uuid.UUID, str] | None:
    """The case a resume code opens, and the box that the code opens."""
    parameters = {"study": study, "hash": resume_hash, "of_year": year}
    row = session.connection().execute(_BY_RESUME, parameters).first()
    if row is not None:
        return row.case_id, row.resume_box
    row = session.connection().execute(_BY_OLDER_CODE, parameters).first()  # one of another browser, asked for earlier
    pairs = {} if row is None else dict(row.flags.get(OLDER_CODES, {}).values())
    return (row.case_id, pairs[resume_hash]) if row is not None and resume_hash in pairs else None


def code_of(session: Session, study: str, case_id: uuid.UUID) -> tuple[str, str] | None:
    """The hash and the box of the code that was given last; None where there is none."""
    statement = select(CASES.c.resume_hash, CASES.c.resume_box).where(
        CASES.c.study_id == study, CASES.c.case_id == case_id
    )
    row = session.connection().execute(statement).first()
    return None if row is None or row.resume_hash is None else (row.resume_hash, row.resume_box)


def forget_codes(session: Session, study: str, year: int) -> int:
    """Take the keys out of all cases of a wave, and with them what a code sealed of them; how many it was."""
    here = in_wave(CASES, study, year)
    has_older = cast(CASES.c.flags, Text).contains(f'"{OLDER_CODES}"')
    held = session.execute(select(CASES.c.case_id, CASES.c.flags).where(*here, has_older)).all()
    for row in held:
        without = {name: value for name, value in row.flags.items() if name != OLDER_CODES}
        this = update(CASES).where(CASES.c.study_id == study, CASES.c.case_id == row.case_id)
        session.execute(this.values(flags=without))
    return int(session.execute(update(CASES).where(*here).values(**NO_KEYS)).rowcount)  # type: ignore[attr-defined]
