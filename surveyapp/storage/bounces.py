"""Queries on returned mail: which reports were read, and what they say of contacts."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlmodel import Session

from surveyapp.storage.changes import touch_people
from surveyapp.storage.contacts import CONTACTS, WAVES
from surveyapp.storage.mail_tables import MailReportRow
from surveyapp.storage.statements import in_wave, insert_into

REPORTS: Any = MailReportRow.__table__  # type: ignore[attr-defined]
WORKS: Mapping[str, Any] = {"bounced_on": None, "bounce_code": None, "soft_bounces": 0}
"""What is known of an address of which nothing came back."""


def note(session: Session, report_hash: str, values: Mapping[str, Any]) -> bool:
    """Note that a report was read; False where it was before, by whatever worker."""
    statement = insert_into(session, REPORTS).values(report_hash=report_hash, **values).on_conflict_do_nothing()
    return session.connection().execute(statement.returning(REPORTS.c.report_hash)).first() is not None


def is_known(session: Session, report_hash: str) -> bool:
    """Whether a report was read before."""
    statement = select(REPORTS.c.report_hash).where(REPORTS.c.report_hash == report_hash)
    return session.connection().execute(statement).first() is not None


def counts(session: Session, study: str | None = None, year: int | None = None) -> dict[str, int]:
    """How many reports of each kind were read: of a wave, or without one all of them."""
    statement = select(REPORTS.c.kind, func.count().label("n")).group_by(REPORTS.c.kind)
    if study is not None and year is not None:
        statement = statement.where(*in_wave(REPORTS, study, year))
    return {row.kind: row.n for row in session.connection().execute(statement)}


def forget_wave(session: Session, study: str, year: int) -> None:
    """Delete what was read of a wave that is deleted."""
    session.connection().execute(delete(REPORTS).where(*in_wave(REPORTS, study, year)))


def by_address(session: Session, emails: Collection[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    """The contacts with one of these addresses in waves that are not over; addresses in small letters."""
    runs = (WAVES.c.study_id == CONTACTS.c.study_id) & (WAVES.c.year == CONTACTS.c.year)
    statement = select(CONTACTS).join(WAVES, runs).where(CONTACTS.c.email.in_(emails))
    return session.connection().execute(statement.where(WAVES.c.state.in_(("draft", "test", "open")))).all()


def set_bounced(session: Session, study: str, contact_id: uuid.UUID, day: date, code: str | None) -> None:
    """Note that no mail arrives at a contact's address; the first day stays."""
    touch_people(session, study)
    changed = _of(study, contact_id).values(bounced_on=func.coalesce(CONTACTS.c.bounced_on, day), bounce_code=code)
    session.connection().execute(changed)


def add_soft(session: Session, study: str, contact_id: uuid.UUID, code: str | None) -> None:
    """Count one mail more that did not arrive for now."""
    changed = _of(study, contact_id).values(soft_bounces=CONTACTS.c.soft_bounces + 1, bounce_code=code)
    session.connection().execute(changed)


def set_complained(session: Session, study: str, contact_id: uuid.UUID, day: date) -> None:
    """Note that a contact called a mail unwanted; the first day stays."""
    changed = _of(study, contact_id).values(complained_on=func.coalesce(CONTACTS.c.complained_on, day))
    session.connection().execute(changed)


def set_working(session: Session, study: str, contact_id: uuid.UUID) -> None:
    """Forget what came back from a contact's address: it is another one, or was found to work."""
    touch_people(session, study)
    session.connection().execute(_of(study, contact_id).values(**WORKS))


def _of(study: str, contact_id: uuid.UUID) -> Any:
    return update(CONTACTS).where(CONTACTS.c.study_id == study, CONTACTS.c.contact_id == contact_id)
