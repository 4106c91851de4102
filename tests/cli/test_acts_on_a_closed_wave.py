"""Whatever is done, a closed wave's figures stay as they are or get an edition: named, dated, in the book, on the page.

Every command of the platform is run on the wave itself and on the wave it is compared with; so is what respondents and
the worker do. An act nobody thought of is a command this list does not know, and fails.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from surveyapp import clock
from surveyapp.cli import Commands, main
from surveyapp.exports.registry import gather, write
from surveyapp.exports.report_book.guide_sheet import ACTS
from surveyapp.exports.words import Words
from surveyapp.fieldwork import continuing, editions, waves
from surveyapp.fieldwork.case_state import state_of
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.jobs.worker import Worker
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import cases
from surveyapp.storage.changes import CASES
from surveyapp.storage.database import Database
from tests.instrument.definitions import write as write_definition
from tests.web.respondent.comparable import comparable_study, kinds_of, put_cases
from tests.web.test_tests_never_count import commands

STUDY = "kinds"
CLOSED, LATER = datetime(2026, 12, 18, 22, tzinfo=UTC), datetime(2027, 2, 1, 12, tzinfo=UTC)
FIFTY = [{"k_mark": mark, "k_score": score} for mark, score in [(6, 7), (8, 10)] * 25]
ON_A_WAVE: Mapping[str, tuple[str, ...]] = {
    "bounces count": (),
    "retention texts": ("--yes",),
    "contact forget": ("somebody@example.org",),
    "contact links": ("--out", "{out}/links.csv"),
    "contact wishes": ("--out", "{out}/wishes.csv"),
    "invite list": (),
    "invite new": ("thanks",),
    "invite send": ("1",),
    "invite stop": ("1",),
    "simulate": ("--n", "5"),
    "wave archive": (),
    "wave close": (),
    "wave correct": ("--reason", "a word"),
    "wave create": (),
    "wave cut-links": ("--early",),
    "wave delete": ("--yes",),
    "wave edition": ("--compare-with", "none", "--reason", "another series"),
    "wave links": ("--sources", "partner,newsletter", "--out", "{out}"),
    "wave open": (),
    "wave remove-tests": ("--yes",),
    "wave revise": ("--reason", "a rule"),
    "wave test": (),
    "wave verify": (),
    "wave weigh": ("--reason", "another count"),
}
"""Commands that name a wave, and what they are given after it."""
ELSEWHERE = {
    "audit check", "audit list", "bounces read", "check", "codes in", "codes out", "coding", "db accept", "db backup",
    "db check", "db upgrade", "demo seed", "drivers", "export", "fieldwork", "funnel", "gaps", "profile", "quality",
    "rates",
    "retention certificates", "retention list", "retention verify", "scale",
    "serve",
    "table", "trend", "translate approve", "translate in", "translate out", "translate status", "translate waive",
    "user add", "user block", "user invite", "user list", "user password-link", "user role", "user second-step-off",
    "user sign-out", "user unblock", "wave list", "wave new", "weights", "xlsform in", "xlsform out",
}  # fmt: skip
"""Commands that touch no answers and no definition in force: files on disk, accounts, copies, lists."""
APART = {"retention run", "contact import", "db restore", "wave import", "worker"}
"""Commands that have a test of their own below, or in tests/fieldwork: test_editions.py (import), test_retention.py."""


@dataclass
class World:
    """Two closed waves, 2026 compared with 2025, and a folder of definitions that somebody changed since."""

    folder: Path
    database: Database

    def run(self, *arguments: str) -> int:
        environment = {
            "SURVEYAPP_DATABASE_URL": f"sqlite:///{self.database.file}", "SURVEYAPP_INSTANCE": str(self.folder),
            "SURVEYAPP_INSTRUMENTS": str(self.folder / "instruments"), "SURVEYAPP_ENVIRONMENT": "development",
        }  # fmt: skip
        result = CliRunner().invoke(main, list(arguments), env=environment)
        assert "Missing" not in result.output, result.output  # what is given wrongly is no act
        assert "No such option" not in result.output, result.output
        return result.exit_code

    def define(self, year: int, *, more_than_words: bool) -> None:
        """Put a changed definition on disk: a text, and on request the plan, the threshold and the targets too."""
        documents = comparable_study(year)
        questionnaire, study = documents[f"{year}/questionnaire.yaml"], documents["study.yaml"]
        questionnaire["pages"][2]["title"] = {"nl": "Andere woorden", "en": "Other words"}
        if more_than_words:
            documents[f"{year}/tables.yaml"]["tables"][0]["banner"] = []
            study["threshold"] = 20
            study["waves"][0]["targets"] = {"contractor": 99}
        write_definition(self.folder / "instruments" / STUDY, documents)

    def figures(self) -> dict[str, bytes]:
        """Every published figure of 2026 and every case, as files hold them, but for the words about the edition."""
        live = LiveWaves(self.database, InstrumentLibrary(self.database))
        write("csv", gather(self.database, live, STUDY, 2026), self.folder / "figures.zip", "en")
        with zipfile.ZipFile(self.folder / "figures.zip") as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def editions(self) -> tuple[editions.Edition, ...]:
        with self.database.read() as session:
            return editions.of_wave(session, STUDY, 2026)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file every test copies."""
    path = tmp_path_factory.mktemp("closed") / "closed.sqlite3"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    with clock.stopped_at(CLOSED):
        for year in (2025, 2026):
            with database.write() as session:
                waves.create_wave(session, kinds_of(year))
                waves.open_wave(session, STUDY, year)
            put_cases(database, kinds_of(year), "contractor", FIFTY)
            with database.write() as session:
                waves.close_wave(session, STUDY, year, actor="karin@example.org")
    database.close()
    return path


