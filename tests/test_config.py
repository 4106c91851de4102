"""Settings that do not fit are refused in words for who runs the server: each mistake one line, told apart."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from surveyapp.cli import main, preflight
from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError
from surveyapp.storage import readiness
from surveyapp.storage.database import Database

STUDIES = Path(__file__).resolve().parents[1] / "instruments"


def test_a_wrong_setting_is_named_and_explained_without_the_words_of_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEYAPP_SMTP_URL", "http://mail.example.org")
    with pytest.raises(ConfigurationError, match=r"^SURVEYAPP_SMTP_URL: write smtp://"):
        Settings()


MISTAKES = [
    ("DATABSE_URL", "sqlite:///x", "There is no setting SURVEYAPP_DATABSE_URL; did you mean SURVEYAPP_DATABASE_URL?"),
    ("TRUSTED_HOST", "a.org", "There is no setting SURVEYAPP_TRUSTED_HOST; did you mean SURVEYAPP_TRUSTED_HOSTS?"),
    ("ZZZ", "1", "There is no setting SURVEYAPP_ZZZ; take it away."),
    ("DATABASE_URL", "", "SURVEYAPP_DATABASE_URL is set to nothing"),
    ("DATABASE_URL", "mysql://u:secret@h/d", "SURVEYAPP_DATABASE_URL: mysql is not supported"),
    ("DATABASE_URL", "postgresql+psycopg2://u:secret@h/d", "SURVEYAPP_DATABASE_URL: postgresql+psycopg2 is not"),
    ("DATABASE_URL", "postgresql+psycopg://u:secret@h:port/d", "SURVEYAPP_DATABASE_URL cannot be read"),
    ("DATABASE_URL", "just words", "SURVEYAPP_DATABASE_URL cannot be read"),
    ("DATABASE_URL", "sqlite://", "SURVEYAPP_DATABASE_URL: SQLite needs a file"),
    ("DATABASE_READ_URL", "oracle://u:secret@h/d", "SURVEYAPP_DATABASE_READ_URL: oracle is not supported"),
    ("TRUSTED_HOSTS", "https://survey.example.org", "SURVEYAPP_TRUSTED_HOSTS: write host names"),
    ("TRUSTED_HOSTS", "survey.example.org:443", "SURVEYAPP_TRUSTED_HOSTS: write host names"),
    ("TRUSTED_HOSTS", "survey.example.org/nl", "SURVEYAPP_TRUSTED_HOSTS: write host names"),
    ("TRUSTED_HOSTS", "a.org b.org", "SURVEYAPP_TRUSTED_HOSTS: write host names"),
    ("BASE_URL", "survey.example.org", "SURVEYAPP_BASE_URL: write scheme and host name"),
    ("BASE_URL", "ftp://survey.example.org", "SURVEYAPP_BASE_URL: write scheme and host name"),
    ("BASE_URL", "https://", "SURVEYAPP_BASE_URL: write scheme and host name"),
    ("BASE_URL", "https://survey.example.org:port", "SURVEYAPP_BASE_URL: write scheme and host name"),
    ("BASE_URL", "https://survey.example.org/survey", "SURVEYAPP_BASE_URL: write it without a path"),
    ("BASE_URL", "https://survey.example.org?a=1", "SURVEYAPP_BASE_URL: write it without a path"),
    ("BASE_URL", "http://survey.example.org", "SURVEYAPP_BASE_URL is http://survey.example.org"),
    ("SECRET_KEY", "another key than the database is served with", "SURVEYAPP_SECRET_KEY, or the key in the instance"),
    ("SECRET_KEY", "secret", "SURVEYAPP_SECRET_KEY: the secret key has fewer than 32 bytes"),
    ("PROXY_HOPS", "one", "SURVEYAPP_PROXY_HOPS: write a whole number"),
    ("PROXY_HOPS", "-1", "SURVEYAPP_PROXY_HOPS: it must be greater than or equal to 0"),
    ("PROXY_HOPS", "1", "SURVEYAPP_BASE_URL is http://127.0.0.1:8000, which only this machine reaches"),
    ("TRUSTED_HOSTS", "survey.example.org", "SURVEYAPP_BASE_URL is http://127.0.0.1:8000, which only this machine"),
    ("LOG_LEVEL", "LOUD", "SURVEYAPP_LOG_LEVEL: it must be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
    ("ENVIRONMENT", "prod", "SURVEYAPP_ENVIRONMENT: it must be 'production' or 'development'"),
    ("SMTP_URL", "smtp://user:secret@h:port", "SURVEYAPP_SMTP_URL: the port is no number"),
    ("BOUNCES", "imaps://user:secret@h:port", "SURVEYAPP_BOUNCES: the port is no number"),
    ("BOUNCES", "pop3://user:secret@h", "SURVEYAPP_BOUNCES: write a path, or imaps://user:password@host/INBOX"),
    ("BOUNCES", "imap://user:secret@h?starttls=no", "SURVEYAPP_BOUNCES: with starttls=no the password would travel"),
    ("BOUNCES", "imaps://user@h", "SURVEYAPP_BOUNCES: give either a password in the address or a file with a token"),
    ("MAIL_FROM", "Survey <a@b.org>", "SURVEYAPP_MAIL_FROM: write one address without a name"),
    ("INSTRUMENTS", "{folder}/none", "SURVEYAPP_INSTRUMENTS: {folder}/none is not there"),
    ("INSTRUMENTS", "{folder}", "SURVEYAPP_INSTRUMENTS: {folder} holds no study"),
    ("INSTRUMENTS", "{folder}/file", "SURVEYAPP_INSTRUMENTS: {folder}/file is a file"),
    ("INSTANCE", "{folder}/file/x", "SURVEYAPP_INSTANCE: nothing can be written in {folder}/file/x"),
    ("DATABASE_URL", "sqlite:///{folder}", "SURVEYAPP_DATABASE_URL: {folder} is a folder"),
    ("DATABASE_URL", "sqlite:///{folder}/file", "SURVEYAPP_DATABASE_URL: {folder}/file is no SQLite database"),
    ("DATABASE_URL", "sqlite:///{folder}/file/x", "SURVEYAPP_DATABASE_URL: {folder}/file is no folder"),
    ("DATABASE_URL", "sqlite:///{folder}/new", "There is no database file {folder}/new; is the path right?"),
    ("DATABASE_READ_URL", "sqlite:///{folder}/file", "SURVEYAPP_DATABASE_READ_URL: {folder}/file is no SQLite"),
    ("DATABASE_READ_URL", "sqlite:///{folder}/other", "SURVEYAPP_DATABASE_READ_URL is no replica: it has none"),
]


@pytest.fixture
def folder(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings under which the server would start, and things to point them at by mistake."""
    for name in [name for name in os.environ if name.startswith("SURVEYAPP_")]:
        monkeypatch.delenv(name)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "surveyapp.sqlite3").write_bytes(sqlite_template.read_bytes())
    (tmp_path / "file").write_text("no database at all" * 50)
    sqlite3.connect(tmp_path / "other").close()
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path / "data"))
    monkeypatch.setenv("SURVEYAPP_INSTRUMENTS", str(STUDIES))
    key = "a key that every server of this test is given, long enough"
    monkeypatch.setenv("SURVEYAPP_SECRET_KEY", key)
    with Database(f"sqlite:///{tmp_path / 'data' / 'surveyapp.sqlite3'}") as database:
        readiness.keep_key(database, key)
    return tmp_path


