"""Back-ups are clean, and restoring is all or nothing."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, text
from sqlmodel import SQLModel, select

from surveyapp.cli import main
from surveyapp.errors import StorageError, WrongState
from surveyapp.fieldwork import interviews
from surveyapp.storage import audit, backup, migrate, seals, throttle, tickets
from surveyapp.storage.accounts import RoleRow
from surveyapp.storage.case_feed import CaseFeed
from surveyapp.storage.changes import CASES
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


def of_another_product(file: Path) -> None:
    with closing(sqlite3.connect(file)) as made, made:
        made.executescript(
            "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('ab12')"
        )


def of_a_newer_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as made, made:
        made.execute("UPDATE alembic_version SET version_num = '9999'")


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2 // 4096 * 4096])


def cut_off_early(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def one_byte_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def without_a_table(file: Path) -> None:
    with closing(sqlite3.connect(file)) as made, made:
        made.execute("DROP TABLE outbox")


def of_two_versions(file: Path) -> None:
    with closing(sqlite3.connect(file)) as made, made:
        made.execute("INSERT INTO alembic_version VALUES ('0003')")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda file: file.write_bytes(b""), "is empty"),
        (lambda file: file.write_bytes(b"no database at all" * 100), "is no SQLite database"),
        (lambda file: (file.unlink(), of_another_product(file)), "is a database of another product"),
        (of_a_newer_version, "is of a newer version of this product (tables 9999; this one knows them up to"),
        (cut_off, "is damaged or cut off"),
        (cut_off_early, "is damaged or cut off"),
        (one_byte_short, "is damaged or cut off"),
        (without_a_table, "is not whole (no table outbox)"),
        (of_two_versions, "claim to be of several versions (0003, "),
    ],
    ids=["empty", "words", "another product", "newer", "half", "a page", "a byte", "no table", "two versions"],
)
def test_what_is_no_backup_of_ours_is_refused_for_its_own_reason_and_nothing_changes(
    sqlite_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path], object],
    words: str,
) -> None:
    target = tmp_path / "copy.sqlite3"
    with sqlite_database.write() as session:
        session.add(RoleRow(name="viewer"))
    backup.backup(_file(sqlite_database), target)
    sqlite_database.close()
    spoil(target)
    before = sorted(path.name for path in tmp_path.iterdir())
    content = _file(sqlite_database).read_bytes()
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", f"sqlite:///{_file(sqlite_database)}")
    monkeypatch.setenv("SURVEYAPP_SECRET_KEY", "a key that is long enough to be one here")
    result = CliRunner().invoke(main, ["db", "restore", str(target), "--yes"])
    assert result.exit_code == 2
    assert words in result.output
    assert len(result.output.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert _file(sqlite_database).read_bytes() == content


KEY = "a key that is long enough to be one here"


@pytest.fixture
def sealed(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A back-up as the command makes it, of a database in which a role stands; a second stands there since."""
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", f"sqlite:///{_file(sqlite_database)}")
    monkeypatch.setenv("SURVEYAPP_SECRET_KEY", KEY)
    copy = tmp_path / "copy.sqlite3"
    with sqlite_database.write() as session:
        session.add(RoleRow(name="viewer"))
    assert CliRunner().invoke(main, ["db", "backup", str(copy)]).exit_code == 0
    with sqlite_database.write() as session:
        session.add(RoleRow(name="later"))
    sqlite_database.close()
    return copy


def overwritten(file: Path, at: int, new: bytes) -> None:
    whole = file.read_bytes()
    at %= len(whole)
    assert whole[at : at + len(new)] != new
    file.write_bytes(whole[:at] + new + whole[at + len(new) :])


def by_hand(file: Path) -> None:
    with closing(sqlite3.connect(file)) as made, made:
        made.execute(f"UPDATE {RoleRow.__tablename__} SET name = 'Viewer' WHERE name = 'viewer'")


ALTERED: dict[str, Callable[[Path], object]] = {
    "twenty bytes of an answer": lambda file: overwritten(file, file.read_bytes().index(b"viewer"), b"VIEWER"),
    "twenty bytes of a page": lambda file: overwritten(file, -5000, b"twenty bytes altered"),
    "by hand": by_hand,
    "the seal's word": lambda file: overwritten(file, -seals.LENGTH, b"X"),
    "a digit of the seal": lambda file: overwritten(file, -1, b"x"),
    "the seal cut off": lambda file: file.write_bytes(file.read_bytes()[: -seals.LENGTH]),
    "half of the seal": lambda file: file.write_bytes(file.read_bytes()[:-30]),
    "the mark in the header": lambda file: overwritten(file, 68, b"\0\0\0\0"),
    "something behind the seal": lambda file: file.write_bytes(file.read_bytes() + b"\n"),
}


@pytest.mark.parametrize("alter", ALTERED.values(), ids=list(ALTERED))
def test_a_copy_that_is_not_what_was_written_is_named_and_replaces_nothing(
    sqlite_database: Database, sealed: Path, alter: Callable[[Path], object]
) -> None:
    alter(sealed)
    before, content = sorted(sealed.parent.iterdir()), _file(sqlite_database).read_bytes()
    result = CliRunner().invoke(main, ["db", "restore", str(sealed), "--yes"])
    assert result.exit_code == 2
    assert f"{sealed} is damaged or cut off: its checksum does not fit" in result.output
    assert "Nothing was changed." in result.output
    assert sorted(sealed.parent.iterdir()) == before
    assert _file(sqlite_database).read_bytes() == content


