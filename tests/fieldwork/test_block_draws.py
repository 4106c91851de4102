"""Blocks are drawn once, evenly over people and per role, on both databases, and kept with the case."""

from __future__ import annotations

from collections import Counter
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from surveyapp.engine.route import path
from surveyapp.fieldwork import continuing, interviews, resume_codes, versions, waves
from surveyapp.fieldwork.case_state import CaseState
from surveyapp.fieldwork.consent import give_consent
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.simulate import simulate
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.resolve import resolved
from surveyapp.storage.block_draws import DRAWS
from surveyapp.storage.changes import CASES
from surveyapp.storage.database import Database
from tests.instrument.definitions import in_memory

STUDY, YEAR = "rotation", 2026
INSTRUMENT = resolved(in_memory(name="rotation"), YEAR)
TAKES_ONE = resolved(in_memory(("questionnaire.rotations.0.take", 1), name="rotation"), YEAR)


def opened(database: Database) -> None:
    with database.write() as session:
        waves.create_wave(session, INSTRUMENT)
        waves.open_wave(session, STUDY, YEAR)


def begun(database: Database, role: str = "contractor", instrument: Instrument = INSTRUMENT) -> tuple[CaseState, str]:
    """Somebody who agreed to take part."""
    with database.write() as session:
        wave = waves.wave_info(session, STUDY, YEAR)
        case, key = interviews.begin(session, wave, instrument, role, "nl", "open")
        return give_consent(session, case, instrument, "nl"), key


def drawn(database: Database, role: str) -> list[tuple[Any, Any]]:
    with database.read() as session:
        rows = session.connection().execute(select(CASES.c.answers).where(CASES.c.role == role))
        return [(tuple(row.answers["m_theme"]), row.answers.get("m_annex")) for row in rows]


def spread(values: list[Any]) -> int:
    counts = Counter(values)
    return max(counts.values()) - min(counts.values())


def test_draws_are_even_after_every_person_and_within_each_role(database: Database) -> None:
    opened(database)
    for number in range(1, 25):
        begun(database, "contractor")
        if number % 2 == 0:
            begun(database, "manager")
        if number >= 3:
            themes = [theme for theme, _ in drawn(database, "contractor")]
            assert spread(themes) <= 1
        if number >= 2:
            assert spread([annex for _, annex in drawn(database, "contractor")]) <= 1
    assert Counter(theme for theme, _ in drawn(database, "contractor")) == {(1, 2): 8, (1, 3): 8, (2, 3): 8}
    assert Counter(annex for _, annex in drawn(database, "contractor")) == {1: 12, 2: 12}
    assert Counter(drawn(database, "manager")) == {((1, 2), None): 4, ((1, 3), None): 4, ((2, 3), None): 4}


