"""A wrong clock, replica, folder or database is one line of its own, whichever command meets it first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from surveyapp import clock
from surveyapp.cli import main
from surveyapp.storage.database import Database

STUDY, YEAR = "goed-opdrachtgeverschap", "2026"
WAVE = [STUDY, YEAR]
EMAIL = "jan@example.org"
ON_THE_DATABASE = {
    "audit check": [], "audit list": [], "bounces count": WAVE, "bounces read": ["FILE"],
    "retention certificates": [], "retention list": [], "retention run": [], "retention texts": [*WAVE, "--yes"],
    "retention verify": [],
    "contact forget": [*WAVE, EMAIL], "contact import": ["FILE", *WAVE], "contact links": [*WAVE, "--out", "OUT.csv"],
    "contact wishes": [*WAVE, "--out", "OUT.csv"],
    "export": ["codebook", *WAVE, "--out", "OUT"], "serve": [], "simulate": [*WAVE, "--n", "1"],
    "invite list": WAVE, "invite new": [*WAVE, "invitation"], "invite send": [*WAVE, "1"], "invite stop": [*WAVE, "1"],
    "codes in": [*WAVE, "op_improve", EMAIL, "FILE"], "codes out": [*WAVE, "op_improve", EMAIL, "--out", "OUT.xlsx"],
    "coding": WAVE, "drivers": WAVE, "fieldwork": WAVE, "funnel": WAVE, "gaps": WAVE, "rates": WAVE, "profile": WAVE,
    "quality": WAVE, "scale": WAVE,
    "trend": WAVE,
    "table": [*WAVE, "gr_assign"], "wave archive": WAVE, "wave close": WAVE, "wave correct": [*WAVE, "--reason", "x"],
    "wave create": WAVE, "wave cut-links": WAVE, "wave delete": WAVE, "wave edition": WAVE,
    "wave import": [STUDY, "2014", "--data", "FILE", "--mapping", "MAPPING"],
    "wave links": [*WAVE, "--sources", "newsletter", "--out", "OUT"], "wave list": [],
    "wave new": [STUDY, "2027", "--from", "2026"], "wave open": WAVE,
    "wave remove-tests": [*WAVE, "--yes"], "wave revise": [*WAVE, "--reason", "x"], "wave test": WAVE,
    "wave verify": WAVE,
    "wave weigh": WAVE, "weights": WAVE,
    "worker": ["--once"],
}  # fmt: skip
ON_ACCOUNTS = {
    "user add": [EMAIL, "--role", "viewer"], "user block": [EMAIL], "user invite": [EMAIL, "--role", "viewer"],
    "user list": [], "user password-link": [EMAIL], "user role": [EMAIL, "viewer"], "user second-step-off": [EMAIL],
    "user sign-out": [EMAIL], "user unblock": [EMAIL],
}  # fmt: skip
"""They bring the tables up to date themselves: the first account is made before anything else is there."""
READING = (
    "coding", "drivers", "export", "fieldwork", "funnel", "gaps", "profile", "quality", "rates", "scale", "serve",
    "table", "trend", "weights",
    "worker",
)  # fmt: skip
"""Commands that read figures where the settings say."""
ON_DEFINITIONS = {
    "check": [], "serve": [], "worker": ["--once"], "wave create": WAVE, "wave correct": [*WAVE, "--reason", "x"],
    "wave revise": [*WAVE, "--reason", "x"], "wave weigh": WAVE, "simulate": [*WAVE, "--n", "1"],
    "translate status": WAVE, "translate out": [*WAVE, "--out", "OUT.xlsx"], "translate approve": WAVE,
    "xlsform out": [*WAVE, "contractor", "--out", "OUT.xlsx"],
    "translate waive": [*WAVE, "x", "--reason", "x"], "demo seed": [],
}  # fmt: skip
OF_THEIR_OWN = {
    "db accept": "for a clock or key that is refused",
    "db backup": "copies what is there", "db check": "looks at everything and says each", "db restore": "puts back",
    "db upgrade": "makes the tables current", "translate in": "names no study before it has read the book",
    "xlsform in": "makes a new folder",
}  # fmt: skip


def leaves(group: click.Group, path: str = "") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, f"{path}{name} ")
        else:
            yield path + name


def test_every_command_is_held_to_it() -> None:
    assert set(leaves(main)) == {*ON_THE_DATABASE, *ON_ACCOUNTS, *ON_DEFINITIONS, *OF_THEIR_OWN}


@pytest.fixture
def place(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", f"sqlite:///{sqlite_database.file}")
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("SURVEYAPP_INSTRUMENTS", str(Path(__file__).parents[2] / "instruments"))
    monkeypatch.setenv("SURVEYAPP_ENVIRONMENT", "development")
    (tmp_path / "FILE").write_text("email\njan@example.org\n", encoding="utf-8")
    return tmp_path


def run(place: Path, name: str, arguments: list[str]) -> Result:
    mapping = Path(__file__).parents[2] / "instruments" / STUDY / "2014" / "mapping.yaml"
    given = [str(mapping) if one == "MAPPING" else one for one in arguments]
    return CliRunner().invoke(main, [*name.split(), *given])


def require_one_line(done: Result, words: str) -> None:
    assert done.exit_code == 2, (done.output, done.exception)
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("surveyapp: "), line
    assert words in line, line


@pytest.mark.parametrize("name", {**ON_THE_DATABASE, **ON_ACCOUNTS})
def test_a_clock_that_is_behind_stops_it(name: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    require_one_line(run(place, name, {**ON_THE_DATABASE, **ON_ACCOUNTS}[name]), "clock says 2020-01-01")


@pytest.mark.parametrize("name", ON_THE_DATABASE)
def test_tables_that_are_older_stop_it(name: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", f"sqlite:///{place / 'empty.sqlite3'}")
    require_one_line(run(place, name, ON_THE_DATABASE[name]), "surveyapp db upgrade")


@pytest.mark.parametrize("name", READING)
def test_a_replica_of_something_else_stops_whatever_reads_it(
    name: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEYAPP_DATABASE_READ_URL", f"sqlite:///{place / 'other.sqlite3'}")
    require_one_line(run(place, name, ON_THE_DATABASE[name]), "SURVEYAPP_DATABASE_READ_URL")


@pytest.mark.parametrize("name", ON_DEFINITIONS)
def test_a_folder_of_studies_that_is_not_there_stops_it(
    name: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEYAPP_INSTRUMENTS", str(place / "nowhere"))
    require_one_line(run(place, name, ON_DEFINITIONS[name]), "SURVEYAPP_INSTRUMENTS")
