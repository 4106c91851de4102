"""Finished questionnaires to hold the rules against: simulated people, and robots with one fault each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any

import numpy as np

from surveyapp.engine.answers import Value
from surveyapp.engine.robots import Crew
from surveyapp.instrument.model import SKIPPED, Instrument, Shape
from surveyapp.reports.extract import extract
from surveyapp.reports.quality_evidence import Evidence, TextFindings, batteries, look_at
from tests.reports.quality_texts import HUMAN, MACHINE, NOISE
from tests.reports.waves import real_instrument, record

ROLE = "contractor"


@dataclass(frozen=True)
class Answered:
    """What one of them left: the answers, and the seconds of each saved page."""

    answers: Mapping[str, Value]
    seconds: Mapping[str, int]
    is_trapped: bool = False


@cache
def people(n: int, first: int = 0) -> tuple[Answered, ...]:
    """Simulated people who finished; nobody of them writes what another wrote."""
    instrument = real_instrument()
    crew = Crew(instrument.questionnaire(ROLE))
    found: list[Answered] = []
    seed = first
    while len(found) < n:
        walk = crew.walk(seed, "nl")
        seed += 1
        if walk.outcome == "complete":
            found.append(Answered(_lived(walk.answers), {step.page: step.seconds for step in walk.steps}))
    return tuple(written(one, (f"{HUMAN[at % len(HUMAN)]} {seed + at}",)) for at, one in enumerate(found))


def _lived(answers: Mapping[str, Value]) -> dict[str, Value]:
    """Without a profile years are drawn apart; a person begins to work after being born."""
    born, since = (answers.get(name) for name in ("b_birth", "b_since"))
    later = max(int(str(since)), int(str(born)) + 18) if _is_year(born) and _is_year(since) else since
    return {**answers, "b_since": later} if "b_since" in answers else dict(answers)


def _is_year(value: object) -> bool:
    return isinstance(value, int | float) and value > 0


def written(one: Answered, texts: Sequence[str]) -> Answered:
    """The same with these open answers, in order, and no other."""
    instrument, said = real_instrument(), iter(texts)
    answers = dict(one.answers)
    for name in answers:
        if instrument.variables[name].type.shape is Shape.TEXT:
            answers[name] = next(said, SKIPPED)
    return replace(one, answers=answers)


def _every(name_of: Callable[[Any], int]) -> Callable[[Answered, Random], Answered]:
    def make(one: Answered, random: Random) -> Answered:
        instrument = real_instrument()
        answers = dict(one.answers)
        for battery in batteries(instrument.questionnaire(ROLE), instrument):
            for name in battery.names:
                answers[name] = name_of(battery)
        return replace(one, answers=answers)

    return make


def _quick(one: Answered, random: Random) -> Answered:
    return replace(one, seconds={page: max(2, round(spent * 0.15)) for page, spent in one.seconds.items()})


def _instant(one: Answered, random: Random) -> Answered:
    return replace(one, seconds=dict.fromkeys(one.seconds, 0))


def _skipping(one: Answered, random: Random) -> Answered:
    questions = real_instrument().questionnaire(ROLE).questions
    gone = {
        name: SKIPPED if name in questions and random.random() < 0.8 else value for name, value in one.answers.items()
    }
    return replace(one, answers=gone)


def _by_chance(one: Answered, random: Random) -> Answered:
    instrument, answers = real_instrument(), dict(one.answers)
    for battery in batteries(instrument.questionnaire(ROLE), instrument):
        answers |= {name: random.choice((battery.low, battery.high)) for name in battery.names}
    return replace(one, answers=answers)


ROBOTS: Mapping[str, Callable[[Answered, Random], Answered]] = {
    "hurries through": _quick,
    "sends at once": _instant,
    "always the middle": _every(lambda battery: (battery.low + battery.high) // 2),
    "always the highest": _every(lambda battery: battery.high),
    "ends of the scale by chance": _by_chance,
    "skips most": _skipping,
    "fills in every field": lambda one, _: replace(one, is_trapped=True),
    "hits the keyboard": lambda one, random: written(one, random.sample(NOISE, 2)),
    "copies from a list": lambda one, random: written(one, random.sample(MACHINE[:6], 2)),
    "lets a machine write": lambda one, random: written(one, (f"{random.choice(MACHINE)} {random.random()}",)),
}
"""Each has one fault, and is otherwise as the person it was made of."""


def robots(kind: str, n: int, seed: int = 1) -> tuple[Answered, ...]:
    """So many robots of a kind."""
    random = Random(f"{kind} {seed}")
    return tuple(ROBOTS[kind](one, random) for one in people(n, first=90_000))


def seen(answered: Sequence[Answered], instrument: Instrument | None = None) -> Evidence:
    """What the rules see of these."""
    made = instrument or real_instrument()
    records = [
        record(
            made,
            at,
            ROLE,
            one.answers,
            seconds=sum(one.seconds.values()),
            flags={"trapped": 1} if one.is_trapped else {},
        )
        for at, one in enumerate(answered)
    ]
    cases = extract(made, records)
    pages = {page for one in answered for page in one.seconds}
    saved = {
        page: np.array([one.seconds.get(page, -1) + 1 for one in answered], dtype=np.uint16) for page in sorted(pages)
    }
    texts = [name for name, variable in made.variables.items() if variable.type.shape is Shape.TEXT]
    found: TextFindings = look_at(
        (
            (at, text)
            for at, one in enumerate(answered)
            for name in texts
            if isinstance(text := one.answers.get(name), str)
        ),
        len(answered),
    )
    return Evidence(made, cases, saved, cases.is_trapped, found)
