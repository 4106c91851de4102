"""What came of each round: how many messages went and arrived, who answered within three days, who wanted no more.

A confidential wave keeps the day of an answer and not the hour, so that 72 hours are the day of the message and the
three after it. An answer or an opt-out counts for the newest message that went before it, so no person counts in two
rounds. When the link between people and answers is cut the figures are written down and the messages go: they tell who
had taken part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.storage import invitation_rounds as stored
from surveyapp.storage import mailing_yield
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


def _kept(held: Mapping[str, Any]) -> RoundYield:
    days = {name: date.fromisoformat(held[name]) if held[name] else None for name in ("first_on", "last_on")}
    return RoundYield(**{**held, **days})


def yields(session: Session, info: WaveInfo) -> dict[int, RoundYield]:
    """What came of each round of a wave so far, by its number."""
    found = _counted(session, info)
    return {
        row.number: _kept(row.figures) if row.figures else found.get(row.number, RoundYield(row.number))
        for row in stored.of_wave(session, info.study, info.year)
    }


def _counted(session: Session, info: WaveInfo) -> dict[int, RoundYield]:
    states: dict[int, Counter[str]] = {}
    days: dict[int, list[date]] = {}
    for row in mailing_yield.states(session, info.study, info.year):
        states.setdefault(row.number, Counter())[row.state] += row.n
        days.setdefault(row.number, []).extend(day for day in (row.first_on, row.last_on) if day is not None)
    if not states:
        return {}
    completes, opt_outs = Counter[int](), Counter[int]()
    for number, went_on, day, people in mailing_yield.answers(session, info.study, info.year):
        completes[number] += people * (day - went_on <= DAYS)
    for number, _, _, people in mailing_yield.opt_outs(session, info.study, info.year):
        opt_outs[number] += people
    is_known = info.mode == CONFIDENTIAL
    return {
        number: RoundYield(
            number,
            messages=sum(counts.values()),
            waiting=counts["waiting"] + counts["handed"],
            sent=counts["sent"] + counts["bounced"],
            bounced=counts["bounced"],
            failed=counts["failed"],
            unsure=counts["unsure"],
            spared=counts["spared"],
            completes=completes[number] if is_known else None,
            opt_outs=opt_outs[number],
            first_on=min(days[number], default=None),
            last_on=max(days[number], default=None),
        )
        for number, counts in states.items()
    }


def write_down(session: Session, info: WaveInfo) -> None:
    """Keep what came of every round of a wave, before its messages go."""
    for number, found in yields(session, info).items():
        stored.change(session, info.study, info.year, number, figures=found.stored())
