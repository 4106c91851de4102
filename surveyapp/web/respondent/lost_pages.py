"""What a fault looks like to a respondent: nothing was stored, nothing typed is lost, and what to do."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from surveyapp.errors import AnswersRefused, StorageBusy, SurveyError, WrongState
from surveyapp.fieldwork.posted_pages import Gone, unreadable
from surveyapp.web.error_pages import RETRY_AFTER, error_page
from surveyapp.web.languages import translate as _
from surveyapp.web.respondent import forms
from surveyapp.web.respondent.addresses import WaveName, address
from surveyapp.web.respondent.drawn_pages import Notice, again
from surveyapp.web.respondent.frames import frame
from surveyapp.web.respondent.interview import ENDED, Interview, found, is_page
from surveyapp.web.respondent.returning import came_for, code_page
from surveyapp.web.sessions import reading_primary


def _page_again(status: int, notice: Notice) -> ResponseReturnValue | None:
    """The page of this request with everything that was typed; None where there is no such page to show.

    Called while another error is handled, so it raises none of ours itself.
    """
    try:
        with reading_primary() as database:
            interview = found(database)
        if interview is None or not interview.case.is_open:
            return None
        page = (request.view_args or {})["page"]
        if page in interview.hidden:
            return None
        return again(interview, forms.posted(page), status, notice=notice)
    except SurveyError:
        return None


def lost_session(_error: CSRFError) -> ResponseReturnValue:
    """The form does not fit the session (a new cookie, a very old tab): nothing is stored, nothing typed lost."""
    if request.endpoint == "respondent.resume" and request.form.get("action") != "link":
        return code_page(400, typed=request.form.get("code", "")[:60])
    if is_page():
        notice = Notice(
            "warning",
            _("This page was not saved yet"),
            _(
                "Your browser’s session was renewed in the meantime. What you filled in is still here: save it "
                "once more."
            ),
        )
        response = _page_again(400, notice)
        if response is not None:
            return response
        return lost(400, "ended")
    renewed = _("Your browser’s session was renewed in the meantime. Go back, reload the page and try again.")
    refused = _("Does this happen again and again? Then your browser refuses our cookie: allow cookies for this site.")
    return error_page(400, renewed if request.cookies else f"{renewed} {refused}")


def lost(status: int, why: str, mine: Interview | None = None) -> ResponseReturnValue:
    """What was typed on a page that cannot be saved, with what to do.

    Parameters
    ----------
    why :  ``ended`` (the session), ``elsewhere`` (answered on another device), ``sent``,
           ``closed``, ``unsent`` (closed before the answers were sent), ``gone`` (there is no such page),
           ``unread`` (no page of ours sends such a form)
    mine : the interview; None where the session ended
    """
    around = frame(came_for())
    if mine is not None:
        around = mine.frame("landing", wave=WaveName(mine.case.study, mine.case.year))
    page = render_template(
        "respondent/lost.html",
        frame=around,
        why=why,
        has_no_cookie=not request.cookies,
        going_on=mine.going_on() if mine is not None and mine.case.is_open else "",
        typed=forms.typed_texts(mine),
        carried=forms.carried(),
        resume=address("resume"),
        done=address("done"),
        home=address("home"),
    )
    return page, status


def not_saved(_error: StorageBusy) -> ResponseReturnValue:
    """The database is away or full: no false thanks, and the text is still there."""
    if is_page():
        notice = Notice(
            "error",
            _("Not saved"),
            _("Your text is still below. Please try again in a minute; earlier pages are saved."),
        )
        response = _page_again(503, notice)
        if response is not None:
            made = make_response(response)
            made.headers["Retry-After"] = RETRY_AFTER[503]
            return made
    return error_page(503)


def not_open(_error: WrongState) -> ResponseReturnValue:
    """The questionnaire was sent, its wave closed or this browser let go of it since what was asked for was shown.

    What becomes of a page of questions is told by `question_pages`.
    """
    with reading_primary() as database:
        interview = found(database)
    if interview is None or interview.case.is_open:
        return error_page(409)
    case = interview.case
    if case.state in ENDED:
        return redirect(address(ENDED[case.state]), 303)
    if request.endpoint == "respondent.review" and case.state == "started":
        return lost(409, "unsent", interview)
    return redirect(address("landing", wave=WaveName(case.study, case.year)), 303)


def refused(_error: AnswersRefused) -> ResponseReturnValue:
    """A form that no page of ours could bring."""
    if not is_page():
        return error_page(400)
    with reading_primary() as database:
        interview = found(database)
    if interview is None or not interview.case.is_open:
        return error_page(400)
    typed = dict(request.form.lists())
    return gone(interview, unreadable(interview, (request.view_args or {})["page"], typed))


def gone(interview: Interview, outcome: Gone) -> ResponseReturnValue:
    """A page of which nothing can be stored, once more: its questions with what was filled in, else what was typed."""
    if outcome.answers:
        html = render_template(
            "respondent/lost_answers.html",
            frame=interview.frame(),
            answers=outcome.answers,
            going_on=interview.going_on(),
        )
        return html, 400
    if outcome.why == "unasked" and not forms.typed_texts(interview):
        return redirect(interview.going_on(), 303)  # there was nothing on it to lose
    return lost(404 if outcome.why == "unknown" else 400, "unread" if outcome.why == "unread" else "gone", interview)
