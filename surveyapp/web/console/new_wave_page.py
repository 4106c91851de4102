"""A new wave of a study: what it can be made of, and making it."""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.fieldwork.wave_making import new_wave
from surveyapp.fieldwork.waves import wave_list
from surveyapp.instrument.compare import compare
from surveyapp.storage.database import Session
from surveyapp.web.languages import current, translate, translate_plural
from surveyapp.web.sessions import services, writing


@dataclass(frozen=True, slots=True)
class NewWavePage:
    """A study, and the waves that have a questionnaire to begin with, newest first."""

    study: str
    title: str
    years: tuple[int, ...]


def new_wave_page(session: Session, study: str) -> NewWavePage:
    """What a new wave can be made of."""
    library = services().library
    instruments = [library.get(session, study, info.instrument_hash) for info in wave_list(session, study)]
    years = tuple(one.wave.year for one in instruments if one.questionnaires)
    return NewWavePage(study, instruments[0].study.title[current()], years)


def made_of(study: str, earlier: int, year: int, actor: str) -> str:
    """Make the wave; what is said of it."""
    with writing() as database:
        made = new_wave(database, services().settings, study, earlier, year, actor)
        before = services().library.of_wave(database, study, earlier)
    differences = len(tuple(compare(before, made).changed()))
    return " ".join(
        (
            translate("The wave of %(year)s is there as a draft, made of %(earlier)s.", year=year, earlier=earlier),
            translate_plural("%(n)s question differs.", "%(n)s questions differ.", differences, n=differences)
            if differences
            else translate("Nothing of what is asked differs yet."),
            translate("Look at its dates and texts below."),
        )
    )
