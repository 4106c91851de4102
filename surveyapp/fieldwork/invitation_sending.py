"""One message after another: who is still to get it, which link it bears, and what became of it.

The link's secret follows from the message's key and the application's secret, as that of a link asked for does
(`fieldwork.link_requests`): no table, file or log holds it, and a message that has to be tried again bears the same.
Until the message is in hand the link opens nothing. It stands beside the links the contact had, which go on working.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from surveyapp import clock
from surveyapp.errors import Word
from surveyapp.fieldwork import sending_days
from surveyapp.fieldwork.invitation_texts import RoundText, kept
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.participation import Participation, participation_of
from surveyapp.fieldwork.personal_links import CONFIDENTIAL, link_hash
from surveyapp.fieldwork.recipients import THANKS, Rule, Writing, spared, writings
from surveyapp.fieldwork.waves import WaveInfo, landing
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit, contacts, invitation_messages, invitation_rounds
from surveyapp.storage.database import Session

LAPSE = timedelta(minutes=10)
"""After so long in hand a message's worker is gone: a mail server is given up after two minutes."""
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60))
"""How long after each failure the next attempt comes; after the last one a message has failed."""
MINUTE = timedelta(minutes=1)
IN_A_ROW, LEAST = 10, 3
"""So many messages in a row that the mail server does not take stop a round; all of a shorter one, three at least."""
FOR_NOW = timedelta(hours=1)
"""How long a mail server may refuse for now, at its pace or for a fault of its own, before that counts too."""
STOPPED = "invitation.stop-by-itself"
WORKER = "system"


