"""The check set C0: every screen × three windows × light and dark × both languages × with and without scripts.

A person walks to each screen once per language and scripting; there the window and the colours change. axe reads the
document once, and in each look again what its answer there is read from (`axe.py`). What it said is remembered for the
run: a document that is met again in the same look, without scripts or on another way, is not asked anew
(`remembered.py` says when two are alike). Without scripts, where window and colours act on the same sheets, it takes
the two ends: the smallest window in light and the largest in dark. Our own questions about width, overlaps and targets
are asked in every window of all four, and of documents that are alike once, as axe is.

The same walks carry what axe cannot see: in Dutch with scripts the way around each page by Tab, in English paper,
without scripts titles, help and what errors say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Set
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.browser.axe import Mirror
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.everywhere import Everywhere
from tests.browser.looking import ENDS, EVERY_LOOK, Looking
from tests.browser.remembered import Remembered
from tests.browser.screens import WAYS, Walk
from tests.browser.staff_screens import STAFF_WAYS, endpoint_of, pages_of_the_team

ENLARGED: ViewportSize = {"width": 320, "height": 256}
"""1280 × 1024 pixels at 400 %."""
TOLD_APART = ("arriving", "troubles", "later", "link")
"""Ways whose titles tell their screens apart; a question's title is its page's."""
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
KEPT = {"done", "my answers", "my answers, not sent", "my answers of a link", "comparison", "review"}
"""Screens one would keep on paper: receipt, own answers, comparison."""


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
    titled: Path,
) -> None:
    walk = Walk(chromium, world, language, javascript=javascript)
    looking = Looking(walk, mirror, remembered, EVERY_LOOK if javascript else ENDS)
    pages: list[tuple[str, str, str]] = []
    for screen in WAYS[way](looking.walk):
        looking.at(screen)
        if javascript and language == "nl":
            # The wide window sets questions side by side; every other screen is one column in both.
            looking.around(screen, (PHONE, DESKTOP) if screen.is_question and way == "kinds" else (PHONE,))
        elif javascript and screen.name in KEPT:
            looking.printed(screen)
        elif not javascript:
            looking.help(screen)
            pages.append((screen.name, looking.titles[screen.name], page_of(walk.page.url)))
            if way == "mistakes":
                looking.mistake(screen)
    looking.keeps()
    if javascript and language == "en" and way in ("later", "link"):
        assert looking.papers >= 3
    if not javascript and way in TOLD_APART:
        (titled / f"{language} {way}").write_text(json.dumps(pages), encoding="utf-8")
        assert titles_of_two_pages([titled / f"{language} {one}" for one in TOLD_APART], SAME_PAGE) == []


def page_of(url: str) -> str:
    """An address without its query, of whichever study and whichever process's server."""
    return re.sub(r"/[a-z-]+-2026/", "/", urlsplit(url).path)


def titles_of_two_pages(ways: list[Path], but: Set[str] = frozenset()) -> list[str]:
    """Screens but these that bear the title of another page, on those of these ways that were walked so far."""
    pages: dict[str, str] = {}
    return [
        f"{name}: title of {pages[title]}: {title}"
        for way in ways
        if way.exists()
        for name, title, page in json.loads(way.read_text(encoding="utf-8"))
        if pages.setdefault(title, page) != page and name not in but
    ]


def test_two_pages_of_one_title_are_told_and_two_states_of_one_page_are_not(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text(json.dumps([("closed", "Dicht", "/nl/a"), ("home", "Thuis", "/nl/")]), encoding="utf-8")
    other.write_text(json.dumps([("left", "Dicht", "/nl/b"), ("done", "Thuis", "/nl/c")]), encoding="utf-8")
    assert titles_of_two_pages([one, tmp_path / "not walked", other], {"done"}) == ["left: title of /nl/a: Dicht"]


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
    titled: Path,
) -> None:
    """The same looks behind the sign-in: all of them in Dutch, whose words are the longer, the ends in English.

    In Dutch with scripts somebody also goes around each page by Tab, at 400 % of a desk's window.
    """
    is_whole = language == "nl" and javascript
    walk = Walk(chromium, world, language, javascript=javascript)
    looking = Looking(walk, mirror, remembered, EVERY_LOOK if is_whole else ENDS)
    titles: list[tuple[str, str, str]] = []
    met: set[str] = set()
    for screen in STAFF_WAYS[way](looking.walk):
        page = looking.walk.page
        met.add(endpoint_of(world.app, page.url))
        if looking.walk.status >= 500 and not screen.name.startswith("fault 5"):
            looking.note(screen, "status", [str(looking.walk.status)])
        looking.at(screen)
        if not screen.is_same:
            titles.append((screen.name, looking.titles[screen.name], screen.name))
        if is_whole:
            looking.enlarged(screen, ENLARGED)
    looking.keeps()
    person = f"team {language} {javascript}"
    (titled / f"{person} {way}").write_text(json.dumps(titles), encoding="utf-8")
    behind = [
        one for one in STAFF_WAYS if (one == "entering") == (way == "entering")
    ]  # what is not found bears one title
    assert titles_of_two_pages([titled / f"{person} {one}" for one in behind]) == []
    if is_whole:
        (met_by_all / way).write_text("\n".join(met), encoding="utf-8")
        walked = {file.name: file.read_text(encoding="utf-8").split("\n") for file in met_by_all.iterdir()}
        if set(walked) == set(STAFF_WAYS):
            assert pages_of_the_team(world.app) - {view for views in walked.values() for view in views} == set()


@pytest.fixture
def met_by_all(shared: Callable[[str], Path]) -> Path:
    """The views that each way of the team has shown so far."""
    return shared("met-by-the-team")


@pytest.fixture
def titled(shared: Callable[[str], Path]) -> Path:
    """The screens that each way has shown so far, each with its title and page."""
    return shared("titles-of-the-ways")
