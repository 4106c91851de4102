"""Pages leave compressed where that helps, and never where it could tell a secret."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from surveyapp.web import compression
from tests.web.browsing import Visitor

LANDING = "/nl/onderzoek/kinds-2026"


@pytest.mark.parametrize("taken", ["gzip", "gzip, deflate, br", "*"])
def test_a_page_comes_as_gzip_to_who_takes_it_and_is_the_same_page(taken: str, client: FlaskClient) -> None:
    plain = client.get(LANDING)
    packed = client.get(LANDING, headers={"Accept-Encoding": taken})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert int(packed.headers["Content-Length"]) == len(packed.get_data()) < len(plain.get_data()) / 2
    heading = b"<h1>"
    assert heading in gzip.decompress(packed.get_data())
    assert heading in plain.get_data()


@pytest.mark.parametrize("taken", ["", "identity", "br", "gzip;q=0"])
def test_who_does_not_take_gzip_gets_the_page_as_it_is(taken: str, client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get(LANDING, headers={"Accept-Encoding": taken}).headers


def test_what_another_site_asks_for_with_our_cookie_is_not_compressed(visitor: Visitor) -> None:
    visitor.begin("kinds", "contractor")
    for site, packed in (("cross-site", False), ("same-site", False), ("same-origin", True), ("none", True)):
        headers = {"Accept-Encoding": "gzip", "Sec-Fetch-Site": site}
        response = visitor.client.get("/nl/vragenlijst/kinds-2026/p/start", headers=headers)
        assert response.status_code == 200
        assert ("Content-Encoding" in response.headers) is packed, site


def test_a_first_visit_by_a_link_elsewhere_is_compressed(client: FlaskClient) -> None:
    response = client.get(LANDING, headers={"Accept-Encoding": "gzip", "Sec-Fetch-Site": "cross-site"})
    assert response.headers["Content-Encoding"] == "gzip"


def test_short_pages_other_types_streams_and_what_is_packed_already_stay_as_they_are(app: Flask) -> None:
    long = "<p>Verder</p>" * 200
    cases = {
        "short": Response("<p>Verder</p>", mimetype="text/html"),
        "json": Response(long, mimetype="application/json"),
        "stream": Response((part for part in (long,)), mimetype="text/html"),
        "packed": Response(long, mimetype="text/html", headers={"Content-Encoding": "br"}),
    }
    with app.test_request_context("/", headers={"Accept-Encoding": "gzip"}):
        for name, response in cases.items():
            assert compression.compressed(response).headers.get("Content-Encoding") in (None, "br"), name
        assert compression.compressed(Response(long, mimetype="text/html")).headers["Content-Encoding"] == "gzip"
