"""The rounds of a wave at a look, and one round: what it is, how far it is, and what became of each message."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import request

from surveyapp import clock
from surveyapp.fieldwork import invitation_rounds, sending_days
from surveyapp.fieldwork.invitation_rounds import Round
from surveyapp.fieldwork.invitation_yield import RoundYield, yields
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.recipients import INVITATION, REMINDER, THANKS, recipients
from surveyapp.numerals import whole_number
from surveyapp.storage import contacts, invitation_messages
from surveyapp.storage import invitation_rounds as stored
from surveyapp.storage.database import Session
from surveyapp.web.console.choices import one_of
from surveyapp.web.console.frame import WaveFrame, language_name
from surveyapp.web.console.invitation_words import message_states, reason_words, round_name, round_states, who_gets
from surveyapp.web.console.sample_page import is_cut
from surveyapp.web.console.sample_words import masked, shown
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import services

PER_PAGE = 50
STUCK_MINUTES = 15
"""After so many minutes in which nothing of what is due went, the page says that something is wrong."""


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round of the list."""

    name: str
    address: str
    state: str
    state_name: str
    send_at: datetime | None
    figures: RoundYield


@dataclass(frozen=True, slots=True)
class RoundsPage:
    """The rounds of a wave."""

    rows: tuple[RoundRow, ...]
    is_by_name: bool
    is_open: bool
    can_thank: bool
    people: int
    kinds: tuple[tuple[str, str, str], ...]  # kind, what its button says, what it is for
    writes_files: bool
    is_cut: bool


def rounds_page(session: Session, wave: WaveFrame) -> RoundsPage:
    """The page of a wave's rounds."""
    found = invitation_rounds.rounds(session, wave.study, wave.year)
    figures = yields(session, wave.info)
    settings = services().settings
    buttons = {
        INVITATION: translate("Write an invitation"),
        REMINDER: translate("Write a reminder"),
        THANKS: translate("Write a thank-you"),
    }
    is_open = not wave.info.is_settled
    cut = is_cut(session, wave)  # nobody can tell any more who sent their answers, and so whom to thank
    offered = [
        *([INVITATION, REMINDER] if is_open else []),
        *([THANKS] if not cut and wave.info.state != "archived" else []),
    ]
    is_by_name = wave.info.mode == CONFIDENTIAL
    return RoundsPage(
        tuple(_row(wave, one, figures[one.number]) for one in found),
        is_by_name,
        is_open,
        wave.info.state != "archived",
        len(contacts.addresses(session, wave.study, wave.year)),
        tuple((kind, buttons[kind], who_gets(kind)) for kind in offered if is_by_name or kind != THANKS),
        settings.mail_server is None,
        cut,
    )


def _row(wave: WaveFrame, one: Round, figures: RoundYield) -> RoundRow:
    state = standing(one)
    where = wave.address("console.invitations_round", number=one.number)
    return RoundRow(round_name(one), where, state, round_states()[state], one.send_at, figures)


def standing(one: Round) -> str:
    """The state of a round as the pages tell it: one that goes later is planned."""
    is_later = one.send_at is not None and one.send_at > clock.now()
    if one.state == "stopped" and one.stopped_because is not None:
        return "halted"
    return "planned" if one.state == "going" and is_later else one.state


