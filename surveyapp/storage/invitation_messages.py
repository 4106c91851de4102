"""The messages of rounds: put in, taken one at a time, settled.

    waiting → handed → sent · failed · waiting again · unsure
        └────→ spared                sent → bounced

`take` and what became of the message before are one short transaction of the caller's: between two messages nothing is
in hand. A message is in hand from just before the mail server gets it until it answered; a worker that dies meanwhile
leaves one of which nobody knows whether it went. It is not sent again by itself: `lapse` calls it unsure.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, func, insert, select, true, update
from sqlmodel import Session

from surveyapp.storage import keys
from surveyapp.storage.changes import touch_people
from surveyapp.storage.contacts import CONTACTS, WAVES
from surveyapp.storage.invitation_rounds import MESSAGES, ROUNDS
from surveyapp.storage.statements import batches, in_wave

WITHOUT_HAND = {"hand": None, "handed_at": None}
CORRECTED = "address corrected"
"""The reason of a message that did not arrive at an address its contact has no more."""
DIED = "worker"
"""The reason of a message whose worker died while the server had it."""
TAKEN = ("sent", "bounced")
"""The states of what a mail server took; what became of it afterwards is another matter."""


def add(session: Session, study: str, year: int, number: int, people: Sequence[uuid.UUID], due_at: datetime) -> None:
    """Put a message in for each of these contacts."""
    touch_people(session, study)
    rows = [
        {
            "study_id": study,
            "message_id": keys.apart_id(),
            "year": year,
            "number": number,
            "contact_id": contact,
            "state": "waiting",
            "attempts": 0,
            "due_at": due_at,
        }
        for contact in people
    ]
    for some in batches(rows):
        session.connection().execute(insert(MESSAGES), some)


_OF_ROUND = (ROUNDS.c.kind, ROUNDS.c.texts, ROUNDS.c.rule)
_OF_CONTACT = (CONTACTS.c.email, CONTACTS.c.name)
_OF_WAVE = (
    WAVES.c.state.label("wave_state"),
    WAVES.c.mode,
    WAVES.c.instrument_hash,
    WAVES.c.opened_at,
    WAVES.c.closed_at,
    WAVES.c.is_demonstration,
)


def _is_theirs() -> Any:
    return and_(CONTACTS.c.study_id == MESSAGES.c.study_id, CONTACTS.c.contact_id == MESSAGES.c.contact_id)


def _is_going() -> Any:
    return and_(
        ROUNDS.c.study_id == MESSAGES.c.study_id,
        ROUNDS.c.year == MESSAGES.c.year,
        ROUNDS.c.number == MESSAGES.c.number,
        ROUNDS.c.state == "going",
    )


def _takes() -> Any:
    """Of the wave: whether its messages go out now. A thank-you may follow when it has closed."""
    is_wave = and_(WAVES.c.study_id == MESSAGES.c.study_id, WAVES.c.year == MESSAGES.c.year)
    return and_(is_wave, WAVES.c.state.in_(("open", "closed")))


def next_due(session: Session, now: datetime, *, as_files: bool) -> Row[*tuple[Any, ...]] | None:
    """The message that has waited longest of those that may go now, held until this transaction ends.

    ``as_files``: of rounds that become files; else of those that are mailed.

    It comes with the ``kind``, ``texts`` and ``rule`` of its round, the contact's ``email`` and ``name``, and what is
    in force of its wave.
    """
    statement = (
        select(MESSAGES, *_OF_ROUND, *_OF_WAVE, *_OF_CONTACT)
        .join(ROUNDS, _is_going())
        .join(WAVES, _takes())
        .join(CONTACTS, _is_theirs())
        .where(MESSAGES.c.state == "waiting", MESSAGES.c.due_at <= now, ROUNDS.c.as_files.is_(as_files))
        .order_by(MESSAGES.c.due_at)
        .limit(1)
        .with_for_update(of=MESSAGES, skip_locked=True)  # SQLite's writers come one by one anyway
    )
    return session.connection().execute(statement).first()


def is_due(session: Session, now: datetime, *, as_files: bool) -> bool:
    """Whether anything may go now; only reads."""
    statement = (
        select(MESSAGES.c.message_id)
        .join(ROUNDS, _is_going())
        .join(WAVES, _takes())
        .where(MESSAGES.c.state == "waiting", MESSAGES.c.due_at <= now, ROUNDS.c.as_files.is_(as_files))
        .limit(1)
    )
    return session.connection().execute(statement).first() is not None


def _key(study: str, message_id: uuid.UUID) -> tuple[Any, ...]:
    return MESSAGES.c.study_id == study, MESSAGES.c.message_id == message_id


def hand(session: Session, study: str, message_id: uuid.UUID, now: datetime) -> str:
    """Note that the mail server gets this message now; what this attempt is called."""
    mine = secrets.token_hex(16)
    changed = update(MESSAGES).where(*_key(study, message_id))
    session.connection().execute(
        changed.values(state="handed", hand=mine, handed_at=now, attempts=MESSAGES.c.attempts + 1, reason=None)
    )
    return mine


def settle(
    session: Session, study: str, message_id: uuid.UUID, hand: str, state: str, reason: str | None, day: date | None
) -> bool:
    """Note what became of an attempt; False when another has come after it.

    One that was called unsure meanwhile, because its worker was silent for long, is settled all the same.
    """
    touch_people(session, study)
    mine = update(MESSAGES).where(
        *_key(study, message_id), MESSAGES.c.hand == hand, MESSAGES.c.state.in_(("handed", "unsure"))
    )
    done = mine.values(state=state, reason=reason, sent_on=day).returning(MESSAGES.c.message_id)
    return session.connection().execute(done).first() is not None


def put_back(
    session: Session, study: str, message_id: uuid.UUID, hand: str, due_at: datetime, reason: str | None
) -> None:
    """The mail server did not take it: again from this moment on."""
    mine = update(MESSAGES).where(*_key(study, message_id), MESSAGES.c.hand == hand, MESSAGES.c.state == "handed")
    session.connection().execute(mine.values(state="waiting", due_at=due_at, reason=reason))


def spare(session: Session, study: str, message_id: uuid.UUID, reason: str) -> None:
    """Note why a message that waits will not be sent."""
    touch_people(session, study)
    waiting = update(MESSAGES).where(*_key(study, message_id), MESSAGES.c.state == "waiting")
    session.connection().execute(waiting.values(state="spared", reason=reason))


def spare_waiting(session: Session, study: str, year: int, reason: str, kinds: Collection[str]) -> int:
    """Note of everything of a wave that still waits, in rounds of these kinds, that it will not be sent."""
    touch_people(session, study)
    rounds = select(ROUNDS.c.number).where(*in_wave(ROUNDS, study, year), ROUNDS.c.kind.in_(kinds))
    waiting = update(MESSAGES).where(
        *in_wave(MESSAGES, study, year), MESSAGES.c.state == "waiting", MESSAGES.c.number.in_(rounds)
    )
    return int(session.connection().execute(waiting.values(state="spared", reason=reason)).rowcount)


def lapse(session: Session, before: datetime) -> int:
    """Call unsure what has been in hand since before this moment: its worker is gone; how many those are."""
    gone = update(MESSAGES).where(MESSAGES.c.state == "handed", MESSAGES.c.handed_at < before)
    lost = gone.values(state="unsure", reason=DIED).returning(MESSAGES.c.study_id)
    studies = session.connection().execute(lost).scalars().all()
    for study in set(studies):
        touch_people(session, study)
    return len(studies)


def is_any_lapsed(session: Session, before: datetime) -> bool:
    """Whether there is anything to call unsure; only reads."""
    statement = select(MESSAGES.c.message_id).where(MESSAGES.c.state == "handed", MESSAGES.c.handed_at < before)
    return session.connection().execute(statement.limit(1)).first() is not None


def send_unsure_again(session: Session, study: str, year: int, number: int, due_at: datetime) -> int:
    """Let go again what nobody knows of whether it went; how many those are."""
    touch_people(session, study)
    unsure = update(MESSAGES).where(
        *in_wave(MESSAGES, study, year), MESSAGES.c.number == number, MESSAGES.c.state == "unsure"
    )
    again = unsure.values(state="waiting", due_at=due_at, reason=None, **WITHOUT_HAND)
    return int(session.connection().execute(again).rowcount)


def _in_a_row(study: str, year: int, number: int, since: datetime) -> tuple[Any, ...]:
    """Of a round: what was handed over after the last message that was taken, from this moment on."""
    mine = (*in_wave(MESSAGES, study, year), MESSAGES.c.number == number)
    last = select(func.max(MESSAGES.c.handed_at)).where(*mine, MESSAGES.c.state.in_(TAKEN)).scalar_subquery()
    return *mine, MESSAGES.c.handed_at >= since, func.coalesce(MESSAGES.c.handed_at > last, true())


def in_a_row(session: Session, study: str, year: int, number: int, since: datetime) -> Mapping[str, int]:
    """How many messages of a round were handed over since one was taken, by state.

    What a worker left that died is not among them: it says nothing of the mail server.
    """
    died = and_(MESSAGES.c.state == "unsure", MESSAGES.c.reason == DIED)
    statement = select(MESSAGES.c.state, func.count()).where(*_in_a_row(study, year, number, since), ~died)
    rows = session.connection().execute(statement.group_by(MESSAGES.c.state)).all()
    return {row[0]: row[1] for row in rows}


def last_taken(session: Session, study: str, year: int, number: int) -> datetime | None:
    """When the mail server last took a message of a round; None: never."""
    mine = (*in_wave(MESSAGES, study, year), MESSAGES.c.number == number, MESSAGES.c.state.in_(TAKEN))
    found: datetime | None = session.connection().execute(select(func.max(MESSAGES.c.handed_at)).where(*mine)).scalar()
    return found


def put_back_refused(session: Session, study: str, year: int, number: int, since: datetime, now: datetime) -> int:
    """Let those wait again that were refused since one was taken, as if nobody had tried; how many those are."""
    touch_people(session, study)
    refused = update(MESSAGES).where(
        *_in_a_row(study, year, number, since), MESSAGES.c.state.in_(("failed", "waiting"))
    )
    waiting = refused.values(state="waiting", due_at=now, attempts=0, **WITHOUT_HAND)
    return int(session.connection().execute(waiting).rowcount)


def give_up_refused(session: Session, study: str, year: int, number: int) -> int:
    """Call refused what waits for another attempt; how many those are."""
    touch_people(session, study)
    tried = update(MESSAGES).where(
        *in_wave(MESSAGES, study, year),
        MESSAGES.c.number == number,
        MESSAGES.c.state == "waiting",
        MESSAGES.c.reason.is_not(None),
    )
    return int(session.connection().execute(tried.values(state="failed")).rowcount)


def handed_since(session: Session, moment: datetime) -> int:
    """How many messages were handed over since, of whatever wave."""
    statement = select(func.count()).select_from(MESSAGES).where(MESSAGES.c.handed_at > moment)
    return int(session.connection().execute(statement).scalar_one())


def by_id(session: Session, message_id: uuid.UUID) -> Row[*tuple[Any, ...]] | None:
    """The message with this key, of whatever study: what a bounce names."""
    return session.connection().execute(select(MESSAGES).where(MESSAGES.c.message_id == message_id)).first()


def written(
    session: Session, study: str, year: int, contact_id: uuid.UUID | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """What was written to whom in a wave, a row for each message: ``contact_id, number, state, reason, sent_on``."""
    columns = (MESSAGES.c.contact_id, MESSAGES.c.number, MESSAGES.c.state, MESSAGES.c.reason, MESSAGES.c.sent_on)
    statement = select(*columns).where(*in_wave(MESSAGES, study, year))
    if contact_id is not None:
        statement = statement.where(MESSAGES.c.contact_id == contact_id)
    return session.connection().execute(statement).all()


def forgive(session: Session, study: str, contact_id: uuid.UUID) -> None:
    """What came back or was refused says nothing of a contact's new address."""
    old = update(MESSAGES).where(
        MESSAGES.c.study_id == study,
        MESSAGES.c.contact_id == contact_id,
        MESSAGES.c.state.in_(("bounced", "failed")),
    )
    session.connection().execute(old.values(reason=CORRECTED))


