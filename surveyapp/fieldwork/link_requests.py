"""Who lost a personal link asks for it by address, and gets a link more by mail.

Asking always does the same, whether or not the address was invited: one row in the outbox per wave. Only the worker
looks who it is, so neither the page nor the time it takes tells anybody who was invited.

The secret of the new link follows from the key of the mail and the application's secret. It is stored nowhere, and a
mail that has to be tried again bears the same link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass

from surveyapp.fieldwork.personal_links import CONFIDENTIAL, GONE, link_hash
from surveyapp.fieldwork.waves import WaveInfo, wave_info, wave_list
from surveyapp.storage import cases, contacts, outbox
from surveyapp.storage.database import Session

MAIL = "link"


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link for a contact, as it is mailed."""

    wave: WaveInfo
    language: str
    token: str


def waves_with_links(session: Session) -> tuple[WaveInfo, ...]:
    """The waves in which somebody may have lost a personal link: confidential, taking answers, with contacts."""
    return tuple(
        info
        for info in wave_list(session)
        if info.mode == CONFIDENTIAL and info.is_answerable and contacts.is_anybody(session, info.study, info.year)
    )


def ask_for_link(session: Session, email: str, language: str) -> None:
    """Put the question in the outbox, once per wave that has links, whoever asks.

    Parameters
    ----------
    email :    in small letters, as contacts are kept
    language : of the page; the mail goes in the contact's own
    """
    for info in waves_with_links(session):
        send_key = f"{MAIL}:{info.year}:{email}"
        outbox.append(session, info.study, info.year, MAIL, email, language, send_key=send_key)


def _token(mail_id: uuid.UUID, salt: str) -> str:
    digest = hmac.new(salt.encode(), f"asked:{mail_id.hex}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def new_link(session: Session, study: str, year: int, email: str, mail_id: uuid.UUID, *, salt: str) -> NewLink | None:
    """One link more for the contact with this address; None when there is nobody to send one to.

    Somebody who opted out gets it too: no more mail means none that we begin, and this one they asked for.
    """
    info = wave_info(session, study, year)
    contact = contacts.by_address(session, study, year, email)
    if contact is None or info.mode != CONFIDENTIAL or not info.is_answerable:
        return None
    case_id = contacts.case_of(session, study, contact.contact_id)
    case = cases.by_id(session, study, case_id) if case_id is not None else None
    if case is not None and case.state in GONE:
        return None
    token = _token(mail_id, salt)
    contacts.add_token(session, study, contact.contact_id, link_hash(token, salt))
    return NewLink(info, contact.language, token)


def take_back(session: Session, study: str, mail_id: uuid.UUID, *, salt: str) -> None:
    """The mail will never go: the link in it opens nothing."""
    contacts.remove_token(session, study, link_hash(_token(mail_id, salt), salt))
