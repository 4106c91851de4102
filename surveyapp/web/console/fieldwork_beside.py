"""What stands beside the counts of cases: when messages went, the wave before, what waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from surveyapp.fieldwork import quality
from surveyapp.reports.formatting import moment
from surveyapp.reports.round_lines import RoundLine
from surveyapp.storage.database import Session
from surveyapp.web.console.fieldwork_charts import Mark
from surveyapp.web.console.fieldwork_shapes import Card, Line
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import whole


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many finished questionnaires bear a flag and no decision, by the run of the rules at this moment."""

    many: int
    at: datetime


def flagged_and_waiting(session: Session, wave: WaveFrame) -> Waiting | None:
    """What waits by the last run of the rules; None before the first."""
    run = quality.last_run(session, wave.study, wave.year)
    return None if run is None else Waiting(quality.waiting(session, wave.study, wave.year), run.at)


def waiting_card(wave: WaveFrame, waiting: Waiting | None) -> tuple[Card, ...]:
    """What waits for a decision, with the way to the list."""
    if waiting is None:
        return ()
    line = translate("flagged when the quality rules last ran: %(at)s", at=moment(waiting.at, current()))
    address = wave.address("console.quality_cases", decision="waiting") if waiting.many else None
    return (Card("waiting", translate("Waiting for a decision"), whole(waiting.many), (Line(line),), address),)


def round_marks(wave: WaveFrame, rounds: Sequence[RoundLine]) -> tuple[Mark, ...]:
    """A mark for each round of which something went, under its number."""
    return tuple(
        Mark(
            str(one.number),
            one.figures.first_on,
            one.name[current()],
            wave.address("console.invitations_round", number=one.number),
        )
        for one in rounds
        if one.figures.first_on is not None
    )