def started(*command: str) -> Result:
    return CliRunner().invoke(main, command or ("worker", "--once"))


def test_the_settings_of_these_tests_are_right_but_for_the_mistake(folder: Path) -> None:
    assert started().exit_code == 0


@pytest.mark.parametrize(("name", "value", "line"), MISTAKES, ids=[f"{name}={value}" for name, value, _ in MISTAKES])
def test_a_mistake_is_one_line_before_anything_starts(
    name: str, value: str, line: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"SURVEYAPP_{name}", value.replace("{folder}", str(folder)))
    result = started("serve", "--port", "1")
    assert result.exit_code == 2
    assert line.replace("{folder}", str(folder)) in result.output
    assert "secret@" not in result.output
    assert len(result.output.splitlines()) == 1
    assert isinstance(result.exception, SystemExit)


def test_a_site_that_others_reach_needs_its_own_address(folder: Path) -> None:
    assert "only this machine reaches" in started("serve", "--host", "0.0.0.0").output


def test_a_site_that_would_not_answer_at_its_own_address_does_not_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEYAPP_BASE_URL", "https://survey.example.org")
    monkeypatch.setenv("SURVEYAPP_TRUSTED_HOSTS", "www.example.org, 127.0.0.1")
    line = "SURVEYAPP_TRUSTED_HOSTS does not name survey.example.org, the host of SURVEYAPP_BASE_URL"
    assert line in started("serve", "--port", "1").output
    for named in ("www.example.org,survey.example.org", ".example.org"):
        monkeypatch.setenv("SURVEYAPP_TRUSTED_HOSTS", named)
        preflight.require_public_address(Settings(), "127.0.0.1")


