"""What counts as the same document to axe: a memory that took one for another would hide what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import probes
from tests.browser.remembered import Remembered

DOCUMENT = """<!doctype html><html lang="nl"><head><title>Een vraag</title></head><body><main>
<h1 id="kop" class="groot">Hoe lang bent u?</h1><a id="verder" href="/p/2?of=4f3c9a1b7d2e8f60">Verder</a>
<form data-draft="/concept/4f3c9a1b7d2e8f60"><input type="hidden" name="key" value="Zz1"><input id="lengte" value="1">
<label><input type="radio" name="soort" value="1">Groot</label><select id="jaar"><option>2025<option>2026</select>
<textarea id="meer"></textarea><p id="tijd">Om 12:05, nummer 9fa51ca66a, 17 dagen.</p><strong class="code">4G96
VXZ5</strong></form></main></body></html>"""
OTHER = [
    ("class", "kop.className = 'klein'"),
    ("text", "kop.textContent = 'Hoe oud bent u?'"),
    ("element", "kop.remove()"),
    ("style", "kop.style.color = 'silver'"),
    ("name of an element", "kop.id = 'top'"),
    ("place in the page", "verder.setAttribute('href', '#kop')"),
    ("language", "document.documentElement.lang = 'en'"),
    ("typed", "lengte.value = '180'"),
    ("typed in a large field", "meer.value = 'Zo maar'"),
    ("chosen", "document.querySelector('[type=radio]').checked = true"),
    ("chosen in a list", "jaar.selectedIndex = 1"),
    ("focus", "lengte.focus()"),
    ("count", "tijd.textContent = 'Om 12:05, nummer 9fa51ca66a, 18 dagen.'"),
    ("longer code", "document.querySelector('.code').textContent = 'FQWUZ\\nZZTQ'"),
    ("attribute", "lengte.setAttribute('aria-invalid', 'true')"),
]
ALIKE = [
    ("token in an address", "verder.href = '/p/2?of=00ff00ff00ff00ff'"),
    ("token in data", "document.querySelector('form').dataset.draft = '/concept/00ff00ff00ff00ff'"),
    ("key in a hidden field", "document.querySelector('[type=hidden]').value = 'Qq2'"),
    ("time and number of a fault", "tijd.textContent = 'Om 13:40, nummer d1e14c323b, 17 dagen.'"),
    ("code", "document.querySelector('.code').textContent = 'FQWU\\nZZTQ'"),
    ("script", "document.body.append(document.createElement('script'))"),
]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    page = context.new_page()
    page.set_content(DOCUMENT)
    yield page
    context.close()


@pytest.mark.parametrize("change", [change for _, change in OTHER], ids=[name for name, _ in OTHER])
def test_whatever_axe_could_read_makes_another_document(page: Page, change: str) -> None:
    before = probes.shown(page).alike
    page.evaluate(change)
    assert probes.shown(page).alike != before


@pytest.mark.parametrize("change", [change for _, change in ALIKE], ids=[name for name, _ in ALIKE])
def test_what_nobody_sees_does_not(page: Page, change: str) -> None:
    before = probes.shown(page).alike
    page.evaluate(change)
    assert probes.shown(page).alike == before


def test_a_document_that_was_written_down_shows_what_was_typed_and_chosen(page: Page) -> None:
    for _, change in OTHER[7:11]:
        page.evaluate(change)
    page.set_content(probes.shown(page).html)
    assert page.input_value("#lengte") == "180"
    assert page.input_value("#meer") == "Zo maar"
    assert page.input_value("#jaar") == "2026"
    assert page.locator("[type=radio]").is_checked()


def test_a_fault_is_told_to_everybody_who_asks_and_each_look_is_asked_once(page: Page, tmp_path: Path) -> None:
    page.evaluate("kop.style.color = 'silver'")
    page.evaluate(probes.AXE)
    document, asked = probes.shown(page), []

    def axe() -> tuple[list[str], int]:
        asked.append(1)
        return probes.of_axe(page)

    faults, unsure = Remembered(tmp_path).ask(document, "320 light", axe)
    assert [fault for fault in faults if fault.startswith("color-contrast")]
    assert Remembered(tmp_path).ask(document, "320 light", axe) == (faults, unsure)
    assert len(asked) == 1
    Remembered(tmp_path).ask(document, "320 dark", axe)
    assert len(asked) == 2
