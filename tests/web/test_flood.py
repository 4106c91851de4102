"""Too many requests of one network: the others go on, and who is stopped keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, put_wave

LIMIT = 40


@pytest.fixture
def limited(make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument) -> Flask:
    """An application that takes forty requests a minute of each network."""
    put_wave(sqlite_database, kinds)
    return make_app(flood_limit=LIMIT)


def _from(app: Flask, address: str) -> Visitor:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return Visitor(client)


def _flood(app: Flask, address: str) -> int:
    """Ask until the answer is no: how often that went well."""
    client = app.test_client()
    for times in range(LIMIT + 1):
        if client.get("/nl/", environ_base={"REMOTE_ADDR": address}).status_code == 429:
            return times
    raise AssertionError("nobody was stopped")


def test_one_network_is_stopped_and_another_goes_on(limited: Flask) -> None:
    assert _flood(limited, "192.0.2.1") == LIMIT
    assert limited.test_client().get("/nl/", environ_base={"REMOTE_ADDR": "192.0.2.2"}).status_code == 200


def test_the_addresses_of_one_ipv6_network_are_one(limited: Flask) -> None:
    _flood(limited, "2001:db8:1:1::1")
    client = limited.test_client()
    assert client.get("/nl/", environ_base={"REMOTE_ADDR": "2001:db8:1:1:ffff::2"}).status_code == 429
    assert client.get("/nl/", environ_base={"REMOTE_ADDR": "2001:db8:1:2::1"}).status_code == 200


def test_who_is_stopped_while_saving_is_told_and_can_send_again(limited: Flask) -> None:
    person = _from(limited, "192.0.2.7")
    person.begin(KINDS, "contractor").press("next", q_k_elig="1").go("short")
    form = person.form
    _flood(limited, "192.0.2.7")
    fields = {**form.fields, "q_k_short": ["Adviseur"], "action": ["next"]}
    answer = person.client.post(form.action, data=fields)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "Wacht een minuut" in answer.text
    assert 'value="Adviseur"' in answer.text


def test_a_draft_is_stopped_too_and_the_team_and_health_are_not(limited: Flask) -> None:
    person = _from(limited, "192.0.2.8")
    person.begin(KINDS, "contractor").press("next", q_k_elig="1").go("short")
    form = person.form
    _flood(limited, "192.0.2.8")
    there = {"REMOTE_ADDR": "192.0.2.8"}
    assert person.client.post(form.action + "/concept", data=form.fields).status_code == 429
    assert person.client.get("/healthz", environ_base=there).status_code == 200
    assert person.client.get("/console/", environ_base=there, follow_redirects=True).status_code == 200


def test_no_limit_is_no_limit(make_app: Callable[..., Flask]) -> None:
    client = make_app(flood_limit=0).test_client()
    assert {client.get("/nl/").status_code for _ in range(LIMIT * 2)} == {200}
