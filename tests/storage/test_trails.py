"""The audit trail, the throttle, and addresses that stand apart."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from surveyapp import clock
from surveyapp.clock import stopped_at
from surveyapp.storage import audit, report_requests, throttle, tickets
from surveyapp.storage.database import Database
from surveyapp.storage.report_requests import LeftAddress

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTES = timedelta(minutes=15)


def test_an_untouched_trail_holds_and_numbers_its_entries_without_gaps(database: Database) -> None:
    with database.write() as session:
        numbers = [
            audit.add(session, "iemand@example.org", "wave.open", "klein 2026", {"n": n, "woord": "é"})
            for n in range(3)
        ]
    assert numbers == [1, 2, 3]
    with database.read() as session:
        verdict = audit.verify(session)
        newest = audit.latest(session, 2)
    assert verdict.holds
    assert verdict.entries == 3
    assert [row.entry for row in newest] == [3, 2]
    assert newest[0].hash == verdict.last_hash


def test_an_empty_trail_holds(database: Database) -> None:
    with database.read() as session:
        assert audit.verify(session) == audit.Verdict(0, None, audit.FIRST)


@pytest.mark.parametrize(
    ("tampering", "found_at"),
    [
        ("UPDATE audit SET actor = 'ander@example.org' WHERE entry = 2", 2),
        ("UPDATE audit SET details = '{\"n\": 9}' WHERE entry = 3", 3),
        ("DELETE FROM audit WHERE entry = 2", 3),
        ("DELETE FROM audit WHERE entry = 1", 2),
    ],
)
def test_a_changed_or_missing_entry_shows(database: Database, tampering: str, found_at: int) -> None:
    with database.write() as session:
        for n in range(4):
            audit.add(session, "iemand@example.org", "wave.open", "klein 2026", {"n": n})
        session.execute(text(tampering))
    with database.read() as session:
        assert audit.verify(session).broken_at == found_at


def test_entries_written_at_once_stand_in_one_chain(database: Database) -> None:
    def write() -> None:
        for _ in range(4):
            with database.write() as session:
                audit.add(session, "system", "export.report", "klein 2026")

    threads = [threading.Thread(target=write) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        verdict = audit.verify(session)
    assert verdict.holds
    assert verdict.entries == 20


def _attempt(database: Database, source: str = "iemand@example.org", limit: int = 3) -> throttle.Turn:
    with database.write() as session:
        return throttle.attempt(session, "login", source, limit=limit, window=MINUTES, salt="zout")


def test_the_attempt_after_the_last_is_refused_until_the_window_ends(database: Database) -> None:
    with stopped_at(NOON):
        assert [_attempt(database).allowed for _ in range(4)] == [True, True, True, False]
    with stopped_at(NOON + timedelta(minutes=10)):
        refused = _attempt(database)
        assert not refused.allowed
        assert refused.retry_after == 300
        assert _attempt(database, "ander@example.org").allowed  # somebody else is not held up
    with stopped_at(NOON + MINUTES):
        assert _attempt(database) == throttle.Turn(True, 1, 0)


def test_a_success_starts_the_count_anew(database: Database) -> None:
    with stopped_at(NOON):
        for _ in range(3):
            _attempt(database)
        with database.write() as session:
            throttle.forgive(session, "login", "iemand@example.org", salt="zout")
        assert _attempt(database).attempts == 1


def test_one_attempt_given_back_leaves_those_of_others_and_of_an_only_one_nothing(database: Database) -> None:
    with stopped_at(NOON):
        for others in (2, 0):
            for _ in range(others + 1):
                _attempt(database)
            with database.write() as session:
                throttle.take_back(session, "login", "iemand@example.org", salt="zout")
                assert len(session.execute(text("SELECT * FROM throttle")).all()) == bool(others)
            assert _attempt(database).attempts == others + 1
            with database.write() as session:
                throttle.forgive(session, "login", "iemand@example.org", salt="zout")


def test_of_fifty_attempts_at_once_exactly_ten_pass(database: Database) -> None:
    allowed: list[bool] = []

    def knock() -> None:
        allowed.extend(_attempt(database, limit=10).allowed for _ in range(5))

    threads = [threading.Thread(target=knock) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(allowed) == 50
    assert sum(allowed) == 10


def test_no_address_is_kept_and_the_hash_goes_after_a_day(database: Database) -> None:
    with stopped_at(NOON):
        _attempt(database, "192.0.2.7")
    with database.read() as session:
        stored = session.execute(text("SELECT * FROM throttle")).all()
    assert "192.0.2.7" not in repr(stored)
    assert throttle.source_hash("192.0.2.7", "zout") != throttle.source_hash("192.0.2.7", "ander zout")
    with stopped_at(NOON + timedelta(hours=23)), database.write() as session:
        assert throttle.forget_old(session) == 0
    with stopped_at(NOON + timedelta(hours=25)), database.write() as session:
        assert throttle.forget_old(session) == 1


def test_a_ticket_opens_once_until_it_is_given_back_and_goes_after_a_day(database: Database) -> None:
    with stopped_at(NOON), database.write() as session:
        assert not tickets.is_used(session, "code", "123456", salt="zout")
        assert [tickets.use(session, "code", "123456", salt="zout") for _ in range(3)] == [True, False, False]
        assert tickets.use(session, "mail", "123456", salt="zout")  # another kind
        assert tickets.is_used(session, "code", "123456", salt="zout")
        tickets.give_back(session, "code", "123456", salt="zout")
        assert tickets.use(session, "code", "123456", salt="zout")
        assert "123456" not in repr(session.execute(text("SELECT * FROM ticket")).all())
    with stopped_at(NOON + timedelta(hours=23)), database.write() as session:
        assert tickets.forget_old(session) == 0
        assert not tickets.use(session, "code", "123456", salt="zout")
    with stopped_at(NOON + timedelta(hours=25)), database.write() as session:
        assert tickets.forget_old(session) == 2


def test_of_fifty_that_use_one_ticket_at_once_exactly_one_goes_on(database: Database) -> None:
    first: list[bool] = []

    def knock() -> None:
        for _ in range(5):
            with database.write() as session:
                first.append(tickets.use(session, "code", "123456", salt="zout"))

    threads = [threading.Thread(target=knock) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(first) == [False] * 49 + [True]


def test_addresses_come_in_alphabetical_order_and_mixing_keeps_them_all(database: Database) -> None:
    addresses = [f"p{number:02}@example.org" for number in (7, 3, 9, 1, 5)]
    for address in addresses:
        with database.write() as session:
            report_requests.add(session, "klein", 2026, address, "nl", [1, 2])
    with database.write() as session:
        report_requests.add(session, "klein", 2025, "eerder@example.org", "nl", [])
        assert report_requests.mix(session, "klein", 2026) == 5
    with database.read() as session:
        found = report_requests.listed(session, "klein", 2026)
        assert len(report_requests.listed(session, "klein", 2025)) == 1
    assert found == [LeftAddress(address, "nl", (1, 2), is_for_report=False) for address in sorted(addresses)]


@pytest.mark.parametrize("order", [([], [2]), ([2], [])])
def test_an_address_left_for_the_report_and_for_a_wish_keeps_both(
    database: Database, order: tuple[list[int], list[int]]
) -> None:
    for wishes in order:
        with database.write() as session:
            report_requests.add(session, "klein", 2026, "jan@example.org", "nl", wishes)
    with database.read() as session:
        assert report_requests.listed(session, "klein", 2026) == [
            LeftAddress("jan@example.org", "nl", (2,), is_for_report=True)
        ]


def test_after_mixing_postgresql_remembers_one_transaction_for_all(postgres_database: Database) -> None:
    # In a trial xmin joined 1,000 of 1,000 addresses to their cases; a rewrite in one transaction leaves one xmin.
    for number in range(6):
        with postgres_database.write() as session:
            report_requests.add(session, "klein", 2026, f"p{number}@example.org", "nl", [])
    with postgres_database.read() as session:
        assert len(set(session.scalars(text("SELECT xmin::text FROM report_request")).all())) == 6
    with postgres_database.write() as session:
        report_requests.mix(session, "klein", 2026)
    with postgres_database.read() as session:
        assert len(set(session.scalars(text("SELECT xmin::text FROM report_request")).all())) == 1


def test_a_clock_that_went_back_locks_nobody(database: Database) -> None:
    ahead = clock.now() + timedelta(days=366)
    with stopped_at(ahead):
        for _ in range(4):
            _attempt(database)
        assert not _attempt(database).allowed
    assert _attempt(database) == throttle.Turn(True, 1, 0)  # before: refused for a year
    with stopped_at(ahead):
        _attempt(database, "ander@example.org")
    with database.write() as session:
        assert throttle.forget_old(session) == 1
