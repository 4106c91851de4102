"""Tables of figures on a narrow page: three columns and more at a tick, words parted at their seams, a sign of more."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from surveyapp.web.hyphens import soft

CSS = Path(__file__).parents[2] / "surveyapp" / "static" / "css"


def _table(browser: Browser, width: int, *, scripts: bool = False) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 600}, java_script_enabled=scripts)
    beyond = ["" if at < 3 else " beyond" for at in range(22)]
    heads = "".join(f'<th class="number{one}">{soft("professionals")} {at}</th>' for at, one in enumerate(beyond))
    cells = "".join(f'<td class="number{one}">7,6</td>' for one in beyond)
    styles = "".join((CSS / name).read_text(encoding="utf-8") for name in ("tokens.css", "base.css", "console.css"))
    page.set_content(
        f'<html lang="nl"><style>{styles}</style><body class="console"><main class="wide"><div class="wide-table">'
        '<input type="checkbox" class="more-columns" id="all"><label for="all">alle</label>'
        f'<div class="region"><table class="banner-table gutter-2"><thead><tr><th></th>{heads}</tr></thead>'
        f"<tbody><tr><th>{soft('Standaardafwijking')}</th>{cells}</tr></tbody></table></div></div></main>"
    )
    return page


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_shows_three_columns_and_all_at_a_tick_without_scripts(chromium: Browser, width: int) -> None:
    page = _table(chromium, width)
    assert page.locator("td:visible").count() == 3
    page.locator("label").click()
    assert page.locator("td:visible").count() == 22
    page.close()


def test_a_desk_shows_every_column_and_no_tick(chromium: Browser) -> None:
    page = _table(chromium, 1280)
    assert page.locator("td:visible").count() == 22
    assert not page.locator("label").is_visible()
    page.close()


def test_a_table_that_goes_on_says_so_until_one_is_at_its_end(chromium: Browser) -> None:
    page = _table(chromium, 1280, scripts=True)
    sign = "getComputedStyle(document.querySelector('.wide-table'), '::after').opacity"
    settle = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(settle)
    assert float(page.evaluate(sign)) == 1
    page.evaluate("document.querySelector('.region').scrollLeft = 1e6")
    page.evaluate(settle)
    assert float(page.evaluate(sign)) < 0.05
    page.close()
