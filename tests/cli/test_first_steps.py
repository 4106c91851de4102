"""What the command line says to somebody who skipped a step: one clear line, never a traceback."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surveyapp.cli import COMMANDS, main
from surveyapp.storage.database import Database

STUDY = "goed-opdrachtgeverschap"
UPGRADE = "run: surveyapp db upgrade"


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Default settings in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SURVEYAPP_INSTRUMENTS", str(Path(__file__).parents[2] / "instruments"))


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def refused(*arguments: str) -> str:
    result: Result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 2, (result.output, result.exception)
    assert isinstance(result.exception, SystemExit)
    assert result.stderr.startswith("surveyapp: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("wave", "list"),
        ("table", STUDY, "2026", "gr_assign"),
        ("serve", "--port", free_port()),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_database_without_its_tables_is_said_with_the_command_that_makes_them(arguments: tuple[str, ...]) -> None:
    assert UPGRADE in refused(*arguments)


def test_an_unknown_study_is_said_by_its_name(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'instance' / 'surveyapp.sqlite3'}") as database:
        database.upgrade()
    for arguments in (("table", "nobody", "2026", "gr_assign"), ("wave", "open", "nobody", "2026")):
        assert "nobody" in refused(*arguments)


def test_a_place_that_cannot_be_written_is_said_by_its_name(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'instance' / 'surveyapp.sqlite3'}") as database:
        database.upgrade()
    assert CliRunner().invoke(main, ["wave", "create", STUDY, "2026"]).exit_code == 0
    (tmp_path / "taken").write_text("a file")
    line = refused("export", "codebook", STUDY, "2026", "--out", str(tmp_path / "taken" / "books"))
    assert str(tmp_path / "taken") in line


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("ENVIRONMENT", "prod", "SURVEYAPP_ENVIRONMENT: it must be 'production' or 'development'"),
        ("PROXY_HOPS", "many", "SURVEYAPP_PROXY_HOPS"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_repeated(
    setting: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"SURVEYAPP_{setting}", value)
    line = refused("wave", "list")
    assert said in line
    assert f"={value}" not in line
    assert repr(value) not in line


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("SECRET_KEY", "short", "fewer than 32 bytes"),
        ("BASE_URL", "http://survey.example.org", "must be https"),
    ],
)
def test_a_server_with_an_unsafe_setting_does_not_start(
    setting: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"SURVEYAPP_{setting}", value)
    assert said in refused("serve", "--port", free_port())


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output
