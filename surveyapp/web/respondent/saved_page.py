"""The page of who saves and goes on later: a code for that, the code by mail, and why, where the wave asks it.

The resume code goes at once, within the request, and nothing of it is stored: a row with the address, or a count of
what was asked for that address, would stand beside the case in time and tie the two (docs/decisions/0015-mail.md).
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.fieldwork import resume_codes
from surveyapp.fieldwork.page_drafts import waiting
from surveyapp.storage import throttle, tickets
from surveyapp.storage.keys import new_secret
from surveyapp.web import languages
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.address_form import (
    AddressForm,
    answered,
    can_mail,
    is_sent,
    turn_of_network,
    typed_address,
)
from surveyapp.web.respondent.addresses import address
from surveyapp.web.respondent.interview import current
from surveyapp.web.respondent.overview import page_titles
from surveyapp.web.respondent.why_stopped import WhyForm, kept, was_said
from surveyapp.web.sessions import reading_primary, secret, writing

CODE_DOOR = "mail-code"
ONCE, SENT = "mail-once", "mail-sent"  # kinds of tickets: the form was pressed, and its mail went


def saved() -> ResponseReturnValue:
    """The page that shows how to go on later: the code, a new one on request, the code by mail, and why one stops."""
    if request.method != "POST":
        return _saved(None)
    match request.form.get("action"):
        case "mail":
            return _code_mailed()
        case "why":
            return _why()
        case _:
            return _new_code()


def _saved(form: AddressForm | None, why: WhyForm | None = None) -> ResponseReturnValue:
    with reading_primary() as database:
        interview = current(database)
        unsaved = waiting(database, interview)
        going_back = interview.going_on(database)
    code = visits.shown_code()
    if form is None and code and can_mail():
        form = AddressForm(address("saved"))
    page = render_template(
        "respondent/saved.html",
        frame=interview.frame("saved"),
        is_begun=interview.is_begun,
        code=code,
        where=visits.where_codes_go(),
        going_on=going_back,
        unsaved=tuple(page_titles(interview, unsaved).values()),
        wave=interview.instrument.wave,
        is_shared=visits.is_shared(),
        minutes=int(visits.SHARED.total_seconds()) // 60,
        landing=address("landing"),
        action=address("saved"),
        form=form,
        client_key=new_secret(),
        mailed=visits.was_mailed(),
        why=(why or WhyForm(formdata=None)) if interview.instrument.wave.asks_why_stopped else None,
        said=was_said(),
    )
    return (page, HTTPStatus.UNPROCESSABLE_ENTITY) if why is not None else answered(page, form)


def _why() -> ResponseReturnValue:
    """Take in why somebody stops."""
    with reading_primary() as database:
        interview = current(database)
    form = WhyForm()
    if not interview.instrument.wave.asks_why_stopped:
        return redirect(address("saved"), 303)
    return kept(form) if form.validate() else _saved(None, form)


def _new_code() -> ResponseReturnValue:
    """Make a resume code for who asks for one again."""
    with writing() as database:
        interview = current(database)
        visits.show_code(resume_codes.make_resume_code(database, interview.case))
    return redirect(address("saved"), 303)


def _code_mailed() -> ResponseReturnValue:
    with reading_primary() as database:
        interview = current(database)
    code = visits.shown_code()
    if code is None or not can_mail():
        return redirect(address("saved"), 303)
    email, form = typed_address(address("saved"))
    if not email:
        return _saved(form)
    once = request.form.get("client_key", "")[:40] or new_secret()
    with writing() as database:  # of two presses one sends
        is_first = tickets.use(database, ONCE, once, salt=secret(), grain=throttle.GRAIN)
        has_gone = not is_first and tickets.is_used(database, SENT, once, salt=secret())
    if is_first:
        turn = turn_of_network(CODE_DOOR)
        asked = interview.instrument
        has_gone = turn.allowed and is_sent(
            "code", email, languages.current(), asked, address("resume"), code=code, closes=asked.wave.closes
        )
        if not has_gone:
            with writing() as database:
                tickets.give_back(database, ONCE, once, salt=secret())
            return _saved(replace(form, has_failed=turn.allowed, wait=turn.retry_after))
        with writing() as database:
            tickets.use(database, SENT, once, salt=secret(), grain=throttle.GRAIN)
    # The browser shows what the last press got, and the first may still be with the mail server.
    visits.note_mailed("sent" if has_gone else "asked")
    return redirect(address("saved"), 303)
