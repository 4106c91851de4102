"""The check set C0: every screen × three windows × light and dark × both languages × with and without scripts.

A person walks to each screen once per language and scripting; there the window and the colours change. axe reads the
document once, and in each look again what its answer there is read from (`axe.py`). What it said is remembered for the
run: a document that is met again in the same look, without scripts or on another way, is not asked anew
(`remembered.py` says when two are alike). Without scripts, where
window and colours act on the same sheets, it takes the two ends: the smallest window in light and the largest in dark.
Our own questions about width, overlaps and targets are asked in every window of all four.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.browser import axe, probes, tab_order
from tests.browser.axe import Mirror
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.everywhere import Everywhere
from tests.browser.remembered import Remembered
from tests.browser.screens import WAYS, Screen, Walk
from tests.browser.staff_screens import STAFF_WAYS, endpoint_of, pages_of_the_team
from tests.browser.test_real_study import TALLEST

ENLARGED: ViewportSize = {"width": 320, "height": 256}
"""1280 × 1024 pixels at 400 %."""
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
        self.looks = self.unsure = 0

    def note(self, screen: Screen, where: str, found: list[str]) -> None:
        """Write down what was found."""
        if found:
            self.faults.setdefault(f"{screen.name}, {where}", []).extend(found)

    def at(self, screen: Screen) -> None:
        """Look at this screen in every window and light that this person is to see."""
        self._once(screen)
        page, document = self.walk.page, probes.shown(self.walk.page)
        for number, (size, window) in enumerate(SIZES.items()):
            if number:
                page.set_viewport_size(window)
            self.note(screen, size, probes.of_layout(page))
            for scheme in SCHEMES:
                if (look := f"{size} {scheme}") not in self.looks_at:
                    continue
                answer = self.remembered.told(document, look)
                if answer is None:
                    answer = axe.of_look(self.mirror.show(document, window, scheme), document, self.remembered)
                    self.remembered.keep(document, look, answer)
                self.note(screen, look, answer.faults)
                self.looks, self.unsure = self.looks + 1, self.unsure + answer.unsure
        page.set_viewport_size(PHONE)

    def _once(self, screen: Screen) -> None:
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
        self.note(screen, "forced colours", probes.of_forced_colours(page))
        self.note(screen, "names", told.names)

    def told(self) -> str:
        """Every fault on a line of its own."""
        return "\n".join(f"{where}: {fault}" for where, found in self.faults.items() for fault in found)

    def close(self) -> None:
        """Away with the browser profiles."""
        self.walk.context.close()


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("way", WAYS)
def test_every_screen_keeps_the_check_set(
    chromium: Browser,
    world: Everywhere,
    way: str,
    language: str,
    javascript: bool,
    mirror: Mirror,
    remembered: Remembered,
) -> None:
    walk = Walk(chromium, world, language, javascript=javascript)
    looking = Looking(walk, mirror, remembered, EVERY_LOOK if javascript else ENDS)
    for screen in WAYS[way](looking.walk):
        looking.at(screen)
    keeps(looking)


@pytest.mark.parametrize(
    ("language", "javascript"),
    [("nl", True), ("en", True), ("nl", False)],
    ids=["nl, scripts", "en, scripts", "nl, no scripts"],
)
@pytest.mark.parametrize("way", STAFF_WAYS)
def test_every_screen_of_the_team_keeps_the_check_set(
    chromium: Browser,
    world: Everywhere,
    way: str,
    language: str,
    javascript: bool,
    mirror: Mirror,
    remembered: Remembered,
    met_by_all: Path,
) -> None:
    """The same looks behind the sign-in: all of them in Dutch, whose words are the longer, the ends in English.

    In Dutch with scripts somebody also goes around each page by Tab, at 400 % of a desk's window.
    """
    is_whole = language == "nl" and javascript
    walk = Walk(chromium, world, language, javascript=javascript)
    looking = Looking(walk, mirror, remembered, EVERY_LOOK if is_whole else ENDS)
    titles: dict[str, str] = {}
    met: set[str] = set()
    for screen in STAFF_WAYS[way](looking.walk):
        page = looking.walk.page
        met.add(endpoint_of(world.app, page.url))
        if looking.walk.status >= 500 and not screen.name.startswith("fault 5"):
            looking.note(screen, "status", [str(looking.walk.status)])
        looking.at(screen)
        if not screen.is_same and titles.setdefault(page.title(), screen.name) != screen.name:
            looking.note(screen, "title", [f"that of {titles[page.title()]}: {page.title()}"])
        if is_whole:
            page.set_viewport_size(ENLARGED)
            looking.note(screen, "400 %", [*probes.of_frame(page), *tab_order.faults_of(page)])
            page.set_viewport_size(PHONE)
    keeps(looking)
    if is_whole:
        (met_by_all / way).write_text("\n".join(met), encoding="utf-8")
        walked = {file.name: file.read_text(encoding="utf-8").split("\n") for file in met_by_all.iterdir()}
        if set(walked) == set(STAFF_WAYS):
            assert pages_of_the_team(world.app) - {view for views in walked.values() for view in views} == set()


@pytest.fixture
def met_by_all(shared: Callable[[str], Path]) -> Path:
    """The views that each way of the team has shown so far."""
    return shared("met-by-the-team")


def keeps(looking: Looking) -> None:
    """Say what was found, and close."""
    world = looking.walk.world
    looking.close()
    known = looking.remembered.count
    print(
        looking.looks, "looks,", known, "known,", looking.unsure, "contrasts that axe left open and that were computed"
    )
    assert looking.told() == ""
    # A page that tells of a fault of ours comes with its status, which the console repeats; that is all it may say.
    assert [said for said in looking.walk.complaints if "status of 50" not in said] == []
    assert looking.walk.hosts <= {address.split("/")[2] for address in (world.address, world.empty)}
