"""Figures while a replica is behind, and while another process makes a step: nobody left, and nobody came back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from flask import Flask

from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.reports import live as module
from surveyapp.reports.filter_requests import ask_for_filter
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import requested_filters
from surveyapp.storage.database import Database
from tests.web.console.curious_wave import COURSE, YEAR, Happening
from tests.web.console.test_curious_reader import minorities  # noqa: F401  fixture


def happening(live: LiveWaves) -> Happening:
    """What happens at the primary, by way of this process."""
    services = SimpleNamespace(database=live.database, live=live)
    return Happening(cast("Flask", SimpleNamespace(extensions={"surveyapp": services})))


@pytest.fixture
def primary(minorities: Path, tmp_path: Path) -> Iterator[LiveWaves]:  # noqa: F811
    shutil.copyfile(minorities / "filled.sqlite3", tmp_path / "primary.sqlite3")
    with Database(f"sqlite:///{tmp_path / 'primary.sqlite3'}") as database:
        yield LiveWaves(database, InstrumentLibrary(database))


@pytest.fixture
def behind(minorities: Path, tmp_path: Path, primary: LiveWaves) -> Iterator[LiveWaves]:  # noqa: F811
    """A process whose replica stands still."""
    shutil.copyfile(minorities / "filled.sqlite3", tmp_path / "replica.sqlite3")
    with Database(str(primary.database.url), f"sqlite:///{tmp_path / 'replica.sqlite3'}") as database:
        yield LiveWaves(database, InstrumentLibrary(database))


def shown(process: LiveWaves) -> set[str]:
    return {str(case) for case in process.published(COURSE, YEAR).cases().ids}


def test_who_came_by_a_step_of_another_process_did_not_take_answers_back(
    primary: LiveWaves, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The steps were read after the data: whoever came in between was taken for somebody who had left."""
    other = LiveWaves(primary.database, primary.library)
    wave, real, happened = happening(other), module.standing, list[bool]()
    assert shown(primary)

    def meanwhile(*asked: object) -> object:
        if not happened:
            happened.append(True)
            wave.come(90)
            assert shown(other)
        return real(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "standing", meanwhile)
    found = primary.published(COURSE, YEAR)
    assert happened
    assert found.extent is not None
    assert not found.extent.is_paused
    assert shown(primary) == shown(other)


def test_a_replica_that_is_behind_pauses_nothing_and_shows_no_other_figures(
    primary: LiveWaves, behind: LiveWaves
) -> None:
    wave = happening(primary)
    assert shown(behind) == shown(primary)
    wave.come(90)
    assert len(shown(primary)) >= 150
    found = behind.published(COURSE, YEAR)
    assert found.extent is not None
    assert not found.extent.is_paused
    assert shown(behind) == shown(primary)
    wave.close()
    assert shown(behind) == shown(primary)
    wave.go()
    assert shown(behind) == shown(primary)
    assert behind.data(COURSE, YEAR).dataset.n < primary.data(COURSE, YEAR).dataset.n  # who sees cases waits for it


def test_a_filter_is_judged_beside_those_of_which_the_replica_does_not_know_yet(
    primary: LiveWaves, behind: LiveWaves
) -> None:
    happening(primary).close()
    assert (
        ask_for_filter(primary, COURSE, YEAR, "te_pace in [2, 3]", actor="a@example.org", salt="zout") == "requested_1"
    )
    assert ask_for_filter(behind, COURSE, YEAR, "te_clear in [4]", actor="b@example.org", salt="zout") == "requested_2"
    with behind.database.read_primary() as session:
        assert len(requested_filters.of_wave(session, COURSE, YEAR)) == 2
