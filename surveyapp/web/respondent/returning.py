"""Going on with a code, on this device or another; or asking for one's personal link."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.errors import NotFound
from surveyapp.fieldwork import continuing, givers, page_drafts, resume_codes
from surveyapp.fieldwork.case_state import CaseState
from surveyapp.fieldwork.waves import WaveInfo, wave_list
from surveyapp.instrument.model import Instrument
from surveyapp.storage import throttle
from surveyapp.storage.database import Session
from surveyapp.storage.keys import CODE_LENGTH, typed_code
from surveyapp.storage.throttle import Turn
from surveyapp.web import languages
from surveyapp.web.languages import translate as _
from surveyapp.web.networks import network_of_respondent
from surveyapp.web.rendering import day
from surveyapp.web.respondent import forms, link_asked, parting, visits
from surveyapp.web.respondent.address_form import AddressForm, answered
from surveyapp.web.respondent.addresses import WaveName, address
from surveyapp.web.respondent.drawn_pages import again
from surveyapp.web.respondent.frames import frame
from surveyapp.web.respondent.interview import ENDED, Interview, current, found
from surveyapp.web.respondent.personal import go_on_with
from surveyapp.web.sessions import reading_primary, secret, services, writing

DOOR = "resume"
RESUME_ATTEMPTS = 20
"""Wrong codes of a network within the window: a code has 59 bits, so an office need not wait for one who mistypes."""
RESUME_WINDOW = timedelta(minutes=10)


def resume() -> ResponseReturnValue:
    """Going on with a code, on this device or another; or asking for one's personal link."""
    if request.method == "POST" and request.form.get("action") == "link":
        asked = link_asked.asked()
        return code_page(link=asked) if isinstance(asked, AddressForm) else asked
    if request.method == "POST":
        return _resumed()
    with reading_primary() as database:
        mine = found(database)
        back = mine.going_on(database) if mine is not None and mine.case.is_open else ""
    return code_page(back=back)


def code_page(
    status: int = 200,
    *,
    back: str = "",
    wrong: str = "",
    typed: str = "",
    wait: int = 0,
    link: AddressForm | None = None,
) -> ResponseReturnValue:
    """The page that asks for a code, with what was typed and what another page carries along."""
    form = link or (AddressForm(address("resume")) if link_asked.is_offered() else None)
    page = render_template(
        "respondent/resume.html",
        frame=frame(came_for(), "resume"),
        action=address("resume"),
        going_on=back,
        wrong=wrong,
        typed=typed,
        carried=forms.carried(),
        shared_minutes=int(visits.SHARED.total_seconds()) // 60,
        is_shared=request.form.get("shared") == "yes",
        minutes=clock.whole_minutes(wait),
        home=address("home"),
        link=form,
        is_asked=bool(session.pop("link_asked", False)),
    )
    if link is not None:
        return answered(page, link)
    return page, status, ({"Retry-After": str(wait)} if wait else {})


def came_for() -> Instrument | None:
    """The study of the address, or that this browser came for last, whose sender and contact the page then names.

    None where it came for none, where the study does not speak the language of the page or is not there any more: the
    page then names the senders of all (`senders`).
    """
    wave = visits.wave()
    if wave is None:
        return None
    try:
        with reading_primary() as database:
            found = services().library.of_wave(database, wave.study, wave.year)
    except NotFound:
        return None
    return found if languages.current() in found.languages else None


def what_is_wrong(code: str) -> str:
    """Why a code opens nothing, as it is told: never whether it exists."""
    given = len(typed_code(code))
    if given != CODE_LENGTH:
        return _("A code has twelve characters. You entered %(n)s.", n=given)
    with reading_primary() as database:
        known = wave_list(database)
    closed = [info.closed_at for info in known if info.opened_at is not None and info.closed_at is not None]
    if closed and not any(info.is_answerable for info in known):  # whatever questionnaire it is of
        return _(
            "The questionnaire closed on %(day)s. Since then no code opens it: answers cannot be read, changed or "
            "removed with one any more.",
            day=day(max(closed)),
        )
    unknown = _("We don’t recognise this code or it has expired. Check the characters.")
    newer = _("Did you make a new code since? Then use that one.")
    return f"{unknown} {newer}"


def code_turn() -> Turn:
    """Count one more code that is tried from this network, wherever codes are taken."""
    with writing() as database:
        return throttle.attempt(
            database,
            DOOR,
            network_of_respondent(request.remote_addr),
            limit=RESUME_ATTEMPTS,
            window=RESUME_WINDOW,
            salt=secret(),
            grain=throttle.GRAIN,
        )


def code_fitted() -> None:
    """Give the attempt back: an office in which many go on is no attack."""
    with writing() as database:
        throttle.take_back(database, DOOR, network_of_respondent(request.remote_addr), salt=secret())


def _resumed() -> ResponseReturnValue:
    code = request.form.get("code", "")[:60]
    if not code.strip():
        return code_page(422, wrong=_("Enter your code: twelve letters and digits."))
    turn = code_turn()
    if not turn.allowed:
        return code_page(429, wait=turn.retry_after, typed=code)
    with reading_primary() as database:
        opened = resume_codes.resume_anywhere(database, code)
    if opened is None:
        return code_page(422, wrong=what_is_wrong(code), typed=code)
    code_fitted()
    info, case = opened
    wave = WaveName(info.study, info.year)
    if visits.key_of(wave) != case.key:
        asked = parting.asked_first(wave) or parting.room_for(wave)
        if asked is not None:
            return asked
    return _gone_on(info, case)


def _gone_on(info: WaveInfo, case: CaseState) -> ResponseReturnValue:
    """Let this browser answer the case of a code, and see what the maker of the code saw."""
    wave = WaveName(info.study, info.year)
    visits.turn_to(wave)
    if visits.key_of(wave) != case.key:
        visits.forget(wave)
    if request.form.get("shared") == "yes":
        visits.share()
    with writing() as database:
        go_on_with(info, case.key)
        here = replace(case, browser=visits.browser())
        givers.prove(database, here, case.browser)
        if case.state in ENDED:
            return redirect(address(ENDED[case.state]), 303)
        continuing.bring_drafts(database, here, case.browser)
        mine = current(database)
        return _carried_page(database, mine) or redirect(mine.going_on(database), 303)


def _carried_page(database: Session, interview: Interview) -> ResponseReturnValue | None:
    """The page that was carried along, kept as a draft; None when there is nothing to keep.

    What a draft cannot hold letter by letter, such as a very long text, stands on the page that answers at once.
    """
    form = forms.carried_page()
    if form is None or form.page in interview.hidden or form.page not in interview.path_pages():
        return None
    if page_drafts.keep(database, interview, form) == "whole":
        return redirect(address("page", page=form.page), 303)
    return again(interview, form, 200)
