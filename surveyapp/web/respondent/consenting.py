"""Consent: what taking part means, and the case that begins with it."""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.errors import NotFound
from surveyapp.fieldwork import interviews, personal_links, resume_codes
from surveyapp.fieldwork.arrivals import count_arrival
from surveyapp.fieldwork.case_state import CONSENT_PAGE, CaseState
from surveyapp.fieldwork.consent import give_consent
from surveyapp.fieldwork.link_cutting import first_closing
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.model import Instrument
from surveyapp.storage import versions
from surveyapp.storage.database import Session
from surveyapp.web import languages
from surveyapp.web.respondent import interview as visit
from surveyapp.web.respondent import parting, privacy, visits
from surveyapp.web.respondent.addresses import WaveName, address
from surveyapp.web.respondent.arriving import needs_link, wave_asked_for
from surveyapp.web.respondent.frames import frame, other_language
from surveyapp.web.respondent.personal import go_on_with
from surveyapp.web.sessions import reading_primary, secret, writing

UNSEEN = "website"
"""A field that no person sees, on a screen or by ear; programs that fill in all they find fill it in."""


def consent() -> ResponseReturnValue:
    """What taking part means, and the question whether someone does."""
    wave, role = visits.wave(), visits.role()
    if wave is None:
        return redirect(address("home"), 303)
    with reading_primary() as database:
        info, instrument = wave_asked_for(database, wave)
        mine = visit.found(database)
        closing = first_closing(database, info)
        since = _text_since(database, info)
    if request.method == "POST":
        role = request.form.get("role", role)  # what was read, whatever another tab has chosen since
    elif mine is not None and role is None:
        return redirect(address("landing", wave=wave), 303)
    if role not in instrument.questionnaires or not info.is_answerable or needs_link(info):
        return redirect(address("landing", wave=wave), 303)
    if request.method == "POST":
        return _answered(info, instrument, str(role), mine)
    visits.offer_key()
    return _consent(info, instrument, str(role), closing, since, visits.left_of_consent())


def _answered(info: WaveInfo, instrument: Instrument, role: str, mine: visit.Interview | None) -> ResponseReturnValue:
    wave = WaveName(info.study, info.year)
    action = request.form.get("action", "next")
    ticked = request.form.get("agree") == "yes"
    shared = ["shared"] if request.form.get("shared") == "yes" else []
    if action == "language":
        visits.choose(role)
        visits.ask_of_consent(" ".join((*shared, *(["agreed"] if ticked else []))))
        return redirect(address("consent", other_language()), 303)
    if action == "decline":
        asked = parting.asked_first(wave)
        if asked is not None:
            return asked
        with writing() as database:
            language = languages.current()
            count_arrival(database, info.study, info.year, "declined", role, language, visits.source())
            link = visits.link()
            if link is not None:
                personal_links.note_declined(database, link, salt=secret())
        visits.forget(wave)
        return redirect(address("declined"), 303)
    if mine is not None:  # an older tab, or pressed twice: a second questionnaire would hide the first
        return redirect(mine.going_on() if mine.case.is_open else address("landing", wave=wave), 303)
    visits.choose(role)
    if not ticked:
        visits.choose(role)
        visits.ask_of_consent(" ".join(("consent", *shared)))
        return redirect(address("consent"), 303)
    asked = parting.room_for(wave)
    if asked is not None:
        return asked
    _begin(info, instrument, role)
    if shared:
        return _on_a_shared_computer()
    first = instrument.questionnaires[role].pages[0].id
    return redirect(address("page", page=first), 303)


def _on_a_shared_computer() -> ResponseReturnValue:
    """The visit is kept for a short while only, so the code comes first."""
    visits.share()
    with writing() as database:
        mine = visit.current(database)
        visits.show_code(resume_codes.make_resume_code(database, mine.case))
    return redirect(address("saved"), 303)


def _begin(info: WaveInfo, instrument: Instrument, role: str) -> None:
    """Make the case, with the consent as its first page save; the same form sent again finds the same case."""
    language = languages.current()
    with writing() as database:
        case, key = _case(database, info, instrument, role)
        is_new = CONSENT_PAGE not in case.pages
        if is_new:
            given = give_consent(database, case, instrument, language)
            if request.form.get(UNSEEN):
                interviews.note_trap(database, given)
            count_arrival(database, info.study, info.year, "consent_given", role, language, visits.source())
    if is_new:
        visits.begin(WaveName(info.study, info.year), key)
    else:
        go_on_with(info, key)  # begun with the same link on another device


def _case(database: Session, info: WaveInfo, instrument: Instrument, role: str) -> tuple[CaseState, str]:
    """A new case; in a confidential wave the one case of the personal link someone came by."""
    language, link = languages.current(), visits.link()
    if link is None or info.mode != personal_links.CONFIDENTIAL:
        return interviews.begin(
            database, info, instrument, role, language, visits.source(), _device(), key=visits.offered_key()
        )
    begun = personal_links.begin(database, instrument, link, role, language, _device(), salt=secret())
    if begun is None:
        raise NotFound("This personal link was replaced by a newer one.")
    return begun


def _text_since(database: Session, info: WaveInfo) -> str:
    """The day (ISO) on which the questionnaire was published to which the text belongs."""
    published = versions.published(database, info.study, info.year)[info.instrument_hash]
    return clock.local(published).date().isoformat()


def _consent(
    info: WaveInfo, instrument: Instrument, role: str, closing: datetime | None, since: str, left: frozenset[str]
) -> ResponseReturnValue:
    language = languages.current()
    return render_template(
        "respondent/consent.html",
        frame=frame(instrument, is_test=info.state == "test"),
        paragraphs=privacy.paragraphs(instrument, info.mode, closing, in_brief=True),
        version=privacy.version(instrument, info.mode, closing),
        since=since,
        role=instrument.role(role).label[language],
        role_id=role,
        back=address("landing", wave=WaveName(info.study, info.year)),
        is_by_link=visits.link() is not None,
        action=address("consent"),
        ticked="agreed" in left,
        is_shared="shared" in left,
        minutes=int(visits.SHARED.total_seconds()) // 60,
        is_missing="consent" in left,
    )


def declined() -> ResponseReturnValue:
    """A short goodbye; nothing was stored but the count, and in a confidential wave a note with the invitation."""
    wave = visits.wave()
    if wave is None:
        return redirect(address("home"), 303)
    with reading_primary() as database:
        info, instrument = wave_asked_for(database, wave)
    back, is_noted = address("landing", wave=wave), info.mode == personal_links.CONFIDENTIAL
    return render_template(
        "respondent/declined.html", frame=frame(instrument, "declined"), back=back, is_noted=is_noted
    )


def _device() -> str:
    """The class of device, told by the browser; the text it comes from is not kept."""
    agent = request.user_agent.string
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    if "Mobi" in agent or "iPhone" in agent:
        return "phone"
    return "desktop" if "Mozilla/" in agent else "unknown"
