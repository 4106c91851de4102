"""The pages of scale, drivers, profile, gaps and trend: the same figures as the JSON, for whoever may see them."""

from __future__ import annotations

import html
import json
from collections.abc import Callable

import pytest

from surveyapp.reports.asked_models import MODELS
from surveyapp.reports.formatting import printed
from tests.web.console.people import BASE, Person

ANALYSES = f"{BASE}/analyses"


@pytest.mark.parametrize("kind", MODELS)
def test_a_page_prints_the_figures_of_its_json(signed_in: Callable[[str], Person], kind: str) -> None:
    viewer = signed_in("viewer")
    page, told = viewer.get(f"{ANALYSES}/{kind}"), json.loads(viewer.get(f"{ANALYSES}/{kind}.json").text)
    assert page.status_code == 200
    text = html.unescape(page.text)
    items = told.get("items", [told])
    for item in items:
        for note in item["notes"]:
            if "“" not in note["nl"]:
                assert note["nl"] in text or note["en"] in text
    if "finding" in told:
        assert told["finding"]["nl"] in text or told["finding"]["en"] in text
    assert f'aria-current="page">{MODELS[kind].title["nl"]}' in text or MODELS[kind].title["en"] in text
    values = [cell["value"] for item in items for row in item["rows"] for cell in row["cells"] if cell["value"]]
    units = ("mean", "share", "score", "coefficient")
    assert all(any(printed(value, unit, "en") in text for unit in units) for value in values)


def test_the_results_lead_to_every_analysis(signed_in: Callable[[str], Person]) -> None:
    text = signed_in("viewer").get(f"{BASE}/results").text
    assert all(f"{ANALYSES}/{kind}" in text for kind in MODELS)


def test_who_may_not_see_cases_asks_for_released_groups_only(signed_in: Callable[[str], Person]) -> None:
    viewer, researcher = signed_in("viewer"), signed_in("researcher")
    asked = f"{ANALYSES}/drivers?filter=gr_client%20%3E%3D%208"
    assert viewer.get(asked).status_code == 403
    assert researcher.get(asked).status_code == 200


def test_what_cannot_be_asked_is_said_on_the_page(signed_in: Callable[[str], Person]) -> None:
    viewer = signed_in("viewer")
    assert viewer.get(f"{ANALYSES}/oracle").status_code == 404
    refused = viewer.get(f"{ANALYSES}/scale?of=xyz")
    assert refused.status_code == 422
    assert "xyz" in refused.text


@pytest.mark.parametrize("kind", MODELS)
def test_a_page_says_of_whom_it_speaks_and_stands_under_the_results(
    signed_in: Callable[[str], Person], kind: str
) -> None:
    text = html.unescape(signed_in("viewer").get(f"{ANALYSES}/{kind}").text)
    assert '<p class="base">' in text
    assert f'<a href="{BASE}/results" aria-current="page">' in text[: text.index("<main")]
