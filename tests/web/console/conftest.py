"""A console over the real study: 160 simulated people in an open wave, one draft wave, four accounts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from surveyapp import clock
from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.fieldwork import waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.simulate import simulate
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.accounts import ROLES, add_user
from surveyapp.storage.database import Database
from surveyapp.web.passwords import password_hash
from tests.web.console.people import INSTRUMENTS, PASSWORD, STUDY, Person


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file every test copies."""
    path = tmp_path_factory.mktemp("console") / "filled.sqlite3"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    hashed = password_hash(PASSWORD)
    with database.write() as session:
        for role in ROLES:
            add_user(session, f"{role}@example.org", hashed, role, "en")
        for year in (2025, 2026):
            waves.create_wave(session, load_instrument(INSTRUMENTS / STUDY, year))
        waves.open_wave(session, STUDY, 2026)
    today = clock.today()
    days = [(today - timedelta(days=back), 1.0) for back in range(9, -1, -1)]
    simulate(database, InstrumentLibrary(database), STUDY, 2026, 160, 7, days=days, is_demonstration=True)
    database.close()
    return path


@pytest.fixture
def app(filled: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on a copy of the filled file."""
    shutil.copyfile(filled, tmp_path / "surveyapp.sqlite3")
    settings = Settings(instance=tmp_path, environment="development", instruments=INSTRUMENTS, second_step_roles="none")
    made = create_app(settings)
    yield made
    made.extensions["surveyapp"].database.close()


@pytest.fixture
def someone(app: Flask) -> Person:
    """Somebody who is not signed in."""
    return Person(app.test_client())


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], Person]:
    """Somebody who signed in with this role."""

    def enter(role: str) -> Person:
        person = Person(app.test_client())
        assert person.sign_in(f"{role}@example.org").status_code == 302
        return person

    return enter
