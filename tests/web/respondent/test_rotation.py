"""Blocks that rotate, as a person meets them: only what was drawn, the same everywhere, with a line that says where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from surveyapp.instrument.resolve import resolved
from surveyapp.storage.changes import CASES
from surveyapp.storage.database import Database
from tests.instrument.definitions import definition, without_places
from tests.web.browsing import Visitor
from tests.web.conftest import put_wave

INSTRUMENT = resolved(without_places(definition("rotation")), 2026)
ANSWERS: dict[str, dict[str, str]] = {
    "first": {"q_r_first": "1"},
    "pay": {"q_r_paid": "1"},
    "guidance": {"q_r_clear": "3", "q_r_help": "2"},
    "goodbye": {"q_r_thanks": "1"},
    "tools": {"q_r_tools": "1"},
    "travel": {"q_r_travel": "2"},
    "last": {"q_r_last": "Nee."},
}
PAGES = {1: "pay", 2: "guidance", 3: "goodbye"}


@pytest.fixture
def rotating(make_app: Callable[..., Flask], sqlite_database: Database) -> Flask:
    """The application with the wave of the rotations open."""
    put_wave(sqlite_database, INSTRUMENT)
    return make_app()


def page_of(visitor: Visitor) -> str:
    return visitor.url.rstrip("/").rsplit("/", 1)[-1].split("?")[0]


def line(visitor: Visitor) -> str:
    """Where the page says somebody is."""
    found = re.search(r'<p class="progress">(.*?)</p>', visitor.html, re.DOTALL)
    assert found is not None
    return " ".join(unescape(found[1]).split())


def walked(visitor: Visitor) -> list[tuple[str, str]]:
    """Every page up to the review with the line above its title."""
    seen = []
    while page_of(visitor) in ANSWERS:
        page = page_of(visitor)
        seen.append((page, line(visitor)))
        visitor.press("next", ANSWERS[page])
        assert visitor.status == 200
        assert page_of(visitor) != page
    return seen


def held(database: Database) -> list[dict[str, Any]]:
    with database.read() as session:
        return [dict(row.answers) for row in session.connection().execute(select(CASES.c.answers))]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_person_meets_the_blocks_they_drew_and_six_people_meet_all_alike(
    rotating: Flask, sqlite_database: Database, language: str
) -> None:
    met: Counter[str] = Counter()
    for _ in range(6):
        visitor = Visitor(rotating.test_client())
        visitor.begin("rotation", "contractor", language)
        pages = [page for page, _ in walked(visitor)]
        assert len(pages) == 5
        met.update(pages)
    assert met == {"first": 6, "pay": 4, "guidance": 4, "goodbye": 4, "tools": 3, "travel": 3, "last": 6}
    for answers in held(sqlite_database):
        assert {name for code, name in PAGES.items() if code in answers["m_theme"]} <= set(met)
        assert ("r_paid" in answers) == (1 in answers["m_theme"])
        assert ("r_tools" in answers) == (answers["m_annex"] == 1)


def test_inside_a_long_part_the_line_says_which_page_of_it(rotating: Flask) -> None:
    visitor = Visitor(rotating.test_client())
    visitor.begin("rotation", "contractor", "nl")
    lines = dict(walked(visitor))
    assert lines["first"] == "Onderdeel 1 van 3: Begin"
    assert lines["last"] == "Onderdeel 3 van 3 · pagina 2 van 2: Slot"
    themes = [said for page, said in lines.items() if page in PAGES.values()]
    places = [re.fullmatch(r"Onderdeel 2 van 3 · pagina (\d) van (\d): Thema's", said) for said in themes]
    assert [int(found[1]) for found in places if found] == [1, 2]
    totals = [int(found[2]) for found in places if found]
    assert totals == sorted(totals, reverse=True)
    assert totals[-1] == 2
    english = Visitor(rotating.test_client())
    english.begin("rotation", "contractor", "en")
    assert dict(walked(english))["last"] == "Part 3 of 3 · page 2 of 2: End"


def test_a_page_that_was_not_drawn_cannot_be_opened_and_back_passes_over_it(
    rotating: Flask, sqlite_database: Database
) -> None:
    visitor = Visitor(rotating.test_client())
    visitor.begin("rotation", "manager", "nl")
    seen = [page for page, _ in walked(visitor)]
    (answers,) = held(sqlite_database)
    (missed,) = {1, 2, 3} - set(answers["m_theme"])
    visitor.go(PAGES[missed])
    assert page_of(visitor) != PAGES[missed]
    visitor.go("last")
    back = ["last"]
    while page_of(visitor) != "first":
        visitor.press("previous")
        back.append(page_of(visitor))
    assert back == seen[::-1]


def test_the_draw_is_kept_on_another_device_and_when_an_answer_that_routes_is_changed(
    rotating: Flask, sqlite_database: Database
) -> None:
    visitor = Visitor(rotating.test_client())
    visitor.begin("rotation", "manager", "nl")
    walked(visitor)
    before = held(sqlite_database)[0]["m_theme"]
    visitor.go("first").press("next", {"q_r_first": "2"})
    after = held(sqlite_database)
    assert after[0]["m_theme"] == before
    assert after[0]["r_first"] == 2
    assert len(after) == 1
