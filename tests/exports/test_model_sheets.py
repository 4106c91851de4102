"""The sheets of the models: what stands in the book is what the grid holds, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from surveyapp.exports.chart_data import chart_data
from surveyapp.exports.report_book import write_report_book
from surveyapp.exports.report_book.body import value_of
from surveyapp.exports.report_book.column_heads import HEADER_ROW
from surveyapp.exports.report_book.long import COLUMNS
from surveyapp.exports.report_book.table_sheet import BODY_ROW
from surveyapp.exports.words import Words
from surveyapp.reports.grid import Grid
from surveyapp.reports.panels import has_statistics_aside
from surveyapp.reports.plan import planned_grids
from surveyapp.reports.wording import base_titles
from tests.exports.tables import content
from tests.exports.workbooks import opened
from tests.reports.waves import real_instrument, record, wave

KINDS = ("drivers", "profile", "gaps", "scale", "trend")


@cache
def _grids() -> tuple[Grid, ...]:
    """The models of the plan over 90 contractors and 40 managers whose mark follows what they say of the assignment."""
    instrument, random = real_instrument(), np.random.default_rng(12)
    asked = [name for name, one in instrument.variables.items() if name.startswith(("dr_", "cl_", "ph_", "ev_"))]
    records = []
    for number in range(130):
        given = {name: int(code) for name, code in zip(asked, random.integers(1, 3, len(asked)), strict=True)}
        mark = 4 + given["dr_fit"] + given["dr_autonomy"] + int(random.integers(0, 2))
        marks = {"s_elig": 1, "gr_assign": mark, "gr_client": mark - 1, "gr_prof": 7, "nps_client": mark}
        records.append(record(instrument, number, "contractor" if number < 90 else "manager", {**marks, **given}))
    planned = tuple(one for one in instrument.tables if one.kind in KINDS)
    return tuple(planned_grids(wave(replace(instrument, tables=planned), records)))


@pytest.fixture(scope="module", params=("nl", "en"))
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    path = tmp_path_factory.mktemp("models") / "book.xlsx"
    write_report_book(replace(content(), sheets=_grids()), path, request.param)
    return request.param, path


def test_the_plan_has_every_model_and_none_is_empty() -> None:
    assert {grid.kind for grid in _grids()} == set(KINDS)
    assert all(any(one.value is not None for line in grid.figures for one in line) for grid in _grids())


def test_every_sheet_of_a_model_holds_the_figures_of_its_grid(book: tuple[str, Path]) -> None:
    language, path = book
    made = opened(path)
    for grid in _grids():
        titles = {item.variable: item.title[language] for item in grid.items}
        is_aside = has_statistics_aside(grid)
        rows = list((_cells if is_aside else _rows)(made[grid.id], set(titles.values())))
        for measure, figures in grid.lines:
            wanted = [_rounded(value_of(one, measure.unit)) for one in figures]
            heading, title = measure.label[language], titles[measure.item]
            found = [cells[: len(wanted)] for above, label, cells in rows if (above, label) == (heading, title)]
            assert wanted in found, (grid.id, heading, title)


def test_where_statistics_stand_beside_each_other_an_interval_and_a_test_stand_behind_their_figure(
    book: tuple[str, Path],
) -> None:
    language, path = book
    words = Words(language)
    grid = next(grid for grid in _grids() if grid.kind == "drivers")
    assert has_statistics_aside(grid)
    (row, *_) = [cells for cells in opened(path)[grid.id].iter_rows(min_row=BODY_ROW) if cells[0].value]
    heads = [cell.value for cell in opened(path)[grid.id][HEADER_ROW]]
    share, driver = grid.of_kind("importance")[0][1][0], grid.of_kind("beta")[0][1][0]
    at = heads.index(words("95% interval from"))
    assert [_rounded(cell.value) for cell in row[at - 1 : at + 2]] == list(
        map(_rounded, (share.value, share.low, share.high))
    )
    assert {cell.number_format for cell in row[at - 1 : at + 2]} == {"0%"}
    tested = row[heads.index(words("p value"))]
    assert _rounded(tested.value) == _rounded(driver.p)
    assert tested.number_format == {"nl": '[<0.001]"< 0,001";0.000', "en": '[<0.001]"< 0.001";0.000'}[language]


def _cells(sheet: Worksheet, titles: set[str]) -> Iterator[tuple[str, str, list[object]]]:
    """Every figure under the head of its column; the heads of a later panel stand right over it."""
    heads = [cell.value for cell in sheet[HEADER_ROW][2:]]
    for label, _, *cells in sheet.iter_rows(min_row=BODY_ROW, values_only=True):
        if label in titles:
            yield from ((str(head), str(label), [_rounded(one)]) for head, one in zip(heads, cells, strict=False))
        elif label is None and any(isinstance(one, str) for one in cells):
            heads = list(cells)


def test_the_long_list_holds_the_figures_of_every_model(book: tuple[str, Path]) -> None:
    made = opened(book[1])
    rows = made["Lang" if book[0] == "nl" else "Long"].iter_rows(min_row=2, max_col=len(COLUMNS), values_only=True)
    at = {name: place for place, name in enumerate(COLUMNS)}
    names = ("table_id", "variable", "row_kind", "row_code", "value")
    listed = {tuple(_rounded(row[at[name]]) for name in names) for row in rows}
    for grid in _grids():
        for measure, figures in grid.lines:
            for one in figures:
                if one.value is not None and not one.is_hidden:
                    assert (grid.id, measure.item, measure.kind, measure.code, _rounded(one.value)) in listed


def _rows(sheet: Worksheet, titles: set[str]) -> Iterator[tuple[str, str, list[object]]]:
    """Every line of a body under its heading: what stands under no title of a question is one."""
    heading = ""
    for label, _, *cells in sheet.iter_rows(min_row=BODY_ROW, values_only=True):
        if label in titles:
            yield heading, str(label), [_rounded(one) for one in cells]
        elif label:
            heading = str(label)


def _rounded(value: object) -> object:
    """openpyxl writes 16 digits of the 17 a float can have; a whole number has no point in a file."""
    return round(float(value), 12) if isinstance(value, int | float) else value


def test_a_sheet_prints_a_test_with_its_figure_and_a_margin_in_the_unit_it_belongs_to(book: tuple[str, Path]) -> None:
    language, path = book
    margin, tested = {"nl": ("Marge (95%)", "p-waarde"), "en": ("95% margin", "p value")}[language]
    gaps = next(grid for grid in _grids() if grid.kind == "gaps")
    wanted = [_rounded(one.p) for line in gaps.figures for one in line if one.p is not None]
    titles = {item.title[language] for item in gaps.items}
    rows = list(_rows(opened(path)[gaps.id], titles))
    assert wanted
    assert [cell for above, _, cells in rows if above == tested for cell in cells if cell is not None] == wanted
    scale = next(grid for grid in _grids() if grid.kind == "scale")
    formats: dict[str, set[str]] = {}
    heading = ""
    for label, _, figure, *_ in opened(path)[scale.id].iter_rows(min_row=BODY_ROW):
        is_line = label.value in {item.title[language] for item in scale.items}
        heading = heading if is_line or not label.value else f"{heading if label.value == margin else ''}{label.value}"
        if is_line:
            formats.setdefault(heading, set()).add(figure.number_format)
    alpha = next(measure.label[language] for measure in scale.measures if measure.kind == "alpha")
    assert formats[f"{alpha}{margin}"] == {'"±"0.00'}
    rest = next(measure.label[language] for measure in scale.measures if measure.kind == "rest")
    assert f"{rest}{margin}" not in formats  # a correlation has no interval here: no empty lines either


def test_a_count_says_of_which_view_a_phase_is(book: tuple[str, Path]) -> None:
    language, path = book
    profile = next(grid for grid in _grids() if grid.kind == "profile")
    counted = list(base_titles(profile, language))
    assert len(set(counted)) == len(counted) > len({item.title[language] for item in profile.items})
    column = {cell.value for (cell,) in opened(path)[profile.id].iter_rows(max_col=1)}
    assert set(counted) <= column


def test_a_chart_of_marks_leaves_a_score_to_the_table() -> None:
    trend = next(grid for grid in _grids() if grid.kind == "trend")
    assert {measure.unit for measure in trend.measures} >= {"score"}
    data = chart_data(trend, "dots", Words("nl"))
    assert data is not None
    assert all("aanbevelen" not in line.name for line in data.lines)
    assert "Wat anders is gemeten" in data.left_out
