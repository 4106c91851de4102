"""The editions of a closed wave's figures, in words, as its page lists them."""

from __future__ import annotations

from surveyapp.fieldwork import editions
from surveyapp.fieldwork.coding import COUNT
from surveyapp.fieldwork.editions import Edition
from surveyapp.fieldwork.quality import DECIDED
from surveyapp.fieldwork.versions import CORRECT, REVISE
from surveyapp.fieldwork.weightings import WEIGH
from surveyapp.storage.database import Session
from surveyapp.web.accounts import may
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import translate


def edition_lines(session: Session, wave: WaveFrame) -> tuple[tuple[Edition, str, str], ...]:
    """The editions of a wave, the one in force first: each with its act in words and the colleague, if one may know."""
    return tuple(
        (each, act_name(each.act), each.actor if may("researcher") and each.actor != editions.SYSTEM else "")
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
        editions.TEXTS_GONE: translate("Open answers were removed when their time was over"),
        editions.ANSWERS_GONE: translate("All answers were removed when their time was over"),
        editions.RESTORED: translate("The database was restored from a copy"),
        CORRECT: translate("Words of the questionnaire were corrected"),
        REVISE: translate("The questionnaire was revised"),
        DECIDED: translate("It was decided which questionnaires count"),
        WEIGH: translate("The targets of the weighting were changed"),
        COUNT: translate("Codes of open answers were put into the figures"),
    }
    return names.get(act, act)
