"""A wave that is over says what became of it, and where one can take part now."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from surveyapp.clock import stopped_at
from surveyapp.fieldwork import closing_day, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from surveyapp.web import languages
from surveyapp.web.respondent.promises import report_words
from tests.instrument.definitions import patched, write
from tests.web.browsing import Visitor
from tests.web.conftest import REAL, put_wave


@pytest.mark.parametrize(
    ("report_on", "now", "is_over", "nl", "en"),
    [
        ("2027-03", "2027-02-28", True, "Het rapport verschijnt in maart 2027.", "The report comes out in March 2027."),
        ("2027-03", "2027-03-31", True, "Het rapport verschijnt in maart 2027.", "The report comes out in March 2027."),
        ("2027-03", "2027-04-01", True, "Het rapport verscheen in maart 2027.", "The report came out in March 2027."),
        ("2027-03", "2027-04-01", False, "Het rapport verscheen in maart 2027.", "The report came out in March 2027."),
        (None, "2026-12-01", False, "Het rapport verschijnt in maart 2027.", "The report comes out in March 2027."),
        (None, "2029-01-01", True, "Het rapport: maart 2027.", "The report: March 2027."),
    ],
)
def test_a_report_is_spoken_of_as_past_only_once_its_month_is(
    app: Flask, kinds: Instrument, report_on: str | None, now: str, is_over: bool, nl: str, en: str
) -> None:
    wave = replace(kinds.wave, report_on=report_on)
    with app.test_request_context("/"), stopped_at(datetime.fromisoformat(f"{now}T12:00").replace(tzinfo=UTC)):
        for language, said in (("nl", nl), ("en", en)):
            languages.use(language)
            assert report_words(wave, is_over=is_over) == said
            assert report_words(replace(wave, report_month=None), is_over=is_over) == ""


def test_a_closed_wave_invites_nobody_and_leads_to_the_one_that_is_open(
    make_app: Callable[..., Flask], sqlite_database: Database, real: Instrument
) -> None:
    last_year = load_instrument(Path(REAL), 2025)
    put_wave(sqlite_database, last_year, "closed")
    visitor = Visitor(make_app().test_client())
    address = "/nl/onderzoek/goed-opdrachtgeverschap-2025"
    with stopped_at(datetime(2026, 11, 29, 12, tzinfo=UTC)):
        alone = visitor.get(address)
        assert "Het rapport verscheen in maart 2026." in alone.html
        assert real.study.introduction["nl"] not in alone.html
        assert "staat nu open" not in alone.html
        put_wave(sqlite_database, real)
        both = visitor.get(address)
        assert "Goed opdrachtgeverschap 2026 staat nu open." in both.html
        assert ("/nl/onderzoek/goed-opdrachtgeverschap-2026", "Meedoen") in both.page.links


@pytest.mark.parametrize(
    ("mode", "is_offered"), [("anonymous", True), ("confidential", False)], ids=["for everybody", "by link"]
)
def test_a_closed_wave_leads_only_to_one_that_anybody_can_take_part_in(
    make_app: Callable[..., Flask],
    sqlite_database: Database,
    tmp_path: Path,
    kinds: Instrument,
    mode: str,
    is_offered: bool,
) -> None:
    put_wave(sqlite_database, kinds, "closed")
    places = [("study.waves.0.year", 2027), ("study.waves.0.mode", mode), ("questionnaire.wave", 2027)]
    documents = patched(*places, name="kinds")
    moved = {name.replace("2026/", "2027/"): data for name, data in documents.items()}
    put_wave(sqlite_database, load_instrument(write(tmp_path / "next", moved), 2027))
    page = Visitor(make_app().test_client()).get("/en/survey/kinds-2026")
    assert ("Take part" in [name for _, name in page.page.links]) is is_offered
    assert ("is open now" in page.html) is is_offered


def test_a_wave_closed_for_its_day_names_the_day_its_pages_promised(
    app: Flask, visitor: Visitor, sqlite_database: Database
) -> None:
    with stopped_at(datetime(2026, 12, 18, 12, tzinfo=UTC)):
        assert "18 December 2026" in visitor.get("/en/survey/kinds-2026").html
    with stopped_at(datetime(2026, 12, 18, 23, 0, 30, tzinfo=UTC)):
        closing_day.close_due_waves(sqlite_database, InstrumentLibrary(sqlite_database))
        assert "This questionnaire closed on 18 December 2026." in visitor.get("/en/survey/kinds-2026").html


def test_a_wave_that_is_still_to_open_keeps_its_introduction(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument
) -> None:
    put_wave(sqlite_database, kinds, "draft")
    page = Visitor(make_app().test_client()).get("/nl/onderzoek/kinds-2026")
    assert kinds.study.introduction["nl"] in page.html


def test_no_page_promises_a_day_that_is_over(visitor: Visitor) -> None:
    for moment, is_said in (("2026-12-18T22:59", True), ("2026-12-18T23:00", False)):
        with stopped_at(datetime.fromisoformat(moment).replace(tzinfo=UTC)):
            for page in ("/nl/", "/nl/onderzoek/kinds-2026"):
                assert ("18 december 2026" in visitor.get(page).html) is is_said


def test_after_closing_every_code_is_told_that_the_questionnaire_is_closed_and_none_that_it_exists(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument
) -> None:
    put_wave(sqlite_database, kinds, "test")
    with sqlite_database.write() as session:
        waves.open_wave(session, kinds.study.id, 2026)
    site = make_app()
    visitor = Visitor(site.test_client()).begin(kinds.study.id, "contractor", "nl").press("next", {"q_k_elig": "1"})
    found = re.search(r'class="code">([A-Z2-9 ]{14})<', visitor.press("save").html)
    assert found is not None

    def told(code: str) -> str:
        answer = Visitor(site.test_client()).get("/nl/vragenlijst/verder").press("", {"code": code})
        assert answer.status == 422
        return answer.html.partition("<main")[2].replace(code, "").partition("csrf_token")[0]

    assert "Wij kennen deze code niet" in told("ABCD EFGH JKLM")
    with sqlite_database.write() as session, stopped_at(datetime(2026, 12, 18, 12, tzinfo=UTC)):
        waves.close_wave(session, kinds.study.id, 2026)
    assert "De vragenlijst is op 18 december 2026 gesloten." in told(found[1])
    assert told(found[1]) == told("ABCD EFGH JKLM")
