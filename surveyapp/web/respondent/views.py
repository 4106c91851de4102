"""The respondent's blueprint: which view answers which address, and what a fault looks like to a respondent."""

from __future__ import annotations

from flask import Blueprint, Flask, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from surveyapp.errors import AnswersRefused, StorageBusy, SurveyError, WrongState
from surveyapp.web.error_pages import RETRY_AFTER, error_page
from surveyapp.web.languages import translate as _
from surveyapp.web.respondent import (
    addresses,
    answering,
    arriving,
    brought,
    comparing,
    consenting,
    finishing,
    forms,
    notices,
    opening,
    personal,
    saved_page,
    unasked,
    visits,
)
from surveyapp.web.respondent.addresses import WaveName
from surveyapp.web.respondent.drawing import Notice, again
from surveyapp.web.respondent.frames import frame
from surveyapp.web.respondent.interview import ENDED, Interview, brings_more, found, is_page
from surveyapp.web.security import csrf
from surveyapp.web.sessions import reading_primary


def blueprint() -> Blueprint:
    """The respondent's side, ready to be registered."""
    made = Blueprint("respondent", __name__)
    made.url_value_preprocessor(addresses.speak)
    made.add_url_rule("/", "root", arriving.root)
    both = ("GET", "POST")
    addresses.add(made, "home", arriving.home)
    addresses.add(made, "landing", arriving.landing, both)
    addresses.add(made, "notify", opening.notify, both)
    addresses.add(made, "consent", consenting.consent, both)
    addresses.add(made, "declined", consenting.declined)
    addresses.add(made, "page", answering.page, both)
    addresses.add(made, "visible", answering.visible, ("POST",))
    addresses.add(made, "draft", answering.draft, ("POST",))
    addresses.add(made, "saved", saved_page.saved, both)
    addresses.add(made, "review", finishing.review, both)
    addresses.add(made, "done", finishing.done, both)
    addresses.add(made, "ended", finishing.screened_out)
    addresses.add(made, "answers", finishing.my_answers)
    addresses.add(made, "resume", finishing.resume, both)
    addresses.add(made, "leave", finishing.leave, both)
    addresses.add(made, "left", finishing.left)
    addresses.add(made, "compare", comparing.compare, both)
    addresses.add(made, "privacy", notices.privacy)
    addresses.add(made, "accessibility", notices.accessibility)
    made.add_url_rule("/i/<token>", "personal", personal.arrive, methods=list(both))
    addresses.add(made, "opt_out", personal.opt_out, both)
    made.register_error_handler(CSRFError, _lost_session)
    made.register_error_handler(StorageBusy, _not_saved)
    made.register_error_handler(AnswersRefused, unasked.refused)
    made.register_error_handler(WrongState, _not_open)
    return made


def install(app: Flask) -> None:
    """Put the respondent's side into the application."""
    addresses.prepare(app)
    app.jinja_env.globals["owner_mark"] = visits.owner
    app.register_blueprint(blueprint())
    # Mail programs post without a page before it (RFC 8058); the view itself checks everything else.
    csrf.exempt(personal.opt_out)


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
        if page in visits.hidden():
            return None
        return again(interview, page, forms.posted(), status, notice=notice)
    except SurveyError:
        return None


def _lost_session(_error: CSRFError) -> ResponseReturnValue:
    """The form does not fit the session (a new cookie, a very old tab): nothing was stored, nothing typed is lost."""
    if is_page():
        notice = Notice(
            "warning",
            _("This page was not saved yet"),
            _(
                "Your browser's session was renewed in the meantime. What you filled in is still here: save it "
                "once more."
            ),
        )
        response = _page_again(400, notice)
        if response is not None:
            return response
        return _lost(400)
    return error_page(
        400, _("Your browser's session was renewed in the meantime. Go back, reload the page and try again.")
    )


def _lost(status: int, mine: Interview | None = None) -> ResponseReturnValue:
    """What was typed on a page that cannot be saved, with what to do.

    Without an interview its session had ended; an open one was answered on another device, one that is not was sent, or
    its wave closed.
    """
    around = frame(None)
    if mine is not None:
        around = mine.frame("landing", wave=WaveName(mine.case.study, mine.case.year))
    page = render_template(
        "respondent/lost.html",
        frame=around,
        is_sent=mine is not None and mine.case.state in ENDED,
        is_closed=mine is not None and not mine.case.is_open,
        going_on=mine.going_on() if mine is not None and mine.case.is_open else "",
        typed=brought.texts(mine),
        brought=brought.fields(),
        resume=addresses.address("resume"),
        done=addresses.address(ENDED.get(mine.case.state, "done")) if mine is not None else "",
        home=addresses.address("home"),
    )
    return page, status


def _not_saved(error: StorageBusy) -> ResponseReturnValue:
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
            made.headers["Retry-After"] = RETRY_AFTER
            return made
    return error_page(503)


def _not_open(error: WrongState) -> ResponseReturnValue:
    """The questionnaire was sent, its wave closed or this browser let go of it while this form was open."""
    with reading_primary() as database:
        interview = found(database)
    if is_page() and (interview is None or interview.case.state not in ENDED or brings_more(interview)):
        return _lost(409, interview)
    if interview is None:
        return error_page(409)
    if interview.case.is_open:
        return error_page(409)
    where = ENDED.get(interview.case.state)
    if where:
        return redirect(addresses.address(where), 303)
    wave = WaveName(interview.case.study, interview.case.year)
    return redirect(addresses.address("landing", wave=wave), 303)
