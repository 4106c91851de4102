"""Removal of answers that another device gave, confirmed from the mailbox of who was invited.

A personal link can be passed on, so holding it is no reason to believe whoever asks. The mail goes to the address that
was invited, whoever asked for it; its link opens nothing but the question whether to remove, for a day. Only in a
confidential wave is there an address to send it to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from surveyapp import clock
from surveyapp.fieldwork.case_state import CaseState, state_of
from surveyapp.fieldwork.personal_links import GONE, LONGEST_TOKEN, keyed_hash
from surveyapp.storage import cases, contacts, keys
from surveyapp.storage.database import Session

PURPOSE = "removal"
LASTS = timedelta(hours=24)
"""How long the link in the mail works."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is mailed to who was invited."""

    email: str
    language: str
    token: str


def ask(session: Session, case: CaseState, *, salt: str) -> Confirmation | None:
    """A link with which the answers of this case can be removed; None where nobody was invited to it.

    Parameters
    ----------
    salt : the application's secret
    """
    contact = contacts.of_case(session, case.study, case.case_id)
    if contact is None:
        return None
    until = int((clock.now() + LASTS).timestamp())
    token = f"{keys.new_secret()}-{until}"
    contacts.add_token(session, case.study, contact.contact_id, keyed_hash(token, PURPOSE, salt))
    return Confirmation(contact.email, contact.language, token)


def found(session: Session, token: str, *, salt: str) -> CaseState | None:
    """The case this link may remove; None for an unknown or old one, or when its answers are gone. Changes nothing."""
    until = token.rpartition("-")[2]
    if not (0 < len(token) <= LONGEST_TOKEN and until.isascii() and until.isdigit()):
        return None
    row = contacts.by_token(session, keyed_hash(token, PURPOSE, salt))
    if row is None or int(until) < clock.now().timestamp():
        return None
    case_id = contacts.case_of(session, row.study_id, row.contact_id)
    case = cases.by_id(session, row.study_id, case_id) if case_id is not None else None
    return None if case is None or case.state in GONE else state_of(case)
