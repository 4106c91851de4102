"""Who has seen an alert, and who put it aside: told by the audit log, which is where it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from surveyapp.errors import NotFound
from surveyapp.storage import audit, versions
from surveyapp.storage.database import Session

SEEN, ASIDE, BACK = "alert.seen", "alert.aside", "alert.back"
ACTS = {"seen": SEEN, "aside": ASIDE, "back": BACK}
"""What can be done with an alert."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What was noted of one alert.

    ``seen`` holds who has seen it and when they first did, the earliest first; who put it aside has seen it.
    ``aside`` is who put it aside last and when, None where nobody did or it was taken back.
    """

    seen: tuple[tuple[str, datetime], ...] = ()
    aside: tuple[str, datetime] | None = None


def note(session: Session, study: str, year: int, key: str, act: str, actor: str) -> None:
    """Note that somebody has seen an alert, put it aside, or took it back.

    Raises
    ------
    NotFound     there is no such act
    """
    if act not in ACTS:
        raise NotFound("There is no act %(act)s; choose one of %(names)s.", act=act, names=", ".join(ACTS))
    audit.add(session, actor, ACTS[act], f"{study} {year}", {"alert": key})


def noted(session: Session, study: str, year: int) -> Mapping[str, Noted]:
    """What was noted of the alerts of a wave, by their keys."""
    found: dict[str, Noted] = {}
    for row in reversed(versions.entries(session, f"{study} {year}", tuple(ACTS.values()))):
        key = row.details["alert"]
        before = found.get(key, Noted())
        is_new = row.action != BACK and all(who != row.actor for who, _ in before.seen)
        seen = (*before.seen, (row.actor, row.at)) if is_new else before.seen
        aside = {SEEN: before.aside, ASIDE: (row.actor, row.at), BACK: None}[row.action]
        found[key] = Noted(seen, aside)
    return found
