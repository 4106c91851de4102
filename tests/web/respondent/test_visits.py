"""What the cookie knows of a visit, and what is told of the browser that makes it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.storage.database import Database
from surveyapp.storage.keys import new_secret
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.addresses import WaveName
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS
from tests.web.respondent.test_flow import only_case

APPLE = "Mozilla/5.0 ({}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 {}Safari/604.1"
CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 {}Safari/537.36"


def test_another_questionnaire_of_the_same_wave_gets_a_mark_of_its_own(app: Flask) -> None:
    """What a browser gave of one questionnaire says nothing of the one that is begun after it."""
    wave, first, second = WaveName(KINDS, 2026), new_secret(), new_secret()
    with app.test_request_context("/nl/"):
        visits.begin(wave, first)
        mark = visits.browser()
        assert mark
        visits.begin(wave, first)
        assert visits.browser() == mark
        visits.begin(wave, second)
        assert visits.browser() not in ("", mark)
        assert visits.key() == second
        assert visits.holds(visits.owner())
        assert not visits.holds("0" * 16)


def test_a_questionnaire_whose_key_was_renewed_still_answers_to_the_forms_given_out_before(app: Flask) -> None:
    with app.test_request_context("/nl/"):
        visits.begin(WaveName(KINDS, 2026), new_secret())
        before = visits.owner()
        visits.renew(new_secret())
        assert visits.owner() != before
        assert visits.holds(before)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (APPLE.format("iPhone; CPU iPhone OS 17_5 like Mac OS X", "Mobile/15E148 "), "phone"),
        (CHROME.format("Linux; Android 14; Pixel 8", "Mobile "), "phone"),
        (APPLE.format("iPad; CPU OS 12_5 like Mac OS X", "Mobile/15E148 "), "tablet"),
        (CHROME.format("Linux; Android 14; SM-X910", ""), "tablet"),
        ("Mozilla/5.0 (Android 14; Tablet; rv:127.0) Gecko/127.0 Firefox/127.0", "tablet"),
        (APPLE.format("Macintosh; Intel Mac OS X 10_15_7", ""), "desktop"),  # an iPad of today too (docs/exports.md)
        (CHROME.format("Windows NT 10.0; Win64; x64", ""), "desktop"),
        ("curl/8.5.0", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_browser_is_a_phone_a_tablet_or_a_desktop(
    agent: str, device: str, client: FlaskClient, sqlite_database: Database
) -> None:
    client.environ_base["HTTP_USER_AGENT"] = agent
    Visitor(client).begin(KINDS, "contractor")
    assert only_case(sqlite_database).device == device
