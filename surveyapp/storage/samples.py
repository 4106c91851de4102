"""Queries on the sample of a wave as a whole: counted, listed a page at a time, corrected and removed.

What stands beside a contact here is how far their invitation got, never what they answered.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, delete, func, or_, select, update
from sqlmodel import Session

from surveyapp.storage import dispositions
from surveyapp.storage.changes import CASES, touch_people
from surveyapp.storage.contacts import CONTACTS, HAS_LINK, LINKS, TOKENS
from surveyapp.storage.opening_requests import OPENINGS
from surveyapp.storage.outbox import OUTBOX
from surveyapp.storage.statements import batches, in_wave

STANDINGS = ("opted_out", "withdrawn", "complete", "begun", "bounced", "linked", "unlinked")
"""How far an invitation got; the first that holds."""
SORTS = ("email", "name", "role", "segment", "organisation", "source", "language")
COLUMNS = ("name", "role", "language", "source", "segment", "organisation")
"""What is known of a contact beside the address."""


@dataclass(frozen=True, slots=True)
class ContactChoice:
    """Which contacts: '' chooses all, ``none`` those of whom it is not known."""

    search: str = ""
    role: str = ""
    segment: str = ""
    source: str = ""
    standing: str = ""


NONE = "none"
_JOINED = CONTACTS.outerjoin(
    LINKS, and_(LINKS.c.study_id == CONTACTS.c.study_id, LINKS.c.contact_id == CONTACTS.c.contact_id)
).outerjoin(CASES, and_(CASES.c.study_id == LINKS.c.study_id, CASES.c.case_id == LINKS.c.case_id))
_STANDING = case(
    (CONTACTS.c.opted_out_on.is_not(None), "opted_out"),
    (CASES.c.state.in_(("withdrawn", "erased")), "withdrawn"),
    (CASES.c.state.in_(("complete", "screened_out")), "complete"),
    (CASES.c.case_id.is_not(None), "begun"),
    (CONTACTS.c.bounced_on.is_not(None), "bounced"),
    (HAS_LINK, "linked"),
    else_="unlinked",
).label("standing")
_HAS_BEGUN = LINKS.c.case_id.is_not(None).label("has_begun")


def every(session: Session, study: str, year: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every contact of a wave with ``has_begun``: whether they began to answer."""
    statement = select(CONTACTS, _HAS_BEGUN).select_from(_JOINED).where(*in_wave(CONTACTS, study, year))
    return session.connection().execute(statement).all()


def one(session: Session, study: str, year: int, contact_id: uuid.UUID) -> Row[*tuple[Any, ...]] | None:
    """One contact, with ``has_begun`` and ``standing``."""
    statement = select(CONTACTS, _HAS_BEGUN, _STANDING).select_from(_JOINED)
    return (
        session.connection()
        .execute(statement.where(*in_wave(CONTACTS, study, year), CONTACTS.c.contact_id == contact_id))
        .first()
    )


def counts(session: Session, study: str, year: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """How many contacts there are by role, segment and standing: role, segment, standing, n."""
    inner = select(CONTACTS.c.role, CONTACTS.c.segment, _STANDING).select_from(_JOINED)
    of_wave = inner.where(*in_wave(CONTACTS, study, year)).subquery()
    keys = (of_wave.c.role, of_wave.c.segment, of_wave.c.standing)
    return session.connection().execute(select(*keys, func.count().label("n")).group_by(*keys)).all()


def values(session: Session, study: str, year: int, column: str) -> tuple[str, ...]:
    """What the contacts of a wave have in a column, each once, in order."""
    held = CONTACTS.c[column]
    statement = select(held).where(*in_wave(CONTACTS, study, year), held.is_not(None)).distinct()
    return tuple(sorted(session.connection().execute(statement).scalars(), key=str.casefold))


def count(session: Session, study: str, year: int, choice: ContactChoice) -> int:
    """How many contacts a choice has."""
    chosen = _chosen(select(CONTACTS.c.contact_id, _STANDING), study, year, choice).subquery()
    return int(session.connection().execute(select(func.count()).select_from(chosen)).scalar_one())


def listed(
    session: Session, study: str, year: int, choice: ContactChoice, *, sort: str, start: int, most: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Some of the contacts of a choice, in the order of one of `SORTS`; ``-name`` turns it round.

    Who has nothing in that column stands last.
    """
    column = CONTACTS.c[sort.removeprefix("-")]
    order = column.desc() if sort.startswith("-") else column.asc()
    statement = _chosen(select(CONTACTS, _HAS_BEGUN, _STANDING), study, year, choice)
    statement = statement.order_by(column.is_(None), order, CONTACTS.c.email).offset(start).limit(most)
    return session.connection().execute(statement).all()


def _chosen(statement: Select[Any], study: str, year: int, choice: ContactChoice) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [*in_wave(CONTACTS, study, year)]
    for name in ("role", "segment", "source"):
        asked = getattr(choice, name)
        if asked:
            held = CONTACTS.c[name]
            conditions.append(held.is_(None) if asked == NONE else held == asked)
    if choice.standing:
        conditions.append(_STANDING.element == choice.standing)
    if choice.search:
        sought = choice.search.lower()
        fields = (CONTACTS.c.email, func.lower(CONTACTS.c.name), func.lower(CONTACTS.c.organisation))
        conditions.append(or_(*(held.contains(sought, autoescape=True) for held in fields)))
    return statement.select_from(_JOINED).where(*conditions)


def change(session: Session, study: str, changes: Mapping[uuid.UUID, Mapping[str, Any]]) -> None:
    """Give contacts new values, many in one statement; each mapping holds ``email`` and all of `COLUMNS`."""
    if not changes:
        return
    touch_people(session, study)
    statement = update(CONTACTS).where(CONTACTS.c.study_id == study, CONTACTS.c.contact_id == bindparam("which"))
    anew = statement.values({name: bindparam(f"new_{name}") for name in ("email", *COLUMNS)})
    rows = [
        {"which": contact, **{f"new_{name}": values[name] for name in ("email", *COLUMNS)}}
        for contact, values in changes.items()
    ]
    for some in batches(rows):
        session.connection().execute(anew, some)


def without_links(session: Session, study: str, year: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The contacts of a wave who want mail and have no link, by address."""
    statement = select(CONTACTS).where(*in_wave(CONTACTS, study, year), CONTACTS.c.opted_out_on.is_(None), ~HAS_LINK)
    return session.connection().execute(statement.order_by(CONTACTS.c.email)).all()


def remove(session: Session, study: str, year: int, contact_id: uuid.UUID, email: str) -> None:
    """Delete a contact with their links and the mails that wait for their address."""
    connection = session.connection()
    touch_people(session, study)
    dispositions.revoke(session, study, contact_id)
    for table in (TOKENS, LINKS, CONTACTS):
        connection.execute(delete(table).where(table.c.study_id == study, table.c.contact_id == contact_id))
    for table in (OUTBOX, OPENINGS):
        connection.execute(delete(table).where(*in_wave(table, study, year), table.c.email == email))


def drop_mail(session: Session, study: str, year: int, email: str) -> None:
    """Delete the mails that wait for an address that is a contact's no more."""
    session.connection().execute(delete(OUTBOX).where(*in_wave(OUTBOX, study, year), OUTBOX.c.email == email))