@pytest.fixture
def world(filled: Path, tmp_path: Path) -> Iterator[World]:
    shutil.copyfile(filled, tmp_path / "surveyapp.sqlite3")
    with clock.stopped_at(LATER):
        made = World(tmp_path, Database(f"sqlite:///{tmp_path / 'surveyapp.sqlite3'}"))
        yield made
        made.database.close()


def held(world: World, act: Callable[[], object]) -> tuple[editions.Edition, ...]:
    """Do something; the editions it made. Figures that moved without one are the fault this file is about."""
    before, known = world.figures(), world.editions()
    act()
    with world.database.read() as session:
        is_over = waves.wave_info(session, STUDY, 2026).is_settled
    made = world.editions()[len(known) :]
    if not is_over:  # opened again: it is no closed wave until it closes, which makes an edition
        return made
    moved = [name for name, content in world.figures().items() if content != before[name]]
    assert made or not moved, moved
    for each in made:
        assert each.actor
        assert clock.local(each.at).date() == clock.local(LATER).date()
        assert each.act in ACTS
        assert Words("nl")(ACTS[each.act]) != ACTS[each.act]
    return made


def test_every_command_is_known_here() -> None:
    assert set(commands(Commands())) == set(ON_A_WAVE) | ELSEWHERE | APART


@pytest.mark.parametrize("year", [2025, 2026])
@pytest.mark.parametrize("command", sorted(ON_A_WAVE))
def test_a_command_makes_an_edition_or_moves_nothing(command: str, year: int, world: World) -> None:
    world.define(year, more_than_words=command != "wave correct")
    given = [part.format(out=world.folder / "out") for part in ON_A_WAVE[command]]
    codes: list[int] = []
    made = held(world, lambda: codes.append(world.run(*command.split(), STUDY, str(year), *given)))
    named = {
        ("wave correct", 2025): ["wave.correct"], ("wave correct", 2026): ["wave.correct"],
        ("wave revise", 2025): ["wave.revise"], ("wave revise", 2026): ["wave.revise"],
        ("wave open", 2025): ["wave.open"], ("wave edition", 2026): ["wave.compare-with"],
    }  # fmt: skip
    assert [each.act for each in made] == named.get((command, year), []), codes


@pytest.mark.parametrize("command", ["wave correct", "wave revise"])
def test_without_a_reason_a_closed_wave_is_not_changed(command: str, world: World) -> None:
    world.define(2026, more_than_words=command == "wave revise")
    before = world.figures()
    assert world.run(*command.split(), STUDY, "2026", "--reason", " ") == 2
    assert world.figures() == before
    assert len(world.editions()) == 1


def taking_back(world: World, year: int) -> Callable[[], None]:
    """Somebody's answers go out of this wave."""

    def take_back() -> None:
        with world.database.write() as session:
            here = (CASES.c.study_id == STUDY, CASES.c.year == year)
            row = session.connection().execute(select(CASES.c.case_id).where(*here).limit(1)).scalar_one()
            found = cases.by_id(session, STUDY, row)
            assert found is not None
            case = state_of(found)
            continuing.withdraw(session, case)

    return take_back


@pytest.mark.parametrize("year", [2025, 2026])
def test_answers_that_somebody_takes_back_make_an_edition(year: int, world: World) -> None:
    made = held(world, taking_back(world, year))
    assert [(each.act, each.reason) for each in made] == [("wave.answers-removed", "" if year == 2026 else "2025")]


def test_an_act_without_an_edition_is_caught(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editions, "note_removal", lambda *_: True)
    with pytest.raises(AssertionError, match="csv"):
        held(world, taking_back(world, 2026))


def test_while_the_other_wave_takes_answers_again_nothing_of_it_stands_beside_this_one(world: World) -> None:
    assert world.run("wave", "open", STUDY, "2025") == 0
    before = world.figures()
    with world.database.read() as session:
        assert editions.beside(session, STUDY, 2026) is None
    put_cases(world.database, kinds_of(2025), "contractor", FIFTY)
    assert world.figures() == before
    assert world.run("wave", "close", STUDY, "2025") == 0
    assert [each.act for each in world.editions()] == ["wave.close", "wave.open", "wave.close"]
    with world.database.read() as session:
        assert editions.beside(session, STUDY, 2026) == 2025


def test_the_worker_moves_nothing(world: World) -> None:
    worker = Worker(world.database, InstrumentLibrary(world.database), None, salt="s")
    assert held(world, worker.once) == ()


def test_a_copy_that_is_put_back_is_listed_with_its_name(world: World) -> None:
    copy = world.folder / "monday.sqlite3"
    assert world.run("db", "backup", str(copy)) == 0
    world.define(2026, more_than_words=False)
    assert world.run("wave", "correct", STUDY, "2026", "--reason", "a word") == 0

    def restore() -> None:
        world.database.close()
        assert world.run("db", "restore", str(copy), "--yes") == 0

    restore()
    assert [(each.act, each.reason) for each in world.editions()] == [("wave.close", ""), ("db.restore", copy.name)]


def test_none_can_be_chosen_and_taken_back(world: World) -> None:
    def choose(other: str) -> int:
        return world.run("wave", "edition", STUDY, "2026", "--compare-with", other, "--reason", "why")

    assert choose("none") == 0
    assert choose("none") == 2  # it is so already
    assert choose("2025") == 0
    assert choose("nothing") == 2
    assert [each.compared_with for each in world.editions()] == [2025, None, 2025]
