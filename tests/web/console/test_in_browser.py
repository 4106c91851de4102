"""The console in a real browser: live without losing anybody's place. Its looks: tests/browser/test_check_set.py."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.fieldwork import interviews
from surveyapp.fieldwork.waves import wave_info
from tests.web.console.people import BASE, INSTRUMENTS, PASSWORD, STUDY
from tests.web.serving import Server

pytestmark = pytest.mark.browser
FIELDWORK = f"{BASE}/fieldwork"


class Site(Server):
    """The server and its application."""

    def __init__(self, app: Flask) -> None:
        self.app: Flask = app
        super().__init__(app)


@pytest.fixture
def site(filled: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copyfile(filled, tmp_path / "surveyapp.sqlite3")
    settings = Settings(instance=tmp_path, environment="development", instruments=INSTRUMENTS)
    running = Site(create_app(settings))
    yield running
    running.stop()
    running.app.extensions["surveyapp"].database.close()


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """The one browser of this process; named so that the plugin of the same name never starts a second."""
    return chromium


def enter(browser: Browser, site: Site, width: int = 1280, theme: str = "light", language: str = "en") -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
        locale=language,
        base_url=site.address,
    )
    page = context.new_page()
    page.goto("/login")
    page.fill("#email", "admin@example.org")
    page.fill("#password", PASSWORD)
    with page.expect_navigation(url="**/console/"):
        page.locator("main button.button").click()
    if page.locator("html").get_attribute("lang") != language:
        with page.expect_navigation():
            page.locator("button[name=language]").click()
    return page


def begin(site: Site) -> None:
    services = site.app.extensions["surveyapp"]
    with services.database.write() as session:
        wave = wave_info(session, STUDY, 2026)
        instrument = services.library.of_wave(session, STUDY, 2026)
        interviews.begin(session, wave, instrument, "manager", "en", "panel", "tablet")


def test_figures_move_while_focus_and_opened_details_stay_and_a_dead_server_is_told(
    browser: Browser, site: Site
) -> None:
    page = enter(browser, site)
    page.clock.install()
    page.goto(FIELDWORK)
    figure = page.locator("#card-begun .figure")
    page.locator("#days-table > summary").click()
    expect(page.locator("#days-table[open]")).to_have_count(1)
    page.locator("#card-begun .figure a").focus()
    assert figure.inner_text().strip() == "160"

    begin(site)
    with page.expect_response(lambda answer: "_part=figures" in answer.url) as moved:
        page.clock.fast_forward(31_000)
    assert moved.value.status == 200
    expect(figure).to_have_text("161")  # not wait_for_function: it evaluates in the page, which the policy forbids
    assert page.evaluate("document.activeElement.closest('#card-begun') !== null")
    assert page.locator("#days-table").get_attribute("open") is not None

    with page.expect_response(lambda answer: "_part=figures" in answer.url) as still:
        page.clock.fast_forward(31_000)
    assert still.value.status == 204
    assert page.locator("#stale").inner_text() == ""

    site.stop()
    page.clock.fast_forward(31_000)
    expect(page.locator("#stale")).to_contain_text("Could not refresh")
    assert figure.inner_text().strip() == "161"
    page.context.close()


def test_after_pause_nothing_is_asked_any_more(browser: Browser, site: Site) -> None:
    page = enter(browser, site)
    page.clock.install()
    page.goto(FIELDWORK)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "_part" in request.url else None)

    page.locator("#pause").click()
    for _ in range(4):
        page.clock.fast_forward(31_000)
    page.wait_for_timeout(300)

    assert asked == []
    assert "Paused" in page.locator("#stale").inner_text()
    page.context.close()


def test_without_a_script_the_page_is_whole_and_has_no_dead_control(browser: Browser, site: Site) -> None:
    signed_in = enter(browser, site)
    plain = browser.new_context(java_script_enabled=False, base_url=site.address)
    plain.add_cookies(signed_in.context.cookies())
    page = plain.new_page()

    page.goto(FIELDWORK)

    assert page.locator("#card-complete .figure").inner_text().strip() != ""
    assert not page.locator("#pause").is_visible()
    page.locator("#refresh").click()
    page.locator("#card-complete").wait_for()
    plain.close()
    signed_in.context.close()


def test_a_preview_is_answered_inside_its_frame_and_each_frame_is_as_wide_as_a_phone(
    browser: Browser, site: Site
) -> None:
    page = enter(browser, site, language="nl")
    page.goto(f"{BASE}/instrument/preview?role=contractor&page=start&width=phone")
    assert page.locator("iframe").count() == 2
    assert page.evaluate("[...document.querySelectorAll('iframe')].map(one => one.offsetWidth)") == [390, 390]
    dutch = page.frame_locator("iframe").first
    dutch.locator("button[data-main]").click()
    dutch.locator("#summary").wait_for()
    dutch.locator("label", has_text="Ja").first.click()
    dutch.locator("button[data-main]").click()
    dutch.locator("h1", has_text="Uw opdracht").wait_for()
    assert "Preview" in page.frame_locator("iframe").nth(1).locator(".test-banner").inner_text()
    page.context.close()