@dataclass(frozen=True, slots=True)
class InHand:
    """A message that may be handed over now, and what it says."""

    study: str
    year: int
    number: int
    message_id: uuid.UUID
    hand: str
    attempts: int  # this one included
    contact_id: uuid.UUID
    email: str
    name: str | None
    language: str
    text: RoundText
    path: str  # of the link, below the site's address
    instrument: Instrument
    is_made_up: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message that was in hand."""

    of: InHand
    state: str  # sent · failed · unsure · waiting: to be tried again
    reason: str | None = None


def token(message_id: uuid.UUID, salt: str) -> str:
    """The secret of the link in a message."""
    digest = hmac.new(salt.encode(), f"invited:{message_id.hex}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def is_anything_due(session: Session, *, as_files: bool = False) -> bool:
    """Whether there is anything to send or to tidy now; only reads."""
    now = clock.now()
    if invitation_messages.is_any_lapsed(session, now - LAPSE):
        return True
    return not sending_days.is_held(now) and invitation_messages.is_due(session, now, as_files=as_files)


def tidy(session: Session) -> int:
    """Note what workers left in hand that are gone, and which rounds are done; how many messages became unsure."""
    unsure = invitation_messages.lapse(session, clock.now() - LAPSE)
    invitation_rounds.finish(session)
    return unsure


def room(session: Session, a_minute: int) -> int | None:
    """How many messages may go now at this pace; None: as many as there are."""
    if not a_minute:
        return None
    return max(0, a_minute - invitation_messages.handed_since(session, clock.now() - MINUTE))


def take(
    session: Session, library: InstrumentLibrary, *, salt: str, as_files: bool = False, most: int = 50
) -> InHand | None:
    """The next message that somebody still is to get, from now on in hand; None where there is none.

    Those that nobody is to get any more are noted on the way, ``most`` of them in one go.
    """
    now = clock.now()
    if sending_days.is_held(now):
        return None
    for _ in range(most):
        row = invitation_messages.next_due(session, now, as_files=as_files)
        if row is None:
            return None
        info = WaveInfo(
            row.study_id,
            row.year,
            Word(row.wave_state),
            row.mode,
            row.instrument_hash,
            row.opened_at,
            row.closed_at,
        )
        instrument = library.get(session, row.study_id, info.instrument_hash)
        who = participation_of(session, info, instrument, row.contact_id)
        why = _why_not(session, row, info, instrument, who)
        if why or who is None:
            invitation_messages.spare(session, row.study_id, row.message_id, why)
            continue
        return _in_hand(session, row, info, instrument, who, now, salt)
    return None


def _why_not(session: Session, row: Any, info: WaveInfo, instrument: Instrument, who: Participation | None) -> str:
    if who is None:
        return "gone"
    if info.is_settled and row.kind != THANKS:
        return "over"
    wrote = writings(invitation_messages.written(session, row.study_id, row.year, row.contact_id), besides=row.number)
    return spared(row.kind, Rule.kept(row.rule), who, wrote.get(row.contact_id, Writing()), instrument)


def _in_hand(
    session: Session, row: Any, info: WaveInfo, instrument: Instrument, who: Participation, now: datetime, salt: str
) -> InHand:
    texts = kept(row.texts)
    language = who.language if who.language in texts else next(iter(texts))
    if info.mode == CONFIDENTIAL:
        secret = token(row.message_id, salt)
        contacts.add_token(session, row.study_id, row.contact_id, link_hash(secret, salt))
        path = f"/i/{secret}"
    else:
        path = landing(row.study_id, row.year, language)
    return InHand(
        row.study_id,
        row.year,
        row.number,
        row.message_id,
        invitation_messages.hand(session, row.study_id, row.message_id, now),
        row.attempts + 1,
        row.contact_id,
        row.email,
        row.name,
        language,
        texts[language],
        path,
        instrument,
        row.is_demonstration,
    )


def settle(session: Session, outcome: Outcome) -> bool:
    """Note what became of a message; one that was not taken waits for another attempt, or has failed after the last.

    Returns
    -------
    whether the round stopped by itself with it: where the server takes none, before all count as out of reach
    """
    _note(session, outcome)
    return outcome.state != "sent" and _stops_where_none_is_taken(session, outcome)


def _stops_where_none_is_taken(session: Session, outcome: Outcome) -> bool:
    of, now = outcome.of, clock.now()
    key = (of.study, of.year, of.number)
    row = invitation_rounds.one(session, *key, lock=True)
    if row is None:
        return False
    since = row.gone_on_at or row.send_at or row.made_at
    is_late = row.state == "stopped" and row.stopped_because is not None  # another worker had it in hand at the stop
    if not is_late:
        found = invitation_messages.in_a_row(session, *key, since)
        count = _refused(session, found, since, key, now)
        if count < max(LEAST, min(IN_A_ROW, row.confirmed or 0)):
            return False
        if not invitation_rounds.stop_by_itself(session, *key, outcome.reason or ""):
            return False
        details = {"round": of.number, "in_a_row": count, "reason": outcome.reason or ""}
        audit.add(session, WORKER, STOPPED, f"{of.study} {of.year}", details)
    invitation_messages.put_back_refused(session, *key, since, now)
    return not is_late


def _refused(
    session: Session, found: Mapping[str, int], since: datetime, key: tuple[str, int, int], now: datetime
) -> int:
    """How many in a row count: what is refused for now does when nothing was taken for an hour."""
    last = max(since, invitation_messages.last_taken(session, *key) or since)
    for_now = found.get("waiting", 0) if now - last >= FOR_NOW else 0
    return found.get("failed", 0) + found.get("unsure", 0) + for_now


def _note(session: Session, outcome: Outcome) -> None:
    of, state = outcome.of, outcome.state
    if state == "waiting" and of.attempts <= len(DELAYS):
        due_at = clock.now() + DELAYS[of.attempts - 1]
        invitation_messages.put_back(session, of.study, of.message_id, of.hand, due_at, outcome.reason)
        return
    state = "failed" if state == "waiting" else state
    day = clock.today() if state == "sent" else None
    invitation_messages.settle(session, of.study, of.message_id, of.hand, state, outcome.reason, day)


def put_back_untried(session: Session, of: InHand) -> None:
    """Let a message go that was taken and not handed over."""
    invitation_messages.put_back(session, of.study, of.message_id, of.hand, clock.now(), None)
