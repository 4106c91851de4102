"""What a new analysis takes: a function, its name, an entry of the plan. Every renderer has it then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from surveyapp.exports.report_book import write_report_book
from surveyapp.exports.report_book.long import COLUMNS, long_lines
from surveyapp.exports.svg_charts import chart_svg
from surveyapp.exports.words import Words
from surveyapp.instrument.definition import TableEntry
from surveyapp.reports.analyses import ANALYSES
from surveyapp.reports.grid import Grid
from surveyapp.reports.plan import planned_grids
from surveyapp.reports.wave_data import WaveData
from tests.exports.tables import content
from tests.exports.workbooks import opened
from tests.reports.toy_analysis import EVEN, PLANNED, planning
from tests.reports.waves import real_instrument, record, wave


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Grid:
    monkeypatch.setitem(ANALYSES, "even", EVEN)
    (grid,) = planned_grids(planning(_data(), PLANNED))
    return grid


def _data() -> WaveData:
    """Of 80 contractors 60 gave an even mark, of 40 managers 10, and all of 3 buyers and 8 intermediaries."""
    instrument = real_instrument()
    marks = {
        "contractor": [8] * 60 + [7] * 20,
        "manager": [6] * 10 + [9] * 30,
        "procurement": [4] * 3,
        "intermediary": [4] * 8,
    }
    records = [
        record(instrument, 1000 * place + number, role, {"s_elig": 1, "gr_assign": mark, "gr_client": mark})
        for place, (role, given) in enumerate(marks.items())
        for number, mark in enumerate(given)
    ]
    return wave(instrument, records)


def test_the_files_know_the_kinds_that_are_made_and_no_other() -> None:
    assert set(get_args(TableEntry.model_fields["kind"].annotation)) == set(ANALYSES)


def test_a_toy_analysis_is_in_the_json_with_letters_and_nothing_of_who_is_hidden(toy: Grid) -> None:
    first, second = toy.as_dict()["items"]  # type: ignore[misc]
    assert (first["variable"], second["variable"]) == ("gr_assign", "gr_client")
    (row,) = first["rows"]
    assert (row["kind"], row["label"]["nl"]) == ("even", "even codes")
    values = {column["key"]: cell["value"] for column, cell in zip(first["columns"], row["cells"], strict=True)}
    assert values["role:contractor"] == 60 / 80
    assert values["role:manager"] == 10 / 40
    assert values["role:procurement"] is None
    assert row["cells"][1]["letters"] == "B"
    for at in (3, 4):
        assert first["columns"][at]["n"] is None
        assert {name for name, value in row["cells"][at].items() if value} == {"suppressed"}
    assert "Even codes count." in first["method"]["en"]
    assert "pooled z" in first["method"]["en"]


def test_a_toy_analysis_is_drawn_listed_and_written(toy: Grid, tmp_path: Path) -> None:
    words = Words("en")
    assert all(printed in chart_svg(toy.parts[0], "en") for printed in (">75%<", ">25%<"))
    book = replace(content(), sheets=(toy,))
    lines = [dict(zip(COLUMNS, line, strict=True)) for line in long_lines((toy,), words, is_final=True)]
    listed = {
        line["banner_code"]: line["value"]
        for line in lines
        if (line["row_kind"], line["variable"]) == ("even", "gr_assign")
    }
    assert listed == {None: 81 / 131, "contractor": 0.75, "manager": 0.25, "procurement": None, "intermediary": None}
    assert {line["unit"] for line in lines} == {"share", "count"}
    path = tmp_path / "report.xlsx"
    write_report_book(book, path, "en")
    workbook = opened(path)
    assert [row[4] for row in workbook["Contents"].iter_rows(values_only=True) if row[0] == "EVN01"] == ["even codes"]
    rows = list(workbook["EVN01"].iter_rows(values_only=True))
    at = next(at for at, row in enumerate(rows) if row[0] == "even codes")
    assert rows[at + 1][2:7] == (pytest.approx(81 / 131), 0.75, 0.25, ".", ".")
    assert "Even codes count." in " ".join(str(row[0]) for row in rows)
