"""Before this browser lets go of answers: the code with which they are found again, and the question whether to go on.

A new questionnaire, another person's link, another code, a fifth study, a refusal in an older tab: whatever a browser
does that makes answers unreachable from it comes by here. The form that would do it is shown once more with the code;
sent in again it says that it was read.
"""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.fieldwork import continuing, givers, interviews, resume_codes
from surveyapp.fieldwork.case_state import CONSENT_PAGE, CaseState
from surveyapp.fieldwork.personal_links import is_by_link
from surveyapp.fieldwork.waves import wave_info
from surveyapp.storage.database import Session
from surveyapp.storage.keys import secret_hash
from surveyapp.web import languages
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.addresses import WaveName, address
from surveyapp.web.respondent.frames import frame
from surveyapp.web.respondent.interview import ENDED
from surveyapp.web.respondent.visit_cookies import crowded_out, visit_of
from surveyapp.web.sessions import reading_primary, services, writing

READ = "parted"
"""The field with which a form says which questionnaire's code was read."""


def room_for(wave: WaveName) -> ResponseReturnValue | None:
    """Make room for one more questionnaire; the question first, where another study's has to go for it."""
    crowded = crowded_out(wave)
    if crowded is None:
        return None
    asked = asked_first(crowded)
    if asked is None:
        visits.forget(crowded)
    return asked


def asked_first(wave: WaveName) -> ResponseReturnValue | None:
    """The page with the code of the answers that this browser is about to let go of.

    None where there is nothing to lose: no answers, none that this browser may see, or the code was read.
    """
    case = _held_case(wave)
    if case is None:
        return None
    mark = secret_hash(f"parted:{case.key}")[:16]
    if request.form.get(READ) == mark:
        return None
    with reading_primary() as database:
        info = wave_info(database, case.study, case.year)
        if not _loses(database, case):
            return None
        instrument = services().library.get(database, case.study, case.instrument_hash)
    language = languages.current()
    is_spoken = language in instrument.languages  # another study may be asked in another language
    about: dict[str, Any] = {"wave": wave} if is_spoken else {}
    code = _code(wave, case) if info.is_answerable else ""
    return render_template(
        "respondent/parting.html",
        frame=frame(instrument if is_spoken else None, "landing" if is_spoken else "home", **about),
        title=instrument.wave.title[language if is_spoken else instrument.study.source_language],
        code=code,
        where=code and visits.where_codes_go(),
        by_link=is_by_link(info) and info.is_answerable,
        is_sent=case.state in ENDED,
        going_on=address(ENDED.get(case.state, "landing"), wave=wave),
        action=request.full_path.rstrip("?"),
        fields=[(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", READ)],
        read=(READ, mark),
    )


def _held_case(wave: WaveName) -> CaseState | None:
    key = visits.key_of(wave)
    if key is None:
        return None
    with reading_primary() as database:
        return interviews.load_case(database, wave.study, key, str(visit_of(wave).get("browser", "")))


def _loses(database: Session, case: CaseState) -> bool:
    """Whether there is anything in it that this browser could come back to."""
    if case.state not in ("started", *ENDED):
        return False
    answered = frozenset(case.pages) - {CONSENT_PAGE}
    if not answered:
        return continuing.has_typed(database, case)
    return givers.foreign_pages(database, case) != answered


def _code(wave: WaveName, case: CaseState) -> str:
    """The code this browser shows anyway, or a new one."""
    visit = visit_of(wave)
    if not visit.get("code"):
        with writing() as database:
            visit["code"] = resume_codes.make_resume_code(database, case)
    return str(visit["code"])
