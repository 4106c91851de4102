"""The coding of a demonstration: robots' answers get the codes that the profile gives their texts, by two coders who
differ now and then, settled and put into the figures; so that pages, books and files have something to show.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from surveyapp import clock
from surveyapp.engine.profile import Profile
from surveyapp.fieldwork import coding
from surveyapp.fieldwork.coding import THIRD
from surveyapp.instrument.coding import Frame, frames_of
from surveyapp.instrument.model import Instrument
from surveyapp.reports.coded_figures import put_into_figures
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.open_answers import OpenAnswer, open_answers, shown_roles
from surveyapp.storage import coding as stored
from surveyapp.storage.database import Database

DIFFERS = 0.08
"""How often the second coder gives another code than the first."""
QUOTED = 8
"""Quotations that are released of a question."""


def code_made_up(
    database: Database,
    live: LiveWaves,
    instrument: Instrument,
    profile: Profile,
    coders: tuple[str, str],
    reason: str,
) -> int:
    """Code every question of a closed wave that has a frame and texts with codes; how many questions were coded.

    Parameters
    ----------
    instrument : read from files, with the frames of coding.yaml
    reason :     why the figures change, as the edition says it
    """
    study, year = instrument.study.id, instrument.wave.year
    with database.write() as session:
        coding.set_readers(session, study, sorted({*coding.readers(session, study), *coders}), coders[1])
        held = coding.frames(session, study, year)
    made = 0
    for frame in frames_of(instrument.coding):
        codes = _codes_of_texts(frame, profile)
        if frame.question in held or not codes:
            continue
        answers = open_answers(database, live.data(study, year), frame.question, salt="demonstration")
        if not answers:
            continue
        _code(database, study, year, frame, answers, codes, coders)
        data = live.data(study, year)
        with database.write() as session:
            put_into_figures(session, data, frame.question, coders[0], reason)
        _quote(database, live, study, year, frame, answers, codes, coders[0])
        made += 1
    return made


def _codes_of_texts(frame: Frame, profile: Profile) -> Mapping[str, int]:
    """The code of each text that robots write, by the keys the profile gives."""
    entry = profile.file.variables.get(frame.question)
    if entry is None or entry.coded is None or entry.texts is None:
        return {}
    keys = {one.key: one.code for one in frame.in_use}
    return {
        words: keys[key]
        for texts in entry.texts.values()
        for words, key in zip(texts, entry.coded, strict=False)
        if key in keys
    }


def _code_of(words: str, codes: Mapping[str, int], other: int) -> int:
    """The code of the text that these words say, with something before or after it."""
    return next((code for text, code in codes.items() if text[1:] in words), other)


def _code(
    database: Database,
    study: str,
    year: int,
    frame: Frame,
    answers: tuple[OpenAnswer, ...],
    codes: Mapping[str, int],
    coders: tuple[str, str],
) -> None:
    random = Random(year)  # noqa: S311 - made-up coders must be reproducible, not secret
    question = frame.question
    every = [one.code for one in frame.in_use]
    with database.write() as session:
        coding.start(session, study, year, frame, coders[0])
        for seat, account in enumerate(coders, 1):
            coding.take_seat(session, study, year, question, seat, account)
        for answer in answers:
            meant = [_code_of(answer.words, codes, every[-1])]
            second = meant if random.random() >= DIFFERS else [random.choice(every)]
            for seat, given in ((1, meant), (2, second)):
                stored.give(session, study, year, question, answer.case_id, seat, given, ())
            if second != meant:
                stored.give(session, study, year, question, answer.case_id, THIRD, meant, ())
        stored.touch(session, study, year, question)


def _quote(
    database: Database,
    live: LiveWaves,
    study: str,
    year: int,
    frame: Frame,
    answers: tuple[OpenAnswer, ...],
    codes: Mapping[str, int],
    actor: str,
) -> None:
    """One quotation of each code, of the roles that are shown."""
    shown = shown_roles(live.published(study, year), frame.question)
    first = {_code_of(answer.words, codes, 0): answer for answer in reversed(answers)}
    with database.write() as session:
        for answer in [one for one in first.values() if one.role in shown][:QUOTED]:
            stored.quote(
                session, study, year, frame.question, answer.case_id, answer.words, language=answer.language,
                role=answer.role, actor=actor, on=clock.today(),
            )  # fmt: skip
