"""What a page's form brings, read once; and what the form of a lost page carries along until its text has a place."""

from __future__ import annotations

import re

from flask import request

from surveyapp import clock
from surveyapp.engine.plan import plan
from surveyapp.errors import AnswersRefused, NotFound
from surveyapp.fieldwork.asked_case import AskedCase
from surveyapp.fieldwork.case_state import PostedPage
from surveyapp.numerals import whole_number
from surveyapp.storage.keys import new_secret
from surveyapp.web.questionnaire.question_types import QUESTION_TYPES

OWN_FIELDS = frozenset(
    {"csrf_token", "client_key", "expected", "since", "prompted", "action", "seen", "then", "owner", "turn", "drawn"}
)
MOST_DRAWN = 5
PAGE, EXPECTED, KEY = "brought_page", "brought_expected", "brought_key"
SHORTEST_NUMBER = 4
"""Digits from which a number counts as typed, such as a year, where nobody knows whose page it was."""
_KEY = re.compile(r"[A-Za-z0-9_-]{8,40}")
_NAMES = re.compile(r"[a-z0-9_ ]{0,4000}")


def posted(page: str) -> PostedPage:
    """The form of this request, of this page.

    Raises
    ------
    AnswersRefused     one of the page's own fields was tampered with
    """
    form = request.form
    client_key = form.get("client_key", "")
    prompted = form.get("prompted", "")
    if not _KEY.fullmatch(client_key) or not _NAMES.fullmatch(prompted):
        raise AnswersRefused("The form does not carry the keys it was given out with.")
    return PostedPage(
        page,
        answers={name: values for name, values in form.lists() if name not in OWN_FIELDS},
        action=form.get("action", "next")[:80],
        client_key=client_key,
        expected=_number(form.get("expected", "0")),
        since=_number(form.get("since", "0")),
        prompted=prompted,
        seen=tuple(form.getlist("seen")),
        then="review" if form.get("then") == "review" else "",
        turn=_number(form.get("turn", "0")),
        drawn=tuple(each[:40] for each in form.get("drawn", "").split()[-MOST_DRAWN:]),
    )


def is_review() -> bool:
    """Whether the person came from the review, and goes back there."""
    return request.args.get("then") == "review"


def _number(text: str) -> int:
    found = whole_number(text, most=10**12 - 1)  # seconds since 1970 among them
    if found is None:
        raise AnswersRefused("The form does not carry the keys it was given out with.")
    return found


def now() -> int:
    """The moment a form is given out, in seconds."""
    return int(clock.now().timestamp())


def client_key() -> str:
    """The key of one form: the same form sent twice is stored once."""
    return new_secret()


# --------------------------------------------------------------------------------------------- pages that are lost
def carried() -> tuple[tuple[str, str], ...]:
    """Names and values of what this request's form brings along, for the next form to bring on.

    A page can be open for a night longer than its cookie lives, or than the server's secret does. Who sends it in then
    has to give a code first; the fields of the page go with the form that asks for it, and come back as a draft.
    """
    is_page = request.endpoint == "respondent.page"
    page = str((request.view_args or {}).get("page", "")) if is_page else request.form.get(PAGE, "")
    if not page:
        return ()
    expected = request.form.get("expected" if is_page else EXPECTED, "0")
    typed = [(name, value) for name, values in _typed().items() for value in values]
    key = request.form.get("client_key" if is_page else KEY, "")
    return ((PAGE, page), (EXPECTED, expected), (KEY, key), *typed)


def carried_page() -> PostedPage | None:
    """The page that this request's form carries along; None when there is nothing on it.

    Under its own key, so that it takes the place of what its page kept of the same text before.
    """
    page, typed, expected = request.form.get(PAGE, ""), _typed(), whole_number(request.form.get(EXPECTED, ""))
    if not page or not typed:
        return None
    then = "review" if is_review() else ""
    return PostedPage(page, typed, expected=expected or 0, client_key=request.form.get(KEY, "")[:40], then=then)


def typed_texts(interview: AskedCase | None = None) -> tuple[str, ...]:
    """What was typed, to be read and copied; a choice is a short number and says nothing.

    Without an interview a short number that was typed looks like a choice; it comes along with the code all the same.
    """
    numbers = _typed_in(interview) if interview is not None else frozenset()
    return tuple(
        text
        for name, values in _typed().items()
        for text in values
        if text.strip() and (name in numbers or not text.isdigit() or len(text) >= SHORTEST_NUMBER)
    )


def _typed_in(interview: AskedCase) -> frozenset[str]:
    """The fields of this request's page that are typed in."""
    try:
        owners = plan(interview.questionnaire).page(str((request.view_args or {}).get("page", ""))).owners
    except NotFound:
        return frozenset()
    return frozenset(
        name
        for name, owner in owners.items()
        if QUESTION_TYPES[owner.question.variable.type].is_typed and not name.endswith("__missing")
    )


def _typed() -> dict[str, list[str]]:
    return {name: values for name, values in request.form.lists() if name.startswith("q_") and any(values)}
