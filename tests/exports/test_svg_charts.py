"""Charts on a page: the same figures as the book, readable on a phone and without seeing them."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from defusedxml.ElementTree import fromstring

from surveyapp.exports.chart_data import chart_data, default_kind
from surveyapp.exports.svg_charts import chart_svg
from surveyapp.exports.words import Words
from surveyapp.reports.table import Cell, TableColumn, TableRow
from surveyapp.reports.tabulate import Tabulation
from tests.exports.tables import ROLES, sheets
from tests.exports.tables import table as made_table
from tests.reports.waves import random_wave

SHEETS = {sheet.id: sheet for sheet in sheets()}


def _tree(markup: str) -> ElementTree.Element:
    return fromstring(markup)


@pytest.mark.parametrize("id_", SHEETS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_kind_of_chart_is_well_formed_named_and_free_of_style_and_script(id_: str, language: str) -> None:
    sheet = SHEETS[id_]
    markup = chart_svg(sheet.tables, language, sheet.chart)
    tree = _tree(markup)
    assert "style=" not in markup
    assert "<script" not in markup
    drawing = next(one for one in tree.iter("svg") if one.get("role") == "img")
    title, description = drawing.find("title"), drawing.find("desc")
    assert title is not None
    assert title.text
    assert description is not None
    assert description.text
    assert drawing.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    sizes = {int(text.get("font-size", "0")) for text in drawing.iter("text")}
    assert min(sizes) >= 12
    assert drawing.get("viewBox") is None, "a view box would shrink the letters on a phone"


def test_a_text_of_the_study_is_escaped() -> None:
    markup = chart_svg(SHEETS["STE01"].tables, "nl", "stacked")
    assert "<b>" not in markup
    assert "&lt;b&gt;vet" in markup


def test_nothing_of_a_hidden_group_is_in_the_chart() -> None:
    markup = chart_svg(SHEETS["OPD01"].tables, "nl", "dots")
    assert ROLES[0][0] in markup
    assert ROLES[2][0] not in markup


def test_values_are_printed_as_everywhere_with_a_dutch_comma() -> None:
    assert "7,6 (7,5–7,7)" in chart_svg(SHEETS["OPD01"].tables, "nl", "dots")
    assert "7.6 (7.5–7.7)" in chart_svg(SHEETS["OPD01"].tables, "en", "dots")


def test_the_description_names_the_highest_and_the_lowest() -> None:
    # 12 reasons of 40 + 7k answers each and twice 12 + k, 4: the last is the highest.
    markup = chart_svg(SHEETS["VER02"].tables, "en", "bars")
    described = re.search(r"<desc[^>]*>([^<]+)", markup)
    assert described is not None
    assert "number 12" in described[1].split("lowest")[0]
    assert "number 1 " in described[1].split("lowest")[1]


def test_no_more_bars_than_a_reader_can_take_in() -> None:
    data = chart_data(SHEETS["VER02"].tables, "bars", Words("en"))
    assert data is not None
    assert [series.tone for series in data.series] == ["total"]


def test_segments_of_a_stacked_bar_together_are_the_whole() -> None:
    data = chart_data(SHEETS["STE09"].tables, "stacked", Words("en"))
    assert data is not None
    for at in range(len(data.categories)):
        assert sum(series.values[at] or 0.0 for series in data.series) == pytest.approx(1.0)


def test_the_axis_of_a_number_reaches_beyond_every_interval() -> None:
    """Means of 102 and 117 euro with intervals to 106.4 and 123.5: the axis ends at the next round number, 150."""
    columns = (
        TableColumn("role:a", {"en": "contractors"}, "role", {"en": "Role"}, "A", 400),
        TableColumn("role:b", {"en": "managers"}, "role", {"en": "Role"}, "B", 60),
    )
    cells = (Cell(102.0, 2.2, 97.6, 106.4), Cell(117.0, 3.3, 110.4, 123.5))
    table = replace(SHEETS["STE09"].tables[0], columns=columns, rows=(TableRow("mean", {"en": "Mean"}, "mean", cells),))
    data = chart_data((table,), "dots", Words("en"))
    assert data is not None
    assert (data.minimum, data.maximum) == (0.0, 150.0)
    whiskers = re.findall(r'<line class="chart-whisker" x1="([\d.]+)%" x2="([\d.]+)%"', chart_svg(table, "en", "dots"))
    # 94 % of the width from 3 % on: 3 + 94 · 110.4/150 and 3 + 94 · 123.5/150.
    assert [tuple(map(float, ends)) for ends in whiskers][1] == pytest.approx((72.18, 80.39))


def test_the_axis_of_shares_reaches_beyond_every_interval() -> None:
    """39 of 100: 39 % with Wilson's interval to 48.8 % (scipy, binomtest(39, 100)); 40 % would cut it off."""
    answers = (("Ja", "Yes"), ("Deels", "Partly"), ("Nee", "No"))
    data = chart_data((made_table("x", ("x", "x"), answers, ([39, 31, 30],)),), "bars", Words("en"))
    assert data is not None
    assert data.maximum == 0.5


@pytest.mark.parametrize("by", ["role", "b_sector"])
def test_every_variable_of_the_study_can_be_drawn_without_a_figure_of_a_hidden_group(by: str) -> None:
    tabulation = Tabulation(random_wave(300, 3), [by])
    drawn = 0
    for name in tabulation.data.instrument.variables:
        table = tabulation.table(name)
        markup = chart_svg(table, "nl")
        if not markup:
            continue
        drawn += 1
        texts = {text.text for text in _tree(markup).iter("text")}
        assert not texts & {None, "", "nan", "nan%", "None"}
        hidden = {column.label["nl"] for column in table.columns if column.suppressed}
        data = chart_data((table,), default_kind(table), Words("nl"))
        assert data is not None
        series = {series.label for series in data.series}
        groups = {"bars": series, "stacked": set(data.categories), "dots": set(data.categories) | series}[data.kind]
        assert not hidden & groups, name
    assert drawn > 100


def test_a_table_in_which_everything_is_hidden_has_no_chart() -> None:
    assert chart_svg((), "nl", "bars") == ""
    assert chart_svg(SHEETS["STE09"].tables, "nl", "none") == ""
