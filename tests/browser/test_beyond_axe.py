"""What axe cannot see: the way by Tab, focus in pixels, forced colours, zoom, paper, titles, help, what errors say."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import probes, tab_order
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.everywhere import Everywhere
from tests.browser.screens import MISTAKES, WAYS, Walk

SAME_PAGE = {
    "begun",
    "done with an address to leave",
    "done, address kept",
    "done",
    "home",
    "landing",
    "landing of a test",
    "opt out undone",
    "personal landing",
    "privacy",
    "used elsewhere",
}
"""Screens that are another state of one page, or the same page of another study, and may bear its title."""


def told(faults: dict[str, list[str]]) -> str:
    """Every fault on a line of its own."""
    return "\n".join(f"{where}: {fault}" for where, found in faults.items() for fault in found)


@pytest.mark.parametrize("way", WAYS)
def test_tab_meets_every_control_in_the_order_in_which_it_is_seen(
    chromium: Browser, world: Everywhere, way: str
) -> None:
    walk = Walk(chromium, world, "nl")
    faults: dict[str, list[str]] = {}
    for screen in WAYS[way](walk):
        # The wide window sets questions side by side; every other screen is one column in both.
        for size in (PHONE, DESKTOP) if screen.is_question and way == "kinds" else (PHONE,):
            walk.page.set_viewport_size(size)  # type: ignore[arg-type]
            faults[f"{screen.name}, {size['width']}"] = tab_order.faults_of(walk.page)
        walk.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    walk.context.close()
    assert told(faults) == ""


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


@pytest.mark.parametrize("way", ["later", "link"])
def test_paper_has_no_button_field_or_navigation(chromium: Browser, world: Everywhere, way: str) -> None:
    """The screens one would keep: receipt, own answers, comparison."""
    walk = Walk(chromium, world, "en")
    faults = {}
    for screen in WAYS[way](walk):
        if screen.name in (
            "done",
            "my answers",
            "my answers, not sent",
            "my answers of a link",
            "comparison",
            "review",
        ):
            faults[screen.name] = probes.of_print(walk.page)
    walk.context.close()
    assert len(faults) >= 3
    assert told(faults) == ""


@pytest.mark.parametrize("language", ["nl", "en"])
def test_titles_tell_screens_apart_and_help_stands_in_one_place(
    chromium: Browser, world: Everywhere, language: str
) -> None:
    walk = Walk(chromium, world, language, javascript=False)
    titles: dict[str, str] = {}
    faults: dict[str, list[str]] = {}
    for way in ("arriving", "troubles", "later", "link"):  # a question's title is its page's, told apart by the checks
        for screen in WAYS[way](walk):
            found = []
            title = walk.page.title()
            page = re.sub(r"/[a-z-]+-2026/", "/", walk.page.url.partition("?")[0])  # of whichever study
            if titles.setdefault(title, page) != page and screen.name not in SAME_PAGE:
                found.append(f"title of {titles[title]}: {title}")
            footer = walk.page.evaluate(
                "() => { const f = document.querySelector('body > footer');"
                " return [f === document.body.lastElementChild, [...f.querySelectorAll('a')].map(a => a.pathname)]; }"
            )
            # Help: the organisation's mail where a study is known, then privacy and accessibility, in this order.
            order = [path for path in footer[1] if "@" not in path]
            if not footer[0] or [path.split("/")[-1] for path in order[:2]] != [
                "privacy",
                "toegankelijkheid" if language == "nl" else "accessibility",
            ]:
                found.append(f"help elsewhere: {footer}")
            faults[screen.name] = found
    walk.context.close()
    assert told(faults) == ""


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_mistake_is_named_with_a_limit_or_example_and_tied_to_its_field(
    chromium: Browser, world: Everywhere, language: str
) -> None:
    walk = Walk(chromium, world, language, javascript=False).begun()
    page = walk.page
    for name, (page_id, fields) in MISTAKES.items():
        walk.go(page_id).put(fields).press()
        message = page.locator("main .question .message")
        said, described = message.inner_text(), message.get_attribute("id")
        assert re.search(r"\d|[“‘\"].+[”’\"]", said), said  # a limit, an example or the answer's own words
        assert described is not None, name
        assert page.locator(f"main form [aria-describedby~='{described}']").count() >= 1, name
        assert page.locator("main form [aria-invalid=true]").count() >= 1, name
        link = page.locator("#summary a")
        assert link.count() == 1, name
        link.click()
        focused = page.evaluate("[document.activeElement.id, document.activeElement.closest('.question') !== null]")
        assert focused == [str(link.get_attribute("href")).removeprefix("#"), True], name
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
