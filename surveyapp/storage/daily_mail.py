"""Who wants the daily mail of what needs attention, and on which day each was last seen to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlmodel import Session

from surveyapp.storage.accounts import UserRow, roles_of
from surveyapp.storage.mail_tables import DailyMailRow
from surveyapp.storage.statements import insert_into

WANTED: Any = DailyMailRow.__table__  # type: ignore[attr-defined]
ACCOUNTS: Any = UserRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is still to be seen to today."""

    account_id: int
    email: str
    language: str
    roles: tuple[str, ...]
    done_on: date | None


def is_wanted(session: Session, account_id: int) -> bool:
    """Whether an account wants the mail."""
    statement = select(WANTED.c.account_id).where(WANTED.c.account_id == account_id)
    return session.connection().execute(statement).first() is not None


def set_wanted(session: Session, account_id: int, *, wanted: bool) -> None:
    """Want the mail from now on, or no more; a second time changes nothing."""
    if wanted:
        session.connection().execute(
            insert_into(session, WANTED).values(account_id=account_id, done_on=None).on_conflict_do_nothing()
        )
    else:
        session.connection().execute(delete(WANTED).where(WANTED.c.account_id == account_id))


def readers(session: Session, day: date) -> Sequence[Reader]:
    """Who wants the mail, can sign in and was not seen to on this day."""
    statement = (
        select(ACCOUNTS.c.id, ACCOUNTS.c.email, ACCOUNTS.c.language, WANTED.c.done_on)
        .join(WANTED, WANTED.c.account_id == ACCOUNTS.c.id)
        .where(ACCOUNTS.c.active, _is_before(day))
        .order_by(ACCOUNTS.c.id)
    )
    rows = session.connection().execute(statement).all()
    return [Reader(row.id, row.email, row.language, roles_of(session, row.id), row.done_on) for row in rows]


def _is_before(day: date) -> Any:
    return or_(WANTED.c.done_on.is_(None), WANTED.c.done_on < day)


def claim(session: Session, reader: Reader, day: date) -> bool:
    """Note that somebody is seen to on this day; False where another worker was first."""
    mine = update(WANTED).where(WANTED.c.account_id == reader.account_id, _is_before(day))
    taken = mine.values(done_on=day).returning(WANTED.c.account_id)
    return session.connection().execute(taken).first() is not None


def give_back(session: Session, reader: Reader, day: date) -> None:
    """The mail did not go: somebody is still to be seen to on this day."""
    mine = update(WANTED).where(WANTED.c.account_id == reader.account_id, WANTED.c.done_on == day)
    session.connection().execute(mine.values(done_on=reader.done_on))
