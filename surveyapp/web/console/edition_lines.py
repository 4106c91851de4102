"""The editions of a closed wave's figures, in words, as its page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from surveyapp.fieldwork import editions
from surveyapp.fieldwork.versions import CORRECT, REVISE
from surveyapp.storage.database import Session
from surveyapp.web.accounts import may
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import translate


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One edition: ``actor`` is empty for who may not know which colleague it was."""

    number: int
    at: datetime
    act: str
    reason: str
    actor: str
    compared_with: str


def edition_lines(session: Session, wave: WaveFrame) -> tuple[EditionLine, ...]:
    """The editions of a wave, the one in force first."""
    return tuple(
        EditionLine(
            each.number,
            each.at,
            act_name(each.act),
            each.reason,
            each.actor if may("researcher") and each.actor != editions.SYSTEM else "",
            str(each.compared_with) if each.compared_with else translate("no other wave"),
        )
        for each in reversed(editions.of_wave(session, wave.study, wave.year))
    )


def act_name(act: str) -> str:
    """What made an edition, in words; an act this version does not know by its name."""
    names = {
        editions.CLOSED: translate("The fieldwork closed"),
        editions.REOPENED: translate("The fieldwork of the wave it is compared with was opened again"),
        editions.IMPORTED: translate("The wave came in as a file"),
        editions.IMPORTED_ANEW: translate("Its file was imported anew"),
        editions.REMOVED: translate("Answers were removed at a person’s request"),
        editions.COMPARED: translate("What it is compared with was chosen"),
        editions.RESTORED: translate("The database was restored from a copy"),
        CORRECT: translate("Words of the questionnaire were corrected"),
        REVISE: translate("The questionnaire was revised"),
    }
    return names.get(act, act)
