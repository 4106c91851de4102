"""Who names a year that is not there is told which years are, wherever a command takes one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from surveyapp.cli import main
from surveyapp.fieldwork import waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.database import Database
from tests.instrument.definitions import definition, write

Run = Callable[..., str]
STUDY = "kinds"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A study whose folder and database both hold 2026; what a command says that fails."""
    url = f"sqlite:///{tmp_path / 'survey.sqlite3'}"
    folder = write(tmp_path / "instruments" / STUDY, definition(STUDY))
    for name, value in (("DATABASE_URL", url), ("INSTRUMENTS", str(tmp_path / "instruments"))):
        monkeypatch.setenv(f"SURVEYAPP_{name}", value)
    monkeypatch.setenv("SURVEYAPP_ENVIRONMENT", "development")
    monkeypatch.chdir(tmp_path)
    with Database(url) as database:
        database.upgrade()
        with database.write() as session:
            waves.create_wave(session, load_instrument(folder, 2026))

    def failed(*arguments: str) -> str:
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code != 0, result.output
        return result.output + str(result.exception)

    return failed


@pytest.mark.parametrize(
    "arguments",
    [
        ("wave", "create", STUDY, "2031"),
        ("translate", "status", STUDY, "2031"),
        ("xlsform", "out", STUDY, "2031", "any", "--out", "form.xlsx"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_a_year_the_files_do_not_hold(run: Run, arguments: tuple[str, ...]) -> None:
    assert "kinds has no wave 2031; it has 2026." in run(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("wave", "close", STUDY, "2031"),
        ("wave", "edition", STUDY, "2031"),
        ("table", STUDY, "2031", "q1"),
        ("quality", STUDY, "2031"),
        ("weights", STUDY, "2031"),
        ("invite", "list", STUDY, "2031"),
        ("invite", "stop", STUDY, "2031", "1"),
        ("coding", STUDY, "2031"),
        ("codes", "out", STUDY, "2031", "q1", "els@example.org", "--out", "codes.xlsx"),
        ("export", "codebook", STUDY, "2031", "--out", "books"),
        ("contact", "forget", STUDY, "2031", "someone@example.org"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_a_year_the_database_does_not_hold(run: Run, arguments: tuple[str, ...]) -> None:
    assert "kinds has 2026." in run(*arguments)


def test_the_file_to_make_is_named_where_a_new_wave_was_meant(run: Run) -> None:
    assert f"{Path(STUDY) / '2031' / 'questionnaire.yaml'}" in run("wave", "create", STUDY, "2031")
    assert "kinds has 2026" in run("check", str(Path("instruments") / STUDY / "2031"))
