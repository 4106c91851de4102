"""Before the questionnaire: which are open, the landing page with the choice of role, consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from surveyapp.errors import NotFound
from surveyapp.fieldwork import interviews, personal_links
from surveyapp.fieldwork.arrivals import count_arrival
from surveyapp.fieldwork.case_state import CaseState
from surveyapp.fieldwork.consent import CONSENT_PAGE, give_consent
from surveyapp.fieldwork.link_cutting import first_closing
from surveyapp.fieldwork.measured_minutes import Measured
from surveyapp.fieldwork.waves import WaveInfo, wave_info, wave_list
from surveyapp.instrument.model import Instrument
from surveyapp.storage.keys import new_secret
from surveyapp.web import languages
from surveyapp.web.respondent import interview as visit
from surveyapp.web.respondent import link_asked, privacy, visits
from surveyapp.web.respondent.addresses import WaveName, address
from surveyapp.web.respondent.frames import frame, other_language
from surveyapp.web.respondent.opening import not_open
from surveyapp.web.respondent.personal import go_on_with
from surveyapp.web.sessions import reading_primary, secret, services, writing


@dataclass(frozen=True, slots=True)
class OpenWave:
    """A line of the list of questionnaires."""

    title: str
    introduction: str
    address: str
    closes: str | None


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """One role to choose on the landing page."""

    id: str
    label: str
    description: str
    minutes: int
    checked: bool


def root() -> ResponseReturnValue:
    """To the language this browser asks for."""
    response = redirect(address("home", languages.preferred()), 302)
    response.headers["Vary"] = "Accept-Language"
    return response


def home() -> ResponseReturnValue:
    """The questionnaires that are open."""
    language = languages.current()
    lines = []
    with reading_primary() as database:
        for info in wave_list(database):
            if info.state != "open":
                continue
            instrument = services().library.get(database, info.study, info.instrument_hash)
            where = address("landing", wave=WaveName(info.study, info.year))
            introduction = instrument.study.introduction[language]
            lines.append(OpenWave(instrument.wave.title[language], introduction, where, instrument.wave.closes))
    return render_template("respondent/home.html", frame=frame(None, "home"), waves=lines)


# ----------------------------------------------------------------------------------------------------------- landing
def landing(wave: WaveName) -> ResponseReturnValue:
    """What the study is about and the choice of a role; or why nobody can take part now."""
    if request.method == "POST":
        return _role_chosen(wave)
    with reading_primary() as database:
        info, instrument = _wave(database, wave)
        visits.arrive(wave, request.args.get("source") or request.args.get("bron"))
        mine = visit.found_in(database, wave)
        measured = services().minutes.before(database, instrument)
    if mine is not None and mine.case.state in visit.ENDED:
        return redirect(address(visit.ENDED[mine.case.state]), 303)
    if not info.is_answerable:
        return not_open(info, instrument)
    if _needs_link(info) and not (mine is not None and mine.case.is_open):
        return _link_needed(info, instrument)
    going_on = mine.going_on() if mine is not None and mine.case.is_open else ""
    is_missing = visits.was_asked("role")
    return _landing(instrument, wave, info, measured, going_on=going_on, is_missing=is_missing)


def _landing(
    instrument: Instrument,
    wave: WaveName,
    info: WaveInfo,
    measured: Measured,
    *,
    going_on: str = "",
    is_missing: bool = False,
) -> ResponseReturnValue:
    language = languages.current()
    roles = [
        RoleChoice(
            id=role.id,
            label=role.label[language],
            description=role.description[language],
            minutes=measured.of(instrument, role.id),
            checked=visits.role() == role.id,
        )
        for role in instrument.study.roles
        if role.id in instrument.questionnaires
    ]
    minutes = sorted({role.minutes for role in roles})
    return render_template(
        "respondent/landing.html",
        frame=frame(instrument, is_test=info.state == "test"),
        study=instrument.study,
        wave=instrument.wave,
        action=address("landing", wave=wave),
        roles=roles,
        shortest=minutes[0],
        longest=minutes[-1],
        measured_in=measured.year if measured.covers(*(role.id for role in roles)) else None,
        going_on=going_on,
        is_missing=is_missing,
        resume=address("resume"),
    )


def _role_chosen(wave: WaveName) -> ResponseReturnValue:
    chosen, action = request.form.get("role", ""), request.form.get("action", "next")
    with reading_primary() as database:
        info, instrument = _wave(database, wave)
        visits.arrive(wave, None)
        mine = visit.found_in(database, wave)
    if action == "next" and mine is not None and mine.case.is_open:
        return redirect(mine.going_on(), 303)  # an older tab; a second questionnaire would hide the first for good
    if action == "fresh":
        visits.forget(wave)
        return redirect(address("landing", wave=wave), 303)
    if chosen and chosen not in instrument.questionnaires:
        raise NotFound(f"{wave} has no role {chosen[:40]!a}.")
    if chosen:
        visits.choose(chosen)
    if action == "language":
        return redirect(address("landing", other_language(), wave=wave), 303)
    if not info.is_answerable:
        return not_open(info, instrument)
    if _needs_link(info):
        return redirect(address("landing", wave=wave), 303)
    if not chosen:
        visits.ask("role")
        return redirect(address("landing", wave=wave), 303)
    with writing() as database:
        count_arrival(database, wave.study, wave.year, "role_chosen", chosen, languages.current(), visits.source())
    return redirect(address("consent"), 303)


def _needs_link(info: WaveInfo) -> bool:
    """Whether nobody can begin here: what a confidential wave says of links must be true of everybody in it.

    A wave that is being tested is open to who tests it; nothing of that counts.
    """
    return info.mode == personal_links.CONFIDENTIAL and info.state != "test" and visits.link() is None


def _link_needed(info: WaveInfo, instrument: Instrument) -> ResponseReturnValue:
    return render_template(
        "respondent/link_needed.html",
        frame=frame(instrument, "landing", wave=WaveName(info.study, info.year)),
        study=instrument.study,
        wave=instrument.wave,
        resume=address("resume"),
        can_ask=link_asked.is_offered(),
    )


def _wave(database: Session, wave: WaveName) -> tuple[WaveInfo, Instrument]:
    info = wave_info(database, wave.study, wave.year)
    instrument = services().library.get(database, wave.study, info.instrument_hash)
    if not instrument.questionnaires:
        raise NotFound(f"{wave} asks nobody anything.")
    return info, instrument


# ----------------------------------------------------------------------------------------------------------- consent
def consent() -> ResponseReturnValue:
    """What taking part means, and the question whether someone does."""
    wave, role = visits.wave(), visits.role()
    if wave is None:
        return redirect(address("home"), 303)
    with reading_primary() as database:
        info, instrument = _wave(database, wave)
        mine = visit.found_in(database, wave)
        closing = first_closing(database, info)
    if mine is not None and role is None:
        return redirect(address("landing", wave=wave), 303)
    if role not in instrument.questionnaires or not info.is_answerable or _needs_link(info):
        return redirect(address("landing", wave=wave), 303)
    if request.method == "POST":
        return _answered(info, instrument, str(role))
    # Made before the form is given out and kept in the cookie: the form sent twice begins one case.
    session["next_key"] = new_secret()
    is_missing = visits.was_asked("consent")
    ticked = bool(session.pop("ticked", False))
    return _consent(info, instrument, str(role), closing, ticked=ticked, is_missing=is_missing)


def _answered(info: WaveInfo, instrument: Instrument, role: str) -> ResponseReturnValue:
    action = request.form.get("action", "next")
    ticked = request.form.get("agree") == "yes"
    if action == "language":
        session["ticked"] = ticked
        return redirect(address("consent", other_language()), 303)
    if action == "decline":
        with writing() as database:
            language = languages.current()
            count_arrival(database, info.study, info.year, "declined", role, language, visits.source())
        visits.forget(WaveName(info.study, info.year))
        return redirect(address("declined"), 303)
    if not ticked:
        visits.ask("consent")
        return redirect(address("consent"), 303)
    _begin(info, instrument, role)
    first = instrument.questionnaires[role].pages[0].id
    return redirect(address("page", page=first), 303)


def _begin(info: WaveInfo, instrument: Instrument, role: str) -> None:
    """Make the case, with the consent as its first page save; the same form sent again finds the same case."""
    language = languages.current()
    with writing() as database:
        case, key = _case(database, info, instrument, role)
        is_new = CONSENT_PAGE not in case.pages
        if is_new:
            give_consent(database, case, instrument, language)
            count_arrival(database, info.study, info.year, "consent_given", role, language, visits.source())
    if is_new:
        visits.begin(WaveName(info.study, info.year), key)
    else:
        go_on_with(info, instrument, case, key)  # begun with the same link on another device


def _case(database: Session, info: WaveInfo, instrument: Instrument, role: str) -> tuple[CaseState, str]:
    """A new case; in a confidential wave the one case of the personal link someone came by."""
    language, link = languages.current(), visits.link()
    if link is None or info.mode != personal_links.CONFIDENTIAL:
        return interviews.begin(
            database, info, instrument, role, language, visits.source(), _device(), key=session.get("next_key")
        )
    begun = personal_links.begin(database, instrument, link, role, language, _device(), salt=secret())
    if begun is None:
        raise NotFound("This personal link was replaced by a newer one.")
    return begun


def _consent(
    info: WaveInfo, instrument: Instrument, role: str, closing: datetime | None, *, ticked: bool, is_missing: bool
) -> ResponseReturnValue:
    language = languages.current()
    return render_template(
        "respondent/consent.html",
        frame=frame(instrument, is_test=info.state == "test"),
        paragraphs=privacy.paragraphs(instrument, info.mode, closing, in_brief=True),
        role=instrument.role(role).label[language],
        back=address("landing", wave=WaveName(info.study, info.year)),
        action=address("consent"),
        ticked=ticked,
        is_missing=is_missing,
    )


def declined() -> ResponseReturnValue:
    """A short goodbye; nothing was stored but the count."""
    wave = visits.wave()
    if wave is None:
        return redirect(address("home"), 303)
    with reading_primary() as database:
        _, instrument = _wave(database, wave)
    back = address("landing", wave=wave)
    return render_template("respondent/declined.html", frame=frame(instrument, "declined"), back=back)


def _device() -> str:
    """The class of device, told by the browser; the text it comes from is not kept."""
    agent = request.user_agent.string
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    if "Mobi" in agent or "iPhone" in agent:
        return "phone"
    return "desktop" if "Mozilla/" in agent else "unknown"
