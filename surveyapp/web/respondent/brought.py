"""A page sent in after its session had ended: it brings along what was typed until the questionnaire is found again.

A page can be open for a night longer than its cookie lives, or than the server's secret does. Who sends it in then has
to give a code first; the fields of the page go with the form that asks for it, and come back on the page as a draft.
"""

from __future__ import annotations

from flask import request
from sqlmodel import Session

from surveyapp.web.respondent import forms, visits
from surveyapp.web.respondent.addresses import address
from surveyapp.web.respondent.drawing import path_holds
from surveyapp.web.respondent.interview import Interview
from surveyapp.web.respondent.unsaved import keep_draft

PAGE, EXPECTED = "brought_page", "brought_expected"
SHORTEST_NUMBER = 4
"""Digits from which a number is shown as typed, such as a year."""


def fields() -> tuple[tuple[str, str], ...]:
    """Names and values of what this request's form brings along, for the next form to bring on."""
    is_page = request.endpoint == "respondent.page"
    page = str((request.view_args or {}).get("page", "")) if is_page else request.form.get(PAGE, "")
    if not page:
        return ()
    expected = request.form.get("expected" if is_page else EXPECTED, "0")
    typed = [(name, value) for name, values in _typed().items() for value in values]
    return ((PAGE, page), (EXPECTED, expected), *typed)


def texts() -> tuple[str, ...]:
    """What was typed, to be read and copied; a choice is a short number and says nothing."""
    typed = (text for values in _typed().values() for text in values)
    return tuple(text for text in typed if text.strip() and not (text.isdigit() and len(text) < SHORTEST_NUMBER))


def keep(session: Session, interview: Interview) -> str:
    """Keep what was brought along as a draft of its page; the page's address, empty when there is nothing to keep."""
    page, typed, expected = request.form.get(PAGE, ""), _typed(), request.form.get(EXPECTED, "")
    if not typed or page in visits.hidden() or not path_holds(interview, page):
        return ""
    known = int(expected) if expected.isascii() and expected.isdigit() and len(expected) <= 12 else 0
    keep_draft(session, interview, page, forms.kept(typed, known, 0, ""))
    return address("page", page=page)


def _typed() -> dict[str, list[str]]:
    return {name: values for name, values in request.form.lists() if name.startswith("q_") and any(values)}
