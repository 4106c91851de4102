"""The pages of the questionnaire: shown, sent in, kept as a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.errors import NotFound, WrongState
from surveyapp.fieldwork import continuing, page_drafts
from surveyapp.fieldwork.case_state import PostedPage
from surveyapp.fieldwork.posted_pages import (
    AskedBack,
    Closed,
    Conflict,
    Ended,
    Gone,
    Left,
    PageOutcome,
    Saved,
    Staying,
    take_in,
    too_late,
)
from surveyapp.web.questionnaire.pages import changed_slots, page_view
from surveyapp.web.respondent import apart, forms, lost_pages, visits
from surveyapp.web.respondent.addresses import address
from surveyapp.web.respondent.drawn_pages import (
    addresses_of,
    again,
    conflict_page,
    draft_page,
    drawn,
    no_switch,
    view_of,
)
from surveyapp.web.respondent.interview import ENDED, Interview, current, form_owner, found
from surveyapp.web.sessions import reading_primary, writing

DRAFT_STATUS: Mapping[str, int] = {"whole": 204, "late": 409, "taken": 412, "cut": 413}
"""How the page's script is told what became of a draft, or why the tab has to keep it itself."""


def page(page: str) -> ResponseReturnValue:
    """A page of the questionnaire: shown, or taken in."""
    if request.method == "POST":
        return _sent_in(forms.posted(page))
    with reading_primary() as session:
        interview = current(session)
        kept = continuing.draft(session, interview.case, page) if interview.case.may_have_drafts else None
    if kept is not None:
        return draft_page(interview, page, kept)
    view = page_view(interview, page)
    if view is None:
        return redirect(interview.going_on(), 303)
    return drawn(interview, view)


def visible(page: str) -> ResponseReturnValue:
    """The parts of the page that appear or go with what was just chosen."""
    form = forms.posted(page)
    with reading_primary() as session:
        interview = current(session)
    view = view_of(interview, form)
    if view is None:
        raise NotFound(f"Page {page} is not on this path.")
    blocks = changed_slots(view, form.seen)
    if not blocks:
        return "", 204
    return render_template("respondent/_visible.html", blocks=blocks, address=addresses_of(page))


def draft(page: str) -> ResponseReturnValue:
    """Keep what was typed and not sent in; the status says what became of it."""
    form = forms.posted(page)
    with writing() as session:
        kept = page_drafts.keep_typing(session, current(session), form)
    return "", DRAFT_STATUS[kept]


def _sent_in(form: PostedPage) -> ResponseReturnValue:
    with reading_primary() as session:
        interview = found(session)
    if interview is None:
        return redirect(address("left"), 303) if visits.has_left(form_owner()) else lost_pages.lost(409, "ended")
    try:
        with writing() as session:
            outcome = take_in(session, interview, form)
    except WrongState:  # all of it was taken back
        with writing() as session:
            outcome = too_late(session, interview, form)
    for name, value in outcome.apart.items():
        apart.keep(name, value)
    if outcome.is_draft:
        return redirect(_address(form.page, form), 303)
    return ANSWERS[type(outcome)](interview.after(outcome.case, outcome.apart), form, outcome)


# ------------------------------------------------------------------------------- what each outcome is answered with
def _onward(interview: Interview, form: PostedPage, outcome: Saved) -> ResponseReturnValue:
    """On, or back to the review by way of pages that are new."""
    visits.drop_code()
    if outcome.page is None:
        return redirect(address("review") + (f"#row-{form.page}" if form.then else ""), 303)
    return redirect(_address(outcome.page, form), 303)


def _away(interview: Interview, form: PostedPage, outcome: Left) -> ResponseReturnValue:
    if not outcome.code:
        return redirect(address("page", page=outcome.page), 303)
    visits.show_code(outcome.code)
    return redirect(address("saved"), 303)


def _with_attention(interview: Interview, form: PostedPage, outcome: AskedBack) -> ResponseReturnValue:
    notice = no_switch() if outcome.no_switch else None
    return again(interview, outcome.form, 422, problems=outcome.problems, prompts=outcome.prompts, notice=notice)


def _beside_newer(interview: Interview, form: PostedPage, outcome: Conflict) -> ResponseReturnValue:
    return conflict_page(interview, form, outcome.check, 409)


def _at_itself(interview: Interview, form: PostedPage, outcome: Staying) -> ResponseReturnValue:
    if outcome.question:
        return redirect(f"{address('page', page=form.page)}#q_{outcome.question}-question", 303)
    return redirect(_address(form.page, form, outcome.language), 303)


def _at_ending(interview: Interview, form: PostedPage, outcome: Ended) -> ResponseReturnValue:
    return redirect(address(ENDED[outcome.state]), 303)


def _too_late(interview: Interview, form: PostedPage, outcome: Closed) -> ResponseReturnValue:
    return lost_pages.lost(409, outcome.why, None if outcome.why == "ended" else interview)


def _not_asked(interview: Interview, form: PostedPage, outcome: Gone) -> ResponseReturnValue:
    return lost_pages.gone(interview, outcome)


def _address(page: str, form: PostedPage, language: str | None = None) -> str:
    return address("page", language, page=page, **({"then": form.then} if form.then else {}))


# A page that a draft holds is shown by its own address: 303.
ANSWERS: Mapping[type[PageOutcome], Callable[[Interview, PostedPage, Any], ResponseReturnValue]] = {
    Saved: _onward,  # 303 to the next page, or the review
    Left: _away,  # 303 to the page before, or the code
    AskedBack: _with_attention,  # 422, where no draft holds it
    Conflict: _beside_newer,  # 409, where no draft holds it
    Staying: _at_itself,  # 303 to the page itself
    Ended: _at_ending,  # 303 to the receipt, or to the page that says why it ended
    Closed: _too_late,  # 409, with what was typed
    Gone: _not_asked,  # 400 or 404, with what was typed
}
