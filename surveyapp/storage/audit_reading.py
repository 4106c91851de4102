"""Reading the audit log: the newest entries that fit, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from surveyapp import clock
from surveyapp.storage.audit import ENTRIES

FIELDS = ("entry", "at", "actor", "action", "subject", "details")


@dataclass(frozen=True, slots=True)
class AuditChoice:
    """Which entries: parts of names, days (both included), and the entry above which the page ends."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


def entries(session: Session, choice: AuditChoice, most: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The newest entries that fit, newest first."""
    statement = select(*(ENTRIES.c[name] for name in FIELDS))
    for name in ("actor", "action", "subject"):
        if wanted := getattr(choice, name):
            statement = statement.where(ENTRIES.c[name].icontains(wanted, autoescape=True))
    if choice.since is not None:
        statement = statement.where(ENTRIES.c.at >= _midnight(choice.since))
    if choice.until is not None:
        statement = statement.where(ENTRIES.c.at < _midnight(choice.until + timedelta(days=1)))
    if choice.before is not None:
        statement = statement.where(ENTRIES.c.entry < choice.before)
    return session.execute(statement.order_by(ENTRIES.c.entry.desc()).limit(most)).all()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.ZONE)
