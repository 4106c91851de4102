"""The landing page tells how long it takes; once a closed wave has measured that, it says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from surveyapp.fieldwork import waves
from surveyapp.storage.database import Database
from surveyapp.storage.waves import mark_demonstration
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.comparable import kinds_of, put_cases


def landing(make_app: Callable[..., Flask], address: str) -> str:
    return " ".join(make_app().test_client().get(address).text.split())


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"/nl/onderzoek/{KINDS}-2026", "Invullen duurt ongeveer 9 minuten. Dat volgt uit metingen in 2025. U mag"),
        (f"/en/survey/{KINDS}-2026", "It takes about 9 minutes. This follows from times measured in 2025. You may"),
    ],
)
def test_thirty_people_of_each_role_replace_the_estimate(
    make_app: Callable[..., Flask], sqlite_database: Database, address: str, words: str
) -> None:
    put_wave(sqlite_database, kinds_of(2025), "open")
    for role in kinds_of(2026).questionnaires:
        # The median of these is 500 seconds, nine minutes when rounded up; the questionnaire is the same in both years.
        for seconds in (400, 500, 600):
            put_cases(sqlite_database, kinds_of(2025), role, [{}] * 10, seconds=seconds)
    put_wave(sqlite_database, kinds_of(2026))
    before = landing(make_app, address)
    assert not any(word in before for word in ("metingen", "measured"))
    with sqlite_database.write() as session:
        waves.close_wave(session, KINDS, 2025)
    assert words in landing(make_app, address)


def test_a_role_too_small_keeps_its_estimate_and_nothing_is_called_measured(
    make_app: Callable[..., Flask], sqlite_database: Database
) -> None:
    put_wave(sqlite_database, kinds_of(2025), "open")
    put_cases(sqlite_database, kinds_of(2025), "contractor", [{}] * 29, seconds=3_000)
    with sqlite_database.write() as session:
        waves.close_wave(session, KINDS, 2025)
    put_wave(sqlite_database, kinds_of(2026))
    page = landing(make_app, f"/en/survey/{KINDS}-2026")
    assert "measured" not in page
    estimates = {questionnaire.minutes for questionnaire in kinds_of(2026).questionnaires.values()}
    assert all(f"{minutes} minutes" in page or f"{minutes} min" in page for minutes in estimates)


def test_robots_measure_nothing(make_app: Callable[..., Flask], sqlite_database: Database) -> None:
    put_wave(sqlite_database, kinds_of(2025), "open")
    put_cases(sqlite_database, kinds_of(2025), "contractor", [{}] * 30, seconds=3_000)
    with sqlite_database.write() as session:
        mark_demonstration(session, KINDS, 2025)
        waves.close_wave(session, KINDS, 2025)
    put_wave(sqlite_database, kinds_of(2026))
    page = landing(make_app, f"/en/survey/{KINDS}-2026")
    assert f"{kinds_of(2026).questionnaires['contractor'].minutes} min" in page
