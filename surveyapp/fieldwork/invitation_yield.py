"""What came of each round: how many messages went and arrived, who answered within three days, who wanted no more.

A confidential wave keeps the day of an answer and not the hour, so that 72 hours are the day of the message and the
three after it. An answer or an opt-out counts for the newest message that went before it, so no person counts in two
rounds. When the link between people and answers is cut the figures are written down and the messages go: they tell who
had taken part.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.storage import invitation_messages, participation
from surveyapp.storage import invitation_rounds as stored
from surveyapp.storage.database import Session

DAYS = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class RoundYield:
    """What came of one round; days are None until something went."""

    number: int
    messages: int = 0
    waiting: int = 0  # in hand included
    sent: int = 0  # handed over and taken, those that came back later included
    bounced: int = 0
    failed: int = 0
    unsure: int = 0
    spared: int = 0  # not sent: done, opted out, or not reachable by the time it was their turn
    completes: int | None = None  # within three days; None: nobody may know
    opt_outs: int = 0
    first_on: date | None = None
    last_on: date | None = None

    @property
    def delivered(self) -> int:
        """Messages that went and did not come back."""
        return self.sent - self.bounced

    def stored(self) -> dict[str, Any]:
        """As it is written down at the end."""
        return {name: one.isoformat() if isinstance(one, date) else one for name, one in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody who was written to: when they answered and when they said that they want no more."""

    contact_id: uuid.UUID
    answered_on: date | None
    opted_out_on: date | None


def _kept(held: Mapping[str, Any]) -> RoundYield:
    days = {name: date.fromisoformat(held[name]) if held[name] else None for name in ("first_on", "last_on")}
    return RoundYield(**{**held, **days})


def yields(session: Session, info: WaveInfo) -> dict[int, RoundYield]:
    """What came of each round of a wave so far, by its number."""
    rows = invitation_messages.written(session, info.study, info.year)
    found = counted(rows, _reached(session, info) if rows else (), is_known=info.mode == CONFIDENTIAL)
    return {
        row.number: _kept(row.figures) if row.figures else found.get(row.number, RoundYield(row.number))
        for row in stored.of_wave(session, info.study, info.year)
    }


def _reached(session: Session, info: WaveInfo) -> list[Reached]:
    return [
        Reached(row.contact_id, row.sent_on if row.state == "complete" else None, row.opted_out_on)
        for row in participation.invited(session, info.study, info.year, is_test=False)
    ]


def counted(rows: Iterable[Any], people: Iterable[Reached], *, is_known: bool = True) -> dict[int, RoundYield]:
    """The same of messages (`storage.invitation_messages.written`) and of whom they were written to."""
    states: dict[int, Counter[str]] = {}
    went: dict[uuid.UUID, list[tuple[date, int]]] = {}
    days: dict[int, list[date]] = {}
    for row in rows:
        states.setdefault(row.number, Counter())[row.state] += 1
        if row.sent_on is not None:
            went.setdefault(row.contact_id, []).append((row.sent_on, row.number))
            days.setdefault(row.number, []).append(row.sent_on)
    completes, opt_outs = Counter[int](), Counter[int]()
    for who in people:
        if who.contact_id not in went:
            continue
        if who.answered_on is not None:
            completes.update(_answered(went[who.contact_id], who.answered_on))
        if who.opted_out_on is not None:
            opt_outs.update(_newest(went[who.contact_id], who.opted_out_on))
    return {
        number: RoundYield(
            number,
            messages=sum(states[number].values()),
            waiting=states[number]["waiting"] + states[number]["handed"],
            sent=states[number]["sent"] + states[number]["bounced"],
            bounced=states[number]["bounced"],
            failed=states[number]["failed"],
            unsure=states[number]["unsure"],
            spared=states[number]["spared"],
            completes=completes[number] if is_known else None,
            opt_outs=opt_outs[number],
            first_on=min(days.get(number, ()), default=None),
            last_on=max(days.get(number, ()), default=None),
        )
        for number in states
    }


def _newest(went: list[tuple[date, int]], day: date) -> list[int]:
    before = [each for each in went if each[0] <= day]
    return [max(before)[1]] if before else []


def _answered(went: list[tuple[date, int]], day: date) -> list[int]:
    return [number for number in _newest(went, day) if day - {one: sent for sent, one in went}[number] <= DAYS]


def write_down(session: Session, info: WaveInfo) -> None:
    """Keep what came of every round of a wave, before its messages go."""
    for number, found in yields(session, info).items():
        stored.change(session, info.study, info.year, number, figures=found.stored())
