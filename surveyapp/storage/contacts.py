"""Queries on who was invited: contacts, the hashes of their links, and the guarded link to a case.

`storage.tables.CaseLinkRow` is written in confidential waves only; `fieldwork.personal_links` holds that rule.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlmodel import Session

from surveyapp.storage.changes import touch_people
from surveyapp.storage.statements import batches, in_wave, insert_into
from surveyapp.storage.tables import CaseLinkRow, ContactRow, TokenRow, WaveRow

CONTACTS: Any = ContactRow.__table__  # type: ignore[attr-defined]
TOKENS: Any = TokenRow.__table__  # type: ignore[attr-defined]
LINKS: Any = CaseLinkRow.__table__  # type: ignore[attr-defined]
WAVES: Any = WaveRow.__table__  # type: ignore[attr-defined]
HAS_LINK = (
    select(TOKENS.c.contact_id)  # a star would read each link of the study for each contact
    .where(TOKENS.c.study_id == CONTACTS.c.study_id, TOKENS.c.contact_id == CONTACTS.c.contact_id)
    .exists()
)
"""Whether a contact has a personal link."""


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store many contacts, some hundreds in one statement."""
    for some in batches(rows):
        session.connection().execute(insert(CONTACTS), [dict(row) for row in some])
    for study in {row["study_id"] for row in rows}:
        touch_people(session, study)


def listed(session: Session, study: str, year: int) -> list[Row[*tuple[Any, ...]]]:
    """Every contact of a wave, by address."""
    statement = select(CONTACTS).where(*in_wave(CONTACTS, study, year))
    return list(session.connection().execute(statement.order_by(CONTACTS.c.email)))


def addresses(session: Session, study: str, year: int) -> frozenset[str]:
    """The addresses that were invited to a wave."""
    statement = select(CONTACTS.c.email).where(*in_wave(CONTACTS, study, year))
    return frozenset(session.connection().execute(statement).scalars())


def by_address(session: Session, study: str, year: int, email: str) -> Row[*tuple[Any, ...]] | None:
    """The contact with this address, which is in small letters."""
    statement = select(CONTACTS).where(*in_wave(CONTACTS, study, year), CONTACTS.c.email == email)
    return session.connection().execute(statement).first()


def by_id(session: Session, contact_id: uuid.UUID) -> Row[*tuple[Any, ...]] | None:
    """The contact with this key, whatever their study."""
    for study in _studies(session):
        statement = select(CONTACTS).where(CONTACTS.c.study_id == study, CONTACTS.c.contact_id == contact_id)
        found = session.connection().execute(statement).first()
        if found is not None:
            return found
    return None


def _studies(session: Session) -> Sequence[str]:
    """The studies, each to be asked by its own index, so that none is read through."""
    return session.connection().execute(select(WAVES.c.study_id).distinct()).scalars().all()


def is_anybody(session: Session, study: str, year: int) -> bool:
    """Whether anybody was invited to a wave."""
    statement = select(CONTACTS.c.contact_id).where(*in_wave(CONTACTS, study, year)).limit(1)
    return session.connection().execute(statement).first() is not None


def opted_out(session: Session, study: str) -> dict[str, date]:
    """Addresses that want no mail about this study, in whatever wave they said so, and since when."""
    statement = select(CONTACTS.c.email, CONTACTS.c.opted_out_on).where(
        CONTACTS.c.study_id == study, CONTACTS.c.opted_out_on.is_not(None)
    )
    return {row.email: row.opted_out_on for row in session.connection().execute(statement)}


def set_opted_out(session: Session, study: str, contact_id: uuid.UUID, day: date | None) -> int:
    """Note since when a contact wants no mail, in every wave of the study they are invited to; None takes it back.

    Returns
    -------
    how many contacts changed: 0 where it stood so already
    """
    touch_people(session, study)
    who = select(CONTACTS.c.email).where(CONTACTS.c.study_id == study, CONTACTS.c.contact_id == contact_id)
    changed = update(CONTACTS).where(
        CONTACTS.c.study_id == study,
        CONTACTS.c.email == who.scalar_subquery(),
        CONTACTS.c.opted_out_on.is_not(None) if day is None else CONTACTS.c.opted_out_on.is_(None),
    )
    return int(session.connection().execute(changed.values(opted_out_on=day)).rowcount)


def set_opened(session: Session, study: str, contact_id: uuid.UUID, day: date) -> None:
    """Note on which day a contact first followed their personal link; a later day changes nothing."""
    statement = update(CONTACTS).where(
        CONTACTS.c.study_id == study, CONTACTS.c.contact_id == contact_id, CONTACTS.c.opened_on.is_(None)
    )
    if session.connection().execute(statement.values(opened_on=day)).rowcount:
        touch_people(session, study)


def set_declined(session: Session, study: str, contact_id: uuid.UUID, day: date) -> None:
    """Note on which day a contact last said that they do not take part."""
    statement = update(CONTACTS).where(CONTACTS.c.study_id == study, CONTACTS.c.contact_id == contact_id)
    session.connection().execute(statement.values(declined_on=day))
    touch_people(session, study)


