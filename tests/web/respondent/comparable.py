"""Two waves of one small study to compare: 2025 closed, 2026 open."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage import cases, keys
from surveyapp.storage.database import Database
from tests.instrument.definitions import Definition, patched, write

AGREE = ("k_fit", "k_learn")


def comparable_study(year: int, mode: str = "anonymous") -> Definition:
    """Every kind of question; the mark and the recommendation are outcomes, two statements make a construct."""
    work = {"id": "work", "kind": "driver", "items": [*AGREE], "label": {"nl": "Het werk", "en": "The work"}}
    documents = patched(
        ("study.constructs.+", work),
        ("study.waves.0.year", year),
        ("study.waves.0.mode", mode),
        ("variables.variables.k_mark.use", "outcome"),
        ("variables.variables.k_score.use", "outcome"),
        *((f"variables.variables.{name}.construct", "work") for name in AGREE),
        name="kinds",
    )
    for content in documents.values():
        if "wave" in content:
            content["wave"] = year
    return {name.replace("2026/", f"{year}/"): content for name, content in documents.items()}


@cache
def kinds_of(year: int) -> Instrument:
    """The study of a year."""
    with TemporaryDirectory() as folder:
        return load_instrument(write(Path(folder), comparable_study(year)), year)


def put_cases(
    database: Database, instrument: Instrument, role: str, answers: list[dict[str, Any]], **parts: Any
) -> None:
    """Sent cases of a role with these answers."""
    rows = [
        {
            "study_id": instrument.study.id,
            "case_id": keys.apart_id(),
            "year": instrument.wave.year,
            "instrument_hash": instrument.hash,
            "role": role,
            "language": "nl",
            "source": "open",
            "device": "phone",
            "state": "complete",
            "is_test": False,
            "revision": 2,
            "answers": {"s_consent": 1, "k_elig": 1, **given},
            "pages": {page.id: 1 for page in instrument.questionnaire(role).pages},
            "seconds": 60,
            "seed": 1,
            "consent_version": "1",
            "started_on": date(instrument.wave.year, 11, 3),
            "sent_on": date(instrument.wave.year, 11, 3),
            "reference": keys.reference(),
            "flags": {},
            **parts,
        }
        for given in answers
    ]
    with database.write() as session:
        cases.insert_cases(session, rows)
