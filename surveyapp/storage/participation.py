"""Queries on who of a wave took part how far: contacts beside the case of their link, and cases that no contact has."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, case, func, null, select, type_coerce
from sqlmodel import Session

from surveyapp.storage.changes import CASES
from surveyapp.storage.column_types import Json
from surveyapp.storage.contacts import CONTACTS, HAS_LINK, LINKS
from surveyapp.storage.dispositions import DECIDED
from surveyapp.storage.statements import in_wave

_CASE = (
    CASES.c.case_id,
    CASES.c.state,
    CASES.c.role.label("case_role"),
    CASES.c.language.label("case_language"),
    CASES.c.source.label("case_source"),
    CASES.c.device,
    CASES.c.started_on,
    CASES.c.sent_on,
    CASES.c.last_page,
    CASES.c.seconds,
    # Which pages were saved is asked of those alone who are on their way: of everybody it is most of what is read.
    type_coerce(case((CASES.c.state == "started", CASES.c.pages), else_=null()), Json).label("pages"),
)
_INVITED = (
    CONTACTS.c.contact_id,
    CONTACTS.c.role,
    CONTACTS.c.language,
    CONTACTS.c.source,
    CONTACTS.c.segment,
    CONTACTS.c.organisation,
    CONTACTS.c.opted_out_on,
    CONTACTS.c.opened_on,
    CONTACTS.c.declined_on,
    CONTACTS.c.bounced_on,
    HAS_LINK.label("has_link"),
)


def invited(
    session: Session, study: str, year: int, *, is_test: bool, contact_id: uuid.UUID | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every contact of a wave, or one, with their case while the link to it exists (``case_id`` is None without)."""
    statement = (
        select(*_INVITED, *_CASE).select_from(_with_case(is_test=is_test)).where(*in_wave(CONTACTS, study, year))
    )
    if contact_id is not None:
        statement = statement.where(CONTACTS.c.contact_id == contact_id)
    return session.connection().execute(statement).all()


def _with_case(*, is_test: bool) -> Any:
    """Contacts beside the case of their link."""
    is_theirs = (CASES.c.study_id == LINKS.c.study_id, CASES.c.case_id == LINKS.c.case_id)
    is_tied = (LINKS.c.study_id == CONTACTS.c.study_id, LINKS.c.contact_id == CONTACTS.c.contact_id)
    return CONTACTS.outerjoin(LINKS, and_(*is_tied)).outerjoin(CASES, and_(*is_theirs, CASES.c.is_test.is_(is_test)))


def invited_alike(session: Session, study: str, year: int, *, is_test: bool) -> Sequence[Row[*tuple[Any, ...]]]:
    """How many contacts of a wave are alike in all that says what became of them: rows with ``times``.

    Each row has the columns of :func:`invited` that are told apart, days as whether there is one; ``contact_id`` and
    ``case_id`` stand only where a researcher decided about them, and ``has_case`` where there is a case.
    """
    decided = select(DECIDED.c.subject).where(*in_wave(DECIDED, study, year))
    contact, of_case = CONTACTS.c.contact_id, CASES.c.case_id
    apart = (
        CONTACTS.c.role,
        CONTACTS.c.language,
        CONTACTS.c.source,
        CONTACTS.c.segment,
        CONTACTS.c.opened_on.is_not(None).label("has_opened"),
        CONTACTS.c.declined_on.is_not(None).label("has_declined"),
        CONTACTS.c.opted_out_on.is_not(None).label("has_opted_out"),
        CONTACTS.c.bounced_on.is_not(None).label("has_bounced"),
        HAS_LINK.label("has_link"),
        case((contact.in_(decided), contact)).label("contact_id"),
        case((of_case.in_(decided), of_case)).label("case_id"),
        of_case.is_not(None).label("has_case"),
        *(one for one in _CASE if one.name in ("state", "case_role", "case_language", "device", "pages")),
    )
    joined = select(*apart).select_from(_with_case(is_test=is_test)).where(*in_wave(CONTACTS, study, year)).subquery()
    statement = select(*joined.c, func.count().label("times")).group_by(*joined.c)
    return session.connection().execute(statement).all()


def uninvited(session: Session, study: str, year: int, *, is_test: bool) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every case of a wave that no contact is tied to and that was not erased."""
    is_linked = (
        select(LINKS.c.case_id).where(LINKS.c.study_id == CASES.c.study_id, LINKS.c.case_id == CASES.c.case_id).exists()
    )
    statement = select(*_CASE).where(
        *in_wave(CASES, study, year), CASES.c.is_test.is_(is_test), CASES.c.state != "erased", ~is_linked
    )
    return session.connection().execute(statement).all()
