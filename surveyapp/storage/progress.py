"""How a wave went day by day, as counts: who began, who sent, when each round of invitations first went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session

from surveyapp.storage.changes import CASES, days_of_wave
from surveyapp.storage.invitation_rounds import ROUNDS
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
