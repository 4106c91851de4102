"""Who sends the questionnaires and whom to ask, for pages that speak of no study: each names somebody."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from surveyapp.errors import NotFound, SurveyError
from surveyapp.fieldwork.wave_moves import ASKED
from surveyapp.fieldwork.waves import wave_list
from surveyapp.instrument.model import Instrument, Organisation
from surveyapp.storage.database import Session
from surveyapp.web import languages
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.addresses import WaveName
from surveyapp.web.sessions import reading_primary, services

_KEPT = "surveyapp_senders"


@dataclass(frozen=True, slots=True)
class SentBy:
    """An organisation and the studies it sends."""

    organisation: Organisation
    titles: tuple[tuple[str, str], ...]  # with the language, where that is not the page's


def senders(*, can_read: bool = True) -> tuple[SentBy, ...]:
    """The sender of the study this browser is at, or those of all that were published.

    Parameters
    ----------
    can_read : the database can be asked; otherwise those told last are told again
    """
    kept = current_app.extensions.setdefault(_KEPT, [])
    if can_read:
        try:
            with reading_primary() as database:
                found = _found(database)
        except SurveyError:  # this page is shown because something is wrong; it must not go wrong itself
            pass
        else:
            kept[:], here = found
            return _grouped(here or _of_this_visit(kept) or kept)
    return _grouped(_of_this_visit(kept) or kept)


def _found(database: Session) -> tuple[list[Instrument], list[Instrument]]:
    """Of every published study its newest wave; apart, in any state, the wave the address or the browser names.

    The second is this browser's alone: others are told of no study that is not published.
    """
    newest: dict[str, Instrument] = {}
    here: list[Instrument] = []
    for info in wave_list(database):
        is_here = visits.wave() == WaveName(info.study, info.year)
        is_newest = info.state in ASKED and info.study not in newest
        if is_here or is_newest:
            try:
                instrument = services().library.get(database, info.study, info.instrument_hash)
            except NotFound:
                continue
            if instrument.questionnaires:
                newest.update({info.study: instrument} if is_newest else {})
                here += [instrument] if is_here else []
    return list(newest.values()), here


def _of_this_visit(instruments: list[Instrument]) -> list[Instrument]:
    here = visits.wave()
    return [each for each in instruments if here is not None and each.study.id == here.study]


def _grouped(instruments: list[Instrument]) -> tuple[SentBy, ...]:
    language, by_sender = languages.current(), dict[Organisation, list[tuple[str, str]]]()
    for each in instruments:
        spoken = language if language in each.languages else each.study.source_language
        title = each.study.title[spoken], "" if spoken == language else spoken
        by_sender.setdefault(each.study.organisation, []).append(title)
    return tuple(SentBy(organisation, tuple(titles)) for organisation, titles in by_sender.items())
