"""Many questionnaires from one network are noticed, and nothing that is kept names a network or a case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from surveyapp import clock
from surveyapp.fieldwork.network_counts import MOST, crowded_since, note_sent
from surveyapp.storage import throttle
from surveyapp.storage.database import Database

SALT = "a secret of the application"


def send(database: Database, times: int, network: str = "192.0.2.7/32", year: int = 2026) -> None:
    with database.write() as session:
        for _ in range(times):
            note_sent(session, "klein", year, network, SALT)


def crowd(database: Database, year: int = 2026) -> int:
    with database.read() as session:
        found = crowded_since(session, "klein", year)
    return found[0] if found else 0


def test_the_sixth_of_an_hour_from_one_network_is_noted_for_its_wave(database: Database) -> None:
    send(database, MOST)
    send(database, MOST, network="198.51.100.9/32")
    assert crowd(database) == 0
    send(database, 2)
    assert (crowd(database), crowd(database, 2027)) == (2, 0)


def test_an_hour_later_it_begins_anew_and_a_day_later_nothing_is_known(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = clock.now()
    send(database, MOST + 1)
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(hours=1, minutes=1))
    send(database, MOST)
    assert crowd(database) == 1
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(hours=25))
    assert crowd(database) == 0
    with database.write() as session:
        throttle.forget_old(session)
        assert session.execute(text("SELECT count(*) FROM throttle")).scalar_one() == 0


def test_what_is_kept_names_no_network_and_a_time_by_five_minutes_or_an_hour(database: Database) -> None:
    send(database, MOST + 1)
    with database.read() as session:
        rows = session.execute(text("SELECT door, source_hash, window_started_at FROM throttle ORDER BY door")).all()
    assert [row.door for row in rows] == ["crowded", "sent"]
    assert all("192" not in row.source_hash[:4] and len(row.source_hash) == 64 for row in rows)
    crowded, sent = (str(row.window_started_at) for row in rows)
    assert ":00:00" in crowded
    assert int(sent.split(":")[1]) % 5 == 0
