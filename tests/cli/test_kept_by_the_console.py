"""No command puts files on the server in the place of a questionnaire that the console holds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from surveyapp.cli import main
from surveyapp.config import Settings
from surveyapp.fieldwork import definition_changes, definitions, waves
from surveyapp.storage.database import Database
from tests.instrument.definitions import definition, write
from tests.ready import make_ready

Run = Callable[..., str]
STUDY = "kinds"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A draft whose title was changed on the console, and the files it was made of."""
    url = f"sqlite:///{tmp_path / 'survey.sqlite3'}"
    write(tmp_path / "instruments" / STUDY, definition(STUDY))
    named = {"DATABASE_URL": url, "INSTRUMENTS": tmp_path / "instruments", "INSTANCE": tmp_path / "instance"}
    for name, value in named.items():
        monkeypatch.setenv(f"SURVEYAPP_{name}", str(value))
    monkeypatch.setenv("SURVEYAPP_ENVIRONMENT", "development")

    def ran(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code == code, result.output
        return result.output

    ran("db", "upgrade")
    ran("wave", "create", STUDY, "2026")
    settings = Settings()
    with Database(url) as database, database.write() as session:
        contents = definitions.working_contents(session, settings, STUDY, 2026)
        study = contents["study.yaml"].decode()
        changed = contents | {"study.yaml": (study + "\n# looked through\n").encode()}
        definition_changes.put_in(session, settings, STUDY, 2026, changed, "jan", expected=0, by="archive")
    return ran


@pytest.mark.parametrize("command", [("create",), ("correct", "--reason", "x"), ("revise", "--reason", "x")])
def test_files_that_say_something_else_are_refused_and_both_places_named(
    run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    said = run("wave", command[0], STUDY, "2026", *command[1:], code=2)
    assert "kept in the database" in said
    assert str(tmp_path / "instruments" / STUDY) in said
    with Database(Settings().url) as database, database.read() as session:
        held = definitions.held(session, STUDY, 2026)
    assert held is not None
    assert held.revision == 1


def test_files_that_say_the_same_may_come_in(run: Run, tmp_path: Path) -> None:
    study = tmp_path / "instruments" / STUDY / "study.yaml"
    study.write_bytes(study.read_bytes() + b"\n# looked through\n")
    assert "draft" in run("wave", "create", STUDY, "2026")


def test_opening_and_weighing_look_at_what_the_console_holds(run: Run, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "instruments" / STUDY)  # whatever became of the files, the wave lives
    assert "in force already" in run("wave", "weigh", STUDY, "2026", code=2)
    run("wave", "test", STUDY, "2026")
    with Database(Settings().url) as database:
        make_ready(database, STUDY, 2026)
    run("wave", "open", STUDY, "2026")
    with Database(Settings().url) as database, database.read() as session:
        assert waves.wave_info(session, STUDY, 2026).state == "open"
