"""Whoever leaves a questionnaire, at any moment and in any way, finds it again after a weekend, with what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from surveyapp import clock
from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.fieldwork import contacts, personal_links
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.database import Database
from tests.browser.conftest import PATIENCE, Person
from tests.instrument.definitions import definition, patched, write
from tests.web.conftest import KINDS, put_wave
from tests.web.serving import served

NAMED = "named"
WEEKEND = timedelta(days=3)
TYPED = "Half af, en niet bewaard"


@dataclass
class Place:
    """A server whose days can be let pass."""

    site: str
    links: list[str]
    later: timedelta = timedelta()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server with a wave for everybody and one by personal link."""
    folder: Path = tmp_path_factory.mktemp("come-back")
    database = Database(f"sqlite:///{folder / 'survey.sqlite3'}")
    database.upgrade()
    put_wave(database, load_instrument(write(folder / KINDS, definition("kinds")), 2026))
    changes = (("study.study", NAMED), ("study.waves.0.mode", "confidential"))
    named = load_instrument(write(folder / NAMED, patched(*changes, name="kinds")), 2026)
    put_wave(database, named)
    app = create_app(Settings(environment="development", instance=folder, log_level="ERROR"), database=database)
    with database.write() as session:
        people = "".join(f"p{number}@example.org;contractor\n" for number in range(20))
        contacts.import_contacts(session, named, contacts.read_contacts(f"email;role\n{people}".encode(), named))
        made = personal_links.make_links(session, NAMED, 2026, salt=app.config["SECRET_KEY"])
    found = Place("", [link.token for link in made])
    answer = app.wsgi_app

    def then(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        with clock.stopped_at(datetime.now(UTC) + found.later):
            return answer(environ, start)

    app.wsgi_app = then  # type: ignore[method-assign]
    with served(app) as found.site:
        yield found
    database.close()


@pytest.fixture
def anybody(chromium: Browser, place: Place) -> Iterator[Callable[[str], Person]]:
    """Makes people who came for a wave and typed something on a page."""
    contexts = []

    def make(study: str) -> Person:
        place.later = timedelta()
        context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="nl")
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        someone = Person(context, place.site, "nl")
        if study == KINDS:
            someone.landing(study)
            someone.page.check("input[name=role][value=contractor]")
        else:
            someone.link = f"/i/{place.links.pop()}"  # type: ignore[attr-defined]
            someone.open(someone.link)  # type: ignore[attr-defined]
        someone.press()
        someone.page.check("#agree")
        someone.press()
        someone.page.locator("input[type=radio]").first.check()
        someone.press()
        someone.go("short")
        someone.page.fill("input[name=q_k_short]", TYPED)
        return someone

    yield make
    for context in contexts:
        context.close()


def close_the_tab(someone: Person) -> None:
    someone.page.close()


def go_back(someone: Person) -> None:
    someone.page.go_back()


def press_the_name(someone: Person) -> None:
    with someone.page.expect_navigation():
        someone.page.click(".site-name a")


def go_elsewhere(someone: Person) -> None:
    someone.page.goto("about:blank")


def switch_language(someone: Person) -> None:
    with someone.page.expect_navigation():
        someone.page.click("button.language")


def look_at_another_study(someone: Person) -> None:
    someone.open("/nl/")


def begin_anew_and_think_better_of_it(someone: Person) -> None:
    press_the_name(someone)
    fresh = someone.page.locator("button[value=fresh]")
    if fresh.count():  # there is one questionnaire for each invitation
        with someone.page.expect_navigation():
            fresh.click()
        assert someone.page.locator(".code").is_visible()


WAYS = (
    close_the_tab,
    go_back,
    press_the_name,
    go_elsewhere,
    switch_language,
    look_at_another_study,
    begin_anew_and_think_better_of_it,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("study", [KINDS, NAMED])
def test_who_leaves_comes_back_after_a_weekend(
    anybody: Callable[[str], Person], place: Place, study: str, way: Callable[[Person], None]
) -> None:
    someone = anybody(study)
    way(someone)
    place.later = WEEKEND
    someone.page = someone.context.new_page()
    if study == KINDS:
        someone.landing(study)
        with someone.page.expect_navigation():
            someone.page.click("main a.button")
    else:
        someone.open(someone.link)  # type: ignore[attr-defined]
        someone.press()
    someone.go("short")
    expect(someone.page.locator("input[name=q_k_short]")).to_have_value(TYPED)


def test_who_begins_anew_still_has_the_code_after_a_weekend(anybody: Callable[[str], Person], place: Place) -> None:
    someone = anybody(KINDS)
    press_the_name(someone)
    with someone.page.expect_navigation():
        someone.page.click("button[value=fresh]")
    code = someone.page.locator(".code").inner_text()
    with someone.page.expect_navigation():
        someone.page.click("#q button.secondary")
    assert someone.page.locator("input[name=role]").count() > 0
    place.later = WEEKEND
    someone.questionnaire("verder")
    someone.page.fill("#code", code)
    with someone.page.expect_navigation():
        someone.page.click("main form button.button")
    someone.go("start")
    assert someone.page.locator("input[type=radio]").first.is_checked()
