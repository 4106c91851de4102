"""How long a questionnaire takes: estimated from its words until a closed wave of thirty people has measured it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from surveyapp.fieldwork import waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.measured_minutes import ENOUGH, Measured, MeasuredMinutes
from surveyapp.instrument.minutes import estimated_minutes, estimated_seconds, whole_minutes
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from tests.builders import running_wave
from tests.web.respondent.comparable import kinds_of, put_cases

ROLE = "contractor"


def fielded(database: Database, seconds: Sequence[int], *, year: int = 2025, closes: bool = True, **parts: Any) -> None:
    """A wave with these times in it, closed unless told otherwise."""
    running_wave(database, kinds_of(year))
    for spent in seconds:
        put_cases(database, kinds_of(year), ROLE, [{}], seconds=spent, **parts)
    if closes:
        with database.write() as session:
            waves.close_wave(session, kinds_of(year).study.id, year)


def found(database: Database, instrument: Instrument, kept: MeasuredMinutes | None = None) -> Measured:
    with database.read() as session:
        return (kept or MeasuredMinutes(InstrumentLibrary(database))).before(session, instrument)


def test_the_median_of_thirty_replaces_the_estimate_of_their_role_only(database: Database) -> None:
    # Fifteen of 301 and fifteen of 421 seconds: the median is 361, so seven minutes; the same pages, so a ratio of 1.
    fielded(database, [301] * 15 + [421] * 15)
    measured = found(database, kinds_of(2026))
    assert (measured.year, dict(measured.minutes)) == (2025, {ROLE: 7})
    assert measured.of(kinds_of(2026), ROLE) == 7
    others = [role for role in kinds_of(2026).questionnaires if role != ROLE]
    assert others
    for role in others:
        assert measured.of(kinds_of(2026), role) == kinds_of(2026).questionnaires[role].minutes
    assert measured.covers(ROLE)
    assert not measured.covers(ROLE, *others)
    assert not measured.covers()


def test_one_fewer_leaves_the_estimate(sqlite_database: Database) -> None:
    fielded(sqlite_database, [361] * (ENOUGH - 1))
    assert dict(found(sqlite_database, kinds_of(2026)).minutes) == {}


@pytest.mark.parametrize("parts", [{"state": "started", "sent_on": None}, {"is_test": True}])
def test_only_what_was_sent_in_earnest_counts(sqlite_database: Database, parts: dict[str, Any]) -> None:
    fielded(sqlite_database, [361] * ENOUGH, **parts)
    assert dict(found(sqlite_database, kinds_of(2026)).minutes) == {}


def test_times_of_nought_were_not_measured(sqlite_database: Database) -> None:
    fielded(sqlite_database, [361] * (ENOUGH - 1) + [0] * 20)
    assert dict(found(sqlite_database, kinds_of(2026)).minutes) == {}


def test_a_wave_still_open_and_the_wave_itself_measure_nothing(sqlite_database: Database) -> None:
    fielded(sqlite_database, [361] * ENOUGH, closes=False)
    assert found(sqlite_database, kinds_of(2026)) == Measured()
    assert found(sqlite_database, kinds_of(2025)) == Measured()


def test_another_questionnaire_is_scaled_by_its_estimate(sqlite_database: Database) -> None:
    # Half of the pages: the median of 600 seconds is carried over in the ratio of the two estimates.
    whole = kinds_of(2026)
    asked = whole.questionnaires[ROLE]
    half = asked.pages[: len(asked.pages) // 2]
    fielded(sqlite_database, [600] * ENOUGH)
    language = whole.study.source_language
    ratio = estimated_seconds(half, language) / estimated_seconds(asked.pages, language)
    assert ratio < 0.9
    shortened = replace(whole, questionnaires={ROLE: replace(asked, pages=half)})
    assert found(sqlite_database, shortened).minutes[ROLE] == whole_minutes(600 * ratio) < 10


def test_it_is_computed_once_per_process_and_closed_wave(sqlite_database: Database) -> None:
    fielded(sqlite_database, [361] * ENOUGH)
    kept = MeasuredMinutes(InstrumentLibrary(sqlite_database))
    first = found(sqlite_database, kinds_of(2026), kept)
    put_cases(sqlite_database, kinds_of(2025), ROLE, [{}] * 100, seconds=60)
    assert found(sqlite_database, kinds_of(2026), kept) is first
    with sqlite_database.write() as session:
        waves.open_wave(session, kinds_of(2025).study.id, 2025)
    assert found(sqlite_database, kinds_of(2026), kept) == Measured()
    with sqlite_database.write() as session:
        waves.close_wave(session, kinds_of(2025).study.id, 2025)
    assert found(sqlite_database, kinds_of(2026), kept).minutes[ROLE] == 1  # a hundred of sixty seconds


def test_whole_minutes_are_rounded_up() -> None:
    assert [whole_minutes(seconds) for seconds in (0, 60, 61, 600.5)] == [1, 1, 2, 11]
    questionnaire = kinds_of(2026).questionnaires[ROLE]
    language = kinds_of(2026).study.source_language
    assert estimated_minutes(questionnaire.pages, language) == questionnaire.minutes
