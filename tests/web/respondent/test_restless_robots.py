"""A hundred robots in random order: what was acknowledged is stored, once, and the same on both databases."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp.engine.robots import Crew
from surveyapp.engine.route import path
from surveyapp.fieldwork import block_draws, continuing
from surveyapp.fieldwork.case_state import state_of
from surveyapp.instrument.model import Instrument
from surveyapp.storage import cases
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow, PageSaveRow
from tests.web.conftest import STUDY, put_wave
from tests.web.respondent.notebook import Notebook
from tests.web.respondent.restless import HABITS, MOST_STEPS, Restless

ROLES = ("contractor", "manager", "procurement", "intermediary")
LANGUAGES = ("nl", "en")
QUICK, ALL, PARTS = (0, 5, 10, 15), range(100), 10


def robot(app: Flask, crews: dict[str, Crew], real: Instrument, seed: int) -> Restless:
    """The robot of this seed: of each eight that cover roles and languages, every third eight go on to the end."""
    patience = MOST_STEPS if seed // 8 % 3 == 0 else 6 + seed % 9
    return Restless(app, real, crews[ROLES[seed % 4]], LANGUAGES[seed // 4 % 2], seed, patience)


def walked(
    app: Flask,
    database: Database,
    real: Instrument,
    seeds: Iterable[int],
    patch: pytest.MonkeyPatch,
    did: Counter[str] | None = None,
) -> dict[int, dict[str, Any]]:
    """Let these robots walk, hold each case against its robot's notebook, and give what is stored by seed.

    How often each habit was had is added to `did`: robots that only go on would find nothing, and say so nowhere.
    """
    put_wave(database, real)
    patch.setattr(block_draws, "_by_chance", min)  # the same blocks for the same robot on every database
    crews = {role: Crew(real.questionnaire(role)) for role in ROLES}
    stored: dict[int, dict[str, Any]] = {}
    known: set[object] = set()
    for seed in seeds:
        someone = robot(app, crews, real, seed)
        someone.drawn = partial(drawn, database, someone, known)
        try:
            notes = someone.run(STUDY)
            row = new_case(database, known)
            known.add(row.case_id)
            hold(database, row, notes)
        except Exception as error:
            error.add_note(f"seed {seed}, {someone.role}; it did {someone.did[-12:]}")
            raise
        if did is not None:
            did.update(each.partition(":")[2] for each in someone.did)
        stored[seed] = {"state": row.state, "role": row.role, "language": row.language, "answers": row.answers}
    return stored


def new_case(database: Database, known: set[object]) -> CaseRow:
    """The one case that was not there yet."""
    with database.read() as session:
        (row,) = (each for each in session.exec(select(CaseRow)) if each.case_id not in known)
    return row


def drawn(database: Database, someone: Restless, known: set[object]) -> dict[str, Any]:
    """What was drawn for a robot that has just agreed (`tests/fieldwork/test_block_draws.py` holds how)."""
    answers = new_case(database, known).answers
    return {each.name: answers[each.name] for each in someone.notes.questionnaire.rotations}


def hold(database: Database, row: CaseRow, notes: Notebook) -> None:
    """The case is what its robot was told it is."""
    with database.read() as session:
        saves = session.exec(select(PageSaveRow).where(PageSaveRow.case_id == row.case_id)).all()
        found = cases.by_id(session, STUDY, row.case_id)
        assert found is not None
        rebuilt = continuing.rebuild_answers(session, state_of(found))
    forms = [save.client_key.rpartition("~")[2] for save in saves]  # behind the mark of the browser that sent it in
    assert Counter(forms) == Counter(list(notes.saves))
    for form, save in zip(forms, saves, strict=True):
        assert (save.page, save.answers) == notes.saves[form]
    assert row.answers == notes.document == rebuilt
    assert row.state == notes.state
    assert (row.reference or "") == notes.reference
    assert row.pages == notes.pages
    if notes.state == "complete":
        assert notes.reference
        assert set(notes.on_path(row.language)) <= set(row.pages)
        asked = {
            question.name
            for seen in path(notes.questionnaire, row.answers, row.language).pages
            for question in seen.questions
        }
        assert asked - notes.apart <= set(row.answers), "a visible question was never put to this person"


def test_a_few_restless_robots_lose_nothing(
    make_app: Callable[..., Flask], database: Database, real: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = walked(make_app(database), database, real, QUICK, monkeypatch)
    assert len(stored) == len(QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_a_hundred_restless_robots_lose_nothing_and_leave_the_same_on_both_databases(
    make_app: Callable[..., Flask],
    sqlite_database: Database,
    postgres_database: Database,
    real: Instrument,
    monkeypatch: pytest.MonkeyPatch,
    shared: Callable[[str], Path],
    part: int,
) -> None:
    """Split by seed, for several processes; what all hundred did together is looked at by whichever ends last."""
    seeds = ALL[part::PARTS]
    did: Counter[str] = Counter()
    on_sqlite = walked(make_app(sqlite_database), sqlite_database, real, seeds, monkeypatch, did)
    on_postgresql = walked(make_app(postgres_database), postgres_database, real, seeds, monkeypatch)
    for seed in seeds:
        assert on_sqlite[seed] == on_postgresql[seed], f"seed {seed}"
    complete = Counter(each["state"] for each in on_sqlite.values())["complete"]
    folder = shared("did-by-robots")
    draft = folder / f"part-of-{part}"
    draft.write_text(json.dumps({"did": did, "complete": complete}), encoding="utf-8")
    draft.rename(folder / f"{part}.json")
    parts = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")]
    if len(parts) == PARTS:
        together = sum((Counter(each["did"]) for each in parts), Counter[str]())
        assert {habit.__name__: together[habit.__name__] for habit, _ in HABITS if together[habit.__name__] < 10} == {}
        assert sum(each["complete"] for each in parts) > 25
