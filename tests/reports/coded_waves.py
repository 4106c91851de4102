"""A small closed wave with open answers, coded by two people: the tiny study, its cases written straight down."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from random import Random

from surveyapp import clock
from surveyapp.fieldwork import coding
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import close_wave, create_wave, open_wave
from surveyapp.instrument.coding import frames_of
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.resolve import resolved
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import cases
from surveyapp.storage.database import Database
from tests.instrument.definitions import in_memory
from tests.instrument.examples_of_checks import both, category, coded

STUDY, YEAR, QUESTION, CODED = "tiny", 2026, "v_tips", "v_tips_code"
ONE, OTHER, THIRD = "one@example.org", "other@example.org", "third@example.org"
WORDS = {
    1: "Er was te weinig tijd voor overleg",
    2: "Het tarief is te laag voor dit werk",
    3: "De opdracht was niet duidelijk omschreven",
}
"""What somebody writes whose answer gets this code."""


@cache
def coded_instrument() -> Instrument:
    codes = [category(1, "time"), category(2, "money"), category(3, "clarity")]
    sheet = {"id": "TIP01", "title": both("Waar tips over gaan", "What tips are about"), "section": "work"}
    return resolved(in_memory(coded(*codes, sheet=sheet)), YEAR)


def closed_wave(
    database: Database, texts: Sequence[str | None], *, roles: Sequence[str] = ("contractor", "manager")
) -> list[uuid.UUID]:
    """A closed wave of so many finished questionnaires, roles in turn; the keys of its cases."""
    made, random = coded_instrument(), Random(7)
    keys = [uuid.UUID(int=random.getrandbits(128), version=4) for _ in texts]
    with database.write() as session:
        create_wave(session, made)
        open_wave(session, STUDY, YEAR)
        rows = []
        for at, (key, words) in enumerate(zip(keys, texts, strict=True)):
            answers = {"s_consent": 1, "s_elig": 1, "gr_assign": 1 + at % 10, "b_gender": 1 + at % 2}
            answers |= {} if words is None else {QUESTION: words}
            rows.append(_case(key, made, roles[at % len(roles)], answers))
        cases.insert_cases(session, rows)
        close_wave(session, STUDY, YEAR)
    return keys


def _case(key: uuid.UUID, made: Instrument, role: str, answers: dict[str, object]) -> dict[str, object]:
    today = clock.today()
    pages = dict.fromkeys(("start", "verdict", "content", "improve", "about"), 1)
    return {
        "study_id": STUDY, "case_id": key, "year": YEAR, "instrument_hash": made.hash, "role": role,
        "language": "nl", "source": "open", "device": "phone", "state": "complete", "is_test": False,
        "revision": 5, "answers": answers, "pages": pages, "last_page": "about", "seconds": 300, "seed": 1,
        "consent_version": "1", "started_on": None, "sent_on": None, "flags": {"on": str(date(2026, 11, 3) or today)},
    }  # fmt: skip


def started(database: Database) -> None:
    """The frame of the definition in force, with both coders at their places."""
    with database.write() as session:
        coding.start(session, STUDY, YEAR, frames_of(coded_instrument().coding)[0], ONE)
        coding.take_seat(session, STUDY, YEAR, QUESTION, 1, ONE)
        coding.take_seat(session, STUDY, YEAR, QUESTION, 2, OTHER)


def give(database: Database, seat: int, codes: Iterable[tuple[uuid.UUID, Sequence[int]]]) -> None:
    """Let a seat give these codes."""
    with database.write() as session:
        frame = coding.frame_in_force(session, STUDY, YEAR, QUESTION).frame
        for case, given in codes:
            coding.give(session, STUDY, YEAR, frame, case, seat, given)


def live_of(database: Database) -> LiveWaves:
    return LiveWaves(database, InstrumentLibrary(database))
