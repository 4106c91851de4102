"""What one person answered is not there for who comes next in the same tab."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.everywhere import FIRST, Everywhere
from tests.browser.screens import Walk


@pytest.mark.parametrize("how", ["screened out", "left", "saved for later"])
def test_the_next_person_in_this_tab_begins_with_an_empty_page(chromium: Browser, world: Everywhere, how: str) -> None:
    walk = Walk(chromium, world, "nl").consented(FIRST)
    page = walk.page
    page.locator("input[type=radio]").last.check()
    if how == "screened out":
        walk.press()
        walk.press("fresh")
    elif how == "left":
        walk.press("save").to("leave")
        page.locator("main button").first.click()
        page.wait_for_load_state()
    else:
        walk.press("save")
    kept = page.evaluate("Object.keys(sessionStorage).filter(name => name.startsWith('page:'))")
    assert kept == []
    walk.consented(FIRST)
    expect(page.locator("input:checked")).to_have_count(0)
    walk.context.close()
