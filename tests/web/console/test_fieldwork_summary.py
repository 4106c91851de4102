"""What the fieldwork page tells somebody who may not see cases: no cell of one to nine, nothing by the minute."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.web.console.people import BASE, STUDY, Person

K = 10


def counts(page: str) -> list[str]:
    """Every figure of the tables and cards."""
    cells = re.findall(r'<td class="number">([^<]*)</td>', page)
    cards = re.findall(r'<p class="figure">([^<]*)', page) + re.findall(r'<span class="figure">([^<]*)', page)
    return [one.strip() for one in (*cells, *cards)]


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_no_figure_of_the_page_counts_one_to_nine_and_no_list_or_combination_opens(
    signed_in: Callable[[str], Person], role: str
) -> None:
    person = signed_in(role)
    page = person.get(f"{BASE}/fieldwork")

    assert page.status_code == 200
    shown = [int(one.replace(",", "")) for one in counts(page.text) if one.replace(",", "").isdecimal()]
    assert any(number >= K for number in shown)
    people = page.text.split('id="heading-counts"')[1]
    whole = [int(one) for one in re.findall(r'<td class="number">([0-9]+)</td>', people)]
    assert whole
    assert all(number == 0 or number >= K for number in whole)
    assert "fieldwork/cases" not in page.text
    assert 'id="heading-days"' not in page.text
    assert 'id="heading-pages"' not in page.text
    for part in ("role=manager", "language=en", "source=open", "device=phone", "role=manager&language=en"):
        assert person.get(f"{BASE}/fieldwork?{part}").status_code == 403
    cases = person.get(f"{BASE}/fieldwork/cases")
    assert cases.status_code == 403
    assert "researcher" in cases.text


def test_what_a_viewer_sees_adds_up_to_the_published_step_and_not_to_the_last_second(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    live = app.extensions["surveyapp"].live
    viewer = signed_in("viewer").get(f"{BASE}/fieldwork").text
    published = live.published(STUDY, 2026).dataset.n
    everyone = int(live.data(STUDY, 2026).dataset.is_complete.sum())

    assert published < everyone
    card = viewer.split('id="card-complete"')[1].split("</li>")[0]
    assert f'<p class="figure">{published}' in card
    assert "figures move in steps of at least 20" in viewer
    home = signed_in("viewer").get("/console/").text
    assert f'<span class="figure">{published}</span>' in home
    assert "Half of all that were sent count" in home
    assert "Half of all" not in signed_in("researcher").get("/console/").text


def test_another_process_shows_the_same_step(app: Flask, signed_in: Callable[[str], Person]) -> None:
    from surveyapp.fieldwork.library import InstrumentLibrary
    from surveyapp.reports.live import LiveWaves

    services = app.extensions["surveyapp"]
    here = services.live.published(STUDY, 2026)
    there = LiveWaves(services.database, InstrumentLibrary(services.database)).published(STUDY, 2026)

    assert {*here.dataset.ids} == {*there.dataset.ids}
    assert here.version == there.version
    assert here.stand == there.stand
