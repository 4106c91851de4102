"""A curious reader with every right of a viewer and of an editor: what do all answers together tell of a few people?

The wave has planted minorities: somebody alone in role × pace, filters of the plan that leave all but a few. The reader
asks for every breakdown and filter of the plan and for filters spelt at random, as page and as JSON. The test knows who
belongs to what, and subtracts; with the rule switched off the same reader finds one person, so the attack would find a
leak.
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import yaml
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from surveyapp.analysis.columns import NOT_ASKED, SKIPPED, Bools
from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.fieldwork import waves
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.reports.banners import banners, column_heads
from surveyapp.reports.filters import read_filter
from surveyapp.reports.release import _Judge, named_filter
from surveyapp.storage import cases
from surveyapp.storage.accounts import add_user
from surveyapp.storage.database import Database
from surveyapp.web.passwords import password_hash
from tests.web.console.people import INSTRUMENTS, PASSWORD, Person

K = 10
COURSE, YEAR = "cursusevaluatie", 2026
BASE = f"/console/{COURSE}/{YEAR}"
BANNERS = ("role", "language", "te_pace")
FILTERS = {
    "clear": "te_clear >= 4",
    "pleased": "te_clear >= 3",  # all but a few
    "quick": "te_pace in [4, 5]",
    "teaching": "role == 'trainer'",
}
VARIABLES = ("v_mark", "te_clear", "te_usable", "c_hours", "w_helped")
Population = int
"""A set of people, as bits."""


@pytest.fixture(scope="session")
def minorities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course with more banners and with filters, and 150 people in an open wave."""
    root = tmp_path_factory.mktemp("minorities")
    shutil.copytree(INSTRUMENTS / COURSE, root / "instruments" / COURSE)
    plan = root / "instruments" / COURSE / str(YEAR) / "tables.yaml"
    known = yaml.safe_load(plan.read_text(encoding="utf-8"))
    known["banners"] = {"sides": list(BANNERS)}
    known["filters"] = [
        {"id": name, "label": {"nl": name, "en": name}, "where": where} for name, where in FILTERS.items()
    ]
    plan.write_text(yaml.safe_dump(known, allow_unicode=True), encoding="utf-8")
    database = Database(f"sqlite:///{root / 'filled.sqlite3'}")
    database.upgrade()
    hashed = password_hash(PASSWORD)
    with database.write() as session:
        for role in ("viewer", "editor"):
            add_user(session, f"{role}@example.org", hashed, role, "en")
        instrument = load_instrument(root / "instruments" / COURSE, YEAR)
        waves.create_wave(session, instrument)
        waves.open_wave(session, COURSE, YEAR)
    random = Random(20)
    rows = [_somebody(instrument, random) for _ in range(150)]
    alone = {**rows[0]["answers"], "te_pace": 1, "te_clear": 5, "v_mark": 2}
    rows[0].update(role="trainer", language="en", answers=alone)  # the only trainer for whom it went far too fast
    for row in rows[1:]:
        if row["role"] == "trainer" and row["answers"]["te_pace"] == 1:
            row["answers"]["te_pace"] = 3
    with database.write() as session:
        cases.insert_cases(session, rows)
    database.close()
    return root


def _somebody(instrument: Instrument, random: Random) -> dict[str, Any]:
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
        "year": YEAR,
        "instrument_hash": instrument.hash,
        "role": random.choices(["participant", "trainer"], [80, 20])[0],
        "language": random.choices(["nl", "en"], [85, 15])[0],
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


@pytest.fixture
def course(minorities: Path, compiled: FileSystemBytecodeCache, tmp_path: Path) -> Iterator[Flask]:
    shutil.copyfile(minorities / "filled.sqlite3", tmp_path / "surveyapp.sqlite3")
    made = create_app(
        Settings(
            instance=tmp_path,
            environment="development",
            instruments=minorities / "instruments",
            second_step_roles="none",
        )
    )
    made.jinja_env.bytecode_cache = compiled
    yield made
    made.extensions["surveyapp"].database.close()


