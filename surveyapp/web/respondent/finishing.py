"""After the last page: the review, sending, the receipt, one's own answers, going on later, stopping for good."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.engine.route import on_path, path, resume_page
from surveyapp.fieldwork import interviews
from surveyapp.storage import throttle
from surveyapp.web import languages
from surveyapp.web.respondent import brought, link_asked, report_address, visits
from surveyapp.web.respondent.address_form import AddressForm, answered
from surveyapp.web.respondent.addresses import WaveName, address
from surveyapp.web.respondent.frames import frame
from surveyapp.web.respondent.interview import ENDED, Interview, current, ended, found
from surveyapp.web.respondent.overview import overview
from surveyapp.web.respondent.personal import go_on_with
from surveyapp.web.sessions import reading_primary, secret, services, writing

RESUME_ATTEMPTS = 5
RESUME_WINDOW = timedelta(minutes=10)


# ------------------------------------------------------------------------------------------------------------ review
def review() -> ResponseReturnValue:
    """Everything that was answered, to look over; or sent in."""
    if request.method == "POST":
        return _sent()
    with reading_primary() as database:
        interview = current(database)
    unseen = _unseen(interview)
    if unseen:
        return redirect(unseen, 303)
    return render_template(
        "respondent/review.html",
        frame=interview.frame("review"),
        overview=overview(interview.standing(), visits.hidden()),
        is_partial=bool(visits.hidden()),
        page_address=lambda page: address("page", page=page, then="review"),
        last=address("page", page=_last_page(interview)),
        action=address("review"),
    )


def _unseen(interview: Interview) -> str:
    """The address of the first page that still has something to ask; empty when there is none."""
    page = resume_page(interview.questionnaire, interview.case.answers, languages.current(), interview.case.pages)
    return address("page", page=page, then="review") if page else ""


def _last_page(interview: Interview) -> str:
    return path(interview.questionnaire, interview.case.answers, languages.current()).pages[-1].page.id


def _sent() -> ResponseReturnValue:
    with writing() as database:
        interview = found(database)
        if interview is None:
            return redirect(address("resume"), 303)
        if interview.case.is_open:
            unseen = _unseen(interview)
            if unseen:
                return redirect(unseen, 303)
            counted = on_path(interview.questionnaire, interview.case.answers, languages.current())
            interviews.send(database, interview.case, counted)
    return redirect(address("done"), 303)


# ----------------------------------------------------------------------------------------------------------- receipt
def done() -> ResponseReturnValue:
    """Thanks, with the receipt; and a separate form for an address."""
    return _address_left() if request.method == "POST" else _receipt()


def _receipt(form: AddressForm | None = None) -> ResponseReturnValue:
    with reading_primary() as database:
        interview = ended(database, "complete")
    page = render_template(
        "respondent/done.html",
        frame=interview.frame("done"),
        reference=interview.case.reference,
        wave=interview.instrument.wave,
        offer=report_address.offer(interview, address("done"), form),
        answers=address("answers"),
        compare=address("compare"),
        landing=address("landing", wave=WaveName(interview.case.study, interview.case.year)),
    )
    return answered(page, form)


def _address_left() -> ResponseReturnValue:
    with reading_primary() as database:
        interview = ended(database, "complete")
    taken = report_address.left(interview, address("done"))
    return _receipt(taken) if isinstance(taken, AddressForm) else taken


def screened_out() -> ResponseReturnValue:
    """Thanks for someone to whom the questions do not apply."""
    with reading_primary() as database:
        interview = ended(database, "screened_out")
    ending = path(interview.questionnaire, interview.case.answers, languages.current()).ending
    language = languages.current()
    return render_template(
        "respondent/ended.html",
        frame=interview.frame("ended"),
        title=ending.title[language] if ending else "",
        text=ending.text[language] if ending else "",
        landing=address("landing", wave=WaveName(interview.case.study, interview.case.year)),
    )


def my_answers() -> ResponseReturnValue:
    """One's own answers, to read, print and keep."""
    with reading_primary() as database:
        interview = found(database)
    if interview is None or interview.case.state not in ("started", "complete"):
        return redirect(address("resume"), 303)
    return render_template(
        "respondent/answers.html",
        frame=interview.frame("answers"),
        overview=overview(interview.standing(), visits.hidden(), is_sent=interview.case.sent_on is not None),
        is_partial=bool(visits.hidden()),
        reference=interview.case.reference,
        sent_on=interview.case.sent_on,
        back=interview.going_on() if interview.case.is_open else address("done"),
    )


