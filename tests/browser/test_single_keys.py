"""J and K in the queue of flagged questionnaires: from one to the next, and off for who does not want them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
SCRIPTS = Path(__file__).parents[2] / "surveyapp/static/js"
ROWS = "".join(
    f'<tr><th><a href="#{code}" id="{code}">{code}</a></th><td><button id="keep-{code}">Keep</button></td></tr>'
    for code in "abc"
)
LIST = f'<input id="field"><div id="queue" data-keys-on="J and K"><table><tbody>{ROWS}</tbody></table></div>'
CASE = (
    '<div id="queue" data-keys-on="J and K"><a rel="prev" href="#before">a</a><a rel="next" href="#after">c</a></div>'
)


@pytest.fixture
def page(chromium: Browser) -> Page:
    return chromium.new_page()


def put(page: Page, content: str) -> None:
    page.set_content(content)
    for name in ("keys.js", "quality.js"):
        page.add_script_tag(path=SCRIPTS / name)


def test_they_go_from_row_to_row_and_stop_at_the_ends(page: Page) -> None:
    put(page, LIST)
    for key, there in (("j", "#a"), ("j", "#b"), ("k", "#a"), ("k", "#a"), ("j", "#b")):
        page.keyboard.press(key)
        expect(page.locator(there)).to_be_focused()
    page.locator("#keep-b").focus()
    page.keyboard.press("j")
    expect(page.locator("#c")).to_be_focused()
    page.locator("#field").focus()
    page.keyboard.press("j")
    expect(page.locator("#field")).to_have_value("j")
    page.get_by_label("J and K").uncheck()
    page.keyboard.press("j")
    expect(page.locator("#keys")).to_be_focused()
    page.close()


def test_on_a_questionnaire_they_follow_the_links_to_the_next_and_the_previous(page: Page) -> None:
    put(page, CASE)
    page.keyboard.press("j")
    page.wait_for_function("location.hash === '#after'")
    page.keyboard.press("k")
    page.wait_for_function("location.hash === '#before'")
    page.close()
