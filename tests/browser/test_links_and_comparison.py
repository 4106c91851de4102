"""The screens of a personal link and the comparison after sending, in Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from playwright.sync_api import Browser
from sqlmodel import select
from werkzeug.serving import make_server

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.fieldwork import contacts, personal_links, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage import cases
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow
from tests.browser.conftest import DESKTOP, PHONE, Person, QuietHandler
from tests.browser.test_accessibility import SMALL_TARGETS
from tests.instrument.definitions import write
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.comparable import comparable_study, kinds_of, put_cases

LOOKS = {
    "nl on a phone": {"language": "nl", "phone": True},
    "en on a phone, dark": {"language": "en", "phone": True, "dark": True},
    "en on a desktop": {"language": "en"},
}


class Invited:
    """A running site on which anybody can be invited."""

    def __init__(self, address: str, database: Database, secret: str) -> None:
        self.address, self.database, self.secret = address, database, secret
        self.count = 0

    def link(self, language: str) -> str:
        """The personal link of somebody new."""
        self.count += 1
        email = f"p{self.count}@example.org"
        with self.database.write() as session:
            instrument = InstrumentLibrary(self.database).of_wave(session, KINDS, 2026)
            listed = contacts.read_contacts(
                f"email;role;language\n{email};contractor;{language}\n".encode(), instrument
            )
            contacts.import_contacts(session, instrument, listed)
            made = personal_links.make_links(session, KINDS, 2026, salt=self.secret)
        return next(f"/i/{link.token}" for link in made if link.email == email)

    def finish(self) -> None:
        """Send what was begun on the site, with a mark, a recommendation and two statements."""
        answers = {"s_consent": 1, "k_elig": 1, "k_mark": 8, "k_score": 9, "k_fit": 3, "k_learn": 2}
        with self.database.write() as session:
            for row in session.exec(select(CaseRow).where(CaseRow.state == "started")):
                pages = {page.id: 1 for page in kinds_of(2026).questionnaire("contractor").pages}
                values = {"answers": answers, "pages": pages, "state": "complete", "sent_on": row.started_on}
                reference = row.case_id.hex[:10].upper()
                cases.change(session, KINDS, row.case_id, {**values, "reference": reference})


@pytest.fixture(scope="module")
def invited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Invited]:
    folder = tmp_path_factory.mktemp("invited")
    database = Database(f"sqlite:///{folder / 'survey.sqlite3'}")
    database.upgrade()
    put_wave(database, kinds_of(2025))
    made = [{"k_mark": 6 + n % 3, "k_score": 7 + n % 4, "k_fit": 1 + n % 3, "k_learn": 3} for n in range(60)]
    put_cases(database, kinds_of(2025), "contractor", made)
    with database.write() as session:
        waves.close_wave(session, KINDS, 2025)
    put_wave(database, load_instrument(write(folder / "study", comparable_study(2026, "confidential")), 2026))
    app = create_app(Settings(environment="development", instance=folder, log_level="ERROR"), database=database)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Invited(f"http://127.0.0.1:{server.server_port}", database, app.config["SECRET_KEY"])
    server.shutdown()
    thread.join()
    server.server_close()
    database.close()


@pytest.fixture
def someone(chromium: Browser, invited: Invited) -> Iterator[Callable[..., Person]]:
    contexts = []

    def make(language: str, *, dark: bool = False, phone: bool = False) -> Person:
        context = chromium.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            color_scheme="dark" if dark else "light",
            locale=language,
        )
        context.set_default_timeout(8_000)
        contexts.append(context)
        return Person(context, invited.address, language)

    yield make
    for context in contexts:
        context.close()


def screens(person: Person, invited: Invited) -> Iterator[str]:
    """Every screen from the mail to the comparison."""
    link = invited.link(person.language)
    out = "afmelden" if person.language == "nl" else "opt-out"
    person.open("/i/" + "x" * 22)
    yield "unknown link"
    person.open(f"{link}/{out}")
    yield "opt out"
    person.press("out")
    yield "opted out"
    person.press("undo")
    yield "undone"
    person.open(link)
    yield "personal landing"
    person.press()
    assert link not in person.page.url
    person.page.check("#agree")
    person.press()
    person.page.locator("input[type=radio]").first.check()
    person.press()
    person.open(link)
    yield "begun"
    invited.finish()
    person.questionnaire("klaar" if person.language == "nl" else "done")
    yield "done"
    person.page.get_by_role("link", name="Vergelijk" if person.language == "nl" else "Compare").click()
    yield "comparison"
    person.context.clear_cookies()
    person.open(link)
    yield "used elsewhere"


@pytest.mark.parametrize("look", LOOKS)
def test_every_screen_of_a_link_is_accessible_and_fits(
    someone: Callable[..., Person], invited: Invited, look: str
) -> None:
    person = someone(**LOOKS[look])
    for name in screens(person, invited):
        assert person.check_axe() == [], name
        assert person.sideways() == 0, name
        assert person.page.evaluate(SMALL_TARGETS) == [], name
        assert person.page.locator("h1").count() == 1, name
        assert person.page.evaluate("document.documentElement.lang") in (person.language, "en"), name
    assert person.complaints == []
    assert person.hosts == {invited.address.removeprefix("http://")}


def test_no_later_page_hears_the_link(someone: Callable[..., Person], invited: Invited) -> None:
    person, link = someone("nl"), invited.link("nl")
    heard: list[str] = []
    person.page.on("request", lambda request: heard.append(request.headers.get("referer", "")))
    person.open(link).press()
    person.page.check("#agree")
    person.press()
    assert person.at == "start"
    token = link.removeprefix("/i/")
    assert heard
    assert not [referer for referer in heard if token in referer]
    assert token not in person.page.url
