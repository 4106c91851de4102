"""Which browser gave which answers, and so may see them.

A key opens a questionnaire to go on with; what a browser may *see* of it follows from what it gave itself, or proved
with a code that a browser which could see it made: never from who came first, or by which link. Each browser has a mark
(`CaseState.browser`), which opens nothing. It stands in front of the key of the form with which a page was saved, and
under ``flags["browsers"]`` stands what a browser proved: pages, each with the number of the save it may see. What was
saved of such a page since is hidden again.
"""

from __future__ import annotations

from collections.abc import Mapping

from surveyapp.fieldwork.case_state import CONSENT_PAGE, CaseState
from surveyapp.storage import cases
from surveyapp.storage.database import Session

LONGEST_CLIENT_KEY = 40
"""Letters of the column that names the form of a page save."""
BROWSERS = "browsers"
"""Under this name a case's flags hold what browsers proved."""


def form_key(case: CaseState, client_key: str) -> str:
    """The key under which a page that this browser sends in is saved."""
    return f"{case.browser}~{client_key}"[:LONGEST_CLIENT_KEY] if case.browser else client_key


def _giver(client_key: str) -> str:
    mark, found, _ = client_key.partition("~")
    return mark if found else ""


def seen_pages(session: Session, case: CaseState, browser: str | None = None) -> dict[str, int]:
    """The pages whose answers this browser gave or proved, each with the number of its save.

    Parameters
    ----------
    browser : another browser's mark; absent: that of the case
    """
    mark = case.browser if browser is None else browser
    saved = {page: seq for page, seq in case.pages.items() if page != CONSENT_PAGE}
    keys = cases.client_keys(session, case.study, case.case_id)
    own = {page: seq for page, seq in saved.items() if _giver(keys.get(seq, "~")) == mark}
    if own == saved:
        return own
    proved = _proved(cases.flags(session, case.study, case.case_id), mark)
    return own | {page: seq for page, seq in saved.items() if proved.get(page) == seq}


def browsers(session: Session, case: CaseState) -> frozenset[str]:
    """The marks of the browsers that gave an answer of this case, now or before it was changed."""
    return frozenset(_giver(key) for key in cases.client_keys(session, case.study, case.case_id).values()) - {""}


def _proved(flags: Mapping[str, object], mark: str) -> dict[str, int]:
    browsers = flags.get(BROWSERS)
    found = browsers.get(mark) if isinstance(browsers, dict) else None
    return dict(found) if isinstance(found, dict) else {}


def foreign_pages(session: Session, case: CaseState) -> frozenset[str]:
    """The saved pages whose answers this browser neither gave nor proved."""
    if not case.may_be_shared:
        return frozenset()
    return frozenset(case.pages) - {CONSENT_PAGE} - seen_pages(session, case).keys()


def prove(session: Session, case: CaseState, maker: str) -> None:
    """This browser gave a code: from now on it may see what the browser that made the code can see.

    Parameters
    ----------
    maker : the mark sealed in the code
    """
    if not case.browser or maker == case.browser:
        return
    cases.by_id(session, case.study, case.case_id, lock=True)  # what is noted here meanwhile is not lost
    seen = seen_pages(session, case, maker)
    flags = cases.flags(session, case.study, case.case_id)
    browsers = flags.get(BROWSERS, {})
    proved = {**browsers, case.browser: {**_proved(flags, case.browser), **seen}}
    cases.set_unmarked(session, case.study, case.case_id, {"flags": {**flags, BROWSERS: proved}})
