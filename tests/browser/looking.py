"""Somebody who looks at one screen of a walk after another, in every window and light, and notes what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, ViewportSize, expect

from tests.browser import axe, probes, tab_order
from tests.browser.axe import Mirror
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.probes import Shown
from tests.browser.remembered import Answer, Remembered
from tests.browser.screens import Screen, Walk
from tests.browser.test_real_study import TALLEST

SIZES: dict[str, ViewportSize] = {"320": PHONE, "390": {"width": 390, "height": 844}, "1280": DESKTOP}
SCHEMES = ("light", "dark")


EVERY_LOOK = frozenset(f"{size} {scheme}" for size in SIZES for scheme in SCHEMES)
ENDS = frozenset({"320 light", "1280 dark"})
"""Where window and colours act on the same sheets as elsewhere: the smallest window in light, the largest in dark."""


class Looking:
    """Looks at one screen after another and writes down what is wrong."""

    def __init__(
        self, walk: Walk, mirror: Mirror, remembered: Remembered, looks_at: frozenset[str] = EVERY_LOOK
    ) -> None:
        self.walk, self.mirror, self.remembered, self.looks_at = walk, mirror, remembered, looks_at
        self.faults: dict[str, list[str]] = {}
        self.titles: dict[str, str] = {}
        """Of each screen."""
        self.papers = 0
        self.looks = self.unsure = 0

    def note(self, screen: Screen, where: str, found: list[str]) -> None:
        """Write down what was found."""
        if found:
            self.faults.setdefault(f"{screen.name}, {where}", []).extend(found)

    def at(self, screen: Screen) -> None:
        """Look at this screen in every window and light that this person is to see."""
        document = probes.shown(self.walk.page)
        self._once(screen, document)
        for size, window in SIZES.items():
            self.note(screen, size, self._known(document, f"layout {size}", probes.of_layout, window))
            for scheme in SCHEMES:
                if (look := f"{size} {scheme}") not in self.looks_at:
                    continue
                answer = self.remembered.told(document, look)
                if answer is None:
                    answer = axe.of_look(self.mirror.show(document, window, scheme), document, self.remembered)
                    self.remembered.keep(document, look, answer)
                self.note(screen, look, answer.faults)
                self.looks, self.unsure = self.looks + 1, self.unsure + answer.unsure
        self._in(PHONE)

    def _in(self, window: ViewportSize) -> Page:
        """The page in this window."""
        if self.walk.page.viewport_size != window:
            self.walk.page.set_viewport_size(window)
        return self.walk.page

    def _known(
        self, document: Shown, what: str, ask: Callable[[Page], list[str]], window: ViewportSize = PHONE
    ) -> list[str]:
        """The faults a question of our own finds in this window: asked once of documents that are alike, as axe is."""
        answer = self.remembered.told(document, what)
        if answer is None:
            answer = Answer(ask(self._in(window)), 0)
            self.remembered.keep(document, what, answer)
        return answer.faults

    def _once(self, screen: Screen, document: Shown) -> None:
        page, language = self.walk.page, self.walk.language
        found = []
        told = probes.once(page)
        title = told.title
        if told.headings != 1:
            found.append(f"{told.headings} h1")
        if title.startswith("Fout: " if language == "nl" else "Error: ") != screen.is_error:
            found.append(f"title of {'an error' if screen.is_error else 'no error'}: {title!r}")
        if not title or told.language != language:
            found.append(f"title {title!r}, language {told.language}")
        self.titles[screen.name] = title
        if screen.is_question:
            if told.statuses != 1:
                found.append("not one status")
            if told.height > TALLEST:
                found.append(f"{told.height} pixels tall")
        self.note(screen, "once", found)
        self.note(screen, "spacing", told.spacing)
        borders = self._known(document, "forced colours", probes.of_forced_colours)
        self.note(screen, "forced colours", borders)
        self.note(screen, "names", told.names)

    def around(self, screen: Screen, windows: tuple[ViewportSize, ...] = (PHONE,)) -> None:
        """Go around the page by Tab, in each of these windows."""
        for window in windows:
            self.note(screen, f"Tab, {window['width']}", tab_order.faults_of(self._in(window)))
        self._in(PHONE)

    def enlarged(self, screen: Screen, window: ViewportSize) -> None:
        """Look at it, and go around it by Tab, in a window that shows little at once."""
        page = self._in(window)
        self.note(screen, "400 %", [*probes.of_frame(page), *tab_order.faults_of(page)])
        self._in(PHONE)

    def printed(self, screen: Screen) -> None:
        """Look at it on paper."""
        self.note(screen, "paper", probes.of_print(self.walk.page))
        self.papers += 1

    def help(self, screen: Screen) -> None:
        """Look for help where it stands on every page: privacy and accessibility, in the footer that ends it."""
        footer = self.walk.page.evaluate(
            "() => { const f = document.querySelector('body > footer');"
            " return [f === document.body.lastElementChild, [...f.querySelectorAll('a')].map(a => a.pathname)]; }"
        )
        # The organisation's mail where a study is known, then privacy and accessibility, in this order.
        order = [path.split("/")[-1] for path in footer[1] if "@" not in path]
        places = ["privacy", "toegankelijkheid" if self.walk.language == "nl" else "accessibility"]
        if not footer[0] or order[:2] != places:
            self.note(screen, "help", [f"elsewhere: {footer}"])

    def mistake(self, screen: Screen) -> None:
        """Read what it says of a mistake: with a limit or an example, tied to its field, which the summary leads to."""
        page, found = self.walk.page, []
        message = page.locator("main .question .message")
        said, described = message.inner_text(), message.get_attribute("id")
        if not re.search(r"\d|[“‘\"].+[”’\"]", said):  # a limit, an example or the answer's own words
            found.append(f"neither limit nor example: {said}")
        if described is None or not page.locator(f"main form [aria-describedby~='{described}']").count():
            found.append("tied to no field")
        if not page.locator("main form [aria-invalid=true]").count():
            found.append("no field is marked")
        link = page.locator("#summary a")
        if link.count() == 1:
            field = page.locator(f"main .question [id='{str(link.get_attribute('href')).removeprefix('#')}']")
            link.click()
            try:
                expect(field).to_be_focused()
            except AssertionError as said_so:
                found.append(f"the summary does not lead to its field: {said_so}")
        else:
            found.append(f"{link.count()} links in the summary")
        self.note(screen, "mistake", found)

    def told(self) -> str:
        """Every fault on a line of its own."""
        return "\n".join(f"{where}: {fault}" for where, found in self.faults.items() for fault in found)

    def close(self) -> None:
        """Away with the browser profiles."""
        self.walk.context.close()

    def keeps(self) -> None:
        """Close, and say what was found."""
        world = self.walk.world
        self.close()
        print(self.looks, "looks,", self.remembered.count, "answers known,", self.unsure, "contrasts computed for axe")
        told = self.told()
        assert told == "", told
        # A page that tells of a fault of ours comes with its status, which the console repeats; that is all it may say.
        assert [said for said in self.walk.complaints if "status of 50" not in said] == []
        assert self.walk.hosts <= {address.split("/")[2] for address in (world.address, world.empty)}
