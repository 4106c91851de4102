"""What stands beside the counts of cases: when messages went, the wave before, what waits for a decision."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from surveyapp.fieldwork import quality
from surveyapp.fieldwork.earlier_progress import EarlierWave
from surveyapp.fieldwork.invitation_yield import first_days
from surveyapp.reports.formatting import moment
from surveyapp.storage.database import Session
from surveyapp.web.console.fieldwork_charts import Mark
from surveyapp.web.console.fieldwork_shapes import Card, Line
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.console.invitation_words import name_of_round
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import whole


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many finished questionnaires bear a flag and no decision, by the run of the rules at this moment."""

    many: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Beside:
    """The marks of messages, the wave before, and how many flagged questionnaires wait; None before the rules ran."""

    marks: tuple[Mark, ...] = ()
    earlier: EarlierWave | None = None
    waiting: Waiting | None = None


def flagged_and_waiting(session: Session, wave: WaveFrame) -> Waiting | None:
    """What waits by the last run of the rules; None before the first."""
    run = quality.last_run(session, wave.study, wave.year)
    return None if run is None else Waiting(quality.waiting(session, wave.study, wave.year), run.at)


def waiting_card(wave: WaveFrame, beside: Beside) -> tuple[Card, ...]:
    """What waits for a decision, with the way to the list."""
    if beside.waiting is None:
        return ()
    line = translate("flagged when the quality rules last ran: %(at)s", at=moment(beside.waiting.at, current()))
    address = wave.address("console.quality_cases", decision="waiting") if beside.waiting.many else None
    return (Card("waiting", translate("Waiting for a decision"), whole(beside.waiting.many), (Line(line),), address),)


def round_marks(session: Session, wave: WaveFrame) -> tuple[Mark, ...]:
    """A mark for each round of which something went, under the number it has among the rounds."""
    times: Counter[str] = Counter()
    marks = []
    for number, (kind, day) in sorted(first_days(session, wave.info).items()):
        times[kind] += 1
        address = wave.address("console.invitations_round", number=number)
        marks.append(Mark(str(number), day, name_of_round(kind, times[kind]), address))
    return tuple(marks)
