"""One contact of a wave: corrected, opted out and in, removed. Every deed stands in the audit log, never an address."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from surveyapp import clock
from surveyapp.errors import NotFound, WrongState
from surveyapp.fieldwork import continuing
from surveyapp.fieldwork.arrivals import declare_sources
from surveyapp.fieldwork.case_state import state_of
from surveyapp.fieldwork.personal_links import GONE
from surveyapp.fieldwork.sample_columns import EMAIL
from surveyapp.fieldwork.sample_review import COUNTED_BY
from surveyapp.fieldwork.unsubscribing import OPT_IN, OPT_OUT
from surveyapp.storage import audit, bounces, cases, contacts, invitation_messages, samples, waves
from surveyapp.storage.database import Session

CORRECT, MAIL_ANYWAY, REMOVE, REVEAL = "contact.correct", "contact.mail-anyway", "contact.remove", "contact.reveal"


def contact(session: Session, study: str, year: int, contact_id: uuid.UUID) -> Any:
    """One contact, with how far their invitation got.

    Raises
    ------
    NotFound     there is no such contact (any more)
    """
    row = samples.one(session, study, year, contact_id)
    if row is None:
        raise NotFound("There is no such contact any more.")
    return row


def correct(
    session: Session, study: str, year: int, contact_id: uuid.UUID, values: Mapping[str, str | None], actor: str
) -> tuple[str, ...]:
    """Give a contact these values; their links stay as they are.

    Returns
    -------
    the names of what changed

    Raises
    ------
    NotFound       there is no such contact
    WrongState     the address is another contact's, or the role of somebody who began would change
    """
    waves.find(session, study, year, lock=True)
    contacts.lock(session, study, contact_id)
    row = contact(session, study, year, contact_id)
    changed = tuple(name for name, value in values.items() if getattr(row, name) != value)
    if row.has_begun and set(changed) & set(COUNTED_BY):
        raise WrongState("This person began to answer: their answers are counted under the role they have.")
    if EMAIL in changed:
        if contacts.by_address(session, study, year, str(values[EMAIL])) is not None:
            raise WrongState("This address is another contact’s; each address is invited once.")
        samples.drop_mail(session, study, year, row.email)
        invitation_messages.forgive(session, study, contact_id)
    if changed:
        whole = {name: values.get(name, getattr(row, name)) for name in (EMAIL, *samples.COLUMNS)}
        declare_sources(session, study, year, [str(whole["source"])])
        samples.change(session, study, {contact_id: whole})
        if EMAIL in changed:
            bounces.set_working(session, study, contact_id)
        audit.add(session, actor, CORRECT, f"{study} {year}", {"contact": str(contact_id), "changed": list(changed)})
    return changed


def opt_out(session: Session, study: str, year: int, contact_id: uuid.UUID, reason: str, actor: str) -> None:
    """No more mail to a contact, on their word.

    Raises
    ------
    NotFound     there is no such contact
    """
    contact(session, study, year, contact_id)
    contacts.set_opted_out(session, study, contact_id, clock.today())
    audit.add(session, actor, OPT_OUT, f"{study} {year}", {"contact": str(contact_id), "reason": reason})


def opt_in(session: Session, study: str, year: int, contact_id: uuid.UUID, reason: str, actor: str) -> None:
    """Mail again to a contact, on their word.

    Raises
    ------
    NotFound     there is no such contact
    """
    contact(session, study, year, contact_id)
    contacts.set_opted_out(session, study, contact_id, None)
    audit.add(session, actor, OPT_IN, f"{study} {year}", {"contact": str(contact_id), "reason": reason})


def mail_anyway(session: Session, study: str, year: int, contact_id: uuid.UUID, reason: str, actor: str) -> None:
    """Write again to an address from which mail came back, because it was found to work.

    Raises
    ------
    NotFound     there is no such contact
    """
    contact(session, study, year, contact_id)
    bounces.set_working(session, study, contact_id)
    invitation_messages.forgive(session, study, contact_id)
    audit.add(session, actor, MAIL_ANYWAY, f"{study} {year}", {"contact": str(contact_id), "reason": reason})


def remove(session: Session, study: str, year: int, contact_id: uuid.UUID, reason: str, actor: str) -> None:
    """Delete a contact with all that hangs on them: links, waiting mail and, while they are linked, their answers.

    Raises
    ------
    NotFound     there is no such contact
    """
    waves.find(session, study, year, lock=True)
    contacts.lock(session, study, contact_id)  # somebody who begins at this moment is waited for
    row = contact(session, study, year, contact_id)
    case_id = contacts.case_of(session, study, contact_id)
    case = cases.by_id(session, study, case_id) if case_id is not None else None
    if case is not None and case.state not in GONE:
        continuing.erase(session, state_of(case))
    samples.remove(session, study, year, contact_id, row.email)
    details = {"contact": str(contact_id), "reason": reason, "answers": int(case is not None)}
    audit.add(session, actor, REMOVE, f"{study} {year}", details)
