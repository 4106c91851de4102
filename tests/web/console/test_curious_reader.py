"""A curious reader with every right of a viewer and of an editor: what do all answers together tell of a few people?

The wave has planted minorities: somebody alone in role × pace, filters of the plan that leave all but a few. The reader
asks for every breakdown and filter of the plan and for filters spelt at random, as page and as JSON, reads the
fieldwork page, the list of studies and every book, and comes back after each thing that happens: somebody who arrives,
who takes answers back, the closing, the wave opened again. The test knows who belongs to what, and subtracts; with the
rule switched off the same reader finds one person, so the attack would find a leak.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random

import numpy as np
import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.reports.release import _Judge
from surveyapp.storage import publication
from tests.web.console import curious_wave
from tests.web.console.curious_reader import K, Reader
from tests.web.console.curious_wave import BANNERS, FILTERS, VARIABLES, Happening


@pytest.fixture(scope="session")
def minorities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return curious_wave.make(tmp_path_factory.mktemp("minorities"))


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


def spellings(random: Random, n: int) -> Iterator[str]:
    """Filters as an attacker spells them: the plan's own under other names, siblings, and parts put together."""
    parts = [
        *FILTERS.values(), "te_pace == 1", "te_pace in [1, 2]", "te_pace in [1, 2, 3]", "te_clear == 5",
        "role == 'participant'", "lang == 'en'", "v_mark >= 6",
    ]  # fmt: skip
    yield random.choice([*FILTERS.values(), *(f"({name})" for name in FILTERS)])
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
            is_read = condition in ("", random.choice([*FILTERS]))  # a page is the dearest to make
            assert reader.ask(variable, BANNERS, condition, with_page=is_read) == 200
        for condition in spellings(random, 3):
            reader.ask(variable, (random.choice(BANNERS),), condition, with_page=False)
    for by in ("device", "source"):
        reader.ask("v_mark", (by,))
    reader.fieldwork()
    if reader.role == "editor":
        reader.books()


@contextmanager
def everything_shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The rule switched off: no population is hidden and no question refused."""
    from surveyapp.web.console import results_page

    with monkeypatch.context() as patch:
        patch.setattr(_Judge, "hidden", lambda judge, _missing: np.zeros(len(judge._family.members), dtype=np.bool_))
        patch.setattr(results_page, "_require_released", lambda *_: None)
        yield


@pytest.mark.parametrize(("role", "is_open"), [("viewer", False), ("editor", True), ("editor", False)])
def test_no_figure_and_no_chain_of_three_subtractions_tells_of_one_to_nine(
    course: Flask, role: str, is_open: bool
) -> None:
    if not is_open:
        Happening(course).close()
    reader = Reader(course, role)
    read_everything(reader)

    for variable in VARIABLES:
        for base in ("asked", "answered", "n"):
            shown = list(reader.seen[variable, base].values())
            assert any("total" in where for where in shown), "nothing was shown, which is safe and useless"
    groups = {where for sets in reader.seen.values() for where in sets.values() if "role:" in where}
    assert groups, "no group was shown, which is safe and useless"
    read = {where.split()[0] for _, _, where in reader.series}
    assert {"everyone", "role", "language", "device", "list"} <= read
    assert role == "viewer" or {"book:", "codebook", "response"} <= read
    fewest, how = reader.few()
    assert fewest >= K, how


def test_the_same_reader_finds_somebody_when_the_rule_is_off(course: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with everything_shown(monkeypatch):
        reader = Reader(course, "viewer")
        for variable in VARIABLES[:2]:
            for condition in ("", *FILTERS):
                reader.ask(variable, BANNERS, condition, with_page=False)
    fewest, how = reader.few()
    assert fewest == 1, how


def look_again(reader: Reader) -> bool:
    """A short look at what moves; whether anything is shown."""
    reader.look()
    before = sum(map(len, reader.series.values()))
    for variable in VARIABLES[:2]:
        for condition in ("", "quick"):
            assert reader.ask(variable, BANNERS, condition, with_page=False) == 200
    reader.fieldwork()
    return sum(map(len, reader.series.values())) > before


@pytest.mark.parametrize("seed", range(2))
def test_nothing_that_happens_between_two_looks_tells_of_one_to_nine(
    course: Flask, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    lots = (f"lot {seed} {number}" for number in count())
    monkeypatch.setattr(publication, "new_lot", lambda: next(lots))  # what fails fails again
    wave, reader = Happening(course), Reader(course, "editor")
    shown: dict[str, bool] = {"open": look_again(reader)}

    for name, deed in (
        ("one comes", lambda: wave.come(1)),
        ("many come", lambda: wave.come(90)),
        ("one goes", wave.go),
        ("others come", lambda: wave.come(70)),
        ("it closes", wave.close),
        ("one goes after the closing", wave.go),
        ("another one goes", wave.go),
        ("it opens again", wave.open_again),
        ("one comes late", lambda: wave.come(1)),
        ("many come late", lambda: wave.come(250)),
        ("it closes again", wave.close),
    ):
        deed()
        shown[name] = look_again(reader)
        fewest, how = reader.few()
        assert fewest >= K, (name, how)
    reader.books()
    fewest, how = reader.few()
    assert fewest >= K, how
    paused = {"one goes", "it opens again", "one comes late"}
    assert {name for name, is_shown in shown.items() if not is_shown} == paused


def test_the_same_looks_find_who_takes_answers_back_when_a_closed_wave_follows_at_once(
    course: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "note_removal", lambda *_, **__: None)
    wave, reader = Happening(course), Reader(course, "viewer")
    wave.close()
    look_again(reader)
    wave.go()
    look_again(reader)
    fewest, how = reader.few()
    assert fewest == 1, how


def test_a_page_without_figures_gives_its_own_reason_once(course: Flask) -> None:
    wave, reader = Happening(course), Reader(course, "viewer")
    wave.go()
    page = reader.person.get(f"{curious_wave.BASE}/results/v_mark").text
    assert page.count("Somebody took answers back. The figures pause until at least 20 others have sent theirs") == 1
    assert "Not shown: these are fewer" not in page
    wave.close()
    page = reader.person.get(f"{curious_wave.BASE}/results/v_mark").text
    assert "Before the wave closed, somebody took answers back" in page
    wave.go()
    page = reader.person.get(f"{curious_wave.BASE}/fieldwork").text
    assert "rest on two thirds of the finished questionnaires" in page
