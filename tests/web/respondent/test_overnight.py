"""A page left open for a night and a day: whoever sends it in then loses nothing and sees what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp import clock
from surveyapp.fieldwork import waves
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from surveyapp.storage.tables import DraftRow, PageSaveRow
from surveyapp.web.respondent.returning import RESUME_ATTEMPTS
from tests.web.browsing import Visitor, cookies_of, lend
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.test_flow import only_case

TYPED = "  Kanarievogel 🐦 en café\n\tmet een tab  "
"""Spaces at both ends, an emoji, a letter with its accent apart, a tab."""


def half_way(app: Flask) -> tuple[Visitor, dict[str, object], str]:
    """Someone before the page *long*; its form as it is sent in the next day, and a code made earlier."""
    visitor = Visitor(app.test_client()).begin(KINDS, "contractor").press("next", q_k_elig="1")
    visitor.press("save")
    code = visitor.html.partition('class="code">')[2].partition("<")[0]
    visitor.go("long")
    return visitor, {**visitor.form.fields, "q_k_long": TYPED, "action": "next"}, code


def saves(database: Database, page: str) -> int:
    with database.read() as session:
        return len([row for row in session.exec(select(PageSaveRow)) if row.page == page])


def goes_on(visitor: Visitor, code: str, database: Database) -> None:
    """From the page that says the session ended, by way of a code, to the page as it was typed."""
    assert visitor.status == 400
    assert visitor.h1 == "Uw vragenlijst staat niet meer open in deze browser"
    assert "Kanarievogel" in visitor.html
    assert saves(database, "long") == 0
    visitor.press("", code="AAAA BBBB CCCC")
    assert visitor.status == 422
    visitor.press("", code=code)
    assert visitor.at == "long"
    assert visitor.form.fields["q_k_long"] == [TYPED.replace("\n", "\r\n")] or visitor.form.fields["q_k_long"] == [
        TYPED
    ]
    visitor.press("next")
    assert visitor.at == "statements"
    assert "Kanarievogel" in only_case(database).answers["k_long"]
    assert saves(database, "long") == 1


def test_after_twenty_six_hours_without_its_cookie_the_page_comes_along_with_the_code(
    app: Flask, sqlite_database: Database
) -> None:
    _, form, code = half_way(app)
    with clock.stopped_at(clock.now() + timedelta(hours=26)):
        next_day = Visitor(app.test_client()).post("/nl/vragenlijst/kinds-2026/p/long", form)
        goes_on(next_day, code, sqlite_database)
        with sqlite_database.read() as session:
            spent = [row.seconds for row in session.exec(select(PageSaveRow)) if row.page == "long"]
    assert spent == [0]  # nobody knows how long it was looked at


def test_after_the_server_got_a_new_secret_too(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument, tmp_path: Path
) -> None:
    put_wave(sqlite_database, kinds)
    visitor, form, code = half_way(make_app())
    renewed = make_app(instance=tmp_path / "another")
    client = renewed.test_client()
    lend(client, cookies_of(visitor.client))
    goes_on(Visitor(client).post("/nl/vragenlijst/kinds-2026/p/long", form), code, sqlite_database)


def test_with_its_cookie_but_an_old_token_the_page_is_simply_shown_again(app: Flask, sqlite_database: Database) -> None:
    visitor, form, _ = half_way(app)
    visitor.post("/nl/vragenlijst/kinds-2026/p/long", {**form, "csrf_token": "of yesterday"})
    assert visitor.status == 400
    assert visitor.is_asked
    assert visitor.form.fields["q_k_long"] == [TYPED]
    visitor.press("next")
    assert visitor.at == "statements"
    assert "Kanarievogel" in only_case(sqlite_database).answers["k_long"]


@pytest.mark.parametrize("action", ["next", "previous", "save", "language"])
def test_a_wave_that_closed_in_between_gives_the_text_back_to_be_copied(
    app: Flask, sqlite_database: Database, action: str
) -> None:
    visitor, form, _ = half_way(app)
    with sqlite_database.write() as session:
        waves.close_wave(session, KINDS, 2026)
    visitor.post("/nl/vragenlijst/kinds-2026/p/long", {**form, "action": action})
    assert visitor.status == 409
    assert visitor.h1 == "Deze vragenlijst is gesloten"
    assert "Kanarievogel" in visitor.html
    assert "Wat u eerder opsloeg, is bewaard." in visitor.html
    assert saves(sqlite_database, "long") == 0


def test_a_short_number_is_given_back_too_and_a_choice_is_not(app: Flask, sqlite_database: Database) -> None:
    visitor, _, _ = half_way(app)
    pages = {"region": {"q_k_region": "45"}, "single": {"q_k_single": "2"}}
    forms = {page: {**visitor.go(page).form.fields, **typed, "action": "next"} for page, typed in pages.items()}
    with sqlite_database.write() as session:
        waves.close_wave(session, KINDS, 2026)
    visitor.post("/nl/vragenlijst/kinds-2026/p/region", forms["region"])
    assert "<blockquote>45</blockquote>" in visitor.html
    visitor.post("/nl/vragenlijst/kinds-2026/p/single", forms["single"])
    assert visitor.h1 == "Deze vragenlijst is gesloten"
    assert "blockquote" not in visitor.html


def test_a_text_too_long_for_a_draft_comes_along_whole(app: Flask) -> None:
    _, form, code = half_way(app)
    text = "w" * 25_000
    visitor = Visitor(app.test_client()).post("/nl/vragenlijst/kinds-2026/p/long", {**form, "q_k_long": text})
    visitor.press("", code=code)
    assert visitor.form.action == "/nl/vragenlijst/kinds-2026/p/long"
    assert visitor.form.fields["q_k_long"] == [text]


def test_nothing_is_brought_along_to_a_page_that_is_not_ones_own(app: Flask, sqlite_database: Database) -> None:
    _, form, code = half_way(app)
    client = app.test_client()
    visitor = Visitor(client).post("/nl/vragenlijst/kinds-2026/p/team", {**form, "q_k_manager": "1"})
    visitor.press("", code=code)
    assert visitor.at == "single"
    with sqlite_database.read() as session:
        assert not session.exec(select(DraftRow)).all()


def test_a_browser_that_takes_no_cookie_is_told_so_and_gets_its_text_back(app: Flask) -> None:
    _, fields, _ = half_way(app)
    without = Visitor(app.test_client(use_cookies=False))
    without.post("/nl/vragenlijst/kinds-2026/p/long", fields)
    assert (without.status, without.h1) == (400, "Uw vragenlijst staat niet meer open in deze browser")
    assert "Dan weigert uw browser onze cookie" in without.html
    assert "Kanarievogel" in without.html


def test_a_code_is_not_typed_twice_for_a_form_that_was_too_old_or_tried_too_often(app: Flask) -> None:
    visitor = Visitor(app.test_client()).get("/nl/vragenlijst/verder")
    form = visitor.form
    visitor.post(form.action, {**form.fields, "csrf_token": "old", "code": "ABCD 2345 EFGH"})
    assert visitor.status == 400
    assert visitor.form.fields["code"] == ["ABCD 2345 EFGH"]
    for _ in range(RESUME_ATTEMPTS + 1):
        visitor.press("", code="AAAA BBBB CCCC")
    assert visitor.status == 429
    assert visitor.form.fields["code"] == ["AAAA BBBB CCCC"]