# ------------------------------------------------------------------------------------------------------ later, never
def resume() -> ResponseReturnValue:
    """Going on with a code, on this device or another; or asking for one's personal link."""
    if request.method == "POST" and request.form.get("action") == "link":
        asked = link_asked.asked()
        return _resume_page(link=asked) if isinstance(asked, AddressForm) else asked
    if request.method == "POST":
        return _resumed()
    with reading_primary() as database:
        mine = found(database)
    going_on = mine.going_on() if mine is not None and mine.case.is_open else ""
    return _resume_page(going_on=going_on)


def _resume_page(
    status: int = 200,
    *,
    going_on: str = "",
    is_unknown: bool = False,
    typed: str = "",
    wait: int = 0,
    link: AddressForm | None = None,
) -> ResponseReturnValue:
    form = link or (AddressForm(address("resume")) if link_asked.is_offered() else None)
    page = render_template(
        "respondent/resume.html",
        frame=frame(None, "resume"),
        action=address("resume"),
        going_on=going_on,
        is_unknown=is_unknown,
        typed=typed,
        brought=brought.fields(),
        minutes=clock.whole_minutes(wait),
        home=address("home"),
        link=form,
        is_asked=bool(session.pop("link_asked", False)),
    )
    if link is not None:
        return answered(page, link)
    return page, status, ({"Retry-After": str(wait)} if wait else {})


def _resumed() -> ResponseReturnValue:
    code = request.form.get("code", "")[:60]
    if not code.strip():
        return _resume_page(422, is_unknown=True)
    network = request.remote_addr or ""
    with writing() as database:
        turn = throttle.attempt(database, "resume", network, limit=RESUME_ATTEMPTS, window=RESUME_WINDOW, salt=secret())
    if not turn.allowed:
        return _resume_page(429, wait=turn.retry_after)
    with writing() as database:
        opened = interviews.resume_anywhere(database, code)
        if opened is None:
            return _resume_page(422, is_unknown=True, typed=code)
        info, case = opened
        wave = WaveName(info.study, info.year)
        if visits.key_of(wave) != case.key:
            visits.forget(wave)
        instrument = services().library.get(database, info.study, case.instrument_hash)
        go_on_with(info, instrument, case, case.key)
        throttle.take_back(database, "resume", network, salt=secret())
        if case.state in ENDED:
            return redirect(address(ENDED[case.state]), 303)
        mine = current(database)
        return brought.taken_up(database, mine) or redirect(mine.going_on(), 303)


def leave() -> ResponseReturnValue:
    """Stop for good: asked on a page, done by its button; opening the page changes nothing."""
    with reading_primary() as database:
        interview = found(database)
    if interview is None or interview.case.state not in ("started", "complete", "screened_out"):
        return redirect(address("resume"), 303)
    if request.method == "POST":
        with writing() as database:
            interviews.withdraw(database, interview.case)
        visits.note_left()
        visits.forget(WaveName(interview.case.study, interview.case.year))
        return redirect(address("left"), 303)
    back = interview.going_on() if interview.case.is_open else address("done")
    return render_template("respondent/leave.html", frame=interview.frame("leave"), action=address("leave"), back=back)


def left() -> ResponseReturnValue:
    """The answers are gone."""
    return render_template("respondent/left.html", frame=frame(None, "left"), home=address("home"))
