"""The wave a curious reader looks at: planted minorities, a wave before it, and what can happen meanwhile."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import yaml
from flask import Flask
from sqlmodel import Session

from surveyapp.analysis.columns import SKIPPED
from surveyapp.fieldwork import continuing, waves
from surveyapp.fieldwork.case_state import state_of
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage import cases
from surveyapp.storage.accounts import add_user
from surveyapp.storage.database import Database
from surveyapp.web.passwords import password_hash
from tests.web.console.people import INSTRUMENTS, PASSWORD

COURSE, YEAR = "cursusevaluatie", 2026
BASE = f"/console/{COURSE}/{YEAR}"
BANNERS = ("role", "language", "te_pace")
FILTERS = {
    "clear": "te_clear >= 4",
    "pleased": "te_clear >= 3",  # all but a few
    "quick": "te_pace in [4, 5]",
    "teaching": "role == 'trainer'",
}
VARIABLES = ("v_mark", "te_clear", "c_hours", "w_helped")
PEOPLE = 240
BEFORE, PEOPLE_BEFORE = 2025, 160


def make(root: Path) -> Path:
    """The course with more banners and with filters, and its people in an open wave, under this folder."""
    shutil.copytree(INSTRUMENTS / COURSE, root / "instruments" / COURSE)
    plan = root / "instruments" / COURSE / str(YEAR) / "tables.yaml"
    known = yaml.safe_load(plan.read_text(encoding="utf-8"))
    known["banners"] = {"sides": list(BANNERS)}
    known["filters"] = [
        {"id": name, "label": {"nl": name, "en": name}, "where": where} for name, where in FILTERS.items()
    ]
    plan.write_text(yaml.safe_dump(known, allow_unicode=True), encoding="utf-8")
    _add_wave_before(root / "instruments" / COURSE)
    database = Database(f"sqlite:///{root / 'filled.sqlite3'}")
    database.upgrade()
    hashed = password_hash(PASSWORD)
    instrument = load_instrument(root / "instruments" / COURSE, YEAR)
    random = Random(20)
    rows = [somebody(instrument, random) for _ in range(PEOPLE)]
    alone = {**rows[0]["answers"], "te_pace": 1, "te_clear": 5, "v_mark": 2}
    rows[0].update(role="trainer", language="en", answers=alone)  # the only trainer for whom it went far too fast
    for row in rows[1:]:
        if row["role"] == "trainer" and row["answers"]["te_pace"] == 1:
            row["answers"]["te_pace"] = 3
    with database.write() as session:
        for role in ("viewer", "editor"):
            add_user(session, f"{role}@example.org", hashed, role, "en")
        waves.create_wave(session, instrument)
        waves.open_wave(session, COURSE, YEAR)
        cases.insert_cases(session, rows)
        earlier = load_instrument(root / "instruments" / COURSE, BEFORE)
        waves.create_wave(session, earlier)
        waves.open_wave(session, COURSE, BEFORE)
        cases.insert_cases(session, [somebody(earlier, random) for _ in range(PEOPLE_BEFORE)])
        waves.close_wave(session, COURSE, BEFORE)
    database.close()
    return root


def _add_wave_before(folder: Path) -> None:
    """The same questionnaire a year earlier."""
    shutil.copytree(folder / str(YEAR), folder / str(BEFORE))
    for file in (folder / str(BEFORE)).glob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace(f"wave: {YEAR}", f"wave: {BEFORE}", 1)
        file.write_text(text, encoding="utf-8")
    study = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
    last = study["waves"][0]
    moved = {name: _year_before(value) for name, value in last.items() if name not in ("targets", "title")}
    study["waves"] = [{**last, **moved}, last]
    (folder / "study.yaml").write_text(
        yaml.safe_dump(json.loads(json.dumps(study)), allow_unicode=True, sort_keys=False), encoding="utf-8"
    )


def _year_before(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _year_before(one) for name, one in value.items()}
    if isinstance(value, int):
        return value - 1
    return value.replace(str(YEAR + 1), "####").replace(str(YEAR), str(BEFORE)).replace("####", str(YEAR))


def somebody(instrument: Instrument, random: Random) -> dict[str, Any]:
    """Somebody who finished."""
    answers: dict[str, Any] = {"s_consent": 1}
    for name in ("v_mark", "te_clear", "te_pace", "te_usable"):
        codes = instrument.variables[name].codes
        odds = [1] * len(codes) if name == "v_mark" else [1, 2, 4, 8, 8]
        answers[name] = random.choices(codes, odds)[0] if random.random() < 0.94 else SKIPPED
    answers["c_hours"] = random.randint(0, 12) if random.random() < 0.9 else -2
    answers["w_helped"] = random.sample([1, 2, 3, 4], 2)
    return {
        "study_id": COURSE,
        "case_id": uuid.UUID(int=random.getrandbits(128), version=4),
        "year": instrument.wave.year,
        "instrument_hash": instrument.hash,
        "role": random.choices(["participant", "trainer"], [80, 20])[0],
        "language": random.choices(["nl", "en"], [80, 20])[0],
        "source": "open",
        "device": random.choice(["phone", "desktop"]),
        "state": "complete",
        "is_test": False,
        "revision": 0,
        "answers": answers,
        "pages": {},
        "seconds": random.randint(200, 900),
        "seed": 0,
        "consent_version": "2026-1",
        "started_on": date(2026, 11, 3),
        "sent_on": date(2026, 11, 3),
        "flags": {},
    }


class Happening:
    """What happens to the wave, as the respondents and the team would do it."""

    def __init__(self, app: Flask, seed: int = 3) -> None:
        held = app.extensions["surveyapp"]
        self.database, self.live = held.database, held.live
        self.random = Random(seed)

    def come(self, many: int) -> None:
        instrument = self.live.data(COURSE, YEAR).instrument
        rows = [somebody(instrument, self.random) for _ in range(many)]
        self._write(lambda session: cases.insert_cases(session, rows))

    def go(self) -> str:
        """One of those whose answers are shown takes them back."""
        shown = self.live.published(COURSE, YEAR).cases().ids
        case = uuid.UUID(str(self.random.choice(sorted(map(str, shown)))))

        def withdraw(session: Session) -> None:
            row = cases.by_id(session, COURSE, case)
            assert row is not None
            continuing.withdraw(session, state_of(row, ""))

        self._write(withdraw)
        return str(case)

    def close(self) -> None:
        self._write(lambda session: waves.close_wave(session, COURSE, YEAR))

    def open_again(self) -> None:
        self._write(lambda session: waves.open_wave(session, COURSE, YEAR))

    def _write(self, does: Callable[[Session], object]) -> None:
        with self.database.write() as session:
            does(session)
