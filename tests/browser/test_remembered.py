"""What counts as the same document to axe: a memory that took one for another would hide what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser import axe, probes
from tests.browser.axe import Mirror
from tests.browser.remembered import Answer, Remembered

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


def told(page: Page, folder: Path) -> list[str]:
    """What axe says of the page as it lies, with this memory."""
    return axe.of_look(page, probes.shown(page), Remembered(folder)).faults


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The groups of rules that axe was really asked."""
    groups: list[str] = []
    ask = axe.ask

    def counted(page: Page, given: list[str] | None = None) -> dict[str, Answer]:
        groups.extend(given or [])
        return ask(page, given)

    monkeypatch.setattr(axe, "ask", counted)
    return groups


def test_a_fault_is_told_to_everybody_who_asks_and_each_document_is_asked_once(
    page: Page, tmp_path: Path, asked: list[str]
) -> None:
    page.evaluate("kop.style.color = 'silver'")
    faults = told(page, tmp_path)
    assert [fault for fault in faults if fault.startswith("color-contrast: #kop")]
    assert asked == ["document", "boxes", "colours"]
    assert told(page, tmp_path) == faults
    assert len(asked) == 3
    page.evaluate("kop.textContent = 'Hoe oud bent u?'")
    told(page, tmp_path)
    assert len(asked) == 6


def test_on_the_mirror_axe_finds_what_it_finds_on_the_page(chromium: Browser, page: Page) -> None:
    window: ViewportSize = {"width": 600, "height": 500}
    mirror = Mirror(chromium, "http://mirror.test")
    page.set_viewport_size(window)
    faint = "@media (prefers-color-scheme: dark) { #kop { color: silver } } #lengte:focus { color: silver }"
    for change in ("", "jaar.focus()", "lengte.value = '180', lengte.focus()", "kop.remove()"):
        page.evaluate(change)
        for sheet in ("", faint):  # also where the sheets of the document before have to go
            page.evaluate("text => document.head.innerHTML = `<title>Een vraag</title><style>${text}</style>`", sheet)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                assert axe.ask(mirror.show(probes.shown(page), window, scheme)) == axe.ask(page), (
                    change,
                    sheet,
                    scheme,
                )
    mirror.close()


LOOKS = {
    "another window": ("body { margin: 0 }", ["boxes"]),
    "another colour there": ("@media (min-width: 700px) { #kop { color: silver } }", ["boxes", "colours"]),
    "another ground there": ("@media (min-width: 700px) { main { background: #222 } }", ["boxes", "colours"]),
    "another weight there": ("@media (min-width: 700px) { #kop { font-weight: 400 } }", ["boxes", "colours"]),
    "small letters there": ("@media (min-width: 700px) { #kop { font-size: 12px } }", ["boxes", "colours"]),
    "half hidden there": ("@media (min-width: 700px) { #kop { opacity: 0.4 } }", ["boxes", "colours"]),
    "something over it there": (
        "@media (min-width: 700px) { #verder { position: absolute; top: 0; left: 0; width: 90%; height: 90% } }",
        ["boxes", "colours"],
    ),
    "a drawn ground there": (
        "@media (min-width: 700px) { #kop::before { content: ''; position: absolute; inset: 0; background: #222 } }",
        ["boxes", "colours"],
    ),
}


FAINT = ("another colour there", "another ground there", "half hidden there")


@pytest.mark.parametrize("name", LOOKS)
def test_each_group_of_rules_is_asked_again_where_what_it_reads_is_another(
    page: Page, tmp_path: Path, asked: list[str], name: str
) -> None:
    sheet, again = LOOKS[name]
    page.set_viewport_size({"width": 500, "height": 600})
    page.add_style_tag(content=sheet)
    before = told(page, tmp_path)
    del asked[:]
    page.set_viewport_size({"width": 900, "height": 600})
    after = told(page, tmp_path)
    assert asked == again
    # What is remembered is what somebody without a memory is told.
    assert sorted(after) == sorted(fault for answer in axe.ask(page).values() for fault in answer.faults)
    contrasts = [[fault for fault in faults if fault.startswith("color-contrast: #kop")] for faults in (before, after)]
    assert [len(found) for found in contrasts] == [0, int(name in FAINT)]


def test_in_another_light_where_things_lie_is_not_asked_again(page: Page, tmp_path: Path, asked: list[str]) -> None:
    page.add_style_tag(content="@media (prefers-color-scheme: dark) { #kop { color: silver } }")
    page.emulate_media(color_scheme="light")
    before = told(page, tmp_path)
    page.emulate_media(color_scheme="dark")
    after = told(page, tmp_path)
    assert asked == ["document", "boxes", "colours", "colours"]
    assert [fault.split()[:2] for fault in after if fault not in before] == [["color-contrast:", "#kop"]]
