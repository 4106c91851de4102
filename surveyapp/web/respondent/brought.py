"""A page sent in after its session had ended: it brings along what was typed until the questionnaire is found again.

A page can be open for a night longer than its cookie lives, or than the server's secret does. Who sends it in then has
to give a code first; the fields of the page go with the form that asks for it, and come back on the page as a draft.
"""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from surveyapp.engine.plan import plan
from surveyapp.errors import NotFound
from surveyapp.instrument.variables import TEXT_TYPES, VariableType
from surveyapp.numerals import whole_number
from surveyapp.web.respondent import forms
from surveyapp.web.respondent.addresses import address
from surveyapp.web.respondent.drawing import again, path_holds
from surveyapp.web.respondent.interview import Interview
from surveyapp.web.respondent.unsaved import keep_draft

PAGE, EXPECTED, KEY = "brought_page", "brought_expected", "brought_key"
SHORTEST_NUMBER = 4
"""Digits from which a number counts as typed, such as a year, where nobody knows whose page it was."""
TYPED_TYPES = TEXT_TYPES | {VariableType.NUMBER, VariableType.YEAR, VariableType.REGION, VariableType.ALLOCATION}
"""Types whose fields are typed in."""


def fields() -> tuple[tuple[str, str], ...]:
    """Names and values of what this request's form brings along, for the next form to bring on."""
    is_page = request.endpoint == "respondent.page"
    page = str((request.view_args or {}).get("page", "")) if is_page else request.form.get(PAGE, "")
    if not page:
        return ()
    expected = request.form.get("expected" if is_page else EXPECTED, "0")
    typed = [(name, value) for name, values in _typed().items() for value in values]
    key = request.form.get("client_key" if is_page else KEY, "")
    return ((PAGE, page), (EXPECTED, expected), (KEY, key), *typed)


def texts(interview: Interview | None = None) -> tuple[str, ...]:
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


def _typed_in(interview: Interview) -> frozenset[str]:
    """The fields of this request's page that are typed in."""
    try:
        owners = plan(interview.questionnaire).page(str((request.view_args or {}).get("page", ""))).owners
    except NotFound:
        return frozenset()
    return frozenset(
        name
        for name, owner in owners.items()
        if owner.question.variable.type in TYPED_TYPES and not name.endswith("__missing")
    )


def taken_up(session: Session, interview: Interview) -> ResponseReturnValue | None:
    """To the page that was brought along, kept as a draft; None when there is nothing to keep.

    What a draft cannot hold letter by letter, such as a very long text, stands on the page that answers at once.
    """
    page, typed, expected = request.form.get(PAGE, ""), _typed(), request.form.get(EXPECTED, "")
    if not typed or page in interview.hidden or not path_holds(interview, page):
        return None
    known = whole_number(expected) or 0
    # Under its own key, so that it takes the place of what its page kept of the same text before.
    form = forms.kept(typed, known, client_key=request.form.get(KEY, "")[:40])
    if keep_draft(session, interview, page, form) == "whole":
        return redirect(address("page", page=page), 303)
    return again(interview, page, form, 200)


def _typed() -> dict[str, list[str]]:
    return {name: values for name, values in request.form.lists() if name.startswith("q_") and any(values)}