@pytest.mark.parametrize("command", [("worker", "--once"), ("wave", "list"), ("db", "check"), ("db", "upgrade")])
def test_a_misspelt_name_stops_every_command(
    command: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEYAPP_DATABSE_URL", "sqlite:///x")
    assert "did you mean SURVEYAPP_DATABASE_URL?" in started(*command).output


def test_no_workers_at_all_are_refused(folder: Path) -> None:
    assert started("serve", "--workers", "0").exit_code == 2


# -------------------------------------------------------------------------------------------------------- PostgreSQL
NOBODY = "postgresql+psycopg://somebody:secret@127.0.0.1:1/study"


@pytest.mark.parametrize("command", [("worker", "--once"), ("wave", "list"), ("db", "check"), ("db", "upgrade")])
@pytest.mark.parametrize(
    ("url", "line"),
    [
        (NOBODY, "SURVEYAPP_DATABASE_URL: nothing listens on 127.0.0.1, port 1"),
        (NOBODY.replace("127.0.0.1", "nowhere.invalid"), "SURVEYAPP_DATABASE_URL: there is no host named nowhere."),
    ],
    ids=["port", "host"],
)
def test_a_wrong_port_and_a_wrong_host_are_told_apart_by_every_command(
    command: tuple[str, ...], url: str, line: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", url)
    result = started(*command)
    assert result.exit_code == 2
    assert line in result.output
    assert "secret@" not in result.output


def test_a_wrong_database_user_and_replica_are_told_apart(
    migrated_postgres_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", migrated_postgres_url)
    assert started().exit_code == 0
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", migrated_postgres_url.replace("/postgres?", "/nothing?"))
    assert "SURVEYAPP_DATABASE_URL: there is no database nothing on" in started().output
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", migrated_postgres_url.replace("postgres:@", "stranger:secret@"))
    assert "SURVEYAPP_DATABASE_URL: there is no user stranger on" in started().output
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", migrated_postgres_url)
    monkeypatch.setenv("SURVEYAPP_DATABASE_READ_URL", NOBODY)
    assert "SURVEYAPP_DATABASE_READ_URL: nothing listens on" in started().output
    monkeypatch.setenv("SURVEYAPP_DATABASE_READ_URL", migrated_postgres_url.replace("/postgres?", "/template1?"))
    assert "SURVEYAPP_DATABASE_READ_URL is no replica: it has none" in started().output


def test_a_wrong_password_is_told_by_a_server_that_asks_for_one(
    migrated_postgres_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Database(migrated_postgres_url) as database:
        with database.write() as session:
            rules = Path(session.execute(text("SHOW hba_file")).scalar_one())
            session.execute(text("CREATE ROLE guarded LOGIN PASSWORD 'right'"))
            session.execute(text("CREATE ROLE outside LOGIN"))
        before = rules.read_text()
        try:
            rules.write_text(f"local all guarded scram-sha-256\nlocal all outside reject\n{before}")
            with database.write() as session:
                session.execute(text("SELECT pg_reload_conf()"))
            lines = {
                "guarded:wrongsecret@": "refuses the password of guarded.",
                "guarded@": "refuses the password of guarded.",
                "outside@": "does not let outside in from this machine (pg_hba.conf).",
            }
            for who, line in lines.items():
                monkeypatch.setenv("SURVEYAPP_DATABASE_URL", migrated_postgres_url.replace("postgres:@", who))
                said = started("wave", "list").output
                assert line in said
                assert "wrongsecret" not in said
        finally:
            rules.write_text(before)
            with database.write() as session:
                session.execute(text("SELECT pg_reload_conf()"))
                session.execute(text("DROP ROLE guarded"))
                session.execute(text("DROP ROLE outside"))


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ('FATAL:  password authentication failed for user "u"', "refuses the password of u"),
        ('FATAL:  no pg_hba.conf entry for host "192.0.2.1"', "does not let u in from this machine"),
        ("received invalid response to SSL negotiation: H", "is no PostgreSQL"),
        ("connection timeout expired", "does not answer"),
        ("FATAL:  wachtwoord klopt niet", "refuses user u or the password; its own log says why"),
    ],
)
def test_what_a_server_says_is_told_in_our_words_whatever_its_language(
    said: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from surveyapp.storage import diagnosis

    monkeypatch.setattr(diagnosis, "_refusal", lambda _url: said)
    with pytest.raises(ConfigurationError) as caught, Database("postgresql://u:secret@h/d") as database:
        database.require_reachable()
    assert line in str(caught.value)
    assert "secret" not in str(caught.value)
