"""Back-ups are clean, and restoring is all or nothing."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func
from sqlmodel import SQLModel, select

from surveyapp.cli import main
from surveyapp.errors import StorageError, WrongState
from surveyapp.fieldwork import interviews
from surveyapp.storage import audit, backup, throttle
from surveyapp.storage.accounts import RoleRow
from surveyapp.storage.changes import CASES, CaseFeed
from surveyapp.storage.database import Database
from tests.builders import running_wave, small_instrument


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


def test_a_copy_of_postgresql_is_one_file_and_goes_into_an_empty_database_again(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wave = running_wave(postgres_database, small_instrument())
    with postgres_database.write() as session:
        for _ in range(5):
            case, key = interviews.begin(session, wave, small_instrument(), "contractor", "nl", "open")
            interviews.save_page(session, case, "p1", {"v1": 1}, expected_seq=0, client_key="k", language="nl")
        audit.add(session, "system", "x", "y")
        throttle.attempt(session, "resume", "192.0.2.1", limit=1, window=timedelta(minutes=1), salt="s")
    url = postgres_database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", url)
    copy = tmp_path / "copy.sqlite3"

    assert CliRunner().invoke(main, ["db", "backup", str(copy)]).exit_code == 0
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.sqlite3"]
    full = CliRunner().invoke(main, ["db", "restore", str(copy), "--yes"])
    assert full.exit_code == 2
    assert "is not empty" in full.output

    with postgres_database.write() as session:
        for table in reversed(SQLModel.metadata.sorted_tables):
            session.execute(delete(table))
    assert CliRunner().invoke(main, ["db", "restore", str(copy), "--yes"]).exit_code == 0
    with postgres_database.read() as session:
        found = interviews.load_case(session, wave.study, key)
        assert audit.verify(session).holds
        assert session.execute(select(func.count()).select_from(CASES)).scalar_one() == 5
        assert session.execute(select(func.count()).select_from(throttle.ATTEMPTS)).scalar_one() == 0
        assert len(CaseFeed(wave.study, wave.year).look(session).rows) == 5
    assert found is not None
    assert found.answers == {"v1": 1}
    assert CliRunner().invoke(main, ["db", "check"]).exit_code == 0
