"""What axe cannot see, beside what the check set takes along: focus in pixels, forced colours, motion, zoom."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import probes, tab_order
from tests.browser.conftest import PHONE
from tests.browser.everywhere import Everywhere
from tests.browser.screens import WAYS, Walk


def told(faults: dict[str, list[str]]) -> str:
    """Every fault on a line of its own."""
    return "\n".join(f"{where}: {fault}" for where, found in faults.items() for fault in found)


def test_the_way_by_tab_begins_with_the_skip_link_and_ends_with_the_footer(
    chromium: Browser, world: Everywhere
) -> None:
    walk = Walk(chromium, world, "nl").begun().go("statements")
    names = [stop["name"] for stop in tab_order.stops(walk.page)]
    assert names[:4] == ["Naar de inhoud", "Alle soorten 2026", "language", "previous"]
    assert set(names[4:6]) == {"q_k_fit", "q_k_learn"}
    assert names[6:] == [
        "next",
        "save",
        "klein@example.org",
        "Privacy",
        "Toegankelijkheid",
        "Stoppen en mijn antwoorden wissen",
    ]
    walk.context.close()


def changed(blank: Page, one: bytes, other: bytes) -> int:
    """How many pixels differ between two pictures of one size."""
    pictures = [base64.b64encode(picture).decode() for picture in (one, other)]
    count: int = blank.evaluate(
        """async pictures => {
          const pixels = await Promise.all(pictures.map(async text => {
            const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${text}`)).blob());
            const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
            canvas.drawImage(picture, 0, 0);
            return canvas.getImageData(0, 0, picture.width, picture.height).data;
          }));
          let count = 0;
          for (let i = 0; i < pixels[0].length; i += 4)
            if ([0, 1, 2].some(c => Math.abs(pixels[0][i + c] - pixels[1][i + c]) > 40)) count++;
          return count;
        }""",
        pictures,
    )
    return count


def controls(walk: Walk) -> Iterator[str]:
    """Pages that together hold every sort of control."""
    walk.open("/nl/")
    yield "home"
    walk.to("resume")
    yield "resume"
    walk.begun()
    for page in ("single", "multiple", "mark", "rate", "month", "parts", "long", "statements"):
        walk.go(page)
        yield page
    walk.go("rate").put({"q_k_rate": "x"}).press()
    yield "mistake"


@pytest.mark.parametrize("look", ["light", "dark", "forced colours"])
def test_focus_changes_enough_pixels_around_every_sort_of_control(
    chromium: Browser, world: Everywhere, look: str
) -> None:
    """Each sort of control once: at least the area of a line two pixels thick around it (WCAG 2.4.13)."""
    walk = Walk(chromium, world, "nl")
    blank = walk.context.new_page()
    page, faults = walk.page, {}
    page.emulate_media(
        color_scheme="dark" if look == "dark" else "light",
        forced_colors="active" if look == "forced colours" else "none",
    )
    seen: set[str] = set()
    for name in controls(walk):
        for _ in range(60):
            page.keyboard.press("Tab")
            stop = page.evaluate(tab_order.FOCUS)
            if stop is None:
                break
            if stop["kind"] in seen or page.evaluate("document.activeElement.matches('.skip-link')"):
                continue  # the skip link itself appears; where it was, there is nothing to compare
            seen.add(stop["kind"])
            left, top = max(0, stop["x"] - 8), max(0, stop["top"] - 8)
            right = min(PHONE["width"], stop["x"] + stop["width"] + 8)
            bottom = min(PHONE["height"], stop["top"] + stop["height"] + 8)
            clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
            marked = page.screenshot(clip=clip)  # type: ignore[arg-type]
            page.evaluate("window.was = document.activeElement, window.was.blur()")
            plain = page.screenshot(clip=clip)  # type: ignore[arg-type]
            page.evaluate("window.was.focus()")
            least = 2 * (min(stop["width"], PHONE["width"]) + min(stop["height"], 300))
            if (pixels := changed(blank, marked, plain)) < least:
                faults[f"{name}, {look}"] = [f"{stop['kind']}: {pixels} of {least:.0f} pixels"]
    walk.context.close()
    assert len(seen) >= 15, seen
    assert told(faults) == ""


def test_only_colours_move_and_nothing_does_where_less_motion_is_asked_for(
    chromium: Browser, world: Everywhere
) -> None:
    walk = Walk(chromium, world, "nl").begun().go("mark")
    moving = """() => [...document.querySelectorAll('*')].map(e => getComputedStyle(e))
      .filter(s => s.transitionDuration !== '0s' || s.animationName !== 'none')
      .map(s => [s.transitionProperty, s.transitionDuration, s.animationName].join(' '))"""
    assert walk.page.evaluate(moving) == []
    walk.page.emulate_media(reduced_motion="no-preference")
    assert set(walk.page.evaluate(moving)) == {"background-color 0.12s none"}
    walk.context.close()


CHOSEN = {
    "single": "q_k_single",
    "multiple": "q_k_multiple",
    "mark": "q_k_mark",
    "score": "q_k_score",
    "statements": "q_k_fit",
}


def test_forced_colours_show_which_answer_is_chosen(chromium: Browser, world: Everywhere) -> None:
    walk = Walk(chromium, world, "nl").begun()
    blank = walk.context.new_page()
    page = walk.page
    page.emulate_media(forced_colors="active")
    for name, field in CHOSEN.items():
        walk.go(name)
        box = page.locator(f"[name={field}]").first
        label = page.locator(f"label[for='{box.get_attribute('id')}']")
        label.scroll_into_view_if_needed()
        before = label.screenshot()
        box.evaluate("box => { box.checked = true; }")
        assert changed(blank, before, label.screenshot()) > 300, name
    walk.context.close()


def test_enlarged_to_400_percent_nothing_is_lost(chromium: Browser, world: Everywhere) -> None:
    """1280 × 1024 at 400 % are 320 × 256 pixels, each drawn as four by four."""
    faults: dict[str, list[str]] = {}
    walk = Walk(chromium, world, "nl", viewport={"width": 320, "height": 256}, device_scale_factor=4)
    for way in ("kinds", "link"):
        for screen in WAYS[way](walk):
            faults[screen.name] = [*probes.of_frame(walk.page), *probes.of_overlaps(walk.page)]
    walk.context.close()
    assert told(faults) == ""
