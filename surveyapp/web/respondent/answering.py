"""The pages of the questionnaire: taken in, saved, switched, kept as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from surveyapp.engine.answers import PageCheck, Value
from surveyapp.engine.plan import plan
from surveyapp.engine.route import next_page, previous_page, resume_page, visible_page
from surveyapp.engine.typed import typed_from
from surveyapp.engine.validate import check_page
from surveyapp.errors import AnswersRefused, NotFound
from surveyapp.fieldwork import interviews
from surveyapp.fieldwork.case_state import Saved
from surveyapp.fieldwork.interviews import Kept
from surveyapp.instrument.model import SKIPPED, VariableType
from surveyapp.web import languages
from surveyapp.web.questionnaire.pages import changed_slots, page_view
from surveyapp.web.respondent import forms, visits
from surveyapp.web.respondent.addresses import address
from surveyapp.web.respondent.drawing import (
    addresses_of,
    again,
    drafted,
    drawn,
    no_switch,
    require_known,
    unsaved_page,
    view_of,
)
from surveyapp.web.respondent.forms import Posted
from surveyapp.web.respondent.frames import other_language
from surveyapp.web.respondent.interview import Interview, current, require_own
from surveyapp.web.respondent.unsaved import (
    asked_back,
    conflicting,
    is_apart,
    keep_draft,
    keep_typing,
    let_go,
    put_back,
    settle,
    to_itself,
)
from surveyapp.web.sessions import reading_primary, writing

SPELLED = frozenset({VariableType.NUMBER, VariableType.ALLOCATION})
"""Types whose answers each language writes in its own way."""
DRAFT_STATUS: Mapping[Kept, int] = {"whole": 204, "cut": 413, "taken": 412}
"""How the page's script is told what became of a draft."""


# ------------------------------------------------------------------------------------------------------------- views
def page(page: str) -> ResponseReturnValue:
    """A page of the questionnaire: shown, or taken in."""
    if request.method == "POST":
        return _taken_in(page, forms.posted())
    with reading_primary() as session:
        interview = current(session)
        kept = interviews.draft(session, interview.case, page)
    if kept is not None:
        return unsaved_page(interview, page, kept)
    view = page_view(interview.standing(), page)
    if view is None:
        return redirect(interview.going_on(), 303)
    return drawn(interview, view)


def visible(page: str) -> ResponseReturnValue:
    """The parts of the page that appear or go with what was just chosen."""
    form = forms.posted()
    with reading_primary() as session:
        interview = current(session)
    view = view_of(interview, page, form)
    if view is None:
        raise NotFound(f"Page {page} is not on this path.")
    blocks = changed_slots(view, form.seen)
    if not blocks:
        return "", 204
    return render_template("respondent/_visible.html", blocks=blocks, address=addresses_of(page))


def draft(page: str) -> ResponseReturnValue:
    """Keep what was typed and not sent in: never checked, never counted.

    What a browser kept while it had no connection and finds again (*recall*) is never too late: the page then shows it
    beside what was saved since, unless it says the same.

    Returns
    -------
    204, or why the tab has to keep it itself: 409 when the page was saved meanwhile, 412 where another tab's text
    stands, 413 when it is more than a draft can hold
    """
    form = forms.posted()
    with writing() as session:
        interview = current(session)
        require_known(interview, page)
        # A save of this page may be under way on another connection; it is over once the case can be held.
        newest = interviews.newest(session, interview.case)
        if form.action != "recall" and form.expected != newest.expected_seq(page):
            return "", 409
        kept = keep_typing(session, interview, page, form)
        if form.action == "recall" and kept == "whole":
            settle(session, interview.with_case(newest), page)
    return "", DRAFT_STATUS[kept]


# ------------------------------------------------------------------------------------------------------- taking it in
def _taken_in(page: str, form: Posted) -> ResponseReturnValue:
    with reading_primary() as session:
        interview = current(session)
    if form.action not in ("next", "elsewhere") and any(
        len(text) > interviews.LONGEST_DRAFT_TEXT for texts in form.answers.values() for text in texts
    ):  # more than a draft can hold: nothing is left before it is shorter
        check = check_page(interview.questionnaire, page, interview.answers, form.answers, languages.current())
        return asked_back(interview, page, form, check)
    if form.action == "language":
        return _switched(interview, page, form)
    if form.action.startswith("clear:"):
        return _cleared(interview, page, form)
    if form.action == "elsewhere":
        return _given_up(interview, page, form)
    check = check_page(interview.questionnaire, page, interview.answers, form.answers, languages.current())
    if form.action in ("previous", "save"):
        return _left(interview, page, form, check)
    asked = _asked_about(interview, page, form)
    if check.problems or any(prompt.variable not in asked for prompt in check.prompts):
        return asked_back(interview, page, form, check)
    with writing() as session:
        result = _save(session, interview, page, form, check.values)
        interview = interview.with_case(result.case)
        if result.outcome != "conflict" and interview.is_ended:
            interviews.screen_out(session, result.case)
            return redirect(address("ended"), 303)
    if result.outcome == "conflict":
        return conflicting(interview, page, form, check)
    visits.drop_code()
    return redirect(_onward(interview, page, form.then), 303)