def test_who_has_no_other_copy_can_take_the_altered_one(sqlite_database: Database, sealed: Path) -> None:
    by_hand(sealed)
    result = CliRunner().invoke(main, ["db", "restore", str(sealed), "--yes", "--altered"])
    assert result.exit_code == 0
    assert _names(sqlite_database) == ["Viewer"]


def test_what_was_restored_bears_no_seal_and_can_be_put_back_itself(sqlite_database: Database, sealed: Path) -> None:
    """The file that stood there before is a database that was served, not a copy: nothing vouches for it."""
    assert CliRunner().invoke(main, ["db", "restore", str(sealed), "--yes"]).output.count("no checksum") == 0
    assert _names(sqlite_database) == ["viewer"]
    sqlite_database.close()
    assert seals.holds(_file(sqlite_database)) is None
    (former,) = sealed.parent.glob("*.before-restore-1")
    result = CliRunner().invoke(main, ["db", "restore", str(former), "--yes"])
    assert result.exit_code == 0
    assert "The copy bears no checksum" in result.output
    assert sorted(_names(sqlite_database)) == ["later", "viewer"]


def test_a_backup_that_cannot_be_brought_up_to_date_replaces_nothing(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "copy.sqlite3"
    backup.backup(_file(sqlite_database), target)
    with sqlite_database.write() as session:
        session.add(RoleRow(name="viewer"))
    sqlite_database.close()

    def broken(_url: object, **_: object) -> None:
        raise StorageError("The migration left rows without their wave; it was undone.")

    monkeypatch.setattr(migrate, "upgrade", broken)
    with pytest.raises(StorageError, match="undone"):
        backup.restore(target, _file(sqlite_database))
    assert _names(sqlite_database) == ["viewer"]
    assert not list(tmp_path.glob("*restor*"))


def newer(database: Database, *changes: str) -> None:
    with database.write() as session:
        for change in ("UPDATE alembic_version SET version_num = '9999'", *changes):
            session.execute(text(change))


@pytest.fixture
def newer_database(database: Database) -> Iterator[Database]:
    """A database on which the next version ran, given back as it was."""
    with database.read() as session:
        (found,) = session.execute(text("SELECT version_num FROM alembic_version")).scalars()
    yield database
    with database.write() as session:
        session.execute(text(f"UPDATE alembic_version SET version_num = '{found}'"))


def upgraded(database: Database, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", database.url.render_as_string(hide_password=False))
    result = CliRunner().invoke(main, ["db", "upgrade"])
    assert isinstance(result.exception, SystemExit | None)
    return result.exit_code, result.output


def test_a_new_version_can_be_taken_back_where_it_only_added(
    newer_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer(newer_database)
    code, said = upgraded(newer_database, monkeypatch)
    assert code == 0
    assert "of a later version, and this one serves on them" in said
    assert newer_database.is_current()


def test_a_database_that_is_too_new_is_refused_with_the_way_back(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer(sqlite_database, "ALTER TABLE report_request RENAME COLUMN email TO address")
    code, said = upgraded(sqlite_database, monkeypatch)
    assert code == 2
    assert "no report_request.email" in said
    assert "restore a back-up from before it" in said
    with pytest.raises(StorageError, match="newer version"):
        sqlite_database.upgrade()


def test_a_backup_never_overwrites_another(sqlite_database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    target.write_text("something")
    with pytest.raises(WrongState, match="already"):
        backup.backup(_file(sqlite_database), target)
    assert target.read_text() == "something"


def test_the_commands_upgrade_check_back_up_and_restore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/survey.sqlite3"
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", url)
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path / "data"))
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
    code, said = run("backup", copy, "--key-file", str(tmp_path / "key"))
    assert code == 0
    assert "everything but the secret key" in said
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert run("backup", copy)[0] == 2
    # Nothing is begun where the half of it could not be finished, and a misspelt folder is not made.
    other = tmp_path / "other.sqlite3"
    assert run("backup", str(other), "--key-file", str(tmp_path / "key"))[0] == 2
    assert run("backup", str(tmp_path / "no-disk" / "copy.sqlite3"))[0] == 2
    assert not other.exists()
    assert not (tmp_path / "no-disk").exists()
    assert run("restore", copy, "--yes") == (
        0,
        f"Restored {tmp_path}/survey.sqlite3.\nWhat stood there is now {tmp_path}/survey.sqlite3.before-restore-1.\n",
    )
    monkeypatch.setenv("SURVEYAPP_SECRET_KEY", "another key that is long enough to be one")
    assert "made under another secret key" in run("restore", copy, "--yes")[1]
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
        tickets.use(session, "mail", "192.0.2.1", salt="s")
    url = postgres_database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", url)
    monkeypatch.setenv("SURVEYAPP_SECRET_KEY", "a key that is long enough to be one here")
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
        for table in (throttle.ATTEMPTS, tickets.TICKETS):
            assert session.execute(select(func.count()).select_from(table)).scalar_one() == 0
        assert len(CaseFeed(wave.study, wave.year).look(session).fresh) == 5
    assert found is not None
    assert found.answers == {"v1": 1}
    assert CliRunner().invoke(main, ["db", "check"]).exit_code == 0
