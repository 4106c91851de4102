"""An acknowledged page survives the death of the process that stored it."""

from __future__ import annotations

import pytest

from benchmarks import kill
from surveyapp.storage.database import Database
from tests.builders import running_wave, small_instrument


def _url(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def test_no_acknowledged_page_is_lost_to_kill_9(database: Database) -> None:
    tally = kill.run(_url(database), rounds=3, seed=20_261_123, longest=0.3)
    assert tally.rounds == 3
    assert tally.acknowledged > 3
    assert (tally.lost, tally.twice, tally.unequal) == (0, 0, 0)


def test_the_count_notices_a_page_that_is_gone(sqlite_database: Database) -> None:
    running_wave(sqlite_database, small_instrument(pages=kill.PAGES))
    said = kill.killed_after(_url(sqlite_database), 0.1)
    client_key, _ = said[0]
    with sqlite_database.write() as session:
        session.connection().exec_driver_sql("DELETE FROM page_save WHERE client_key = ?", (client_key,))
    tally = kill.Tally()
    kill.count(_url(sqlite_database), said, tally)
    assert tally.lost == 1
    assert tally.unequal == 1
    with pytest.raises(AssertionError, match="whole case"):
        kill.count(_url(sqlite_database), [("x", "no such key")], tally)
