"""One figure, one value: page, JSON, text and sheet print the same table, weighted or not, in both languages."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from flask import Flask

from surveyapp import clock
from surveyapp.exports.registry import gather, write
from surveyapp.exports.words import Words
from surveyapp.fieldwork import waves
from surveyapp.fieldwork.weightings import weigh_from_the_start
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Shape
from surveyapp.reports.added_figures import add_figure
from surveyapp.reports.formatting import SUPPRESSED, count, printed
from tests.web.console.people import BASE, INSTRUMENTS, STUDY, Person

BANNERS = ("", "by=role", "by=b_size", "by=role&by=b_sector")
FILTERS = ("", "filter=role+%3D%3D+'contractor'", "filter=gr_client+%3E%3D+6")
PLANNED = ("", "role", "b_sector", "b_size", "a_via")


@pytest.fixture(autouse=True)
def weighable(app: Flask) -> None:
    """The study's own example of targets is in force."""
    with app.extensions["surveyapp"].database.write() as session:
        weigh_from_the_start(session, load_instrument(INSTRUMENTS / STUDY, 2026), "a@example.org")


def names(app: Flask) -> list[str]:
    instrument = app.extensions["surveyapp"].live.data(STUDY, 2026).instrument
    return [
        name
        for name, one in instrument.variables.items()
        if not one.is_stored_apart and one.type.shape is not Shape.TEXT
    ]


def cells_of(page: str) -> list[str]:
    """The printed figures of a page, without intervals and letters."""
    body = page.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page else ""
    return [html.unescape(cell).strip() for cell in re.findall(r'<td class="number(?: beyond)?">([^<]*)', body)]


def expected_of(table: dict[str, Any], units: dict[Any, str], language: str) -> list[str]:
    """What the JSON's numbers are when printed, line by line."""
    found = []
    for row in table["rows"]:
        if row["kind"] == "missing":
            continue
        for cell, column in zip(row["cells"], table["columns"], strict=True):
            if not column["not_asked"]:
                unit = units[row["kind"], row["code"]]
                found.append(SUPPRESSED if cell["suppressed"] else printed(cell["value"], unit, language))
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
def test_page_text_and_json_hold_the_same_figures(
    app: Flask, signed_in: Callable[[str], Person], language: str
) -> None:
    from surveyapp.reports.tabulate import tabulate

    random = Random(language)
    researcher = signed_in("researcher")
    researcher.post("/console/language", language=language, next="/console/")
    known = names(app)
    live = app.extensions["surveyapp"].live
    shown = 0
    for _ in range(25):
        name, weight = random.choice(known), random.choice(("", "weight=example"))
        query = "&".join(filter(None, (random.choice(BANNERS), random.choice(FILTERS), weight)))
        address = f"{BASE}/results/{name}"
        table = researcher.get(f"{address}.json?{query}").get_json()
        page = researcher.get(f"{address}?{query}").text
        text = researcher.get(f"{address}.tsv?{query}").text
        units = {
            (measure.public_kind, measure.code): measure.unit
            for measure in tabulate(live.data(STUDY, 2026), name).measures
        }
        assert table["weight"].startswith("example") is bool(weight)
        if not table["base"]["asked"]:
            assert cells_of(page) == []
            continue
        wanted = expected_of(table, units, language)
        assert cells_of(page) == wanted, (name, query)
        lines = [line.split("\t") for line in text.split("\r\n")]
        assert [line[1:] for line in lines if line[0] == Words(language)("n (valid answers)")]
        pasted = [cell for line in lines for cell in line[1:]]
        assert not [cell for cell in wanted if cell and cell not in pasted]
        assert count(table["base"]["valid"], language) in html.unescape(page)
        shown += len(wanted)
    assert shown > 400


@pytest.mark.slow
def test_sheets_hold_the_numbers_of_the_json(app: Flask, signed_in: Callable[[str], Person], tmp_path: Path) -> None:
    """Figures that were added to the report are read back from the book, cell by cell, unrounded."""
    from surveyapp.reports.plan import planned_grids

    random, services = Random(4), app.extensions["surveyapp"]
    with services.database.write() as session:
        waves.close_wave(session, STUDY, 2026)
    data = services.live.published(STUDY, 2026)
    with services.database.write() as session:
        for name in random.sample(names(app), 24):
            by = [one for one in (random.choice(PLANNED),) if one]
            weight = random.choice(("none", "example"))
            add_figure(session, data.instrument, name, by, "", weight, schemes=data.schemes, actor="e@example.org")
    source = gather(services.database, services.live, STUDY, 2026)
    assert len(source.added) == 24
    assert source.public.stand <= clock.now()
    grids = {grid.id: grid for grid in planned_grids(source.public, source.added)}
    read = 0
    for language in ("nl", "en"):
        write("report", source, tmp_path / f"{language}.xlsx", language)
        book = openpyxl.load_workbook(tmp_path / f"{language}.xlsx")
        for table in source.added:
            sheet, grid = book[table.id], grids[table.id]
            numbers = [
                cell.value for row in sheet.iter_rows(min_row=8) for cell in row if isinstance(cell.value, int | float)
            ]
            for row in grid.as_dict()["rows"]:
                if row["kind"] in ("missing", "sd"):
                    continue
                values = [cell["value"] for cell in row["cells"] if cell["value"] is not None]
                read += len(values)
                for value in values:
                    scale = 100 if row["kind"] == "score" else 1
                    assert any(number == pytest.approx(value * scale, abs=1e-9) for number in numbers), (table.id, row)
    assert read > 500
