"""Who starts on Friday goes on on Monday; what is over is kept a day, and a shared computer forgets soon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from flask import Flask

from surveyapp import clock
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.database import Database
from tests.instrument.definitions import patched, write
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.test_flow import fill_all, only_case

FRIDAY, CLOSES = datetime(2026, 10, 16, 15, 30, tzinfo=UTC), "2026-11-20"
MONDAY = FRIDAY + timedelta(days=2, hours=17)
LANDING, WAVE = "/nl/onderzoek/kinds-2026", "/nl/vragenlijst/kinds-2026"


@pytest.fixture
def site(make_app: Callable[..., Flask], sqlite_database: Database, tmp_path: Path) -> Flask:
    wave = load_instrument(write(tmp_path, patched(("study.waves.0.closes", CLOSES), name="kinds")), 2026)
    put_wave(sqlite_database, wave)
    return make_app()


def begun(site: Flask, **ticks: str) -> Visitor:
    visitor = Visitor(site.test_client()).get(LANDING).press("next", role="contractor")
    visitor.press("next", agree="yes", **ticks)
    return visitor.go("start").press("next", q_k_elig="1")


def lasts_until(visitor: Visitor, name: str) -> datetime | None:
    """Until when the browser keeps a cookie; None: until it is closed."""
    found = visitor.client.get_cookie(name)
    assert found is not None, name
    return found.expires.astimezone(UTC) if found.expires else None


def test_who_starts_on_friday_goes_on_on_monday(site: Flask, sqlite_database: Database) -> None:
    with clock.stopped_at(FRIDAY):
        visitor = begun(site)
        left_open = {**visitor.form.fields, "q_k_single": "2", "action": "next"}
    for name in ("survey", "survey-kinds-2026"):
        kept = lasts_until(visitor, name)
        assert kept is not None
        assert kept >= datetime(2026, 11, 20, 23, tzinfo=UTC), name  # the end of the closing day in Amsterdam
    with clock.stopped_at(MONDAY):
        visitor.post(f"{WAVE}/p/single", left_open)  # the page was open all weekend, with the token of Friday
        assert visitor.at == "multiple"
        visitor.get(LANDING)
        assert "U bent al begonnen" in visitor.html
    assert only_case(sqlite_database).answers["k_single"] == 2


def test_what_was_typed_on_friday_and_not_sent_in_stands_on_the_page_on_monday(site: Flask) -> None:
    with clock.stopped_at(FRIDAY):
        visitor = begun(site)
        draft = {**visitor.form.fields, "q_k_single": "2"}
        assert visitor.client.post(f"{WAVE}/p/single/concept", data=draft).status_code == 204
    with clock.stopped_at(MONDAY):
        assert visitor.go("single").form.fields["q_k_single"] == ["2"]


def test_a_questionnaire_that_was_sent_is_kept_a_day_and_no_longer(site: Flask) -> None:
    with clock.stopped_at(FRIDAY):
        visitor = fill_all(begun(site)).press("")
        assert visitor.h1 == "Dank u wel"
    code = visitor.html.partition('class="code">')[2].partition("<")[0]
    assert lasts_until(visitor, "survey-kinds-2026") == FRIDAY + timedelta(hours=24)
    with clock.stopped_at(FRIDAY + timedelta(hours=12)):
        assert visitor.get(f"{WAVE}/mijn-antwoorden").h1 == "Mijn antwoorden"
    assert lasts_until(visitor, "survey-kinds-2026") == FRIDAY + timedelta(hours=24)  # a look does not renew it
    with clock.stopped_at(FRIDAY + timedelta(hours=25)):
        assert visitor.get(f"{WAVE}/mijn-antwoorden").url.endswith("/verder")
        visitor.press("", code=code)
        assert visitor.h1 == "Dank u wel"


def test_a_shared_computer_shows_the_code_first_and_forgets_soon(site: Flask) -> None:
    with clock.stopped_at(FRIDAY):
        visitor = Visitor(site.test_client()).get(LANDING).press("next", role="contractor")
        visitor.press("next", agree="yes", shared="yes")
        assert visitor.url.endswith("/bewaard")
        code = visitor.html.partition('class="code">')[2].partition("<")[0]
        assert code
        visitor.go("start").press("next", q_k_elig="1")
        assert lasts_until(visitor, "survey-kinds-2026") is None
    for minutes in (30, 60, 90):  # whoever goes on is not sent away
        with clock.stopped_at(FRIDAY + timedelta(minutes=minutes)):
            assert visitor.go("single").at == "single"
    with clock.stopped_at(FRIDAY + timedelta(minutes=90 + 46)):
        assert visitor.go("single").url.endswith("/verder")
        assert "U bent al begonnen" not in visitor.get(LANDING).html
        visitor.get("/nl/vragenlijst/verder").press("", code=code, shared="yes")
        assert visitor.at == "single"
        assert lasts_until(visitor, "survey-kinds-2026") is None


def test_a_link_that_was_only_looked_at_is_forgotten_after_a_day(site: Flask) -> None:
    with clock.stopped_at(FRIDAY):
        visitor = Visitor(site.test_client()).get(LANDING).press("next", role="contractor")
    assert lasts_until(visitor, "survey-kinds-2026") == FRIDAY + timedelta(hours=24)


def test_a_wave_that_is_open_after_its_day_is_come_back_to(site: Flask) -> None:
    late = datetime(2026, 11, 25, 9, tzinfo=UTC)
    with clock.stopped_at(late):
        visitor = begun(site)
    with clock.stopped_at(late + timedelta(days=3)):
        assert visitor.go("single").at == "single"


def test_the_day_of_the_header_is_the_day_of_the_cookie(site: Flask) -> None:
    """The browser is told in the header what the server checks by itself."""
    with clock.stopped_at(FRIDAY):
        client = site.test_client()
        Visitor(client).begin(KINDS, "contractor")
        header = client.get(f"{WAVE}/p/start").headers.getlist("Set-Cookie")
        told = [line for line in header if line.startswith("survey-kinds-2026")]
    assert not told or parsedate_to_datetime(told[0].partition("Expires=")[2].partition(";")[0]) > MONDAY
