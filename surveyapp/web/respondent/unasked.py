"""A page that went out of the path while it was open: an earlier answer was changed in another tab.

Nothing of it can be stored, because nobody is asked these questions any more. What was filled in is shown once more, so
that it is not lost without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.engine.describe import answer_in_words
from surveyapp.engine.pipe import piped
from surveyapp.engine.plan import plan
from surveyapp.engine.route import on_path, visible_page
from surveyapp.engine.validate import lenient
from surveyapp.errors import AnswersRefused, NotFound
from surveyapp.web import languages
from surveyapp.web.error_pages import error_page
from surveyapp.web.respondent import brought
from surveyapp.web.respondent.drawing import path_holds
from surveyapp.web.respondent.faults import lost
from surveyapp.web.respondent.interview import Interview, found, is_page
from surveyapp.web.sessions import reading_primary


@dataclass(frozen=True, slots=True)
class Line:
    """A question that is not asked any more, and what was filled in."""

    question: str
    answer: str


def refused(_error: AnswersRefused) -> ResponseReturnValue:
    """What cannot be stored: a page whose questions are not asked any more, or a form no page of ours could bring."""
    if not is_page():
        return error_page(400)
    with reading_primary() as database:
        interview = found(database)
    if interview is None or not interview.case.is_open:
        return error_page(400)
    page = (request.view_args or {})["page"]
    lines = () if page in interview.hidden else tuple(_unasked(interview, page))
    if not lines:
        is_away = page in interview.questionnaire.by_id and not path_holds(interview, page)
        if is_away and not brought.texts(interview):
            return redirect(interview.going_on(), 303)  # there was nothing on it to lose
        return lost(400, "gone" if is_away else "unread", interview)
    html = render_template(
        "respondent/unasked.html",
        frame=interview.frame(),
        lines=lines,
        going_on=interview.going_on(),
    )
    return html, 400


def _unasked(interview: Interview, page: str) -> Iterator[Line]:
    """What was filled in for questions of this page that earlier answers hide now."""
    language, questionnaire, answers = languages.current(), interview.questionnaire, interview.answers
    try:
        planned_page = plan(questionnaire).page(page)
    except NotFound:
        return
    typed = {name: texts for name, texts in request.form.lists() if name in planned_page.owners and any(texts)}
    seen = visible_page(questionnaire, page, answers, language).questions
    visible = {question.name for question in seen}
    read = lenient(questionnaire, page, answers, typed, language)
    counted = on_path(questionnaire, answers, language)
    for planned in planned_page.questions:
        texts = [text for field in planned.fields for text in typed.get(field, ())]
        if not texts or planned.name in visible or (seen and planned.follows_page):
            continue
        question = planned.question
        value = read.get(planned.name)
        words = (
            ", ".join(texts)
            if value is None
            else answer_in_words(interview.instrument, question, value, read, language)
        )
        yield Line(piped(question.text[language], interview.instrument, counted, language), words)
