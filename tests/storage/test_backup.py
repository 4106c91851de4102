"""Back-ups are clean, and restoring is all or nothing."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.engine import make_url
from sqlmodel import select

from surveyapp.cli import main
from surveyapp.errors import StorageError, WrongState
from surveyapp.storage import audit, backup
from surveyapp.storage.accounts import RoleRow
from surveyapp.storage.database import Database


def _names(database: Database) -> list[str]:
    with database.read() as session:
        return [row.name for row in session.exec(select(RoleRow))]


def _file(database: Database) -> Path:
    assert database.file is not None
    return database.file


def test_a_backup_of_a_database_in_use_is_one_clean_file(sqlite_database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    with sqlite_database.write() as session:
        session.add(RoleRow(name="viewer"))
    with sqlite_database.write() as session:
        session.add(RoleRow(name="half"))
        session.flush()  # under way: not in the copy
        backup.backup(_file(sqlite_database), target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.sqlite3"]  # no journal beside it
    restored = Database(f"sqlite:///{target}")
    assert _names(restored) == ["viewer"]
    restored.close()


def test_a_restore_brings_back_what_was_and_keeps_what_is(sqlite_database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    with sqlite_database.write() as session:
        session.add(RoleRow(name="viewer"))
    backup.backup(_file(sqlite_database), target)
    with sqlite_database.write() as session:
        session.add(RoleRow(name="later"))
    sqlite_database.close()
    kept = backup.restore(target, _file(sqlite_database))
    assert _names(sqlite_database) == ["viewer"]
    assert kept is not None
    former = Database(f"sqlite:///{kept}")
    assert sorted(_names(former)) == ["later", "viewer"]
    former.close()


def test_a_restore_under_a_running_server_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    backup.backup(_file(sqlite_database), target)
    with sqlite_database.read() as session:
        session.exec(select(RoleRow)).all()
        with pytest.raises(WrongState, match="stop the server"):
            backup.restore(target, _file(sqlite_database))
    assert _names(sqlite_database) == []
    assert list(tmp_path.glob("*.restoring")) == list(tmp_path.glob("*.before-restore*")) == []


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_what_is_no_backup_is_not_restored(sqlite_database: Database, tmp_path: Path, content: bytes) -> None:
    target = tmp_path / "copy.sqlite3"
    target.write_bytes(content)
    with sqlite_database.write() as session:
        session.add(RoleRow(name="viewer"))
    with pytest.raises(StorageError):
        backup.restore(target, _file(sqlite_database))
    assert _names(sqlite_database) == ["viewer"]


def test_a_backup_never_overwrites_another(sqlite_database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    target.write_text("something")
    with pytest.raises(WrongState, match="already"):
        backup.backup(_file(sqlite_database), target)
    assert target.read_text() == "something"


def test_for_postgresql_the_command_to_type_holds_no_password() -> None:
    url = make_url("postgresql+psycopg://user:secret@host/name")
    command = backup.postgresql_command(url, Path("copy.dump"))
    assert command == "pg_dump --format=custom --no-owner --file='copy.dump' 'postgresql://user@host/name'"
    assert "secret" not in backup.postgresql_command(url, Path("copy.dump"), restore=True)


def test_the_commands_upgrade_check_back_up_and_restore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/survey.sqlite3"
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", url)
    runner = CliRunner()

    def run(*arguments: str) -> tuple[int, str]:
        result = runner.invoke(main, ["db", *arguments])
        return result.exit_code, result.output

    assert run("check")[0] == 2
    assert run("upgrade") == (0, "The tables are up to date now.\n")
    assert run("upgrade") == (0, "The tables are up to date already.\n")
    code, said = run("check")
    assert code == 0
    assert said.splitlines()[:3] == ["settings: safe (sqlite)", "tables: current", "file: sound"]
    copy = str(tmp_path / "copy.sqlite3")
    assert run("backup", copy)[0] == 0
    assert run("backup", copy)[0] == 2
    assert run("restore", copy, "--yes")[0] == 0
    database = Database(url)
    with database.write() as session:
        audit.add(session, "system", "x", "y")
        session.connection().exec_driver_sql("UPDATE audit SET actor = 'z'")
    database.close()
    code, said = run("check")
    assert code == 2
    assert "broken at entry 1" in said


def test_on_postgresql_the_commands_say_what_to_type_instead(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", migrated_postgres_url)
    result = CliRunner().invoke(main, ["db", "backup", str(tmp_path / "copy.dump")])
    assert result.exit_code == 2
    assert "pg_dump" in result.output
    assert CliRunner().invoke(main, ["db", "check"]).exit_code == 0
