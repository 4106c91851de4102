"""Tables of the console that no text of a test shows: as they break on a screen, fold on a phone and print."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
CONSOLE = Path(__file__).parents[2] / "surveyapp"
HASH = "1f544cd7be4c61d24fb909475f25a0ef188005c9051b26d81a4ccda6f0" * 2


def styles() -> str:
    """The looks of the console, to be put before a piece of a page."""
    names = ("tokens.css", "base.css", "console.css")
    return "".join(f"<style>{(CONSOLE / 'static/css' / name).read_text(encoding='utf-8')}</style>" for name in names)


def test_what_was_done_stays_on_one_line_and_a_hash_breaks(chromium: Browser) -> None:
    template = (CONSOLE / "templates/console/admin/audit.html").read_text(encoding="utf-8")
    row = template.split("{% for line in page.lines %}")[1].split("{% endfor %}")[0]
    for shown, text in {
        "{{ line.number }}": "6",
        "{{ line.at | day }}, {{ line.at | hour }}": "30 november 2026, 15:52",
        "{{ line.actor }}": "researcher@example.org",
        "{{ line.action }}": "account.sign_in",
        "{{ line.subject }}": "researcher@example.org",
        "{{ line.details }}": f"file: goed-opdrachtgeverschap-2026-report.xlsx · sha256: {HASH}",
    }.items():
        assert shown in row
        row = row.replace(shown, text)
    page = chromium.new_page(viewport={"width": 1100, "height": 600})
    page.set_content(f'{styles()}<main class="console"><table>{row}</table></main>')
    lines = "box => box.getClientRects().length"
    assert page.locator("td code").evaluate(lines) == 1
    assert page.locator("time").evaluate(lines) <= 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_on_paper_the_base_stands_once_under_its_figures(chromium: Browser) -> None:
    page = chromium.new_page()
    page.emulate_media(media="print")
    page.set_content(f"{styles()}<table><thead><tr><th>a</th></tr></thead><tfoot><tr><td>n</td></tr></tfoot></table>")
    shown = "part => getComputedStyle(part).display"
    assert page.locator("thead").evaluate(shown) == "table-header-group", "a head is printed again on each page"
    assert page.locator("tfoot").evaluate(shown) == "table-row-group", "a footer would be, before a figure stood there"
    page.close()


def test_on_a_phone_only_heads_to_sort_by_stand_above_the_cards(chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 600})
    table = '<table class="case-table" id="{key}"><thead><tr><th>{head}</th></tr></thead></table>'
    page.set_content(
        styles() + table.format(key="runs", head="Size") + table.format(key="cases", head='<a href="#">Role</a>')
    )
    assert not page.locator("#runs thead").is_visible()
    assert page.locator("#cases thead").is_visible()
    page.close()


def test_four_cards_of_a_reader_fill_one_line(chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 600})
    card = '<li class="card"></li>'
    last = '<li class="card" id="card-response-rate"></li>'
    tops = "all => new Set(all.map(one => one.getBoundingClientRect().top)).size"
    for before, lines in ((3, 1), (6, 2)):
        page.set_content(f'{styles()}<ul class="cards">{card * before}{last}</ul>')
        assert page.locator(".cards > li").evaluate_all(tops) == lines
    page.close()
