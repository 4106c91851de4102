"""The respondent's blueprint: which view answers which address."""

from __future__ import annotations

from flask import Blueprint, Flask, request
from flask_wtf.csrf import CSRFError

from surveyapp.errors import AnswersRefused, StorageBusy, WrongState
from surveyapp.web import cookies, flood
from surveyapp.web.respondent import (
    addresses,
    arriving,
    comparing,
    consenting,
    finishing,
    lost_pages,
    notices,
    opening,
    personal,
    question_pages,
    removing,
    returning,
    reviewing,
    saved_page,
    typography,
    unsubscribing,
    visit_cookies,
    visits,
)
from surveyapp.web.respondent.promises import is_ahead, report_words
from surveyapp.web.respondent.senders import senders
from surveyapp.web.security import csrf

PAGE_LIMIT = 4 * 1024 * 1024
"""Bytes of a page sent in: a text of a million letters, each written as three or more bytes."""


def blueprint() -> Blueprint:
    """The respondent's side, ready to be registered."""
    made = Blueprint("respondent", __name__)
    made.url_value_preprocessor(addresses.take_in)
    made.add_url_rule("/", "root", arriving.root)
    both = ("GET", "POST")
    addresses.add(made, "home", arriving.home)
    addresses.add(made, "landing", arriving.landing, both)
    addresses.add(made, "notify", opening.notify, both)
    addresses.add(made, "consent", consenting.consent, both)
    addresses.add(made, "declined", consenting.declined)
    addresses.add(made, "page", question_pages.page, both)
    addresses.add(made, "visible", question_pages.visible, ("POST",))
    addresses.add(made, "draft", question_pages.draft, ("POST",))
    addresses.add(made, "saved", saved_page.saved, both)
    addresses.add(made, "review", reviewing.review, both)
    addresses.add(made, "done", finishing.done, both)
    addresses.add(made, "ended", finishing.screened_out, both)
    addresses.add(made, "answers", finishing.my_answers)
    addresses.add(made, "resume", returning.resume, both)
    addresses.add(made, "leave", removing.leave, both)
    addresses.add(made, "left", removing.left)
    addresses.add(made, "compare", comparing.compare, both)
    addresses.add(made, "privacy", notices.privacy)
    addresses.add(made, "accessibility", notices.accessibility)
    made.add_url_rule("/i/<token>", "personal", personal.arrive, methods=list(both))
    addresses.add(made, "remove", removing.confirm, both)
    addresses.add(made, "opt_out", unsubscribing.opt_out, both)
    addresses.add(made, "unsubscribe", unsubscribing.unsubscribe, both)
    made.register_error_handler(CSRFError, lost_pages.lost_session)
    made.register_error_handler(StorageBusy, lost_pages.not_saved)
    made.register_error_handler(AnswersRefused, lost_pages.refused)
    made.register_error_handler(WrongState, lost_pages.not_open)
    return made


def install(app: Flask, flood_limit: int) -> None:
    """Put the respondent's side into the application, for so many requests a minute from one network."""
    addresses.prepare(app)
    visit_cookies.install(app)
    typography.install(app)
    app.jinja_env.globals["owner_mark"] = visits.owner
    app.jinja_env.globals["is_ahead"] = is_ahead
    app.jinja_env.globals["report_words"] = report_words
    app.jinja_env.globals["senders"] = senders
    side = blueprint()
    flood.install(app, side, flood_limit)
    app.register_blueprint(side)
    # What a page's script asks for beside the page itself.
    cookies.keep_silent(app, "respondent.draft", "respondent.visible")
    app.before_request_funcs.setdefault(None, []).insert(0, _let_a_page_be_long)
    # Mail programs post without a page before it (RFC 8058); the views themselves check everything else.
    csrf.exempt(unsubscribing.opt_out)
    csrf.exempt(unsubscribing.unsubscribe)


def _let_a_page_be_long() -> None:
    """Refuse a text beyond every limit on its page, where its owner can shorten it, and not with the whole request."""
    if request.method == "POST" and request.endpoint == "respondent.page":
        request.max_content_length = request.max_form_memory_size = PAGE_LIMIT
