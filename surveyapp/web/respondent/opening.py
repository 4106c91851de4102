"""A wave nobody can answer (yet): when it opens, and a mail when it does; or that it is over."""

from __future__ import annotations

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from surveyapp.fieldwork import openings
from surveyapp.fieldwork.closing_day import closed_on
from surveyapp.fieldwork.personal_links import is_by_link
from surveyapp.fieldwork.wave_moves import OVER
from surveyapp.fieldwork.waves import WaveInfo, wave_info, wave_list
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Session
from surveyapp.web import languages
from surveyapp.web.respondent.address_form import AddressForm, admitted_address, answered, can_mail
from surveyapp.web.respondent.addresses import WaveName, address, here
from surveyapp.web.respondent.frames import frame
from surveyapp.web.sessions import reading_primary, services, writing

DOOR = "mail-opening"


def not_open(info: WaveInfo, instrument: Instrument, form: AddressForm | None = None) -> ResponseReturnValue:
    """The page of a wave that takes no answers."""
    wave = WaveName(info.study, info.year)
    if form is None and openings.can_be_told(info) and can_mail():
        form = AddressForm(address("notify", wave=wave))
    is_over = info.state in OVER
    current = closed = None
    if is_over:
        with reading_primary() as database:
            current, closed = _current(database, info), closed_on(database, info)
    page = render_template(
        "respondent/not_open.html",
        frame=frame(instrument, "landing", wave=wave),
        study=instrument.study,
        wave=instrument.wave,
        is_over=is_over,
        current=current,
        closed_on=closed,
        form=form,
        is_kept=session.pop("told_of", None) == str(wave),
    )
    return answered(page, form)


def _current(database: Session, info: WaveInfo) -> tuple[str, str] | None:
    """Title and address of the newest wave of the study that is open to anybody: one by personal link is no offer."""
    open_now = (each for each in wave_list(database, info.study) if each.state == "open" and not is_by_link(each))
    found = next(open_now, None)
    if found is None:
        return None
    instrument = services().library.get(database, found.study, found.instrument_hash)
    where = address("landing", wave=WaveName(found.study, found.year))
    return instrument.wave.title[languages.current()], where


def notify() -> ResponseReturnValue:
    """Keep an address for the mail that says that the wave opened."""
    wave = here()
    with reading_primary() as database:
        info = wave_info(database, wave.study, wave.year)
        instrument = services().library.get(database, wave.study, info.instrument_hash)
    landing = redirect(address("landing", wave=wave), 303)
    if request.method != "POST" or not openings.can_be_told(info) or not can_mail():
        return landing
    email, form = admitted_address(address("notify", wave=wave), DOOR)
    if not email:
        return not_open(info, instrument, form)
    with writing() as database:
        openings.ask_to_be_told(database, info, email, languages.current())
    session["told_of"] = str(wave)
    return landing
