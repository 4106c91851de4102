"""What is drawn beside a role's completes so far: when messages went, and how far the wave before was."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from surveyapp.fieldwork.earlier_progress import EarlierWave
from surveyapp.fieldwork.invitation_yield import first_days
from surveyapp.storage.database import Session
from surveyapp.web.console.fieldwork_charts import Mark
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.console.invitation_words import name_of_round


@dataclass(frozen=True, slots=True)
class Beside:
    """The marks of messages and the wave before."""

    marks: tuple[Mark, ...] = ()
    earlier: EarlierWave | None = None


def round_marks(session: Session, wave: WaveFrame) -> tuple[Mark, ...]:
    """A mark for each round of which something went, under the number it has among the rounds."""
    times: Counter[str] = Counter()
    marks = []
    for number, (kind, day) in sorted(first_days(session, wave.info).items()):
        times[kind] += 1
        address = wave.address("console.invitations_round", number=number)
        marks.append(Mark(str(number), day, name_of_round(kind, times[kind]), address))
    return tuple(marks)
