"""Rounds of invitations: made, changed, counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlmodel import Session

from surveyapp.storage.changes import touch_people
from surveyapp.storage.invitation_tables import InvitationMessageRow, InvitationRoundRow
from surveyapp.storage.statements import in_wave

ROUNDS: Any = InvitationRoundRow.__table__  # type: ignore[attr-defined]
MESSAGES: Any = InvitationMessageRow.__table__  # type: ignore[attr-defined]


def _of(study: str, year: int, number: int) -> tuple[Any, ...]:
    return *in_wave(ROUNDS, study, year), ROUNDS.c.number == number


def add(
    session: Session, study: str, year: int, kind: str, *, texts: Any, rule: Any, made_by: str, made_at: datetime
) -> int:
    """Make a round, still a draft; its number. The caller holds the wave."""
    last = select(func.max(ROUNDS.c.number)).where(*in_wave(ROUNDS, study, year))
    number = int(session.connection().execute(last).scalar_one() or 0) + 1
    values = {"texts": texts, "rule": rule, "made_by": made_by, "made_at": made_at, "kind": kind, "state": "draft"}
    session.connection().execute(insert(ROUNDS).values(study_id=study, year=year, number=number, **values))
    return number


def one(session: Session, study: str, year: int, number: int, *, lock: bool = False) -> Row[*tuple[Any, ...]] | None:
    """One round; locked, nobody else changes it before this transaction ends."""
    statement = select(ROUNDS).where(*_of(study, year, number))
    return session.connection().execute(statement.with_for_update() if lock else statement).first()


def of_wave(session: Session, study: str, year: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rounds of a wave, the first first."""
    statement = select(ROUNDS).where(*in_wave(ROUNDS, study, year)).order_by(ROUNDS.c.number)
    return session.connection().execute(statement).all()


def last_texts(session: Session, study: str, kind: str, nth: int, before: int) -> Any:
    """The texts of the nth round of a kind in the newest earlier wave that had one; None where there was none."""
    statement = select(ROUNDS.c.year, ROUNDS.c.texts).where(
        ROUNDS.c.study_id == study, ROUNDS.c.kind == kind, ROUNDS.c.year < before, ROUNDS.c.state != "draft"
    )
    found = session.connection().execute(statement.order_by(ROUNDS.c.year.desc(), ROUNDS.c.number)).all()
    newest = [row.texts for row in found if row.year == found[0].year]
    return newest[min(nth, len(newest)) - 1] if newest else None


def change(session: Session, study: str, year: int, number: int, **values: Any) -> None:
    """Give a round new values."""
    touch_people(session, study)
    session.connection().execute(update(ROUNDS).where(*_of(study, year, number)).values(**values))


def stop_by_itself(session: Session, study: str, year: int, number: int, because: str) -> bool:
    """Stop a round that goes, and note why; False where it does not go any more."""
    touch_people(session, study)
    going = update(ROUNDS).where(*_of(study, year, number), ROUNDS.c.state == "going")
    stopped = going.values(state="stopped", stopped_because=because).returning(ROUNDS.c.number)
    return session.connection().execute(stopped).first() is not None


def remove(session: Session, study: str, year: int, number: int) -> None:
    """Delete a round with its messages."""
    session.connection().execute(delete(ROUNDS).where(*_of(study, year, number)))


def forget_wave(session: Session, study: str, year: int) -> None:
    """Delete every round of a wave with its messages."""
    session.connection().execute(delete(ROUNDS).where(*in_wave(ROUNDS, study, year)))


def forget_messages(session: Session, study: str, year: int) -> None:
    """Delete the messages of a wave; its rounds stay."""
    session.connection().execute(delete(MESSAGES).where(*in_wave(MESSAGES, study, year)))


def counts(session: Session, study: str, year: int, number: int | None = None) -> Sequence[Row[*tuple[Any, ...]]]:
    """How many messages of each round are in which state, and why: rows of ``number, state, reason, n``."""
    keys = (MESSAGES.c.number, MESSAGES.c.state, MESSAGES.c.reason)
    statement = select(*keys, func.count().label("n")).where(*in_wave(MESSAGES, study, year)).group_by(*keys)
    if number is not None:
        statement = statement.where(MESSAGES.c.number == number)
    return session.connection().execute(statement).all()


def finish(session: Session) -> None:
    """Mark as done the rounds that go and have nothing left to send."""
    left = (
        select(MESSAGES.c.message_id)
        .where(
            MESSAGES.c.study_id == ROUNDS.c.study_id,
            MESSAGES.c.year == ROUNDS.c.year,
            MESSAGES.c.number == ROUNDS.c.number,
            MESSAGES.c.state.in_(("waiting", "handed")),
        )
        .exists()
    )
    session.connection().execute(update(ROUNDS).where(ROUNDS.c.state == "going", ~left).values(state="done"))