def _asked_about(interview: Interview, page: str, form: Posted) -> frozenset[str]:
    """The questions of this page that were asked about before; a form can name anything."""
    own = frozenset(question.name for question in interview.questionnaire.by_id[page].questions())
    return own & frozenset(form.prompted.split())


def _save(session: Session, interview: Interview, page: str, form: Posted, values: Mapping[str, Value]) -> Saved:
    """Save the page's values; what is stored apart stays in the browser's session until its own form is sent."""
    stored = {}
    for name, value in values.items():
        if is_apart(interview, name):
            visits.keep_apart(name, value)
        else:
            stored[name] = value
    result = interviews.save_page(
        session,
        interview.case,
        page,
        stored,
        expected_seq=form.expected,
        client_key=form.client_key,
        language=languages.current(),
        seconds=form.seconds,
        prompts=len(_asked_about(interview, page, form)),
    )
    if result.outcome == "conflict":
        require_own(session, interview.with_case(result.case), page)
    if result.let_go is not None:
        put_back(session, interview, interview.with_case(result.case), page, form, result.let_go)
    return result


def _onward(interview: Interview, page: str, then: str) -> str:
    """Where the person goes after this page: on, or back to the review by way of pages that are new."""
    language = languages.current()
    if then == "review":
        new = resume_page(interview.questionnaire, interview.case.answers, language, interview.case.pages)
        return address("page", page=new, then="review") if new else f"{address('review')}#row-{page}"
    following = next_page(interview.questionnaire, interview.case.answers, language, page)
    return address("page", page=following) if following else address("review")


def _left(interview: Interview, page: str, form: Posted, check: PageCheck) -> ResponseReturnValue:
    """Previous, or later: what parses is saved, the rest is kept as a draft; nothing is asked."""
    stored = interview.answers
    values = {name: value for name, value in check.values.items() if value != SKIPPED or name in stored}
    is_whole = not check.problems and len(values) == len(check.values)
    is_saved = is_conflict = is_stuck = False
    with writing() as session:
        if values and any(stored.get(name) != value for name, value in values.items()):
            result = _save(session, interview, page, form, values)
            interview = interview.with_case(result.case)
            is_saved, is_conflict = result.outcome != "conflict", result.outcome == "conflict"
        if not is_conflict:
            if not is_whole and any(text for texts in form.answers.values() for text in texts):
                form = replace(form, expected=interview.case.expected_seq(page)) if is_saved else form
                is_stuck = keep_draft(session, interview, page, form) == "taken" and bool(check.problems)
            else:  # emptied, or as it is stored: what was typed before is not wanted any more
                let_go(session, interview, page, form)
            if form.action == "save" and not is_stuck:
                visits.show_code(interviews.make_resume_code(session, interview.case))
    if is_conflict:
        return conflicting(interview, page, form, check)
    if is_stuck:  # what does not parse has no place: nothing is left before it is mended
        return again(interview, page, form, 422, problems=check.problems)
    if form.action == "save":
        return redirect(address("saved"), 303)
    before = previous_page(interview.questionnaire, interview.case.answers, languages.current(), page)
    return redirect(address("page", page=before) if before else address("page", page=page), 303)


def _switched(interview: Interview, page: str, form: Posted) -> ResponseReturnValue:
    """The same page in the other language, with everything on it as it was: kept as a draft, not checked."""
    other = other_language()
    if other not in interview.instrument.languages:
        raise AnswersRefused("This study is in one language.")
    standing = interview.standing()
    answers = drafted(interview, page, form.answers)
    seen = visible_page(standing.questionnaire, page, answers, standing.language)
    if not seen.items:
        raise NotFound(f"Page {page} is not on this path.")
    # A number that was understood is written as the other language writes it; anything else stays as typed.
    typed = dict(form.answers)
    owners = plan(interview.questionnaire).page(page).owners
    for name, values in typed_from(seen, answers, other).items():
        if name in typed and owners[name].question.variable.type in SPELLED:
            typed[name] = values
    for question in seen.questions:
        if question.variable.is_stored_apart and question.name in answers:
            visits.keep_apart(question.name, answers[question.name])
    with writing() as session:
        is_taken = keep_typing(session, interview, page, replace(form, answers=typed)) == "taken"
        if not is_taken:
            interviews.switch_language(session, interview.case, other)
    if is_taken:
        return again(interview, page, form, 422, notice=no_switch())
    return to_itself(page, form, other)


def _cleared(interview: Interview, page: str, form: Posted) -> ResponseReturnValue:
    """The page with one answer taken back; nothing is saved until the person goes on."""
    name = form.action.removeprefix("clear:")
    gone = (f"q_{name}", f"q_{name}__missing", f"q_{name}__other")
    typed = {field: values for field, values in form.answers.items() if field not in gone}
    with writing() as session:
        require_known(interview, page)
        kept = keep_draft(session, interview, page, form, {**typed, f"q_{name}": [""]})
    if kept == "taken":
        return again(interview, page, replace(form, answers=typed), 422)
    return redirect(f"{address('page', page=page)}#q_{name}-question", 303)


def _given_up(interview: Interview, page: str, form: Posted) -> ResponseReturnValue:
    """The page as it was saved elsewhere; what stood here is let go, as its owner says."""
    with writing() as session:
        let_go(session, interview, page, form)
    return to_itself(page, form)
