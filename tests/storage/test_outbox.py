"""Mail that waits: one worker has it at a time, and what a dead worker left behind is found again, or let go of."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from surveyapp.clock import stopped_at
from surveyapp.storage import opening_requests, outbox
from surveyapp.storage.database import Database
from surveyapp.storage.outbox import LEASE, ClaimedMail
from tests.builders import STUDY, YEAR, running_wave, small_instrument

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def waiting(database: Database) -> Database:
    """A database with three mails that wait."""
    running_wave(database, small_instrument())
    with stopped_at(NOON), database.write() as session:
        for number in range(3):
            email = f"p{number}@example.org"
            assert outbox.append(session, STUDY, YEAR, "opened", email, "nl", send_key=f"opened:{email}")
    return database


def claimed(database: Database, most: int = 10, at: datetime = NOON) -> list[ClaimedMail]:
    with stopped_at(at), database.write() as session:
        return outbox.claim(session, most)


def handed(database: Database, mail: ClaimedMail, at: datetime = NOON) -> bool:
    with stopped_at(at), database.write() as session:
        return outbox.hand_over(session, mail)


def left(database: Database) -> int:
    with database.read() as session:
        return outbox.waiting(session).mails


def test_a_mail_with_the_same_key_waits_once(waiting: Database) -> None:
    with waiting.write() as session:
        assert not outbox.append(
            session, STUDY, YEAR, "opened", "p0@example.org", "en", send_key="opened:p0@example.org"
        )
    assert left(waiting) == 3


def test_what_one_worker_has_no_other_gets(waiting: Database) -> None:
    first = claimed(waiting, 2)
    assert [mail.attempts for mail in first] == [1, 1]
    assert len(claimed(waiting)) == 1
    assert claimed(waiting) == []


def test_of_many_workers_at_once_each_mail_has_exactly_one(database: Database) -> None:
    running_wave(database, small_instrument())
    with database.write() as session:
        for number in range(40):
            outbox.append(session, STUDY, YEAR, "opened", f"p{number}@example.org", "nl", send_key=str(number))
    sent: list[str] = []
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        while True:
            with database.write() as session:
                mine = outbox.claim(session, 3)
            if not mine:
                return
            for mail in mine:
                with database.write() as session:
                    if outbox.hand_over(session, mail):
                        sent.append(mail.email)
                with database.write() as session:
                    outbox.remove(session, mail)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == sorted(f"p{number}@example.org" for number in range(40))
    assert left(database) == 0


def test_a_claim_whose_worker_died_lapses_and_its_mail_is_taken_again(waiting: Database) -> None:
    mine = claimed(waiting)
    assert claimed(waiting, at=NOON + LEASE - timedelta(seconds=1)) == []
    again = claimed(waiting, at=NOON + LEASE)
    assert {mail.email for mail in again} == {mail.email for mail in mine}
    assert [mail.attempts for mail in again] == [2, 2, 2]
    # The first worker was only slow: what it still does changes nothing.
    assert not handed(waiting, mine[0], NOON + LEASE)
    with waiting.write() as session:
        outbox.remove(session, mine[0])
        outbox.put_back(session, mine[1], NOON)
    assert left(waiting) == 3
    assert claimed(waiting, at=NOON + LEASE) == []


def test_a_lapsed_claim_is_none_even_when_nobody_else_took_the_mail(waiting: Database) -> None:
    (mail, *_) = claimed(waiting)
    assert not handed(waiting, mail, NOON + LEASE)


def test_a_mail_the_server_may_have_is_never_sent_again(waiting: Database) -> None:
    mine = claimed(waiting)
    assert handed(waiting, mine[0])
    assert not handed(waiting, mine[0])
    later = NOON + LEASE + timedelta(seconds=1)
    assert mine[0].email not in {mail.email for mail in claimed(waiting, at=later)}
    with stopped_at(later), waiting.write() as session:
        assert list(outbox.drop_unsure(session)) == ["opened"]
    assert left(waiting) == 2


def test_a_mail_put_back_comes_at_its_time(waiting: Database) -> None:
    (mail,) = claimed(waiting, 1)
    assert handed(waiting, mail)
    with waiting.write() as session:
        outbox.put_back(session, mail, NOON + timedelta(hours=1))
    assert mail.email not in {each.email for each in claimed(waiting, at=NOON + timedelta(minutes=59))}
    (again,) = claimed(waiting, at=NOON + timedelta(hours=1))
    assert (again.email, again.attempts) == (mail.email, 2)


def test_a_mail_put_in_by_a_clock_that_was_a_year_ahead_goes_when_it_is_right_again(waiting: Database) -> None:
    """`waiting` wrote at noon; here it is a year before."""
    before = NOON - timedelta(days=365)
    with stopped_at(before), waiting.read() as session:
        assert outbox.is_due(session)
    assert len(claimed(waiting, at=before)) == 3
    assert claimed(waiting, at=before) == []


def test_looking_whether_anything_is_due_writes_nothing(waiting: Database) -> None:
    with stopped_at(NOON - timedelta(seconds=1)), waiting.read() as session:
        assert not outbox.is_due(session)
    with stopped_at(NOON), waiting.read() as session:
        assert outbox.is_due(session)
        assert outbox.waiting(session) == outbox.Waiting(3, NOON)


def test_of_a_mail_that_went_nothing_is_left(waiting: Database) -> None:
    for mail in claimed(waiting):
        with waiting.write() as session:
            outbox.remove(session, mail)
    with waiting.read() as session:
        assert session.execute(text("SELECT count(*) FROM outbox")).scalar() == 0


def test_an_address_left_twice_stands_once_and_is_taken_once(database: Database) -> None:
    running_wave(database, small_instrument())
    for language in ("nl", "en"):
        with database.write() as session:
            opening_requests.add(session, STUDY, YEAR, "jan@example.org", language, date(2026, 1, 1))
    taken: list[tuple[str, str]] = []

    def take() -> None:
        with database.write() as session:
            taken.extend(opening_requests.take(session, STUDY, YEAR, 10))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == [("jan@example.org", "en")]


def test_addresses_left_long_ago_go(database: Database) -> None:
    running_wave(database, small_instrument())
    with database.write() as session:
        opening_requests.add(session, STUDY, YEAR, "oud@example.org", "nl", date(2025, 1, 1))
        opening_requests.add(session, STUDY, YEAR, "nieuw@example.org", "nl", date(2026, 1, 1))
        assert opening_requests.forget_before(session, date(2025, 6, 1)) == 1
        assert opening_requests.waves(session) == [(STUDY, YEAR)]
        assert opening_requests.forget(session, STUDY, YEAR) == 1
        assert opening_requests.waves(session) == []
