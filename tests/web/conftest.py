"""An application on a fresh database, with waves to answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.fieldwork import waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from tests.instrument.definitions import definition, write
from tests.web.browsing import Visitor

PROJECT = Path(__file__).parents[2]
REAL = PROJECT / "instruments" / "goed-opdrachtgeverschap"
KINDS, STUDY = "kinds", "goed-opdrachtgeverschap"


@pytest.fixture(scope="session")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    """Every kind of question on a page of its own (tests/instruments/kinds.yaml)."""
    return load_instrument(write(tmp_path_factory.mktemp("kinds"), definition("kinds")), 2026)


@pytest.fixture(scope="session")
def real() -> Instrument:
    """The real study of 2026."""
    return load_instrument(REAL, 2026)


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One instance folder for all applications of this session: its static files are made once."""
    return tmp_path_factory.mktemp("instance")


def put_wave(database: Database, instrument: Instrument, state: str = "open") -> None:
    """A wave of this instrument in this state."""
    study, year = instrument.study.id, instrument.wave.year
    with database.write() as session:
        waves.create_wave(session, instrument)
        match state:
            case "test":
                waves.test_wave(session, study, year)
            case "open":
                waves.open_wave(session, study, year)
            case "closed":
                waves.open_wave(session, study, year)
                waves.close_wave(session, study, year)


@pytest.fixture
def make_app(instance: Path, sqlite_database: Database) -> Callable[..., Flask]:
    """An application with settings of the test's own."""

    def make(database: Database | None = None, **settings: object) -> Flask:
        given = {"environment": "development", "instance": instance, "log_level": "ERROR", **settings}
        app = create_app(Settings(**given), database=database or sqlite_database)  # type: ignore[arg-type]
        app.testing = True
        app.config["PROPAGATE_EXCEPTIONS"] = False  # a fault must give the page a person would see
        return app

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument) -> Flask:
    """The application with the wave of every kind of question open."""
    put_wave(sqlite_database, kinds)
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client with cookies of its own."""
    return app.test_client()


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Someone with a browser without JavaScript."""
    return Visitor(client)
