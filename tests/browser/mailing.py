"""A confidential wave with people invited, beside a closed wave to compare with; on a server of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect
from sqlmodel import select

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.fieldwork import contacts, personal_links, waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.database import Database
from surveyapp.storage.tables import ContactRow
from tests.browser.conftest import PATIENCE, Person
from tests.instrument.definitions import write
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.comparable import comparable_study, kinds_of, put_cases
from tests.web.serving import served

INVITED = {
    "an": ("contractor", "en"), "ina": ("contractor", "en"), "jan": ("contractor", "nl"), "bo": ("contractor", "nl"),
    "mo": ("manager", "nl"),
}  # fmt: skip
"""Role and language; each is there twice, once without script, and is met in one test alone."""
PEOPLE = "email;name;role;language;source\n" + "".join(
    f"{name}{twin}@example.org;;{role};{language};mail\n"
    for name, (role, language) in INVITED.items()
    for twin in ("", "-plain")
)
# 25 × 6 and 25 × 8: mean 7.0
FIFTY = [{"k_mark": mark} for mark in (6, 8) * 25]


class Mailing:
    """The wave, its site and everybody's link."""

    def __init__(self, database: Database, site: str, tokens: dict[str, str]) -> None:
        self.database, self.site, self.tokens = database, site, tokens

    def token(self, name: str, *, javascript: bool) -> str:
        """The token of somebody's link."""
        return self.tokens[name if javascript else f"{name}-plain"]

    def open(self, browser: Browser, name: str, *, javascript: bool = True) -> Person:
        """Somebody on a phone who follows the link from the mail."""
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, locale="de-DE", java_script_enabled=javascript
        )
        context.set_default_timeout(PATIENCE)
        token = self.token(name, javascript=javascript)
        return Person(context, self.site, INVITED[name][1]).open(f"/i/{token}")

    def opted_out(self) -> set[str]:
        """Who wants no more mail, by the name before the @."""
        with self.database.read() as session:
            rows = session.exec(select(ContactRow)).all()
        return {row.email.partition("@")[0] for row in rows if row.opted_out_on is not None}


@contextmanager
def mailed(folder: Path) -> Iterator[Mailing]:
    """The mailing: fifty contractors and forty-nine managers answered last year."""
    database = Database(f"sqlite:///{folder / 'survey.sqlite3'}")
    database.upgrade()
    put_wave(database, kinds_of(2025))
    put_cases(database, kinds_of(2025), "contractor", FIFTY)
    put_cases(database, kinds_of(2025), "manager", FIFTY[:49])
    with database.write() as session:
        waves.close_wave(session, KINDS, 2025)
    now = load_instrument(write(folder / "study", comparable_study(2026, "confidential")), 2026)
    put_wave(database, now)
    app = create_app(Settings(environment="development", instance=folder, log_level="ERROR"), database=database)
    with database.write() as session:
        contacts.import_contacts(session, now, contacts.read_contacts(PEOPLE.encode(), now))
        links = personal_links.make_links(session, KINDS, 2026, salt=app.config["SECRET_KEY"])
    with served(app) as site:
        yield Mailing(database, site, {link.email.partition("@")[0]: link.token for link in links})
    database.close()


def begun(someone: Person) -> Person:
    """From the landing page of a link to the second page of questions."""
    someone.press()
    someone.page.check("#agree")
    someone.press()
    someone.page.locator("input[type=radio]").first.check()
    return someone.press()


def completed(someone: Person) -> Person:
    """On from a page of questions to the receipt: a mark of 8, everything else skipped."""
    while someone.at:
        before = someone.page.url
        if someone.at == "mark":
            someone.page.locator("#q_k_mark-8").check(force=True)
        someone.press()
        if someone.page.url == before:
            someone.press()
    someone.page.locator("[data-main]").click()
    expect(someone.page.locator("h1")).to_have_text({"nl": "Dank u wel", "en": "Thank you"}[someone.language])
    return someone