def test_people_who_begin_at_the_same_moment_are_spread_as_evenly(database: Database) -> None:
    opened(database)
    faults: list[BaseException] = []

    def several() -> None:
        try:
            for _ in range(6):
                begun(database)
        except BaseException as fault:
            faults.append(fault)

    threads = [Thread(target=several) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    found = drawn(database, "contractor")
    assert Counter(theme for theme, _ in found) == {(1, 2): 10, (1, 3): 10, (2, 3): 10}
    assert Counter(annex for _, annex in found) == {1: 15, 2: 15}


def test_the_draw_comes_with_the_consent_and_a_second_consent_changes_nothing(database: Database) -> None:
    opened(database)
    case, key = begun(database)
    assert set(case.answers) == {"s_consent", "m_theme", "m_annex"}
    with database.write() as session:
        again = give_consent(session, case, INSTRUMENT, "nl")
        assert again == case
        assert continuing.rebuild_answers(session, case) == case.answers
    with database.read_primary() as session:
        assert sum(session.connection().execute(select(DRAWS.c.times)).scalars()) == 2
        other_device = interviews.load_case(session, STUDY, key)
    assert other_device is not None
    assert other_device.answers == case.answers


def test_a_resume_code_opens_the_same_draw_on_another_device(database: Database) -> None:
    opened(database)
    case, _ = begun(database)
    with database.write() as session:
        code = resume_codes.make_resume_code(session, case)
        key = resume_codes.resume(session, STUDY, YEAR, code)
        assert key is not None
        found = interviews.load_case(session, STUDY, key)
    assert found is not None
    assert found.answers["m_theme"] == case.answers["m_theme"]


def test_a_case_keeps_its_draw_when_a_later_version_draws_otherwise(database: Database) -> None:
    opened(database)
    before = [begun(database) for _ in range(5)]
    with database.write() as session:
        versions.revise(session, TAKES_ONE, "somebody", "shorter")
    library = InstrumentLibrary(database)
    with database.read_primary() as session:
        for case, key in before:
            now = interviews.load_case(session, STUDY, key)
            assert now is not None
            assert now.answers == case.answers
            own = library.get(session, STUDY, now.instrument_hash)
            blocks = {
                seen.page.block.code
                for seen in path(own.questionnaire("contractor"), now.answers, "nl").pages
                if seen.page.block is not None and seen.page.block.rotation.name == "m_theme"
            }
            # "guidance" (2) has a condition of its own, which nobody answered yet.
            assert blocks == set(now.answers["m_theme"]) - {2}
    # What is drawn of another number of blocks is counted anew: nobody is given what earlier people lack.
    after = [begun(database, instrument=TAKES_ONE)[0].answers["m_theme"] for _ in range(6)]
    assert Counter(map(tuple, after)) == {(1,): 2, (2,): 2, (3,): 2}


def test_what_is_counted_says_how_often_and_nothing_of_when_or_who(database: Database) -> None:
    opened(database)
    begun(database)
    assert {column.name for column in DRAWS.columns} == {"study_id", "year", "role", "rotation", "draw", "times"}


def test_a_draw_tells_nothing_of_the_place_of_its_case(sqlite_database: Database) -> None:
    """Over many waves of six people, each of the three draws is as often first as it is last."""
    opened(sqlite_database)
    first: Counter[tuple[int, ...]] = Counter()
    seeds: list[tuple[int, int]] = []
    for number in range(150):
        case, _ = begun(sqlite_database, "manager")
        if number % 3 == 0:
            first[tuple(case.answers["m_theme"])] += 1
        seeds.append((case.seed, case.answers["m_theme"][0]))
    # 50 draws of three equally likely: fewer than two of one kind has a chance of one in eight million.
    assert len(first) == 3
    assert min(first.values()) >= 2
    assert len({seed for seed, _ in seeds}) == 150


@pytest.mark.parametrize("seed", [1, 2])
def test_robots_are_spread_evenly_and_the_same_seed_draws_the_same(sqlite_database: Database, seed: int) -> None:
    opened(sqlite_database)
    library = InstrumentLibrary(sqlite_database)
    simulate(sqlite_database, library, STUDY, YEAR, 60, seed, is_demonstration=True)
    for role in ("contractor", "manager"):
        assert spread([theme for theme, _ in drawn(sqlite_database, role)]) <= 1
    with sqlite_database.read() as session:
        rows = list(session.connection().execute(select(CASES.c.answers, CASES.c.role, CASES.c.pages)))
    for row in rows:
        made = INSTRUMENT.questionnaires[row.role]
        held = {"m_theme": row.answers["m_theme"], "m_annex": [row.answers.get("m_annex")]}
        for page in row.pages:
            block = made.by_id[page].block if page in made.by_id else None
            assert block is None or block.code in held[block.rotation.name]


def test_the_same_seed_of_robots_draws_the_same_blocks(sqlite_database: Database, tmp_path: Any) -> None:
    found = []
    other = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    other.upgrade()
    for each in (sqlite_database, other):
        opened(each)
        simulate(each, InstrumentLibrary(each), STUDY, YEAR, 20, 5, is_demonstration=True)
        found.append(sorted(map(str, drawn(each, "contractor"))))
    other.close()
    assert found[0] == found[1]
