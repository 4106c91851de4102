"""Years beside a variable in the console: page, JSON and text hold the same columns, or say what cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from surveyapp.fieldwork import waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.simulate import simulate
from tests.web.console.people import BASE, STUDY, Person

PAGE = f"{BASE}/results/gr_client"


@pytest.fixture
def year_before(app: Flask) -> None:
    database = app.extensions["surveyapp"].database
    with database.write() as session:
        waves.open_wave(session, STUDY, 2025)
    simulate(database, InstrumentLibrary(database), STUDY, 2025, 90, 5, is_demonstration=True)
    with database.write() as session:
        waves.close_wave(session, STUDY, 2025)


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_without_another_year_there_is_none_to_tick(signed_in: Callable[[str], Person]) -> None:
    researcher = signed_in("researcher")
    assert 'name="years"' not in researcher.get(PAGE).text
    refused = researcher.get(f"{PAGE}?years=2025")
    assert refused.status_code == 400
    assert "There are no figures of 2025 to lay beside these" in text(refused.text)


@pytest.mark.usefixtures("year_before")
@pytest.mark.parametrize("role", ["researcher", "viewer"])
def test_a_year_that_is_ticked_stands_beside_every_group(role: str, signed_in: Callable[[str], Person]) -> None:
    person = signed_in(role)
    page = person.get(f"{PAGE}?by=role&years=2025")
    assert page.status_code == 200
    assert 'name="years" id="year-2025" value="2025" checked' in page.text
    assert "/results/gr_assign?by=role&amp;years=2025" in page.text  # another variable keeps the years
    found = person.get(f"{PAGE}.json?by=role&years=2025,2026").json
    assert found == person.get(f"{PAGE}.json?by=role&year=2025").json  # as it may be written
    columns = found["columns"]
    assert [one["year"] for one in columns[:4]] == [2025, 2026, 2025, 2026]
    assert columns[0]["key"] == "total@2025"
    own = person.get(f"/console/{STUDY}/2025/results/gr_client.json?by=role").json["columns"]
    assert {one["key"]: one["n"] for one in own} == {
        one["key"].partition("@")[0]: one["n"] for one in columns if one["year"] == 2025
    }
    lines = person.get(f"{PAGE}.tsv?by=role&years=2025").text.splitlines()
    assert lines[4].split("\t")[1:3] == ["2025 A", "2026 B"]  # below the sentence of what was found
    wrong = person.get(f"{PAGE}?years=2014")
    assert wrong.status_code == 422
    assert "there are of: 2025" in text(wrong.text)
    assert person.get(f"{PAGE}?years=2025&against=rest").status_code in (400, 422)
