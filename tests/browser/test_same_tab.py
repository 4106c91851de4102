"""What one person answered is not there for who comes next in the same tab."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.everywhere import FIRST, Everywhere
from tests.browser.screens import Walk


def kept_on(page: Page) -> list[str]:
    """The pages of questions whose text this tab still has."""
    names: list[str] = page.evaluate("Object.keys(sessionStorage).filter(name => name.startsWith('page:'))")
    return names


@pytest.mark.parametrize("how", ["screened out", "left", "saved for later"])
def test_the_next_person_in_this_tab_begins_with_an_empty_page(chromium: Browser, world: Everywhere, how: str) -> None:
    walk = Walk(chromium, world, "nl").consented(FIRST)
    page = walk.page
    if how == "left":
        walk.context.set_offline(True)
    page.locator("input[type=radio]").last.check()
    if how == "screened out":
        walk.press()
        walk.press("fresh")
    elif how == "left":
        while not kept_on(page):  # the draft that could not be sent
            page.wait_for_timeout(50)
        walk.context.set_offline(False)
        walk.to("leave").submit(page.locator("main button").first)
    else:
        walk.press("save")
    assert kept_on(page) == []
    walk.consented(FIRST)
    expect(page.locator("input:checked")).to_have_count(0)
    walk.context.close()
