"""A curious reader with every right of a viewer and of an editor: what do all answers together tell of a few people?

The wave has planted minorities: somebody alone in role × pace, filters of the plan that leave all but a few. The reader
asks for every breakdown and filter of the plan and for filters spelt at random, as page and as JSON, reads the
fieldwork page, the list of studies and every book, and comes back after each thing that happens: somebody who arrives,
who takes answers back, the closing, the wave opened again. The test knows who belongs to what, and subtracts; with the
rule switched off the same reader finds one person, so the attack would find a leak.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random

import numpy as np
import pytest
from flask import Flask

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.reports import ledger
from surveyapp.reports.key_figures import key_figures
from surveyapp.reports.ledger import Ledger
from surveyapp.reports.response import response
from surveyapp.storage import publication
from tests.web.console import curious_wave
from tests.web.console.curious_reader import K, Reader
from tests.web.console.curious_wave import BANNERS, BASE, BEFORE, COURSE, FILTERS, VARIABLES, YEAR, Happening


@pytest.fixture(scope="session")
def minorities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return curious_wave.make(tmp_path_factory.mktemp("minorities"))


@pytest.fixture
def course(minorities: Path, tmp_path: Path) -> Iterator[Flask]:
    shutil.copyfile(minorities / "filled.sqlite3", tmp_path / "surveyapp.sqlite3")
    made = create_app(
        Settings(
            instance=tmp_path,
            environment="development",
            instruments=minorities / "instruments",
            second_step_roles="none",
        )
    )
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
    for kind in ("scale", "drivers", "gaps", "trend"):
        for condition in ("", random.choice([*FILTERS])):
            by = BANNERS if kind in ("scale", "drivers") else ()
            assert reader.model(kind, by, condition) == 200, (kind, condition)
        assert reader.model(kind, condition="te_pace == 1") == 403
    assert reader.model("scale", ("device",)) == 403
    reader.fieldwork()
    if reader.role == "editor":
        reader.books()


def draw_alike(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Let every run draw the same lots: what fails fails again."""
    lots = (f"lot {seed} {number}" for number in count())
    monkeypatch.setattr(publication, "new_lot", lambda: next(lots))


@contextmanager
def everything_shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The rule switched off: no population is hidden and no question refused."""
    from surveyapp.web.console import asked_figures

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "hidden", lambda judge, _missing: np.zeros(len(judge.family), dtype=np.bool_))
        patch.setattr(asked_figures, "_require_released", lambda *_: None)
        yield


@pytest.mark.parametrize(("role", "is_open"), [("viewer", False), ("editor", True), ("editor", False)])
def test_no_figure_and_no_chain_of_three_subtractions_tells_of_one_to_nine(
    course: Flask, monkeypatch: pytest.MonkeyPatch, role: str, is_open: bool
) -> None:
    draw_alike(monkeypatch, 0)
    if not is_open:
        Happening(course).close()
    reader = Reader(course, role)
    read_everything(reader)

    for variable in VARIABLES:
        for base in ("asked", "answered", "n"):
            shown = list(reader.seen[variable, base].values())
            assert any("total" in where for where in shown), "nothing was shown, which is safe and useless"
    group = "te_pace:" if is_open else "role:"  # of the few trainers fewer than twenty are held back
    groups = {where for sets in reader.seen.values() for where in sets.values() if group in where}
    assert groups, "no group was shown, which is safe and useless"
    read = {where.split()[0] for _, _, where in reader.series}
    assert {"everyone", "language", "device", "list"} | (set() if is_open else {"role"}) <= read
    assert role == "viewer" or {"book:", "codebook"} | (set() if is_open else {"response"}) <= read
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
    draw_alike(monkeypatch, seed)
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


def everything_about(reader: Reader) -> dict[str, str]:
    """What every page and JSON about two waves says without what is another at every request, and what a book made now
    would say of the key figures beside the wave before and of who took part."""
    before, ends = BASE.replace(str(YEAR), str(BEFORE)), ("?by=role&by=language", ".json?by=te_pace&by=role")
    places = [f"{BASE}/results/{name}{end}" for name in VARIABLES[:2] for end in ends]
    places += [f"{BASE}/results", f"{BASE}/fieldwork", f"{BASE}/", "/console/", f"{before}/results"]
    found = {}
    for place in places:
        answer = reader.person.get(place, follow_redirects=True)
        assert answer.status_code == 200, place
        found[place] = re.sub(r'(nonce|value|content)="[^"]{20,}"', "", answer.text)
    live = reader.app.extensions["surveyapp"].live
    now, then = live.published(COURSE, YEAR), live.published(COURSE, BEFORE)
    grids = {"key figures": key_figures(now, then), "response": response(now)}
    beside = [at for at, group in enumerate(grids["key figures"].groups) if group.year == BEFORE]
    told = [line[at].bases.valid for line in grids["key figures"].figures for at in beside]
    assert any(told), "nothing stands beside the wave before"
    return found | {name: str((one.items, one.groups, one.lines, one.bases)) for name, one in grids.items()}


@pytest.mark.slow
def test_person_by_person_every_page_stands_still_until_many_can_move_it(
    course: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_alike(monkeypatch, 4)
    wave, reader = Happening(course), Reader(course, "editor")
    told, shown, moves = everything_about(reader), {*reader.people.ids}, 0
    assert look_again(reader)
    for _ in range(50):
        wave.come(1)
        now = everything_about(reader)
        reader.look()
        if {*reader.people.ids} == shown:
            assert {place for place in now if now[place] != told[place]} == set()
            continue
        moves += 1
        told, shown = now, {*reader.people.ids}
        assert look_again(reader)
        reader.books()
        fewest, how = reader.few()
        assert fewest >= K, how
    assert moves == 1, "a fifth of 240 make the next step"
    wave.close()
    assert look_again(reader)
    reader.books()
    fewest, how = reader.few()
    assert fewest >= K, ("what the last step showed and the closing shows", how)


def test_the_closing_would_move_figures_by_a_few_if_too_few_were_held_back(
    course: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same reader, where of a group nobody has to be held back."""
    draw_alike(monkeypatch, 4)
    monkeypatch.setattr(ledger, "waiting", lambda family, *_: np.zeros(len(family), dtype=np.bool_))
    wave, reader = Happening(course), Reader(course, "editor")
    look_again(reader)
    wave.close()
    look_again(reader)
    fewest, how = reader.few()
    assert fewest < K, how


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
