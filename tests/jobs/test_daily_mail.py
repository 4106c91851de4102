"""The daily mail: once a day to who wants it, in their language, with nothing about one person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest

from surveyapp import clock
from surveyapp.errors import MailNotSent
from surveyapp.fieldwork import noted_alerts
from surveyapp.jobs.daily_mail import DailyMail
from surveyapp.jobs.mail import Sender
from surveyapp.jobs.mail_transport import Send
from surveyapp.jobs.post import Post
from surveyapp.reports.alerts import Alert
from surveyapp.storage import accounts, daily_mail
from surveyapp.storage.database import Database
from tests.builders import STUDY, running_wave, small_instrument

MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ALERT = Alert("behind:manager", {"nl": "Leidinggevenden lopen achter.", "en": "Managers lag behind."}, "role-manager")
INSTRUMENT = small_instrument(mode="confidential")


@dataclass
class Wire:
    """A way out that keeps what went; ``refusal`` is what the server says to the next mails."""

    went: list[EmailMessage] = field(default_factory=list)
    refusal: MailNotSent | None = None

    @contextmanager
    def connection(self, seconds: float, patience: float = 0.0) -> Iterator[Send]:
        yield self.take

    def take(self, made: EmailMessage) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.went.append(made)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def office(sqlite_database: Database, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> DailyMail:
    """An open wave with one alert; a Dutch and an English researcher and a viewer want the mail."""
    monkeypatch.setattr("surveyapp.reports.alert_gathering.pace_alerts", lambda *_: (ALERT,))
    running_wave(sqlite_database, INSTRUMENT)
    with sqlite_database.write() as session:
        for email, role, language in (
            ("an@example.org", "researcher", "nl"),
            ("bo@example.org", "admin", "en"),
            ("cy@example.org", "viewer", "nl"),
            ("di@example.org", "researcher", "nl"),
        ):
            user = accounts.add_user(session, email, None, role, language)
            if email != "di@example.org":
                daily_mail.set_wanted(session, user.id or 0, wanted=True)
    return restarted(sqlite_database, wire)


def restarted(database: Database, wire: Wire) -> DailyMail:
    """A worker that has just started."""
    library: Any = SimpleNamespace(of_wave=lambda *_: INSTRUMENT, get=lambda *_: INSTRUMENT)
    return DailyMail(database, library, Post(wire, Sender("survey@example.org", "example.org"), "https://example.org"))


def test_each_gets_one_mail_a_day_in_their_language_also_from_a_worker_that_starts_again(
    office: DailyMail, wire: Wire, sqlite_database: Database
) -> None:
    with clock.stopped_at(MORNING):
        assert office.send_due() == 2
        assert restarted(sqlite_database, wire).send_due() == 0
    with clock.stopped_at(MORNING + timedelta(hours=15)):
        assert office.send_due() == 0
    with clock.stopped_at(MORNING + timedelta(hours=20)):  # five in the morning
        assert office.send_due() == 0
    with clock.stopped_at(MORNING + timedelta(days=1)):
        assert restarted(sqlite_database, wire).send_due() == 2
    dutch, english = wire.went[:2]
    assert (dutch["To"], english["To"]) == ("an@example.org", "bo@example.org")
    assert dutch["Subject"] == "Vraagt aandacht in het veldwerk"
    assert "- Leidinggevenden lopen achter." in dutch.get_content()
    assert "- Managers lag behind." in english.get_content()
    assert f"https://example.org/console/{STUDY}/2026/fieldwork" in english.get_content()


def test_a_server_that_refuses_is_tried_again_the_same_day(office: DailyMail, wire: Wire) -> None:
    with clock.stopped_at(MORNING):
        wire.refusal = MailNotSent("451", is_server=True)
        assert office.send_due() == 0
        wire.refusal = None
        assert office.send_due() == 2


def test_nothing_goes_of_what_was_put_aside_and_the_day_is_over_all_the_same(
    office: DailyMail, wire: Wire, sqlite_database: Database
) -> None:
    with clock.stopped_at(MORNING):
        with sqlite_database.write() as session:
            noted_alerts.note(session, STUDY, 2026, ALERT.key, "aside", "an@example.org")
        assert office.send_due() == 0
        with sqlite_database.write() as session:
            noted_alerts.note(session, STUDY, 2026, ALERT.key, "back", "an@example.org")
        assert office.send_due() == 0, "the mail of a day is made once"
    assert wire.went == []
