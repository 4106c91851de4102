"""Addresses left for the report, the next wave or an interview.

They stand apart from every answer: their own table, a random key, no time, no case. Write one in a transaction of its
own, never in the one that stores answers: PostgreSQL keeps the number of the transaction beside every row and SQLite's
journal the order of writes, and either would join the two for ever (docs/decisions/0003-storage.md).
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from surveyapp.storage import keys
from surveyapp.storage.postgresql import keep_writers_out
from surveyapp.storage.statements import in_wave, put
from surveyapp.storage.tables import ReportRequestRow

REQUESTS: Any = ReportRequestRow.__table__  # type: ignore[attr-defined]


def add(
    session: Session,
    study: str,
    year: int,
    email: str,
    language: str,
    wishes: Sequence[int | str],
    secret: str | None = None,
) -> None:
    """Keep an address and what it was left for; one under the same secret gives way to it, its wishes stay.

    Parameters
    ----------
    email :  checked by the caller
    wishes : codes of the wishes that were ticked, and words that were written beside them; none: the report
    secret : by which who left it finds it again (:func:`kept`) until the wave closes; kept nowhere. Absent: nobody does
    """
    values = {
        "study_id": study,
        "request_id": keys.apart_id(secret),
        "year": year,
        "email": email,
        "language": language,
        "wishes": list(wishes),
    }
    put(session, REQUESTS, values, key=("study_id", "request_id"), replaced=("email",))


@dataclass(frozen=True, slots=True)
class LeftAddress:
    """An address with all it was left for."""

    email: str
    language: str
    wishes: tuple[int | str, ...]  # codes of what was ticked, in ascending order, then what was written
    is_for_report: bool  # left for the report alone, with nothing ticked


def kept(session: Session, study: str, year: int, secret: str) -> str | None:
    """The address that was left under this secret; None when it is gone, or was mixed with the others."""
    found = select(REQUESTS.c.email).where(*_under(study, year, secret))
    return session.execute(found).scalar_one_or_none()


def take_back(session: Session, study: str, year: int, secret: str) -> bool:
    """Delete the address left under this secret, and no other's; False when it is not there any more."""
    gone = delete(REQUESTS).where(*_under(study, year, secret))
    return bool(session.connection().execute(gone.returning(REQUESTS.c.request_id)).all())


def _under(study: str, year: int, secret: str) -> tuple[Any, ...]:
    return *in_wave(REQUESTS, study, year), REQUESTS.c.request_id == keys.apart_id(secret)


def listed(session: Session, study: str, year: int) -> list[LeftAddress]:
    """Addresses of a wave in alphabetical order, so that nothing shows who came when; each once."""
    statement = select(REQUESTS.c.email, REQUESTS.c.language, REQUESTS.c.wishes).where(*in_wave(REQUESTS, study, year))
    found: dict[str, LeftAddress] = {}
    for row in session.execute(statement.order_by(REQUESTS.c.email)):
        before = found.get(row.email, LeftAddress(row.email, row.language, (), is_for_report=False))
        found[row.email] = replace(
            before,
            wishes=tuple(sorted({*before.wishes, *row.wishes}, key=lambda wish: (isinstance(wish, str), wish))),
            is_for_report=before.is_for_report or not row.wishes,
        )
    return list(found.values())


def forget(session: Session, study: str, year: int, email: str | None = None) -> int:
    """Delete every address left in a wave, or one of them; the number of rows."""
    gone = delete(REQUESTS).where(*in_wave(REQUESTS, study, year))
    if email is not None:
        gone = gone.where(REQUESTS.c.email == email)
    return len(session.connection().execute(gone.returning(REQUESTS.c.request_id)).all())


def mix(session: Session, study: str, year: int) -> int:
    """Write every address of a wave anew, in random order and in one transaction; the number of them.

    Done when a wave closes: what the database itself remembers of the order of arrival is then the same for all.
    """
    keep_writers_out(session, REQUESTS.name)
    of_wave = in_wave(REQUESTS, study, year)
    rows = [dict(row) for row in session.execute(select(REQUESTS).where(*of_wave)).mappings()]
    session.execute(delete(REQUESTS).where(*of_wave))
    secrets.SystemRandom().shuffle(rows)
    for row in rows:
        row["request_id"] = uuid.uuid4()
    if rows:
        session.connection().execute(insert(REQUESTS), rows)
    return len(rows)
