"""Personal links of a confidential wave: one link per contact, one case per contact.

A link's secret has 128 random bits and stands nowhere: the table holds its HMAC under the application's secret, so a
copy of the database opens nothing and a list of links can be made once. The key of the case follows from that HMAC and
the application's secret, which is how the same link, or one sent beside it (`fieldwork.link_requests`), opens the same
questionnaire on any device. In an anonymous wave there are no such links, by design: what was never written cannot be
laid beside the answers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from surveyapp import clock
from surveyapp.errors import NotFound, Word, WrongState
from surveyapp.fieldwork import interviews
from surveyapp.fieldwork.case_state import CaseState, state_of
from surveyapp.fieldwork.waves import WaveInfo, open_link_command, wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.storage import cases, contacts, keys, samples, waves
from surveyapp.storage.case_codes import NO_KEYS, OLDER_CODES
from surveyapp.storage.database import Session

CONFIDENTIAL = "confidential"
LONGEST_TOKEN = 64
GONE = frozenset({"withdrawn", "erased"})


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is given out, once."""

    email: str
    name: str | None
    role: str | None
    language: str
    source: str
    token: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link that somebody followed belongs to."""

    wave: WaveInfo
    contact_id: uuid.UUID
    opens: str  # the hash of the link whose case it opens: its own, or that of the link it was sent beside
    role: str | None
    language: str
    source: str
    opted_out_on: date | None
    case: CaseState | None  # never with its key
    opened_on: date | None = None

    @property
    def is_usable(self) -> bool:
        """Whether the link leads to a questionnaire: its wave takes answers and they were not taken back."""
        is_gone = self.case is not None and self.case.state in GONE
        return self.wave.mode == CONFIDENTIAL and self.wave.is_answerable and not is_gone


def is_by_link(info: WaveInfo) -> bool:
    """Whether each person has one questionnaire in this wave, that of their link, and nobody begins without.

    A wave that is being tested is open to who tests it; nothing of that counts.
    """
    return info.mode == CONFIDENTIAL and info.state != "test"


def keyed_hash(token: str, purpose: str, salt: str) -> str:
    """What is stored of a secret in an address that serves one purpose alone; ``salt`` is the application's secret."""
    return _keyed(token, purpose, salt).hex()


def _keyed(token: str, purpose: str, salt: str) -> bytes:
    return hmac.new(salt.encode(), f"{purpose}:{token}".encode("utf-8", "replace"), hashlib.sha256).digest()


def link_hash(token: str, salt: str) -> str:
    """What is stored of a link; ``salt`` is the application's secret."""
    return keyed_hash(token, "link", salt)


def case_key(opens: str, salt: str) -> str:
    """The key of the case links with this hash open: 22 characters, as `storage.keys.new_secret` makes them."""
    return base64.urlsafe_b64encode(_keyed(opens, "case", salt)[:16]).rstrip(b"=").decode()


def make_links(session: Session, study: str, year: int, *, salt: str) -> tuple[Link, ...]:
    """Links for the contacts of a wave who have none and did not opt out; nobody else's link is touched.

    Returns
    -------
    the links that were made; none where everybody has one

    Raises
    ------
    WrongState     the wave is anonymous or over, or nobody is invited
    """
    _require_invited(session, study, year)
    return _made(session, study, samples.without_links(session, study, year), salt)


def renew_links(session: Session, study: str, year: int, *, salt: str) -> tuple[Link, ...]:
    """New links for every contact of a wave who did not opt out; the links they had stop working.

    Raises
    ------
    WrongState     the wave is anonymous or over, or nobody is invited
    """
    return _made(session, study, _require_invited(session, study, year), salt)


def _require_invited(session: Session, study: str, year: int) -> list[Any]:
    """Who may be written to; locks the wave, so that two who make links at once give nobody two."""
    waves.find(session, study, year, lock=True)
    info = wave_info(session, study, year)
    if info.mode != CONFIDENTIAL:
        raise WrongState(
            "%(study)s %(year)s is anonymous: a personal link would tie answers to a person, which this wave promised "
            "never to do. Send everyone the open link instead: %(command)s",
            study=study,
            year=year,
            command=open_link_command(study, year),
        )
    if info.is_settled:
        raise WrongState(
            "%(study)s %(year)s is %(state)s: a link would lead nowhere.",
            study=study,
            year=year,
            state=Word(info.state),
        )
    rows = [row for row in contacts.listed(session, study, year) if row.opted_out_on is None]
    if not rows:
        raise WrongState(
            "%(study)s %(year)s has nobody to invite; take contacts in with: "
            "surveyapp contact import FILE %(study)s %(year)s",
            study=study,
            year=year,
        )
    return rows


