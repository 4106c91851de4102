"""``surveyapp user add``: an account with a good password, once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from passlib.hash import argon2

from surveyapp.cli import main
from surveyapp.storage import audit
from surveyapp.storage.accounts import roles_of, user_by_email
from surveyapp.storage.database import Database


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path))
    with Database(f"sqlite:///{tmp_path / 'surveyapp.sqlite3'}") as database:
        database.upgrade()
    return lambda *words, text="": CliRunner().invoke(main, ["user", "add", *words], input=text)


def test_an_account_is_made_with_a_password_that_is_printed_once(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    done = run("Piet@Example.org", "--role", "editor")

    assert done.exit_code == 0
    password = re.search(r"once: (\S+)", done.output)
    assert password is not None
    database = Database(f"sqlite:///{tmp_path / 'surveyapp.sqlite3'}")
    with database.read() as session:
        row = user_by_email(session, "piet@example.org")
        assert row is not None
        assert argon2.verify(password.group(1), row.password)
        assert roles_of(session, row.id or 0) == ("editor",)
        entry = audit.latest(session, 1)[0]
    database.close()
    assert (entry.action, entry.subject) == ("user.add", "piet@example.org")
    assert password.group(1) not in str(entry.details)


def test_a_given_password_is_not_printed(run) -> None:  # type: ignore[no-untyped-def]
    done = run("piet@example.org", "--role", "viewer", "--password-stdin", text="vijf gewone woorden achter elkaar\n")

    assert done.exit_code == 0
    assert "woorden" not in done.output


@pytest.mark.parametrize(
    ("words", "text", "reason"),
    [
        (("nobody", "--role", "viewer"), "", "not an e-mail address"),
        (("a@example.org", "--role", "viewer", "--password-stdin"), "kort\n", "at least 15 characters"),
    ],
)
def test_a_bad_address_or_password_is_refused_with_exit_code_2(run, words, text, reason) -> None:  # type: ignore[no-untyped-def]
    done = run(*words, text=text)

    assert done.exit_code == 2
    assert reason in done.output


def test_the_same_address_twice_is_refused(run) -> None:  # type: ignore[no-untyped-def]
    run("a@example.org", "--role", "viewer")

    done = run("A@example.org", "--role", "admin")

    assert done.exit_code == 2
    assert "already" in done.output
