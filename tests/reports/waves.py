"""Waves to tabulate, made of plain records: no database and no web."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from surveyapp.engine.answers import Value
from surveyapp.engine.robots import Crew
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import (
    NOT_ASKED,
    SKIPPED,
    Instrument,
    Shape,
    Variable,
    VariableType,
)
from surveyapp.reports.extract import extract
from surveyapp.reports.wave_data import WaveData

STUDY = Path(__file__).resolve().parents[2] / "instruments" / "goed-opdrachtgeverschap"
STAND = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
ROLE_WEIGHTS = (62, 14, 13, 11)


@cache
def real_instrument(year: int = 2026) -> Instrument:
    return load_instrument(STUDY, year)


def record(
    instrument: Instrument, number: int, role: str, answers: Mapping[str, Value], **parts: Any
) -> dict[str, Any]:
    """A case as storage gives it."""
    return {
        "case_id": uuid.UUID(int=number + 1),
        "role": role,
        "language": "nl",
        "source": "open",
        "device": "phone",
        "state": "complete",
        "is_test": False,
        "revision": 1,
        "mark": number + 1,
        "answers": dict(answers),
        "pages": {},
        "last_page": None,
        "seconds": 600,
        "started_on": date(2026, 11, 3),
        "sent_on": date(2026, 11, 3),
        "instrument_hash": instrument.hash,
        "flags": {},
        **parts,
    }


def random_value(variable: Variable, random: Random) -> Value:
    """Any storable value of a variable, missing codes included."""
    if random.random() < 0.04:
        return random.choice([SKIPPED, NOT_ASKED])
    if variable.missing and random.random() < 0.08:
        return random.choice(variable.missing).code
    if variable.type.shape is Shape.CODE:
        return random.choice(variable.codes)
    if variable.type is VariableType.MULTIPLE:
        chosen = set(random.sample(variable.codes, random.randint(1, min(3, len(variable.codes)))))
        return [code for code in variable.codes if code in chosen]
    if variable.type is VariableType.RANKING:
        return random.sample(variable.codes, random.randint(1, variable.ranks))
    if variable.type is VariableType.REGION:
        return random.randint(10, 99)
    if variable.type.shape is Shape.NUMBER:
        return random.randint(0, 4000) / 4
    return "een antwoord"


def random_records(instrument: Instrument, n: int, seed: int) -> list[dict[str, Any]]:
    """Cases with an answer to anything whatsoever of their role, on the path or off it."""
    random = Random(seed)
    roles = [role.id for role in instrument.study.roles]
    made: list[dict[str, Any]] = []
    for number in range(n):
        role = random.choices(roles, ROLE_WEIGHTS[: len(roles)])[0]
        asked = [question.variable for question in instrument.questionnaires[role].questions.values()]
        beside = [
            instrument.variables[f"{one.name}_other"] for one in asked if f"{one.name}_other" in instrument.variables
        ]
        answers = {one.name: random_value(one, random) for one in (*asked, *beside) if random.random() < 0.97}
        answers["s_consent"] = 1
        if random.random() < 0.9:
            answers["s_elig"] = 1
        made.append(
            record(
                instrument,
                number,
                role,
                answers,
                language=random.choice(["nl", "nl", "nl", "en"]),
                source=random.choice(["nieuwsbrief", "open", "partner"]),
                device=random.choice(["phone", "desktop"]),
                state=random.choices(["complete", "started", "screened_out"], [85, 12, 3])[0],
                is_test=random.random() < 0.02,
                seconds=random.randint(60, 1500),
            )
        )
    return made


def robot_records(instrument: Instrument, n: int, seed: int) -> list[dict[str, Any]]:
    """Cases that robots answered page by page, those broken off included."""
    random = Random(seed)
    crews = {role: Crew(questionnaire) for role, questionnaire in instrument.questionnaires.items()}
    made: list[dict[str, Any]] = []
    for number in range(n):
        role = random.choices(list(crews), ROLE_WEIGHTS[: len(crews)])[0]
        language = random.choice(["nl", "nl", "nl", "en"])
        walk = crews[role].walk(seed * 100_000 + number, language)
        state = {"complete": "complete", "screened_out": "screened_out"}.get(walk.outcome, "started")
        made.append(
            record(instrument, number, role, walk.answers, language=language, state=state, seconds=walk.seconds)
        )
    return made


def wave(instrument: Instrument, records: Sequence[Mapping[str, Any]]) -> WaveData:
    return WaveData(instrument, extract(instrument, records), STAND, 1)


@cache
def random_wave(n: int = 600, seed: int = 11) -> WaveData:
    instrument = real_instrument()
    return wave(instrument, random_records(instrument, n, seed))
