"""Before the questionnaire: which are open, and the landing page with the choice of role."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.errors import NotFound
from surveyapp.fieldwork import continuing
from surveyapp.fieldwork.arrivals import count_arrival, declared_source
from surveyapp.fieldwork.case_state import CONSENT_PAGE
from surveyapp.fieldwork.measured_minutes import Measured
from surveyapp.fieldwork.personal_links import is_by_link
from surveyapp.fieldwork.waves import WaveInfo, wave_info, wave_list
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Session
from surveyapp.web import languages
from surveyapp.web.respondent import interview as visit
from surveyapp.web.respondent import link_asked, parting, visits
from surveyapp.web.respondent.addresses import WaveName, address, here
from surveyapp.web.respondent.frames import frame, other_language
from surveyapp.web.respondent.opening import not_open
from surveyapp.web.sessions import reading_primary, services, writing


@dataclass(frozen=True, slots=True)
class OpenWave:
    """A line of the list of questionnaires."""

    title: str
    introduction: str
    address: str
    closes: str | None
    language: str  # empty: the page's own


def root() -> ResponseReturnValue:
    """To the language this browser asks for."""
    response = redirect(address("home", languages.preferred()), 302)
    response.headers["Vary"] = "Accept-Language"
    return response


def home() -> ResponseReturnValue:
    """The questionnaires that are open."""
    with reading_primary() as database:
        lines = open_waves(database, "landing")
    return render_template("respondent/home.html", frame=frame(None, "home"), waves=lines)


def open_waves(database: Session, endpoint: str) -> list[OpenWave]:
    """The questionnaires that are open, each with its own page of this name."""
    language, lines = languages.current(), []
    for info in wave_list(database):
        if info.state != "open":
            continue
        instrument = services().library.get(database, info.study, info.instrument_hash)
        where = address(endpoint, wave=WaveName(info.study, info.year))
        introduction = f"{instrument.study.introduction[language]} {instrument.study.explained(language)}".strip()
        other = "" if language in instrument.languages else instrument.study.source_language
        lines.append(OpenWave(instrument.wave.title[language], introduction, where, instrument.wave.closes, other))
    return lines


# ----------------------------------------------------------------------------------------------------------- landing
def landing() -> ResponseReturnValue:
    """What the study is about and the choice of a role; or why nobody can take part now."""
    wave = here()
    if request.method == "POST":
        return _role_chosen(wave)
    with reading_primary() as database:
        info, instrument = wave_asked_for(database, wave)
        visits.arrive(wave, _source(database, wave))
        mine = visit.found(database)
        has_typed = mine is not None and continuing.has_typed(database, mine.case)
        measured = services().minutes.before(database, instrument)
    if mine is not None and mine.case.state in visit.ENDED:
        return redirect(address(visit.ENDED[mine.case.state]), 303)
    if not info.is_answerable:
        return not_open(info, instrument)
    if needs_link(info) and not (mine is not None and mine.case.is_open):
        return _link_needed(info, instrument)
    is_missing = visits.was_asked("role")
    begun = mine if mine is not None and mine.case.is_open else None
    return _landing(instrument, wave, info, measured, begun, has_typed=has_typed, is_missing=is_missing)


def _source(database: Session, wave: WaveName) -> str | None:
    """What is kept of the source in the address; None where it names none."""
    named = request.args.get("source") or request.args.get("bron")
    return declared_source(database, wave.study, wave.year, named) if named else None


def _landing(
    instrument: Instrument,
    wave: WaveName,
    info: WaveInfo,
    measured: Measured,
    mine: visit.Interview | None,
    *,
    has_typed: bool,
    is_missing: bool,
) -> ResponseReturnValue:
    roles = [role for role in instrument.study.roles if role.id in instrument.questionnaires]
    minutes = {role.id: measured.of(instrument, role.id) for role in roles}
    has_answers = mine is not None and (frozenset(mine.case.pages) > {CONSENT_PAGE} or has_typed)
    return render_template(
        "respondent/landing.html",
        frame=frame(instrument, is_test=info.state == "test"),
        study=instrument.study,
        wave=instrument.wave,
        action=address("landing", wave=wave),
        roles=roles,
        minutes=minutes,
        chosen=visits.role(),
        shortest=min(minutes.values()),
        longest=max(minutes.values()),
        measured_in=measured.year if measured.covers(*minutes) else None,
        going_on=mine.going_on() if mine is not None else "",
        can_start_over=not (has_answers and is_by_link(info)),  # there is one questionnaire for each invitation
        has_answers=has_answers,
        is_missing=is_missing,
        resume=address("resume"),
    )


def _role_chosen(wave: WaveName) -> ResponseReturnValue:
    chosen, action = request.form.get("role", ""), request.form.get("action", "next")
    with reading_primary() as database:
        info, instrument = wave_asked_for(database, wave)
        visits.arrive(wave, None)
        mine = visit.found(database)
    if action == "next" and mine is not None and mine.case.is_open:
        return redirect(mine.going_on(), 303)  # an older tab; a second questionnaire would hide the first for good
    if action == "fresh":
        if visits.holds(visit.form_owner()):  # else the questionnaire of that form gave way to a newer one already
            asked = parting.asked_first(wave)
            if asked is not None:
                return asked
            link, source, is_unused = visits.link(), visits.source(), False
            if mine is not None and mine.case.is_open:
                with writing() as database:
                    is_unused = continuing.start_over(database, mine.case, CONSENT_PAGE)
            visits.forget(wave)
            if link is not None and is_unused:  # the invitation stands: another role is chosen with the same link
                visits.follow(wave, link, source)
        return redirect(address("landing", wave=wave), 303)
    if chosen and chosen not in instrument.questionnaires:
        raise NotFound(f"{wave} has no role {chosen[:40]!a}.")
    if chosen:
        visits.choose(chosen)
    if action == "language":
        return redirect(address("landing", other_language(), wave=wave), 303)
    if not info.is_answerable:
        return not_open(info, instrument)
    if needs_link(info):
        return redirect(address("landing", wave=wave), 303)
    if not chosen:
        visits.ask("role")
        return redirect(address("landing", wave=wave), 303)
    with writing() as database:
        count_arrival(database, wave.study, wave.year, "role_chosen", chosen, languages.current(), visits.source())
    return redirect(address("consent"), 303)


def needs_link(info: WaveInfo) -> bool:
    """Whether nobody can begin here: what a confidential wave says of links must be true of everybody in it."""
    return is_by_link(info) and visits.link() is None


def _link_needed(info: WaveInfo, instrument: Instrument) -> ResponseReturnValue:
    return render_template(
        "respondent/link_needed.html",
        frame=frame(instrument, "landing", wave=WaveName(info.study, info.year)),
        study=instrument.study,
        wave=instrument.wave,
        resume=address("resume"),
        can_ask=link_asked.is_offered(),
    )


def wave_asked_for(database: Session, wave: WaveName) -> tuple[WaveInfo, Instrument]:
    """A wave somebody comes for, and its instrument.

    Raises
    ------
    NotFound     there is none, or it asks nobody anything (it was imported)
    """
    info = wave_info(database, wave.study, wave.year)
    instrument = services().library.get(database, wave.study, info.instrument_hash)
    if not instrument.questionnaires:
        raise NotFound(f"{wave} asks nobody anything.")
    return info, instrument
