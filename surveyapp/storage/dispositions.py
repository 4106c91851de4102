"""Queries on what researchers decided about single people of a wave, and on the counts that outlive the link."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlmodel import Session

from surveyapp.storage.changes import touch_people
from surveyapp.storage.contacts import CONTACTS
from surveyapp.storage.disposition_tables import DecidedDispositionRow, OutcomeCountRow
from surveyapp.storage.statements import batches, in_wave, put

DECIDED: Any = DecidedDispositionRow.__table__  # type: ignore[attr-defined]
COUNTS: Any = OutcomeCountRow.__table__  # type: ignore[attr-defined]


def of_wave(session: Session, study: str, year: int) -> dict[uuid.UUID, str]:
    """What was decided, by the key of the contact or case."""
    statement = select(DECIDED.c.subject, DECIDED.c.disposition).where(*in_wave(DECIDED, study, year))
    return {row.subject: row.disposition for row in session.connection().execute(statement)}


def find(session: Session, study: str, subject: uuid.UUID) -> Row[*tuple[Any, ...]] | None:
    """What was decided about one contact or case, why and by whom."""
    statement = select(DECIDED).where(DECIDED.c.study_id == study, DECIDED.c.subject == subject)
    return session.connection().execute(statement).first()


def decide(
    session: Session, study: str, year: int, subject: uuid.UUID, disposition: str, reason: str, actor: str, day: date
) -> None:
    """Put a decision in the place of the one before."""
    touch_people(session, study)
    key = {"study_id": study, "subject": subject}
    values = {"year": year, "disposition": disposition, "reason": reason, "actor": actor, "decided_on": day}
    put(session, DECIDED, {**key, **values}, key=tuple(key), replaced=tuple(values))


def revoke(session: Session, study: str, subject: uuid.UUID) -> bool:
    """Take a decision back; whether there was one."""
    touch_people(session, study)
    gone = delete(DECIDED).where(DECIDED.c.study_id == study, DECIDED.c.subject == subject)
    return bool(session.connection().execute(gone).rowcount)


def forget_wave(session: Session, study: str, year: int) -> None:
    """Delete what was decided and counted of a wave."""
    for table in (DECIDED, COUNTS):
        session.connection().execute(delete(table).where(*in_wave(table, study, year)))


# ---------------------------------------------------------------------------------------------- when links are cut
def forget_people(session: Session, study: str, year: int) -> None:
    """Delete what was decided about contacts of a wave, and why anything was decided about its cases."""
    touch_people(session, study)
    people = select(CONTACTS.c.contact_id).where(*in_wave(CONTACTS, study, year))
    session.connection().execute(delete(DECIDED).where(*in_wave(DECIDED, study, year), DECIDED.c.subject.in_(people)))
    session.connection().execute(update(DECIDED).where(*in_wave(DECIDED, study, year)).values(reason=""))


def keep_counts(session: Session, study: str, year: int, counts: Mapping[tuple[str, str, str], int]) -> None:
    """Keep how many of each part and value ended in which way."""
    session.connection().execute(delete(COUNTS).where(*in_wave(COUNTS, study, year)))
    rows = [
        {"study_id": study, "year": year, "part": part, "value": value, "disposition": disposition, "times": times}
        for (part, value, disposition), times in sorted(counts.items())
    ]
    for some in batches(rows):
        session.connection().execute(insert(COUNTS), some)


def kept_counts(session: Session, study: str, year: int) -> dict[tuple[str, str, str], int]:
    """What :func:`keep_counts` kept: part, value and disposition → how many."""
    statement = select(COUNTS).where(*in_wave(COUNTS, study, year))
    return {(row.part, row.value, row.disposition): row.times for row in session.connection().execute(statement)}