# ------------------------------------------------------------------------------------------------------------- links
def by_token(session: Session, token_hash: str) -> Row[*tuple[Any, ...]] | None:
    """The contact a link belongs to, and as ``opens`` the hash of the link whose case it opens."""
    for study in _studies(session):
        statement = (
            select(CONTACTS, func.coalesce(TOKENS.c.beside, TOKENS.c.token_hash).label("opens"))
            .join_from(
                TOKENS,
                CONTACTS,
                (CONTACTS.c.study_id == TOKENS.c.study_id) & (CONTACTS.c.contact_id == TOKENS.c.contact_id),
            )
            .where(TOKENS.c.study_id == study, TOKENS.c.token_hash == token_hash)
        )
        found = session.connection().execute(statement).first()
        if found is not None:
            return found
    return None


def replace_tokens(session: Session, study: str, hashes: Mapping[uuid.UUID, str]) -> None:
    """Give each of these contacts one link; those they had before stop working."""
    touch_people(session, study)
    for some in batches(list(hashes)):
        session.connection().execute(delete(TOKENS).where(TOKENS.c.study_id == study, TOKENS.c.contact_id.in_(some)))
    rows = [{"study_id": study, "contact_id": contact, "token_hash": hash_} for contact, hash_ in hashes.items()]
    if rows:
        session.connection().execute(insert(TOKENS), rows)


def with_tokens(session: Session, study: str, year: int) -> int:
    """How many contacts of a wave have a link and want mail."""
    statement = (
        select(func.count(CONTACTS.c.contact_id.distinct()))
        .join_from(
            TOKENS,
            CONTACTS,
            (CONTACTS.c.study_id == TOKENS.c.study_id) & (CONTACTS.c.contact_id == TOKENS.c.contact_id),
        )
        .where(*in_wave(CONTACTS, study, year), CONTACTS.c.opted_out_on.is_(None))
    )
    return int(session.connection().execute(statement).scalar_one())


def add_token(session: Session, study: str, contact_id: uuid.UUID, hash_: str) -> None:
    """Give a contact one link more, which opens the same case; those they have go on working.

    The same link a second time changes nothing.
    """
    touch_people(session, study)
    first = select(TOKENS.c.token_hash).where(
        TOKENS.c.study_id == study, TOKENS.c.contact_id == contact_id, TOKENS.c.beside.is_(None)
    )
    beside = session.connection().execute(first.order_by(TOKENS.c.token_hash).limit(1)).scalar_one_or_none()
    values = {"study_id": study, "contact_id": contact_id, "token_hash": hash_, "beside": beside}
    session.connection().execute(insert_into(session, TOKENS).values(**values).on_conflict_do_nothing())


def remove_token(session: Session, study: str, hash_: str) -> None:
    """Take one link back."""
    touch_people(session, study)
    session.connection().execute(delete(TOKENS).where(TOKENS.c.study_id == study, TOKENS.c.token_hash == hash_))


# ------------------------------------------------------------------------------------------------------ link to a case
def lock(session: Session, study: str, contact_id: uuid.UUID) -> bool:
    """Hold a contact until this transaction ends; False when it is gone.

    SQLite has no lock of a row; its writing transactions come one by one anyway.
    """
    statement = select(CONTACTS.c.contact_id).where(CONTACTS.c.study_id == study, CONTACTS.c.contact_id == contact_id)
    return session.connection().execute(statement.with_for_update()).first() is not None


def of_case(session: Session, study: str, case_id: uuid.UUID) -> Row[*tuple[Any, ...]] | None:
    """The contact who answers a case, while the link between the two exists."""
    statement = (
        select(CONTACTS)
        .join(LINKS, (LINKS.c.study_id == CONTACTS.c.study_id) & (LINKS.c.contact_id == CONTACTS.c.contact_id))
        .where(LINKS.c.study_id == study, LINKS.c.case_id == case_id)
    )
    return session.connection().execute(statement).first()


def case_of(session: Session, study: str, contact_id: uuid.UUID) -> uuid.UUID | None:
    """The case a contact answers."""
    statement = select(LINKS.c.case_id).where(LINKS.c.study_id == study, LINKS.c.contact_id == contact_id)
    found: uuid.UUID | None = session.connection().execute(statement).scalar_one_or_none()
    return found


def link_case(session: Session, study: str, contact_id: uuid.UUID, case_id: uuid.UUID) -> None:
    """Tie a contact to its one case; the primary key refuses a second one."""
    touch_people(session, study)
    values = {"study_id": study, "contact_id": contact_id, "case_id": case_id}
    session.connection().execute(insert(LINKS).values(**values))


def unlink_case(session: Session, study: str, case_id: uuid.UUID) -> None:
    """Let the invitation of this case have none again."""
    touch_people(session, study)
    session.connection().execute(delete(LINKS).where(LINKS.c.study_id == study, LINKS.c.case_id == case_id))
