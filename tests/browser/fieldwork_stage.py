"""A study whose wave of last year is closed, on a server with people who send mail, and a clock that weeks pass on."""

from __future__ import annotations

import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, urlsplit

from flask import Flask
from playwright.sync_api import Browser, Page
from pydantic import SecretStr

from surveyapp import clock
from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.fieldwork import waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.loader import load_instrument
from surveyapp.jobs.post import post_office
from surveyapp.jobs.worker import Worker
from surveyapp.storage.accounts import add_user
from surveyapp.storage.database import Database
from surveyapp.web.passwords import password_hash
from tests.browser.conftest import PATIENCE, served
from tests.jobs.imap_server import Mailbox, serving
from tests.jobs.mail_servers import MailBox, mail_server
from tests.web.console.people import INSTRUMENTS, PASSWORD
from tests.web.respondent.comparable import put_cases

STUDY = "cursusevaluatie"
BEGIN = datetime(2027, 3, 2, 9, 0, tzinfo=clock.ZONE)
"""A Tuesday: the moment at which the researcher sits down. All days of the play follow from it."""
LAST_YEAR = [(datetime(2026, 3, 3 + day, 12, tzinfo=clock.ZONE), mark) for day, mark in enumerate((7, 8, 6, 8, 9, 7))]
"""When two participants each sent their answers last year, and the mark they gave."""


@dataclass
class Stage:
    """The running site, the mail servers beside it, and its clock."""

    address: str
    app: Flask
    browser: Browser
    file: Path
    outgoing: MailBox
    returned: Mailbox
    ahead: list[timedelta] = field(default_factory=list)

    def later(self, **passed: float) -> None:
        """Let time pass."""
        self.ahead.append(timedelta(**passed))

    def work(self) -> None:
        """Let the worker do what is due, as a process that was just started does."""
        services = self.app.extensions["surveyapp"]
        settings = services.settings
        library = InstrumentLibrary(services.database)
        worker = Worker(
            services.database,
            library,
            post_office(settings),
            salt=self.app.config["SECRET_KEY"],
            folder=settings.instance / "making",
            mailbox=settings.mailbox,
        )
        worker.once()

    def signed_in(self, who: str, language: str = "en", **options: Any) -> Page:
        """The first page after signing in with an account of this role."""
        context = self.browser.new_context(base_url=self.address, locale=language, **options)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto("/login")
        page.fill("#email", f"{who}-{language}@example.org")
        page.fill("#password", PASSWORD)
        press(page, "main button.button")
        return page

    def rows(self, question: str, *given: object) -> list[tuple[Any, ...]]:
        """What the rows of the database say, without a line of the product between."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as raw:
            return raw.execute(question, given).fetchall()

    def one(self, question: str, *given: object) -> Any:
        """The one value of the one row."""
        ((value,),) = self.rows(question, *given)
        return value

    def mails_to(self, address: str) -> list[EmailMessage]:
        """The mails somebody got, in the order in which they came."""
        found = zip(self.outgoing.mails, self.outgoing.envelopes, strict=True)
        return [mail for mail, (_, to) in found if to == (address,)]

    def link_of(self, address: str) -> str:
        """The path of the personal link in the newest mail somebody got."""
        body = self.mails_to(address)[-1].get_body(("plain",))
        assert body is not None
        (found,) = set(re.findall(r"https?://\S+/i/[\w-]+", body.get_content()))
        return urlsplit(found).path


def press(page: Page, what: str) -> None:
    """Press a button or link and wait for the page it leads to."""
    with page.expect_navigation():
        page.locator(what).first.click()


@contextmanager
def staged(folder: Path, browser: Browser) -> Iterator[Stage]:
    """The study with its wave of 2026, closed, and accounts in two languages."""
    instruments = folder / "instruments"
    shutil.copytree(INSTRUMENTS / STUDY, instruments / STUDY)
    began, ahead = time.monotonic(), list[timedelta]()

    def now() -> datetime:
        real = timedelta(seconds=time.monotonic() - began)
        return clock._stopped.get() or (BEGIN + real + sum(ahead, timedelta())).astimezone(clock.UTC)

    with patch.object(clock, "now", now), mail_server() as outgoing, serving(Mailbox([])) as returned:
        user, password = quote(returned.user), quote(returned.password)
        settings = Settings(
            environment="development",
            instance=folder,
            instruments=instruments,
            log_level="ERROR",
            second_step_roles="none",
            smtp_url=SecretStr(outgoing.url),
            mail_from="survey@example.org",
            bounces=SecretStr(f"imap://{user}:{password}@127.0.0.1:{returned.port}/INBOX?starttls=no"),
        )
        file = folder / "survey.sqlite3"
        database = Database(f"sqlite:///{file}")
        database.upgrade()
        _last_year(database, instruments)
        app = create_app(settings, database=database)
        with served(app) as address:
            yield Stage(address, app, browser, file, outgoing, returned, ahead)
        database.close()


def _last_year(database: Database, instruments: Path) -> None:
    instrument = load_instrument(instruments / STUDY, 2026)
    hashed = password_hash(PASSWORD)
    with clock.stopped_at(LAST_YEAR[0][0]), database.write() as session:
        for role in ("researcher", "admin"):
            for language in ("nl", "en"):
                add_user(session, f"{role}-{language}@example.org", hashed, role, language)
        waves.create_wave(session, instrument)
        waves.open_wave(session, STUDY, 2026)
    for moment, mark in LAST_YEAR:
        given, day = [{"v_mark": mark, "te_clear": 4, "te_pace": 3}] * 2, moment.date()
        put_cases(database, instrument, "participant", given, started_on=day, sent_on=day)
    with clock.stopped_at(LAST_YEAR[-1][0] + timedelta(days=20)), database.write() as session:
        waves.close_wave(session, STUDY, 2026)
