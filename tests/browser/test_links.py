"""The personal link stays with whoever got it."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.browser.everywhere import Everywhere
from tests.browser.screens import Walk


def test_no_later_page_hears_the_link(chromium: Browser, world: Everywhere) -> None:
    walk, link = Walk(chromium, world, "nl"), world.link("nl")
    heard: list[str] = []
    walk.page.on("request", lambda request: heard.append(request.headers.get("referer", "")))
    walk.open(link).press()
    walk.page.check("#agree")
    walk.press()
    assert walk.at == "start"
    token = link.removeprefix("/i/")
    assert heard
    assert not [referer for referer in heard if token in referer]
    assert token not in walk.page.url
    walk.context.close()