def _made(session: Session, study: str, rows: Sequence[Any], salt: str) -> tuple[Link, ...]:
    tokens = {row.contact_id: keys.new_secret() for row in rows}
    hashes = {contact: link_hash(token, salt) for contact, token in tokens.items()}
    contacts.replace_tokens(session, study, hashes)
    return tuple(Link(row.email, row.name, row.role, row.language, row.source, tokens[row.contact_id]) for row in rows)


def had_links(session: Session, study: str, year: int) -> int:
    """How many contacts of a wave hold a link that making links anew puts out of use."""
    return contacts.with_tokens(session, study, year)


def invitation(session: Session, token: str, *, salt: str) -> Invitation | None:
    """What a link belongs to; None for one that was never given out or was replaced. Changes nothing."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        return None
    row = contacts.by_token(session, link_hash(token, salt))
    if row is None:
        return None
    case_id = contacts.case_of(session, row.study_id, row.contact_id)
    found = cases.by_id(session, row.study_id, case_id) if case_id is not None else None
    return Invitation(
        wave=wave_info(session, row.study_id, row.year),
        contact_id=row.contact_id,
        opens=row.opens,
        role=row.role,
        language=row.language,
        source=row.source,
        opted_out_on=row.opted_out_on,
        case=state_of(found) if found is not None else None,
        opened_on=row.opened_on,
    )


def note_opened(session: Session, mine: Invitation) -> None:
    """Note the day on which somebody pressed the button of their invitation, once; who only tries a wave is not noted.

    A mail scanner follows links and presses nothing, so that is no contact.
    """
    if mine.opened_on is None and mine.wave.mode == CONFIDENTIAL and mine.wave.state == "open":
        contacts.set_opened(session, mine.wave.study, mine.contact_id, clock.today())


def note_declined(session: Session, token: str, *, salt: str) -> None:
    """Note of who came by this link that they do not take part, so that nobody reminds them.

    In a confidential wave alone, as a link is known in no other. Whoever begins after all counts by what they answer.
    """
    mine = invitation(session, token, salt=salt)
    if mine is not None and mine.wave.mode == CONFIDENTIAL and mine.wave.state == "open":
        contacts.set_declined(session, mine.wave.study, mine.contact_id, clock.today())


def open_case(session: Session, mine: Invitation, *, salt: str) -> tuple[CaseState, str] | None:
    """The case of a contact and the key that opens it; None when there is none yet.

    A link that was made anew, or a new application secret, gives another key: the case then takes it over, and what
    opened it before (another device, a resume code) opens it no more, as the old link does not.
    """
    study = mine.wave.study
    case_id = contacts.case_of(session, study, mine.contact_id)
    if case_id is None:
        return None
    key = case_key(mine.opens, salt)
    case = interviews.load_case(session, study, key)
    if case is None or case.case_id != case_id:
        noted = {n: v for n, v in cases.flags(session, study, case_id).items() if n != OLDER_CODES}
        cases.set_unmarked(session, study, case_id, {**NO_KEYS, "key_hash": keys.secret_hash(key), "flags": noted})
        case = interviews.load_case(session, study, key)
    if case is None:
        raise NotFound("This case is not there any more.")
    return case, key


def begin(
    session: Session,
    instrument: Instrument,
    token: str,
    role: str,
    language: str,
    device: str = "unknown",
    *,
    salt: str,
) -> tuple[CaseState, str] | None:
    """The one case of the contact with this link: made now, or the one that was begun on another device or tab.

    Returns
    -------
    case, key     None when the link leads nowhere (any more)

    Raises
    ------
    WrongState, NotFound     as `interviews.begin`
    """
    mine = invitation(session, token, salt=salt)
    if mine is None or not mine.is_usable:
        return None
    if not contacts.lock(session, mine.wave.study, mine.contact_id):
        return None
    opened = open_case(session, mine, salt=salt)
    if opened is not None:
        return opened
    case, key = interviews.begin(
        session, mine.wave, instrument, role, language, mine.source, device, key=case_key(mine.opens, salt)
    )
    contacts.link_case(session, mine.wave.study, mine.contact_id, case.case_id)
    return case, key
