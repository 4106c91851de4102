"""The rounds of messages of a wave: what each is called and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surveyapp.fieldwork.invitation_yield import RoundYield, yields
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.round_words import round_words
from surveyapp.reports.sentences import Words
from surveyapp.storage import progress
from surveyapp.storage.database import Session


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One round of messages with what came of it."""

    number: int
    name: Words
    state: str
    figures: RoundYield

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        found = {**self.figures.stored(), "delivered": self.figures.delivered}
        return {"number": self.number, "name": dict(self.name), "state": self.state, **found}


def round_lines(session: Session, live: LiveWaves, info: WaveInfo) -> tuple[RoundLine, ...]:
    """The rounds that were confirmed, under the number each has among its kind."""
    rows = progress.rounds(session, info.study, info.year)
    if not rows:
        return ()
    found = live.kept(session, info.study, info.year, ("yields", info), lambda: yields(session, info))
    times: dict[str, int] = {}
    lines = []
    for row in rows:
        times[row.kind] = times.get(row.kind, 0) + 1
        name = round_words(row.kind, times[row.kind])
        lines.append(RoundLine(row.number, name, row.state, found.get(row.number, RoundYield(row.number))))
    return tuple(lines)
