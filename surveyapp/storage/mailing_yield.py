"""Counts of what came of each round of messages, without a row per message: the dashboard asks while answers come in.

An answer or an opt-out belongs to the newest message that had gone to that person by then. Messages are found by their
contact, who is invited to one wave alone: few answer, and fewer opt out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlmodel import Session

from surveyapp.storage.changes import CASES
from surveyapp.storage.contacts import CONTACTS, LINKS
from surveyapp.storage.invitation_rounds import MESSAGES
from surveyapp.storage.statements import in_wave


def states(session: Session, study: str, year: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """How many messages of each round are in which state: ``number, state, n``, and the first and last day of them."""
    keys = (MESSAGES.c.number, MESSAGES.c.state)
    days = (func.min(MESSAGES.c.sent_on).label("first_on"), func.max(MESSAGES.c.sent_on).label("last_on"))
    statement = select(*keys, func.count().label("n"), *days).where(*in_wave(MESSAGES, study, year)).group_by(*keys)
    return session.connection().execute(statement).all()


def answers(session: Session, study: str, year: int) -> list[tuple[int, date, date, int]]:
    """How many people who sent their answers had a round's message as the newest before: number, day of the message,
    day of the answer, people."""
    is_case = and_(LINKS.c.study_id == CASES.c.study_id, LINKS.c.case_id == CASES.c.case_id)
    is_theirs = and_(MESSAGES.c.study_id == LINKS.c.study_id, MESSAGES.c.contact_id == LINKS.c.contact_id)
    joined = CASES.join(LINKS, is_case).join(MESSAGES, is_theirs)
    sent = (*in_wave(CASES, study, year), CASES.c.is_test.is_(False), CASES.c.state == "complete")
    return _newest(session, joined, CASES.c.sent_on, *sent)


def opt_outs(session: Session, study: str, year: int) -> list[tuple[int, date, date, int]]:
    """The same of those who want no more mail, with the day on which they said so."""
    is_theirs = and_(MESSAGES.c.study_id == CONTACTS.c.study_id, MESSAGES.c.contact_id == CONTACTS.c.contact_id)
    return _newest(
        session, CONTACTS.join(MESSAGES, is_theirs), CONTACTS.c.opted_out_on, *in_wave(CONTACTS, study, year)
    )


def _newest(session: Session, joined: Any, day: Any, *conditions: Any) -> list[tuple[int, date, date, int]]:
    place = func.row_number().over(
        partition_by=MESSAGES.c.contact_id, order_by=(MESSAGES.c.sent_on.desc(), MESSAGES.c.number.desc())
    )
    before = (
        select(MESSAGES.c.number, MESSAGES.c.sent_on.label("went_on"), day.label("on"), place.label("place"))
        .select_from(joined)
        .where(*conditions, day.is_not(None), MESSAGES.c.sent_on <= day)
        .subquery()
    )
    keys = (before.c.number, before.c.went_on, before.c.on)
    statement = select(*keys, func.count()).where(before.c.place == 1).group_by(*keys)
    return [(row[0], row[1], row[2], row[3]) for row in session.connection().execute(statement)]
