"""Weights in the console: one switch on a page of results, and a page that says what they do and cost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from click.testing import CliRunner
from flask import Flask
from openpyxl import load_workbook

from surveyapp.cli import main
from surveyapp.fieldwork import weightings
from surveyapp.instrument.loader import load_instrument
from surveyapp.jobs import exports as jobs
from surveyapp.reports.tabulate import tabulate
from surveyapp.storage import audit
from tests.web.console.people import BASE, INSTRUMENTS, STUDY, Person, work

PAGE = f"{BASE}/results/gr_assign"


def put_in_force(app: Flask, **margin: float) -> str:
    """Targets of the roles; the name of the scheme with its version."""
    instrument = load_instrument(INSTRUMENTS / STUDY, 2026)
    part = {"method": "raking", "source": {"nl": "Telling", "en": "Count"}, "date": "2026-01-01", "caps": {"high": 5.0}}
    part["margins"] = [{"variable": "role", "shares": margin}]
    scheme = {"id": "example", "label": {"nl": "als voorbeeld", "en": "as an example"}, "parts": [part]}
    with app.extensions["surveyapp"].database.write() as session:
        made = weightings.weigh(session, replace(instrument, weighting={"schemes": [scheme]}), "test")
    return made.names[0]


@pytest.fixture
def targets(app: Flask) -> str:
    """Half of the people are professionals; the name of the scheme with its version."""
    return put_in_force(app, contractor=50, manager=20, procurement=20, intermediary=10)


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_without_targets_there_is_nothing_to_switch(signed_in: Callable[[str], Person]) -> None:
    researcher = signed_in("researcher")
    assert 'name="weight"' not in researcher.get(PAGE).text
    assert "This wave has no targets to weight by." in researcher.get(f"{BASE}/weights").text
    answer = researcher.get(f"{PAGE}?weight=example")
    assert answer.status_code == 400
    assert "There is no weighting" in answer.text


def test_one_switch_weights_page_json_and_text_alike(
    app: Flask, signed_in: Callable[[str], Person], targets: str
) -> None:
    researcher = signed_in("researcher")
    plain = researcher.get(f"{PAGE}?by=role").text
    assert '<option value="example">as an example</option>' in plain
    assert "Effective base" not in plain
    page = researcher.get(f"{PAGE}?by=role&weight=example")
    assert page.status_code == 200
    assert '<option value="example" selected>' in page.text
    assert "Weighted by “as an example”" in page.text
    assert "Effective base" in page.text
    assert f'{PAGE}?by=role&amp;weight=example"' in page.text  # the link to this view
    assert "/results/gr_client?by=role&amp;weight=example" in page.text  # and to another variable
    found = researcher.get(f"{PAGE}.json?by=role&weight=example").json
    grid = tabulate(app.extensions["surveyapp"].live.data(STUDY, 2026), "gr_assign", ["role"], weight="example")
    assert found["weight"] == targets == grid.weight
    assert found["rows"] == json.loads(json.dumps(grid.as_dict()["rows"]))
    assert found["rows"] != researcher.get(f"{PAGE}.json?by=role").json["rows"]
    assert researcher.get(f"{PAGE}.tsv?weight=example").status_code == 200


@pytest.mark.slow
def test_a_book_is_weighted_by_choice_and_its_name_and_the_audit_log_say_so(
    app: Flask, signed_in: Callable[[str], Person], targets: str
) -> None:
    editor = signed_in("editor")
    page = editor.get(f"{BASE}/exports").text
    assert page.count('<select name="weight"') == 2  # the book and its evidence; a codebook has no figures
    assert "The study says: unweighted." in text(page)
    assert editor.post(f"{BASE}/exports/report", language="en", weight="example").status_code == 303
    refused = editor.post(f"{BASE}/exports/report", language="en", weight="exampel")
    assert refused.status_code == 400
    assert "available: none, example" in text(refused.text)
    assert editor.post(f"{BASE}/exports/codebook", language="en", weight="example").status_code != 303
    work(app)
    with app.extensions["surveyapp"].database.read() as session:
        (asked,) = audit.details_of(session, "export.report", f"{STUDY} 2026")
        (file,) = jobs.files(session, STUDY, 2026)
        content = b"".join(jobs.content(app.extensions["surveyapp"].database, file))
    assert asked["weight"] == "example"
    assert f"{STUDY}-2026-report-example-en-v1-" in editor.get(f"{BASE}/exports").text
    guide = load_workbook(BytesIO(content))["Guide"]
    told = [row[1].value for row in guide.iter_rows() if row[0].value == "Weighting"]
    assert targets in told[0]
    assert told[1] == "chosen for this book, instead of what the study says of its report"


@pytest.mark.usefixtures("targets")
def test_a_weighting_that_is_not_there_is_mended_at_its_field(signed_in: Callable[[str], Person]) -> None:
    answer = signed_in("researcher").get(f"{PAGE}?weight=exmaple")
    assert answer.status_code == 422
    assert 'href="#weight"' in answer.text
    assert "There is no weighting “exmaple”; available: none, example." in answer.text
    assert 'id="weight" aria-invalid="true"' in answer.text


@pytest.mark.usefixtures("targets")
def test_a_viewer_may_weight_and_may_not_see_what_is_behind_it(signed_in: Callable[[str], Person]) -> None:
    viewer = signed_in("viewer")
    page = viewer.get(f"{PAGE}?weight=example")
    assert page.status_code == 200
    assert '<option value="example" selected>' in page.text
    assert "What weighting does" not in page.text
    assert viewer.get(f"{BASE}/weights").status_code == 403
    assert signed_in("editor").get(f"{BASE}/weights").status_code == 403


def test_the_page_and_the_command_show_targets_before_and_after_and_the_cost(
    app: Flask, signed_in: Callable[[str], Person], targets: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", str(app.extensions["surveyapp"].database.url))
    told = CliRunner().invoke(main, ["weights", STUDY, "2026", "--json"])
    assert told.exit_code == 0, told.output
    (scheme,) = json.loads(told.output)
    assert f"{scheme['id']} ({scheme['version']})" == targets
    assert scheme["refused"] is None
    (everyone,) = scheme["parts"]
    assert everyone["roles"] == []
    assert [line["codes"] for line in everyone["targets"]] == [
        [["contractor"]],
        [["manager"]],
        [["procurement"]],
        [["intermediary"]],
    ]
    assert 0 < scheme["quality"]["efficiency"] < 1
    for part in scheme["parts"]:
        quality = part["quality"]
        assert quality["n_effective"] == pytest.approx(quality["efficiency"] * quality["n"])
        for line in part["targets"]:
            assert line["after"] == pytest.approx(line["target"], abs=1e-6)
    shown = text(signed_in("researcher").get(f"{BASE}/weights").text)
    assert f"version {scheme['version']}" in shown
    assert "effective number of cases" in shown
    assert "Targets: Count, 1 January 2026. Weights stay between 0.30 and 5.00 times their mean." in shown
    assert "intermediaries" in shown.replace("\xad", "")
    for_people = CliRunner().invoke(main, ["weights", STUDY, "2026", "--lang", "nl"])
    assert "als voorbeeld (example, version" in for_people.output
    assert "zelfstandig professionals" in for_people.output


def test_a_refusal_is_told_on_the_page_and_by_the_command(
    app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_force(app, contractor=100, manager=0, procurement=0, intermediary=0)
    says = "“role”: “manager” has cases and the target 0, which no weight above 0 reaches."
    researcher = signed_in("researcher")
    assert f"The cases cannot be weighted so: {says}" in text(researcher.get(f"{BASE}/weights").text)
    answer = researcher.get(f"{PAGE}?weight=example")
    assert answer.status_code == 422
    assert "These cases cannot be weighted by “example”" in answer.text
    assert "manager" not in text(signed_in("viewer").get(f"{PAGE}?weight=example").text).split("Break down by")[0]
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", str(app.extensions["surveyapp"].database.url))
    told = CliRunner().invoke(main, ["weights", STUDY, "2026"])
    assert told.exit_code == 0
    assert says in re.sub(r"\s+", " ", told.output)
