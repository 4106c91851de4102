"""A wave nobody can answer (yet): when it opens, and a mail when it does; or that it is over."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from surveyapp.fieldwork import openings
from surveyapp.fieldwork.waves import OVER, WaveInfo, wave_info, wave_list
from surveyapp.instrument.model import Instrument
from surveyapp.web import languages
from surveyapp.web.respondent.address_form import AddressForm, answered, can_mail, turn_of_network, typed_address
from surveyapp.web.respondent.addresses import WaveName, address, here
from surveyapp.web.respondent.frames import frame
from surveyapp.web.sessions import reading_primary, services, writing

DOOR = "mail-opening"


@dataclass(frozen=True, slots=True)
class _Current:
    """The wave that one can take part in instead."""

    title: str
    address: str


def not_open(info: WaveInfo, instrument: Instrument, form: AddressForm | None = None) -> ResponseReturnValue:
    """The page of a wave that takes no answers."""
    wave = WaveName(info.study, info.year)
    if form is None and openings.can_be_told(info) and can_mail():
        form = AddressForm(address("notify", wave=wave))
    is_over = info.state in OVER
    page = render_template(
        "respondent/not_open.html",
        frame=frame(instrument, "landing", wave=wave),
        study=instrument.study,
        wave=instrument.wave,
        is_over=is_over,
        current=_current(info) if is_over else None,
        closed_at=info.closed_at,
        form=form,
        is_kept=session.pop("told_of", None) == str(wave),
    )
    return answered(page, form)


def _current(info: WaveInfo) -> _Current | None:
    """The wave of the same study that is open now."""
    with reading_primary() as database:
        found = next((each for each in wave_list(database, info.study) if each.state == "open"), None)
        if found is None:
            return None
        instrument = services().library.get(database, found.study, found.instrument_hash)
    where = address("landing", wave=WaveName(found.study, found.year))
    return _Current(instrument.wave.title[languages.current()], where)


def notify() -> ResponseReturnValue:
    """Keep an address for the mail that says that the wave opened."""
    wave = here()
    with reading_primary() as database:
        info = wave_info(database, wave.study, wave.year)
        instrument = services().library.get(database, wave.study, info.instrument_hash)
    landing = redirect(address("landing", wave=wave), 303)
    if request.method != "POST" or not openings.can_be_told(info) or not can_mail():
        return landing
    typed, email = typed_address()
    action = address("notify", wave=wave)
    if email is None:
        return not_open(info, instrument, AddressForm(action, typed, is_wrong=True))
    turn = turn_of_network(DOOR)
    if not turn.allowed:
        return not_open(info, instrument, AddressForm(action, typed, wait=turn.retry_after))
    with writing() as database:
        openings.ask_to_be_told(database, info, email, languages.current())
    session["told_of"] = str(wave)
    return landing
