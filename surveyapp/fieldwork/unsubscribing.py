"""No more mail: the address that every mail bears for it, and what pressing it does.

The address is signed and stands in no table: it names the contact, and under the application's secret nobody else can
make one. It opens nothing but this question, so a mail that is passed on gives no questionnaire away, and it goes on
working when links were made anew or the wave has closed. Mail programs post to it by themselves (RFC 8058).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from surveyapp import clock
from surveyapp.fieldwork.waves import WaveInfo, wave_info
from surveyapp.storage import audit, contacts, retention
from surveyapp.storage.database import Session

PATHS = {"nl": "/u/<token>/afmelden", "en": "/u/<token>/unsubscribe"}
"""Per language where the question stands, as `web.respondent.addresses` has it."""
OPT_OUT, OPT_IN = "contact.opt-out", "contact.opt-in"
INVITED = "invited"
"""Who did it, in the audit log: the invited person, whom it never names."""
_KEY, _SEAL = 16, 16
_LENGTH = 43


@dataclass(frozen=True, slots=True)
class Subscription:
    """Whose mail is asked about."""

    wave: WaveInfo
    contact_id: uuid.UUID
    opted_out_on: date | None


def address(base_url: str, contact_id: uuid.UUID, language: str, *, salt: str) -> str:
    """Where a contact says that they want no more mail: for the text of a mail and its ``List-Unsubscribe``.

    Parameters
    ----------
    base_url : of the site, such as https://survey.example.org
    language : of the page; its other language is a press away
    salt :     the application's secret
    """
    return base_url.rstrip("/") + PATHS[language].replace("<token>", signed(contact_id, salt=salt))


def headers(base_url: str, contact_id: uuid.UUID, language: str, *, salt: str) -> dict[str, str]:
    """The two lines by which a mail program unsubscribes by itself (RFC 8058)."""
    where = address(base_url, contact_id, language, salt=salt)
    return {"List-Unsubscribe": f"<{where}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def address_hash(email: str, study: str, *, salt: str) -> str:
    """What is remembered of an address that wants no mail once its contact is gone: nothing without the secret."""
    return hmac.new(salt.encode(), f"no mail:{study}:{email}".encode(), hashlib.sha256).hexdigest()


def opted_out(session: Session, study: str, emails: Iterable[str], *, salt: str) -> dict[str, date]:
    """Which of these addresses want no mail about a study, in whatever wave they said so, and since when."""
    found = contacts.opted_out(session, study)
    hashes = {address_hash(email, study, salt=salt): email for email in emails if email not in found}
    known = retention.known_opt_outs(session, study, hashes)
    return found | {hashes[hash_]: day for hash_, day in known.items()}


def settle(session: Session, study: str, emails: Iterable[str], *, salt: str) -> None:
    """These addresses became contacts, who bear it themselves from now on, so that it can be undone."""
    retention.forget_opt_outs(session, study, [address_hash(email, study, salt=salt) for email in emails])


def signed(contact_id: uuid.UUID, *, salt: str) -> str:
    """The contact as it stands in the address, with a seal of 128 bits: 43 characters."""
    return base64.urlsafe_b64encode(contact_id.bytes + _seal(contact_id.bytes, salt)).rstrip(b"=").decode()


def _seal(named: bytes, salt: str) -> bytes:
    return hmac.new(salt.encode(), b"unsubscribe:" + named, hashlib.sha256).digest()[:_SEAL]


def read(token: str, *, salt: str) -> uuid.UUID | None:
    """The contact an address names; None where it was not signed with this secret."""
    if len(token) != _LENGTH or not token.isascii():
        return None
    try:
        held = base64.b64decode(token + "=", altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    named, seal = held[:_KEY], held[_KEY:]
    return uuid.UUID(bytes=named) if hmac.compare_digest(seal, _seal(named, salt)) else None


def subscription(session: Session, token: str, *, salt: str) -> Subscription | None:
    """Whose mail an address is about; None for one that is not ours, or whose contact is gone. Changes nothing."""
    contact_id = read(token, salt=salt)
    row = contacts.by_id(session, contact_id) if contact_id is not None else None
    if row is None:
        return None
    return Subscription(wave_info(session, row.study_id, row.year), row.contact_id, row.opted_out_on)


def opt_out(session: Session, mine: Subscription, way: str) -> None:
    """No more mail to this contact, about this wave of the study or any other; a second time changes nothing.

    Parameters
    ----------
    way : how it was asked, for the audit log: ``page``, ``one-click``, ``complaint``
    """
    if mine.opted_out_on is None and contacts.set_opted_out(session, mine.wave.study, mine.contact_id, clock.today()):
        _note(session, OPT_OUT, mine, way)


def undo(session: Session, mine: Subscription) -> None:
    """Mail again, for who pressed the wrong button."""
    if contacts.set_opted_out(session, mine.wave.study, mine.contact_id, None):
        _note(session, OPT_IN, mine, "page")


def _note(session: Session, deed: str, mine: Subscription, way: str) -> None:
    name = f"{mine.wave.study} {mine.wave.year}"
    audit.add(session, INVITED, deed, name, {"contact": str(mine.contact_id), "way": way})
