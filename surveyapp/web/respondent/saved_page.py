"""The page of who saves and goes on later: how to go on later, a code for that, and the code by mail.

The resume code goes at once, within the request, and nothing of it is stored: a row with the address, or a count of
what was asked for that address, would stand beside the case in time and tie the two (docs/decisions/0015-mail.md).
"""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.errors import MailNotSent
from surveyapp.fieldwork import resume_codes
from surveyapp.fieldwork.page_drafts import waiting
from surveyapp.storage import throttle, tickets
from surveyapp.storage.keys import new_secret
from surveyapp.web import languages, logs
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.address_form import (
    AddressForm,
    answered,
    can_mail,
    turn_of_network,
    typed_address,
)
from surveyapp.web.respondent.addresses import address
from surveyapp.web.respondent.interview import Interview, current
from surveyapp.web.respondent.overview import page_titles
from surveyapp.web.sessions import reading_primary, secret, services, writing

CODE_DOOR = "mail-code"
ONCE, SENT = "mail-once", "mail-sent"  # kinds of tickets: the form was pressed, and its mail went


def saved() -> ResponseReturnValue:
    """The page that shows how to go on later: the code, a new one on request, and the code by mail."""
    if request.method != "POST":
        return _saved(None)
    return _code_mailed() if request.form.get("action") == "mail" else _new_code()


def _saved(form: AddressForm | None) -> ResponseReturnValue:
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
        unsaved=tuple(page_titles(interview.standing(), unsaved).values()),
        wave=interview.instrument.wave,
        is_shared=visits.is_shared(),
        minutes=int(visits.SHARED.total_seconds()) // 60,
        landing=address("landing"),
        action=address("saved"),
        form=form,
        client_key=new_secret(),
        mailed=visits.was_mailed(),
    )
    return answered(page, form)


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
        has_gone = turn.allowed and _sent(interview, code, email)
        if not has_gone:
            with writing() as database:
                tickets.give_back(database, ONCE, once, salt=secret())
            return _saved(replace(form, has_failed=turn.allowed, wait=turn.retry_after))
        with writing() as database:
            tickets.use(database, SENT, once, salt=secret(), grain=throttle.GRAIN)
    # The browser shows what the last press got, and the first may still be with the mail server.
    visits.note_mailed("sent" if has_gone else "asked")
    return redirect(address("saved"), 303)


def _sent(interview: Interview, code: str, email: str) -> bool:
    """Send the code; False when it did not go."""
    from surveyapp.jobs.mail import Letter

    post = services().post
    if post is None:
        return False
    language, wave, study = languages.current(), interview.instrument.wave, interview.instrument.study
    values = {
        "title": wave.title[language],
        "code": code,
        "address": post.base_url + address("resume"),
        "closes": wave.closes,
    }
    is_made_up = services().made_up.holds(study.id, wave.year)
    said = study.explained(language)
    try:
        post.send_now(Letter("code", email, language, study.organisation, values, said, is_made_up))
    except MailNotSent as failure:
        logs.log.warning("mail", kind="code", outcome="not sent", reason=str(failure))
        return False
    return True
