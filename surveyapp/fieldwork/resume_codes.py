"""Codes with which a questionnaire is gone on with on another device: one for each browser that asked.

The code of the browser that asked last stands in the columns of its case. Those of browsers that gave answers stay
valid beside it, under ``flags["codes"]``: who holds a link that was passed on cannot take its owner's code away. A
browser that asks again gets a new code in the place of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from surveyapp.errors import WrongState
from surveyapp.fieldwork import givers
from surveyapp.fieldwork.case_state import CaseState, state_of
from surveyapp.fieldwork.waves import WaveInfo, wave_list
from surveyapp.storage import case_codes, cases, keys
from surveyapp.storage.database import Session

MAKER = "coder"
"""Under this name a case's flags hold the mark of the browser whose code stands in the columns."""
OLDER = case_codes.OLDER_CODES
"""Under this name they hold by such a mark the hash and the box of its code."""


def make_resume_code(session: Session, case: CaseState) -> str:
    """A new code of twelve characters to go on with, shown once; an older one of the same browser stops working.

    The case must have been opened by its key: the code seals that key, so that both devices go on with the same case,
    and the mark of the browser that asks for it: who gives the code sees what that browser sees (`givers.prove`).

    Raises
    ------
    WrongState     the case was not opened by its key
    """
    if not case.key:
        raise WrongState("Only who holds the key of a questionnaire can ask for its code.")
    cases.by_id(session, case.study, case.case_id, lock=True)  # another browser may ask at this moment
    code = keys.resume_code()
    flags = cases.flags(session, case.study, case.case_id)
    cases.set_unmarked(
        session,
        case.study,
        case.case_id,
        {
            "resume_hash": _hash(code),
            "resume_box": keys.sealed(f"{case.key}~{case.browser}", code, case.case_id.hex),
            "flags": {**flags, MAKER: case.browser, OLDER: _older(session, case, flags)},
        },
    )
    return code


def _hash(code: str) -> str:
    return keys.secret_hash(f"resume:{code}")


def _older(session: Session, case: CaseState, flags: Mapping[str, Any]) -> dict[str, Any]:
    """The codes of other browsers that stay: of those that gave answers, and the one that was given last."""
    gave = givers.browsers(session, case)
    kept = {mark: pair for mark, pair in flags.get(OLDER, {}).items() if mark in gave}
    newest = case_codes.code_of(session, case.study, case.case_id)
    if newest is not None:
        kept[flags.get(MAKER, "")] = newest
    return {mark: pair for mark, pair in kept.items() if mark != case.browser}


def resume(session: Session, study: str, year: int, code: str) -> str | None:
    """The key of the case a code opens, or None; spaces, hyphens and lower case do not matter.

    The door that calls this counts attempts (`storage.throttle`).
    """
    return _opened(session, study, year, code)[0] or None


def _opened(session: Session, study: str, year: int, code: str) -> tuple[str, str]:
    """The key a code seals and the mark of the browser that asked for it; empty where it opens nothing."""
    typed = keys.typed_code(code)
    found = case_codes.by_resume(session, study, year, _hash(typed))
    if found is None:
        return "", ""
    case_id, box = found
    key, _, browser = keys.unsealed(box, typed, case_id.hex).partition("~")
    return key, browser


def resume_anywhere(session: Session, code: str) -> tuple[WaveInfo, CaseState] | None:
    """The wave and the case a code opens, of all waves that take answers; None when it opens none.

    The case bears the mark of the browser that asked for the code. The door that calls this counts attempts
    (`storage.throttle`).
    """
    for info in wave_list(session):
        key, browser = _opened(session, info.study, info.year, code) if info.is_answerable else ("", "")
        row = cases.by_key(session, info.study, keys.secret_hash(key)) if key else None
        if key and row is not None:
            return info, replace(state_of(row, key), browser=browser)
    return None