def mark_bounced(session: Session, study: str, message_id: uuid.UUID, reason: str) -> bool:
    """Note that a message came back; False when it is not there, or was never sent."""
    touch_people(session, study)
    sent = update(MESSAGES).where(*_key(study, message_id), MESSAGES.c.state.in_(("sent", "unsure", "handed")))
    done = sent.values(state="bounced", reason=reason[:80]).returning(MESSAGES.c.message_id)
    return session.connection().execute(done).first() is not None


def listed(
    session: Session, study: str, year: int, number: int, *, state: str, start: int, most: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Some messages of a round with the contact of each, in the order of the addresses; '' is every state."""
    statement = (
        select(MESSAGES, CONTACTS.c.email, CONTACTS.c.role, CONTACTS.c.segment, CONTACTS.c.language)
        .join(CONTACTS, _is_theirs())
        .where(*in_wave(MESSAGES, study, year), MESSAGES.c.number == number)
    )
    if state:
        statement = statement.where(MESSAGES.c.state == state)
    return session.connection().execute(statement.order_by(CONTACTS.c.email).offset(start).limit(most)).all()


def of_contact(session: Session, study: str, contact_id: uuid.UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """The messages to one contact, by round: ``kind``, ``state``, ``sent_on``."""
    is_round = and_(
        ROUNDS.c.study_id == MESSAGES.c.study_id,
        ROUNDS.c.year == MESSAGES.c.year,
        ROUNDS.c.number == MESSAGES.c.number,
    )
    statement = (
        select(ROUNDS.c.kind, MESSAGES.c.state, MESSAGES.c.sent_on)
        .join_from(MESSAGES, ROUNDS, is_round)
        .where(MESSAGES.c.study_id == study, MESSAGES.c.contact_id == contact_id)
        .order_by(MESSAGES.c.number)
    )
    return session.connection().execute(statement).all()