@dataclass(frozen=True, slots=True)
class StateRow:
    """How many messages are in a state, and where they are listed."""

    name: str
    count: int
    reasons: tuple[tuple[str, int], ...]
    address: str


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message; its address is masked."""

    who: str
    where: str
    role: str
    language: str
    state_name: str
    reason: str
    moment: datetime | None


@dataclass(frozen=True, slots=True)
class RoundPage:
    """One round that was confirmed."""

    round: Round
    name: str
    state: str
    state_name: str
    figures: RoundYield
    percent: int
    states: tuple[StateRow, ...]
    is_moving: bool
    is_stuck: bool
    holiday: str | None  # today, on which nothing goes
    tried: int  # messages that were refused so far and wait
    version: str
    anew: str
    part: str


def round_page(session: Session, wave: WaveFrame, number: int) -> RoundPage:
    """How far a round is.

    Raises
    ------
    NotFound     there is none with this number
    """
    one = invitation_rounds.round_of(session, wave.study, wave.year, number)
    figures = yields(session, wave.info)[number]
    state = standing(one)
    settled = figures.messages - figures.waiting
    version = hashlib.sha256(repr((one.state, state, figures)).encode()).hexdigest()[:16]
    is_moving = one.state == "going" and wave.info.state in ("open", "closed")
    today = sending_days.holiday(clock.today()) if is_moving else None
    counted = stored.counts(session, wave.study, wave.year, number)
    return RoundPage(
        one,
        round_name(one),
        state,
        round_states()[state],
        figures,
        100 * settled // figures.messages if figures.messages else 0,
        _states(counted, wave, number),
        is_moving,
        is_moving and today is None and _is_stuck(session, one),
        today[current()] if today is not None else None,
        sum(row.n for row in counted if row.state == "waiting" and row.reason is not None),
        version,
        wave.address("console.invitations_round", number=number),
        wave.address("console.invitations_round", number=number, _part="progress", version=version),
    )


def _is_stuck(session: Session, one: Round) -> bool:
    since = clock.now()
    if one.send_at is None or (since - one.send_at).total_seconds() < STUCK_MINUTES * 60:
        return False
    return invitation_messages.handed_since(session, since - timedelta(minutes=STUCK_MINUTES)) == 0


def _states(counted: Sequence[Any], wave: WaveFrame, number: int) -> tuple[StateRow, ...]:
    rows = []
    for state, name in message_states().items():
        of_state = [row for row in counted if row.state == state]
        if not of_state:
            continue
        reasons = [(reason_words(state, row.reason), row.n) for row in of_state]
        told = tuple((words, n) for words, n in reasons if words)
        where = wave.address("console.invitations_messages", number=number, state=state)
        rows.append(StateRow(name, sum(row.n for row in of_state), told, where))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class MessageList:
    """Some of the messages of a round."""

    name: str
    back: str
    state: str
    options: list[tuple[str, str]]
    count: int
    lines: tuple[MessageLine, ...]
    page: int
    pages: int
    previous: str | None
    next: str | None


def message_list(session: Session, wave: WaveFrame, number: int) -> MessageList:
    """The messages of a round that this request's address asks for.

    Raises
    ------
    NotFound     there is no such round
    BadQuery     there is no such state
    """
    one = invitation_rounds.round_of(session, wave.study, wave.year, number)
    names = message_states()
    state = request.args.get("state", "").strip()
    if state:
        one_of("state", state, names)
    counted = stored.counts(session, wave.study, wave.year, number)
    count = sum(row.n for row in counted if state in ("", row.state))
    pages = max(1, -(-count // PER_PAGE))
    page = whole_number(request.args.get("part") or "1", least=1, most=pages) or 1
    start = (page - 1) * PER_PAGE
    rows = invitation_messages.listed(session, wave.study, wave.year, number, state=state, start=start, most=PER_PAGE)

    def to(part: int) -> str:
        return wave.address("console.invitations_messages", number=number, state=state or None, part=part)

    return MessageList(
        round_name(one),
        wave.address("console.invitations_round", number=number),
        state,
        [("", translate("all")), *names.items()],
        count,
        tuple(
            MessageLine(
                masked(row.email),
                wave.address("console.sample_contact", contact=row.contact_id),
                shown(wave, "role", row.role),
                language_name(row.language),
                names[row.state],
                reason_words(row.state, row.reason),
                row.handed_at,
            )
            for row in rows
        ),
        page,
        pages,
        to(page - 1) if page > 1 else None,
        to(page + 1) if page < pages else None,
    )


def count_now(session: Session, wave: WaveFrame, one: Round) -> int:
    """How many people would get a draft now."""
    return len(recipients(session, wave.info, wave.instrument, one.kind, one.rule, one.number))
