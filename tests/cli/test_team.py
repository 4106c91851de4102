"""Accounts and the audit log by command: what the console does, without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from surveyapp.cli import main


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path))
    monkeypatch.setenv("SURVEYAPP_BASE_URL", "https://survey.example.org")
    CliRunner().invoke(main, ["db", "upgrade"])


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.output


def accounts() -> dict[str, dict[str, object]]:
    return {each["email"]: each for each in json.loads(run("user", "list", "--json")[1])}


def test_an_account_is_invited_changed_blocked_and_let_in_again() -> None:
    code, said = run("user", "invite", "Jan@Example.org", "--role", "admin")
    assert code == 0
    assert "https://survey.example.org/console/password/" in said
    run("user", "invite", "els@example.org", "--role", "viewer")
    assert run("user", "role", "els@example.org", "researcher")[0] == 0
    assert run("user", "block", "els@example.org")[0] == 0
    found = accounts()
    assert (found["els@example.org"]["role"], found["els@example.org"]["is_active"]) == ("researcher", False)
    assert found["jan@example.org"]["has_password"] is False
    assert "els@example.org: researcher, blocked" in run("user", "list")[1]
    assert run("user", "unblock", "els@example.org")[0] == 0
    for deed in ("sign-out", "second-step-off", "password-link"):
        assert run("user", deed, "els@example.org")[0] == 0
    assert accounts()["els@example.org"]["is_active"] is True


def test_the_last_admin_stays_and_an_unknown_account_is_named() -> None:
    run("user", "invite", "jan@example.org", "--role", "admin")
    for arguments in (("block", "jan@example.org"), ("role", "jan@example.org", "viewer")):
        code, said = run("user", *arguments)
        assert code == 2
        assert "only account that can sign in and manage accounts" in said
    code, said = run("user", "block", "niemand@example.org")
    assert (code, "no account for niemand@example.org" in said) == (2, True)


def test_the_log_tells_it_all_and_says_when_it_was_changed(tmp_path: Path) -> None:
    run("user", "invite", "jan@example.org", "--role", "admin")
    run("user", "sign-out", "jan@example.org")
    code, said = run("audit", "list", "--what", "sign-out")
    assert code == 0
    assert "system user.sign-out jan@example.org" in said
    assert "user.add" not in said
    rows = json.loads(run("audit", "list", "--json")[1])
    assert [row["action"] for row in rows] == ["user.sign-out", "user.add"]
    assert run("audit", "check")[0] == 0
    from sqlalchemy import text

    from surveyapp.config import Settings
    from surveyapp.storage.database import Database

    database = Database(Settings().url)
    with database.write() as session:
        session.execute(text("UPDATE audit SET subject = 'els@example.org' WHERE entry = 1"))
    database.close()
    code, said = run("audit", "check")
    assert (code, "entry 1 does not follow" in said) == (1, True)


@pytest.mark.parametrize(
    "command", [["list"], ["add", "els@example.org", "--role", "viewer"], ["block", "els@example.org"]]
)
def test_no_account_command_makes_or_changes_tables(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "misspelt" / "survey.sqlite3"
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", f"sqlite:///{path}")
    code, said = run("user", *command)
    assert code == 2
    assert f"no database file {path}" in said
    assert not path.parent.exists()