@dataclass
class Reader:
    """Somebody who asks everything, and notes who every figure that is shown speaks of."""

    app: Flask
    role: str
    seen: dict[tuple[str, str], dict[Population, str]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    person: Person = field(init=False)

    def __post_init__(self) -> None:
        self.person = Person(self.app.test_client())
        assert self.person.sign_in(f"{self.role}@example.org").status_code == 302
        self.look()

    def look(self) -> None:
        """Take the people as they count at this moment."""
        self.data = self.app.extensions["surveyapp"].live.published(COURSE, YEAR)
        self.people = self.data.cases()
        self.bits = [1 << self.places.setdefault(str(case), len(self.places)) for case in self.people.ids]

    def note(self, variable: str, base: str, members: Bools, count: int | None, where: str) -> None:
        """What a figure says: so many people, who are these."""
        if count is None:
            return
        assert count == int(members.sum()), f"{where} prints {count} for {int(members.sum())} people"
        people = 0
        for place in np.flatnonzero(members):
            people |= self.bits[place]
        if people:
            self.seen.setdefault((variable, base), {}).setdefault(people, where)

    def bases(self, variable: str) -> dict[str, Bools]:
        status = self.people.columns[variable].missing
        return {
            "asked": status != NOT_ASKED,
            "answered": (status != NOT_ASKED) & (status != SKIPPED),
            "n": status >= 0,
        }

    def ask(self, variable: str, by: tuple[str, ...] = (), condition: str = "") -> int:
        """Ask for one table as JSON and as a page; the status of the answer."""
        query = {"by": list(by), "filter": condition}
        answer = self.person.client.get(f"{BASE}/results/{variable}.json", query_string=query)
        page = self.person.client.get(f"{BASE}/results/{variable}", query_string=query)
        assert page.status_code == answer.status_code
        if answer.status_code != 200:
            assert "columns" not in (answer.json or {})
            assert 'id="region-table"' not in page.text
            return answer.status_code
        found = json.loads(answer.text)
        here = self._members(condition)
        parts = banners(by, self.data.instrument, self.people)
        members = [here, *(here & part.split.members(at) for part in parts for at in range(part.split.size))]
        groups = dict(zip((head.key for head in column_heads(parts)), members, strict=True))
        shown = {column["key"] for column in found["columns"]}
        assert not any(group.any() for key, group in groups.items() if key not in shown), "a group with people is gone"
        for base, valid in self.bases(variable).items():
            for column in found["columns"]:
                where = f"{variable} by {by} of {condition!r}: {column['key']}"
                self.note(variable, base, groups[column["key"]] & valid, column[base], where)
        line = page.text.split("Valid answers (n)")[-1].split("</tr>")[0]
        printed = re.findall(r'<td class="number">([0-9,]+)</td>', line)
        stated = {column["n"] for column in found["columns"]}
        assert {int(one.replace(",", "")) for one in printed} <= stated, "the page prints what the JSON hides"
        return 200

    def _members(self, condition: str) -> Bools:
        if not condition:
            return np.ones(self.people.n, dtype=np.bool_)
        named = named_filter(condition, self.data.instrument)
        if named is not None:
            return is_true(named.condition, self.people)
        found = read_filter(condition, self.data.instrument)
        assert found is not None
        return found.mask(self.people)

    def few(self) -> tuple[int, str]:
        """The fewest people, of whom a figure or a chain of at most three subtractions speaks."""
        best = (10**9, "nothing")
        for about, sets in self.seen.items():
            known = dict(sets)
            for one, where in sets.items():
                for other, there in sets.items():
                    if one != other and one & other == other:
                        known.setdefault(one & ~other, f"({where}) less ({there})")
            listed = sorted(known.items(), key=lambda item: item[0].bit_count())
            sizes = [people.bit_count() for people, _ in listed]
            if sizes and sizes[0] < best[0]:
                best = (sizes[0], f"{about}: {listed[0][1]}")
            for place, (one, where) in enumerate(listed):
                for after in range(place + 1, len(listed)):
                    if sizes[after] - sizes[place] >= min(K, best[0]):
                        break
                    other, there = listed[after]
                    if one & other == one and one != other:
                        best = (sizes[after] - sizes[place], f"{about}: [{there}] less [{where}]")
        return best


def spellings(random: Random, n: int) -> Iterator[str]:
    """Filters as an attacker spells them: the plan's own under other names, siblings, and parts put together."""
    parts = [
        *FILTERS.values(), "te_pace == 1", "te_pace in [1, 2]", "te_pace in [1, 2, 3]", "te_clear == 5",
        "role == 'participant'", "language == 'en'", "v_mark >= 6",
    ]  # fmt: skip
    yield from FILTERS.values()
    for name in FILTERS:
        yield f"({name})"
    for _ in range(n):
        one, other = random.sample(parts, 2)
        yield random.choice(
            [
                f"({one}) or ({one})", f"({one}) and ({one}) and ({one}) and ({one}) and ({one})",
                f"not ({one})", f"not (not ({one}))", f"({one}) and not ({other})", f"({one}) or ({other})",
                f"({one}) and not (({other}) and te_pace == 1)", f" {one} ", f"({one})",
            ]
        )  # fmt: skip


def read_everything(reader: Reader, seed: int = 1) -> None:
    """Ask all that can be chosen, and much that cannot."""
    random = Random(seed)
    for variable in VARIABLES:
        for condition in ("", *FILTERS):
            reader.ask(variable, BANNERS, condition)
        for condition in spellings(random, 3):
            reader.ask(variable, (random.choice(BANNERS),), condition)
    for by in ("device", "source"):
        reader.ask("v_mark", (by,))


@contextmanager
def everything_shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The rule switched off: no population is hidden and no question refused."""
    from surveyapp.web.console import results_page

    with monkeypatch.context() as patch:
        patch.setattr(_Judge, "hidden", lambda judge, _missing: np.zeros(len(judge._family.members), dtype=np.bool_))
        patch.setattr(results_page, "_require_released", lambda *_: None)
        yield


@pytest.mark.parametrize("role", ["viewer", "editor"])
@pytest.mark.parametrize("is_open", [True, False])
def test_no_figure_and_no_chain_of_three_subtractions_tells_of_one_to_nine(
    course: Flask, role: str, is_open: bool
) -> None:
    if not is_open:
        with course.extensions["surveyapp"].database.write() as session:
            waves.close_wave(session, COURSE, YEAR)
    reader = Reader(course, role)
    read_everything(reader)

    assert len(reader.seen) >= len(VARIABLES) or is_open, "nothing was shown, which is safe and useless"
    fewest, how = reader.few()
    assert fewest >= K, how


def test_the_same_reader_finds_somebody_when_the_rule_is_off(course: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with everything_shown(monkeypatch):
        reader = Reader(course, "viewer")
        read_everything(reader)
    fewest, how = reader.few()
    assert fewest == 1, how
