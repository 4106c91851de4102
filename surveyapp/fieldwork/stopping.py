"""Why somebody stops, in their own words: asked once they have saved for later, where the wave asks it.

It is no answer of the questionnaire: it stands in no frame, no table and no data file. It goes when the answers are
sent after all, and with the case (docs/decisions/0065-why-people-stop.md).
"""

from __future__ import annotations

from typing import Literal

from surveyapp.engine.texts import clean, showable
from surveyapp.fieldwork.asked_case import AskedCase
from surveyapp.fieldwork.case_lines import REVIEW
from surveyapp.fieldwork.continuing import newest
from surveyapp.storage import stop_reasons
from surveyapp.storage.database import Session

LONGEST = 1000
"""Letters of what may be said."""
Said = Literal["kept", "gone", ""]
"""What became of what was said before; nothing where nothing was said and nothing stood there."""


def words_of(typed: str) -> str:
    """What was typed, as it would be kept; in the place of what no database can keep stands a mark that says so."""
    return clean(showable(typed), single_line=False)


def say(session: Session, interview: AskedCase, typed: str) -> Said:
    """Keep why this person stops, in the place of what they said before; nothing typed takes that back.

    Raises
    ------
    WrongState     the questionnaire takes no answers any more
    NotFound       it is not there any more
    """
    case, words = interview.case, words_of(typed)[:LONGEST]
    newest(session, case).require_open()
    if not words:
        return "gone" if stop_reasons.forget(session, case.study, case.case_id) else ""
    page = interview.new_page or REVIEW
    stop_reasons.keep(session, case.study, case.year, case.case_id, page, interview.language, words)
    return "kept"
