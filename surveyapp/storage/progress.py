"""How a wave went day by day, as counts: who began, who sent, when each round of invitations first went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlmodel import Session

from surveyapp.storage.changes import CASES, days_of_wave
from surveyapp.storage.invitation_rounds import MESSAGES, ROUNDS
from surveyapp.storage.statements import in_wave


def by_day(session: Session, study: str, year: int) -> list[tuple[date, str, str, int]]:
    """The counts per day of a wave, whether its cases keep their days or not: day, event, role, times."""
    found = list(days_of_wave(session, study, year, is_test=False))
    for event, day, which in (
        ("begun", CASES.c.started_on, ()),
        ("complete", CASES.c.sent_on, (CASES.c.state == "complete",)),
    ):
        statement = select(day, CASES.c.role, func.count()).where(
            *in_wave(CASES, study, year), CASES.c.is_test.is_(False), day.is_not(None), *which
        )
        rows = session.connection().execute(statement.group_by(day, CASES.c.role))
        found += [(on, event, role, times) for on, role, times in rows]
    return found


def rounds(session: Session, study: str, year: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rounds of a wave that were confirmed, the first first: ``number, kind, state, figures``."""
    columns = (ROUNDS.c.number, ROUNDS.c.kind, ROUNDS.c.state, ROUNDS.c.figures)
    statement = select(*columns).where(*in_wave(ROUNDS, study, year), ROUNDS.c.state != "draft")
    return session.connection().execute(statement.order_by(ROUNDS.c.number)).all()


def seconds_by_version(session: Session, study: str, year: int) -> list[tuple[str, str, int]]:
    """The time of each sent questionnaire with its role and version; tests left out."""
    statement = select(CASES.c.role, CASES.c.instrument_hash, CASES.c.seconds).where(
        *in_wave(CASES, study, year), CASES.c.is_test.is_(False), CASES.c.state == "complete", CASES.c.seconds > 0
    )
    return [(row.role, row.instrument_hash, row.seconds) for row in session.connection().execute(statement)]


def due_since(session: Session, study: str, year: int, now: datetime) -> datetime | None:
    """When the oldest message of a going round became due that still waits; None where nothing is due."""
    is_round = (ROUNDS.c.study_id == MESSAGES.c.study_id, ROUNDS.c.year == MESSAGES.c.year)
    statement = (
        select(func.min(MESSAGES.c.due_at))
        .join(ROUNDS, and_(*is_round, ROUNDS.c.number == MESSAGES.c.number))
        .where(
            *in_wave(MESSAGES, study, year),
            MESSAGES.c.state == "waiting",
            MESSAGES.c.due_at <= now,
            ROUNDS.c.state == "going",
        )
    )
    found: datetime | None = session.connection().execute(statement).scalar()
    return found
