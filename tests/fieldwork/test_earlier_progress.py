"""How far the wave before was, whether its cases keep their days or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from surveyapp import clock
from surveyapp.fieldwork import interviews
from surveyapp.fieldwork.earlier_progress import EarlierWave, earlier_wave, last_wave
from surveyapp.reports.live import LiveWaves
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave, small_instrument
from tests.fieldwork.test_live_cases import OneInstrument, save

MONDAY = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("mode", ["anonymous", "confidential"])
def test_completes_so_far_are_counted_from_the_day_on_which_the_first_began(
    sqlite_database: Database, mode: str
) -> None:
    """A contractor who began on Monday sends on Wednesday, a manager the same day; another manager leaves."""
    instrument = small_instrument(mode=mode)
    info = running_wave(sqlite_database, instrument)
    with clock.stopped_at(MONDAY), sqlite_database.write() as session:
        case, _ = interviews.begin(session, info, instrument, "contractor", "nl", "open", "phone")
        interviews.begin(session, info, instrument, "manager", "nl", "open", "phone")
    with clock.stopped_at(MONDAY + timedelta(days=2)), sqlite_database.write() as session:
        other, _ = interviews.begin(session, info, instrument, "manager", "nl", "open", "phone")
        for one in (case, other):
            for number, page in enumerate(("p1", "p2", "p3"), start=1):
                one = save(session, one, page, number)
            interviews.send(session, one)
    with sqlite_database.read() as session:
        found = earlier_wave(session, info)
    assert found == EarlierWave(
        YEAR,
        (
            {"contractor": 0, "manager": 0},
            {"contractor": 0, "manager": 0},
            {"contractor": 1, "manager": 1},
        ),
    )


def test_the_wave_before_is_the_last_one_that_is_over(sqlite_database: Database) -> None:
    plain = small_instrument()
    for year, state in ((YEAR - 3, "closed"), (YEAR - 2, "archived"), (YEAR - 1, "test"), (YEAR, "open")):
        held = replace(plain, wave=replace(plain.wave, year=year), hash=f"{year:064}")
        running_wave(sqlite_database, held, state)
    live = LiveWaves(sqlite_database, OneInstrument(sqlite_database))
    with sqlite_database.read() as session:
        found = last_wave(session, STUDY, YEAR)
        assert found is not None
        assert found[0].year == YEAR - 2
        assert last_wave(session, STUDY, YEAR - 3) is None
        assert live.wave_before(session, STUDY, YEAR) == EarlierWave(YEAR - 2, ())
        assert live.wave_before(session, STUDY, YEAR - 3) is None
