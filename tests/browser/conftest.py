"""A real browser on a real server: Chromium as Debian brings it, and the application in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, ViewportSize

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.database import Database
from tests.browser import axe
from tests.browser.axe import Mirror
from tests.browser.remembered import Remembered
from tests.instrument.definitions import definition, write
from tests.web.browsing import questionnaire, wave_in
from tests.web.conftest import REAL, put_wave
from tests.web.serving import served

if TYPE_CHECKING:
    from tests.browser.everywhere import Everywhere

PATIENCE = 30_000
"""Milliseconds to wait for something on a page before it counts as missing; a busy machine needs some."""
PHONE: ViewportSize = {"width": 320, "height": 568}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}

_TAP = """what => {
  const button = [...document.querySelectorAll(what)].find(e => e.checkVisibility({visibilityProperty: true}));
  if (!button || button.disabled) return `there is no ${what} to press`;
  for (const block of ['nearest', 'center', 'start', 'end']) {
    button.scrollIntoView({block, behavior: 'instant'});
    const box = button.getBoundingClientRect();
    if (!button.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2))) continue;
    button.focus({preventScroll: true});
    button.click();
    return '';
  }
  return `something lies over ${what}`;
}"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser."""
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def database_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the server's database."""
    return tmp_path_factory.mktemp("browser") / "survey.sqlite3"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, database_file: Path) -> Iterator[str]:
    """The address of a server with every kind of question, and the real study, open for answers."""
    database = Database(f"sqlite:///{database_file}")
    database.upgrade()
    kinds = write(tmp_path_factory.mktemp("kinds"), definition("kinds"))
    put_wave(database, load_instrument(kinds, 2026))
    put_wave(database, load_instrument(REAL, 2026))
    settings = Settings(environment="development", instance=database_file.parent, log_level="ERROR")
    with served(create_app(settings, database=database)) as address:
        yield address
    database.close()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everywhere]:
    """The site on which every screen can be met."""
    from tests.browser.everywhere import everywhere

    with everywhere(tmp_path_factory.mktemp("everywhere")) as made:
        yield made


@pytest.fixture
def remembered(shared: Callable[[str], Path]) -> Remembered:
    """What axe has said so far in this run."""
    return Remembered(shared("said-by-axe"))


@pytest.fixture(scope="session")
def mirror(chromium: Browser, world: Everywhere) -> Iterator[Mirror]:
    """Where documents of this site are shown to axe."""
    made = Mirror(chromium, world.address)
    yield made
    made.close()


class Person:
    """Someone with a browser: a page, what its console complained about, and shortcuts through the questionnaire."""

    def __init__(self, context: BrowserContext, site: str, language: str) -> None:
        self.context, self.site, self.language = context, site, language
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.wave = "kinds-2026"  # that of the last address that named one
        self.hosts: set[str] = set()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        self.page.on("framenavigated", self._went)

    def _heard(self, message: object) -> None:
        kind, text = message.type, message.text  # type: ignore[attr-defined]
        expected = "status of 4" in text  # a page that answers 422 is no fault
        if kind in ("error", "warning") and not expected:
            self.complaints.append(text)

    def _went(self, frame: Frame) -> None:
        """Remember the wave of the last address that named one."""
        if frame is self.page.main_frame:
            self.wave = wave_in(frame.url) or self.wave

    def open(self, path: str) -> Person:
        """Open an address of the site."""
        self.page.goto(self.site + path)
        return self

    def landing(self, study: str) -> Person:
        """Open the landing page."""
        return self.open(f"/{'nl/onderzoek' if self.language == 'nl' else 'en/survey'}/{study}-2026")

    def questionnaire(self, name: str) -> Person:
        """Open a page of the questionnaire's own addresses; the one that asks for a code is of no wave."""
        if name in ("verder", "resume"):
            return self.open("/nl/vragenlijst/verder" if name == "verder" else "/en/questionnaire/resume")
        return self.open(f"{questionnaire(self.wave, self.language)}/{name}")

    def go(self, page: str) -> Person:
        """Open a page of questions."""
        return self.questionnaire(f"p/{page}")

    def press(self, action: str = "next") -> Person:
        """Press the visible button with this value."""
        with self.page.expect_navigation():  # a load alone could be that of the page before, which is over
            self.page.locator(f"main button[value='{action}']:visible").first.click()
        return self

    def tap(self, what: str) -> Person:
        """Press the first visible one of these, which must lie free in the window, and wait for the page it leads to.

        As `press`, with less between: the page itself is told, in one message, which costs half the processor time of a
        hand's press. For walks along many pages; how a hand presses is tested where it is what a test is about.
        """
        with self.page.expect_navigation(wait_until="load"):
            said = self.page.evaluate(_TAP, what)
            assert said == "", f"{self.page.url}: {said}"
        return self

    def begin(self, study: str = "kinds", role: str = "contractor") -> Person:
        """From the landing page to the second page of questions."""
        self.landing(study)
        self.page.check(f"input[name=role][value={role}]")
        self.press()
        self.page.check("#agree")
        self.press()
        self.page.locator("input[type=radio]").first.check()
        return self.press()

    def check_axe(self) -> list[str]:
        """What axe finds on this page."""
        return [fault for answer in axe.ask(self.page).values() for fault in answer.faults]

    def sideways(self) -> int:
        """How many pixels the page is wider than its window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return width

    @property
    def at(self) -> str:
        """The id of the page of questions; empty elsewhere."""
        return self.page.url.partition("/p/")[2].partition("?")[0].partition("#")[0]


@pytest.fixture
def person(chromium: Browser, site: str) -> Iterator[Callable[..., Person]]:
    """Makes people: each with a browser profile of their own."""
    contexts: list[BrowserContext] = []

    def make(language: str = "nl", *, dark: bool = False, javascript: bool = True, phone: bool = False) -> Person:
        context = chromium.new_context(
            viewport=PHONE if phone else DESKTOP,
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            locale=language,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return Person(context, site, language)

    yield make
    for context in contexts:
        context.close()
