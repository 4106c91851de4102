"""Mail in the browser: the forms that offer one, whole and in every state, and what comes of pressing them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect
from pydantic import SecretStr

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.fieldwork import contacts
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.loader import load_instrument
from surveyapp.jobs.post import post_office
from surveyapp.jobs.worker import Worker
from surveyapp.storage.database import Database
from tests.browser.conftest import DESKTOP, PATIENCE, PHONE, Person
from tests.instrument.definitions import definition, patched, write
from tests.jobs.mail_servers import MailBox, mail_server
from tests.web.conftest import put_wave
from tests.web.serving import served

both = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])


@dataclass
class Town:
    """A site with a mail server: `kinds` open to all, a wave by invitation, and one that is not open yet."""

    site: str
    box: MailBox
    database: Database
    worker: Worker
    browser: Browser

    def person(
        self, language: str = "nl", *, javascript: bool = True, phone: bool = False, dark: bool = False
    ) -> Person:
        context = self.browser.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            locale=language,
        )
        context.set_default_timeout(PATIENCE)
        return Person(context, self.site, language)


def _study(name: str, mode: str = "anonymous") -> dict[str, object]:
    return patched(("study.study", name), ("study.waves.0.mode", mode), name="kinds")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    database = Database(f"sqlite:///{folder / 'survey.sqlite3'}")
    database.upgrade()
    put_wave(database, load_instrument(write(folder / "kinds", definition("kinds")), 2026))
    invited = load_instrument(write(folder / "invited", _study("invited", "confidential")), 2026)
    put_wave(database, invited)
    put_wave(database, load_instrument(write(folder / "later", _study("later")), 2026), "draft")
    with database.write() as session:
        contacts.import_contacts(session, invited, contacts.read_contacts(b"email\njan@example.org\n", invited))
    with mail_server() as box:
        settings = Settings(
            environment="development",
            instance=folder,
            log_level="ERROR",
            smtp_url=SecretStr(box.url),
            mail_from="survey@example.org",
        )
        app = create_app(settings, database=database)
        worker = Worker(database, InstrumentLibrary(database), post_office(settings), salt=app.config["SECRET_KEY"])
        with served(app) as site:
            yield Town(site, box, database, worker, chromium)
    database.close()


def accessible(someone: Person) -> None:
    """Nothing axe finds, nothing beside the window, small and large, and nothing the console complains of."""
    for size in (PHONE, DESKTOP):
        someone.page.set_viewport_size(size)  # type: ignore[arg-type]
        assert someone.sideways() <= 0
        assert someone.check_axe() == []


def fill(someone: Person, typed: str, action: str) -> None:
    someone.page.fill("#email", typed)
    someone.press(action)


@both
def test_a_code_that_was_mailed_goes_on_at_the_same_page_of_another_device(town: Town, javascript: bool) -> None:
    someone = town.person(javascript=javascript).begin().go("short")
    someone.page.fill("input[name=q_k_short]", "Halverwege")
    someone.press("save")
    code = someone.page.locator(".code").inner_text()
    before = len(town.box.mails)
    fill(someone, "jan@", "mail")
    expect(someone.page.locator("#summary")).to_be_focused()
    expect(someone.page.locator("#email")).to_have_value("jan@")
    expect(someone.page.locator(".code")).to_have_text(code)
    fill(someone, "jan@example.org", "mail")
    expect(someone.page.locator("[role=status]").first).to_contain_text("is onderweg")
    expect(someone.page.locator(".code")).to_have_text(code)
    someone.page.reload()
    assert len(town.box.mails) == before + 1
    said = town.box.texts[-1]
    found = re.search(r"[A-Z2-9]{4} [A-Z2-9]{4} [A-Z2-9]{4}", said)
    assert found is not None
    assert found[0] == code
    elsewhere = town.person(javascript=javascript, phone=True).questionnaire("verder")
    elsewhere.page.fill("#code", found[0].lower())
    elsewhere.page.locator("#code").press("Enter")
    elsewhere.page.wait_for_url("**/p/**")
    elsewhere.go("short")
    expect(elsewhere.page.locator("input[name=q_k_short]")).to_have_value("Halverwege")
    assert someone.complaints == elsewhere.complaints == []
    someone.context.close()
    elsewhere.context.close()


def test_a_double_press_sends_one_code_and_says_so_when_it_has_gone(town: Town) -> None:
    someone = town.person().begin().press("save")
    before = len(town.box.mails)
    someone.page.fill("#email", "jan@example.org")
    town.box.looks = 1.5
    try:
        someone.page.locator("button[value=mail]").dblclick()
        expect(someone.page.locator("[role=status]").first).to_contain_text("is onderweg")
    finally:
        town.box.looks = 0
    assert len(town.box.mails) == before + 1
    accessible(someone)
    assert someone.complaints == []
    someone.context.close()


@both
def test_who_lost_the_link_gets_a_new_one_by_mail_and_follows_it(town: Town, javascript: bool) -> None:
    someone = town.person(javascript=javascript).questionnaire("verder")
    before = len(town.box.mails)
    fill(someone, "Jan@example.org", "link")
    expect(someone.page.locator("[role=status]").first).to_contain_text("Is dit adres uitgenodigd?")
    town.worker.once()
    assert len(town.box.mails) == before + 1
    found = re.search(r"/i/\S+", town.box.texts[-1])
    assert found is not None
    elsewhere = town.person(javascript=javascript, phone=True).open(found[0])
    expect(elsewhere.page.locator("h1")).to_be_visible()
    elsewhere.press()
    assert found[0] not in elsewhere.page.url
    assert someone.complaints == elsewhere.complaints == []
    someone.context.close()
    elsewhere.context.close()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_state_of_every_form_is_accessible_and_fits(town: Town, language: str, dark: bool) -> None:
    someone = town.person(language, dark=dark)
    someone.open("/nl/onderzoek/later-2026" if language == "nl" else "/en/survey/later-2026")
    accessible(someone)
    fill(someone, "jan", "notify")
    accessible(someone)
    fill(someone, "jan@example.org", "notify")
    accessible(someone)
    someone.questionnaire("verder" if language == "nl" else "resume")
    accessible(someone)
    fill(someone, "jan", "link")
    accessible(someone)
    fill(someone, "vreemd@example.org", "link")
    accessible(someone)
    someone.begin().press("save")
    accessible(someone)
    fill(someone, "jan", "mail")
    accessible(someone)
    town.box.on_recipient = "451 later"
    fill(someone, "jan@example.org", "mail")
    expect(someone.page.locator(".notice.warning")).to_be_focused()
    accessible(someone)
    town.box.on_recipient = "250 OK"
    fill(someone, "jan@example.org", "mail")
    accessible(someone)
    assert [each for each in someone.complaints if "503" not in each] == []
    someone.context.close()


def test_a_comparison_that_has_nothing_to_show_takes_an_address(town: Town) -> None:
    someone = town.person(phone=True).begin()
    while someone.at:
        before = someone.page.url
        someone.press()
        if someone.page.url == before:
            someone.press()
    someone.page.locator("[data-main]").click()
    expect(someone.page.locator("h1")).to_have_text("Dank u wel")
    accessible(someone)
    # The receipt offers no comparison before there is a closed wave; its address stays good.
    someone.page.goto(someone.page.url.replace("klaar", "vergelijk"))
    accessible(someone)
    fill(someone, "jan", "keep")
    expect(someone.page.locator("#summary")).to_be_focused()
    accessible(someone)
    fill(someone, "jan@example.org", "keep")
    expect(someone.page.locator("[role=status]").first).to_contain_text("los van uw antwoorden")
    accessible(someone)
    assert someone.complaints == []
    someone.context.close()
