"""Charts on a page: the same figures as the book, readable on a phone and without seeing them."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from defusedxml.ElementTree import fromstring

from surveyapp.exports.chart_axes import ticks
from surveyapp.exports.chart_data import chart_data, default_kind
from surveyapp.exports.chart_marks import key, shape_of
from surveyapp.exports.chart_words import chart_sentence
from surveyapp.exports.excel_charts import ChartRange, native_chart
from surveyapp.exports.report_book.body import body
from surveyapp.exports.svg_charts import LABEL_LINE, chart_svg, draw
from surveyapp.exports.words import Words
from surveyapp.reports.banners import LETTERS
from surveyapp.reports.grid import Figure, Grid, Group, Look
from surveyapp.reports.grid import drawn as drawn_of
from surveyapp.reports.tabulate import Tabulation
from tests.exports.tables import ROLES, both, means, sheets
from tests.exports.tables import table as made_table
from tests.reports.waves import random_wave

SHEETS = {sheet.id: sheet for sheet in sheets()}


def _tree(markup: str) -> ElementTree.Element:
    return fromstring(markup)


@pytest.mark.parametrize("id_", SHEETS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_kind_of_chart_is_well_formed_named_and_free_of_style_and_script(id_: str, language: str) -> None:
    sheet = SHEETS[id_]
    markup = chart_svg(sheet, language, sheet.look.chart)
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
    markup = chart_svg(SHEETS["STE01"], "nl", "stacked")
    assert "<b>" not in markup
    assert "&lt;b&gt;vet" in markup


def test_nothing_of_a_hidden_group_is_in_the_chart() -> None:
    markup = chart_svg(SHEETS["OPD01"], "nl", "dots")
    assert ROLES[0][0] in markup
    assert ROLES[2][0] not in markup


def test_values_are_printed_as_everywhere_with_a_dutch_comma() -> None:
    assert "7,6 (7,5–7,7)" in chart_svg(SHEETS["OPD01"], "nl", "dots")
    assert "7.6 (7.5–7.7)" in chart_svg(SHEETS["OPD01"], "en", "dots")


def test_the_description_names_the_highest_and_the_lowest() -> None:
    # 12 reasons of 40 + 7k answers each and twice 12 + k, 4: the last is the highest.
    markup = chart_svg(SHEETS["VER02"], "en", "bars")
    described = re.search(r"<desc[^>]*>([^<]+)", markup)
    assert described is not None
    assert "number 12" in described[1].split("lowest")[0]
    assert "number 1 " in described[1].split("lowest")[1]


@pytest.mark.parametrize(("id_", "kind"), [("VER02", "points"), ("OPD02", "bars")])
def test_more_bars_than_a_reader_can_take_in_become_a_marker_of_each_role_on_a_line_of_each_answer(
    id_: str, kind: str
) -> None:
    """36 bars of 12 reasons are too many and 30 of 10 marks are not: the roles are drawn, not the total."""
    data = chart_data(SHEETS[id_], "bars", Words("nl"))
    assert data is not None
    assert (data.kind, [series.tone for series in data.series]) == (kind, ["group-1", "group-2", "group-4"])
    # The third role is hidden: that there is such a group is said, which one is not.
    said = "Groepen die te klein zijn, of waaruit een kleine groep af te leiden is, zijn niet getekend."
    assert data.left_out == said
    markup = chart_svg(SHEETS[id_], "nl", "bars")
    drawing = next(one for one in _tree(markup).iter("svg") if one.get("role") == "img")
    assert len(list(drawing.iter("svg"))) - 1 == 3 * len(data.lines)
    assert [one.label for one in draw(data, "x", Words("nl")).legend] == [ROLES[at][0] for at in (0, 1, 3)]


def test_statements_by_role_draw_each_role_under_its_statement_and_no_total() -> None:
    data = chart_data(SHEETS["STE01"], "stacked", Words("en"))
    assert data is not None
    assert [(line.block, line.label) for line in data.lines[3:7]] == [
        ("The assignment fits what I can do", ROLES[3][1]),
        ("I decide how I do the work", ROLES[0][1]),
        ("I decide how I do the work", ROLES[1][1]),
        ("+cmd|' /C calc'!A0", ROLES[0][1]),
    ]
    assert [line.tone for line in data.lines[:4]] == [f"group-{at}" for at in (1, 2, 3, 4)]
    texts = [text.content for text in draw(data, "x", Words("en")).texts]
    assert texts.count("I decide how I do the work") == 1
    assert texts.count(ROLES[0][1]) == 3
    assert "Total" not in texts


@pytest.mark.parametrize("kind", ["bars", "stacked", "profile", "dots"])
def test_where_there_is_a_group_to_draw_no_chart_draws_the_total(kind: str) -> None:
    for id_, sheet in SHEETS.items():
        for grid in (sheet, sheet.parts[0]):
            data = chart_data(grid, kind, Words("en"))
            assert data is None or "total" not in {series.tone for series in data.series}, id_
            assert data is None or not {line.name for line in data.lines} & {"Total"}, id_


def test_segments_of_a_stacked_bar_together_are_the_whole() -> None:
    data = chart_data(SHEETS["STE09"], "stacked", Words("en"))
    assert data is not None
    for at in range(len(data.categories)):
        assert sum(series.values[at] or 0.0 for series in data.series) == pytest.approx(1.0)


def test_the_axis_of_a_number_reaches_beyond_every_interval() -> None:
    """Means of 102 and 117 euro with intervals to 106.4 and 123.5: the axis ends at the next round number, 150."""
    table = means(SHEETS["STE09"], "mean", Figure(102.0, 2.2, 97.6, 106.4), Figure(117.0, 3.3, 110.4, 123.5))
    data = chart_data(table, "dots", Words("en"))
    assert data is not None
    assert (data.minimum, data.maximum) == (0.0, 150.0)
    whiskers = re.findall(r'<line class="chart-whisker" x1="([\d.]+)%" x2="([\d.]+)%"', chart_svg(table, "en", "dots"))
    # 94 % of the width from 3 % on: 3 + 94 · 110.4/150 and 3 + 94 · 123.5/150.
    assert [tuple(map(float, ends)) for ends in whiskers][1] == pytest.approx((72.18, 80.39))


def test_the_axis_of_shares_reaches_beyond_every_interval() -> None:
    """39 of 100: 39 % with Wilson's interval to 48.8 % (scipy, binomtest(39, 100)); 40 % would cut it off."""
    answers = (("Ja", "Yes"), ("Deels", "Partly"), ("Nee", "No"))
    data = chart_data(made_table("x", ("x", "x"), answers, ([39, 31, 30],)), "bars", Words("en"))
    assert data is not None
    assert data.maximum == 0.5


@pytest.mark.parametrize("by", ["role", "b_sector"])
def test_every_variable_of_the_study_can_be_drawn_without_a_figure_of_a_hidden_group(by: str) -> None:
    tabulation = Tabulation(random_wave(300, 3), [by])
    drawn = 0
    for name in tabulation.data.instrument.variables:
        table = tabulation.grid(name)
        markup = chart_svg(table, "nl")
        if not markup:
            continue
        drawn += 1
        texts = {text.text for text in _tree(markup).iter("text")}
        assert not texts & {None, "", "nan", "nan%", "None"}
        hidden = {group.label["nl"] for group, bases in table.columns if bases.is_hidden}
        data = chart_data(table, default_kind(table), Words("nl"))
        assert data is not None
        series = {series.label for series in data.series}
        groups = series | {line.label for line in data.lines if line.tone or not table.groups[1:]}
        assert not hidden & groups, name
    assert drawn > 100


def test_a_table_in_which_everything_is_hidden_has_no_chart() -> None:
    assert chart_svg(SHEETS["STE09"], "nl", "none") == ""
    hidden = made_table("x", ("x", "x"), YES_NO, ([60, 40], None))
    nothing = tuple((figures[2],) * 3 for figures in hidden.figures)
    hidden = replace(hidden, figures=nothing, bases=((hidden.bases[0][2],) * 3,))
    for kind in ("bars", "stacked", "profile", "dots"):
        assert chart_svg(hidden, "nl", kind) == ""


YES_NO = (("Ja", "Yes"), ("Nee", "No"))


def _by_two_banners(first: int, second: int) -> Grid:
    """A table by role and by sector, every group with 60 of 100 who say yes."""
    made = made_table("x", ("x", "x"), YES_NO, ([60, 40],))
    groups = [
        Group(f"{banner}:{at}", {"en": f"{banner} {at}"}, banner, {"en": banner}, LETTERS[at - 1])
        for banner, size in (("b_sector", second), ("role", first))
        for at in range(1, size + 1)
    ]
    width = first + second
    return replace(
        made,
        groups=(made.groups[0], *groups),
        figures=tuple((total, *[plain] * width) for total, plain in made.figures),
        bases=tuple((total, *[plain] * width) for total, plain in made.bases),
    )


def test_every_group_of_two_banners_is_drawn_and_no_two_look_alike() -> None:
    table = _by_two_banners(4, 9)
    data = chart_data(table, "bars", Words("en"))
    assert data is not None
    assert {series.key for series in data.series} == {group.key for group in table.groups[1:]}
    assert data.left_out == ""
    legend = draw(data, "x", Words("en")).legend
    assert len({key(entry.tone) for entry in legend}) == 13
    # The roles keep the four of the house wherever their banner stands.
    roles = [shape_of(entry.tone) for entry in legend if entry.label.startswith("role")]
    assert roles == ["circle", "square", "triangle", "diamond"]
    chart = native_chart(data, ChartRange("X", 1, 1, tuple(range(3, 16))), 20)
    fills = set()
    for one in chart.series:
        fill = one.graphicalProperties
        fills.add((fill.pattFill.prst, fill.pattFill.fgClr.srgbClr) if fill.pattFill else fill.solidFill.srgbClr)
    assert len(fills) == 13


def test_groups_that_do_not_fit_are_named_beside_the_chart() -> None:
    table = _by_two_banners(4, 12)  # 16 groups of 2 answers: 32 bars
    data = chart_data(table, "bars", Words("en"))
    assert data is not None
    assert [series.key for series in data.series] == ["role:1", "role:2", "role:3", "role:4"]
    assert data.left_out.startswith("Not drawn, see the table: b_sector 1, b_sector 2")
    assert data.left_out.endswith("b_sector 12.")
    assert data.left_out in chart_svg(table, "en", "bars")
    stacked = chart_data(table, "stacked", Words("en"))
    assert stacked is not None
    assert (len(stacked.categories), stacked.left_out) == (16, "")


def test_figures_too_long_to_stand_beside_a_name_stand_above_it() -> None:
    # A mean of amounts in which one is a thousand million: a whole line.
    table = means(SHEETS["STE09"], "mean", Figure(1_234_567.8, 987_654.3, -701_234_567.8, 703_703_703.4))
    drawn = _tree(chart_svg(table, "nl", "dots"))
    texts = {"".join(text.itertext()): int(text.get("y", "0")) for text in drawn.iter("text")}
    figures = next(text for text in texts if "(" in text)
    assert len(figures) > 36
    assert texts["professionals"] - texts[figures] == LABEL_LINE


def test_a_mark_by_role_draws_the_mean_of_each_role() -> None:
    table = replace(SHEETS["OPD02"], look=Look())
    assert default_kind(table) == "dots"
    data = chart_data(table, default_kind(table), Words("nl"))
    assert data is not None
    assert list(data.categories) == [ROLES[0][0], ROLES[1][0], ROLES[3][0]]
    assert (data.minimum, data.maximum) == (1.0, 10.0)


def test_the_axis_of_a_year_fits_the_years() -> None:
    """1961.2 to 1988.7: ticks of ten years, from 1960 to 1990, on the page and in the book."""
    table = means(SHEETS["STE09"], "year", Figure(1962.1, 0.5, 1961.2, 1963.0), Figure(1987.9, 0.4, 1987.1, 1988.7))
    data = chart_data(table, "dots", Words("en"))
    assert data is not None
    assert (data.unit, data.minimum, data.maximum) == ("year", 1960.0, 1990.0)
    axis = native_chart(data, ChartRange("X", 1, 1, (3, 4)), 20).y_axis
    assert (axis.scaling.min, axis.scaling.max) == (1960.0, 1990.0)
    assert ">1962<" in chart_svg(table, "en", "dots").replace(" (1961–1963)", "")
    # Each line is its group: said once, with no count of lines that says nothing.
    assert chart_sentence(data, Words("en")) == "Mean, 2 lines. contractors: 1962. managers: 1988."


def test_a_chart_of_one_line_says_its_figure_once() -> None:
    table = means(SHEETS["STE09"], "year", Figure(1975.2, 0.5, 1974.2, 1976.2))
    table = replace(table, groups=(Group("total", both(("Totaal", "Total"))),))
    data = chart_data(table, "dots", Words("nl"))
    assert data is not None
    assert chart_sentence(data, Words("nl")) == "Gemiddelde. Totaal: 1975."


def test_agreement_recommendation_and_scales_that_descend_all_run_from_low_to_high() -> None:
    nets = {
        "promoters": (("Promotors", "Promoters"), (9, 10)),
        "passives": (("Passief", "Passives"), (7, 8)),
        "detractors": (("Criticasters", "Detractors"), (0, 1, 2, 3, 4, 5, 6)),
    }
    marks = tuple((str(mark), str(mark)) for mark in range(11))
    score = made_table("r", ("r", "r"), marks, ([5, 5, 5, 5, 5, 5, 5, 10, 15, 20, 20],), nets=nets, first_code=0)
    data = chart_data(score, "stacked", Words("en"))
    assert data is not None
    assert [(one.label, one.tone) for one in data.series] == [
        ("Detractors", "agreement-1"),
        ("Passives", "agreement-3"),
        ("Promoters", "agreement-5"),
    ]
    statement = SHEETS["STE09"]
    descending = replace(statement, items=(replace(statement.item, is_descending=True),))
    turned = chart_data(descending, "stacked", Words("en"))
    assert turned is not None
    # Its first code means the most: the last one is the lowest, and stands first.
    assert [one.label for one in turned.series][::4] == ["Strongly agree", "Strongly disagree"]
    assert [one.tone for one in turned.series] == [f"agreement-{step}" for step in range(1, 6)]


def test_yes_and_no_keep_the_colours_of_agreeing_and_not() -> None:
    data = chart_data(made_table("x", ("x", "x"), YES_NO, ([60, 40],)), "stacked", Words("en"))
    assert data is not None
    assert [(one.label, one.tone) for one in data.series] == [("Yes", "agreement-5"), ("No", "agreement-1")]


def test_a_role_keeps_its_marker_where_the_filter_leaves_out_the_roles_before_it() -> None:
    table = SHEETS["STE09"]
    bases = tuple(replace(one, is_left_out=group.key in ("role:1", "role:3")) for group, one in table.columns)
    left = drawn_of(replace(table, bases=(bases,)))
    assert [group.key for group in left.groups] == ["total", "role:2", "role:4"]
    assert all(len(figures) == 3 for figures in (*left.figures, *left.bases))
    assert [column["key"] for column in left.as_dict()["columns"]] == ["total", "role:2", "role:4"]  # type: ignore[attr-defined]
    data = chart_data(left, "stacked", Words("en"))
    assert data is not None
    assert [(line.label, line.tone) for line in data.lines] == [(ROLES[1][1], "group-2"), (ROLES[3][1], "group-4")]


def test_the_three_statistics_of_a_ranking_are_called_the_same_in_table_chart_book_and_json() -> None:
    table = Tabulation(random_wave(300, 3), ["role"]).grid("rk")
    said = [table.of_kind(kind)[0][0].statistic for kind in ("code", "first", "points")]
    names = [words["nl"] for words in said if words]
    assert names == ["Gekozen, op welke plaats dan ook", "Op de eerste plaats", "Gemiddeld aantal punten"]
    data = chart_data(table, default_kind(table), Words("nl"))
    assert data is not None
    assert data.measure == names[0]
    assert f">{names[0]}<" in chart_svg(table, "nl")
    headings = [line.label for line in body(table, Words("nl")) if line.part == "heading"]
    assert headings[:3] == names
    rows = table.as_dict()["rows"]
    assert list(dict.fromkeys(row["statistic"]["nl"] for row in rows if row["statistic"]))[:3] == names  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("values", "ends", "printed"),
    [
        ((0.021, 0.034), (0.0, 0.04), ">0,04<"),
        ((1.1, 1.2), (0.0, 1.5), ">1,5<"),
        ((7.0, 7.0), (0.0, 8.0), ">8<"),
        ((0.0, 0.0), (0.0, 1.0), ">1<"),
        ((-2.2, 4.0), (-2.5, 4.0), ">−2,5<"),
        ((61_000.0, 78_000.0), (0.0, 80_000.0), ">80.000<"),
    ],
)
def test_an_axis_ends_on_a_round_number_around_the_data_and_prints_it_as_it_is(
    values: tuple[float, float], ends: tuple[float, float], printed: str
) -> None:
    table = means(SHEETS["STE09"], "mean", *map(Figure, values))
    data = chart_data(table, "dots", Words("nl"))
    assert data is not None
    assert (data.minimum, data.maximum) == pytest.approx(ends)
    assert printed in chart_svg(table, "nl", "dots")


@pytest.mark.parametrize(
    ("low", "high", "unit", "expected"),
    [
        (1.0, 10.0, "mean", [1, 4, 7, 10]),
        (1.0, 5.0, "mean", [1, 2, 3, 4, 5]),
        (0.0, 100.0, "mean", [0, 20, 40, 60, 80, 100]),
        (1972.0, 1980.0, "year", [1972, 1974, 1976, 1978, 1980]),
        (1960.0, 1961.0, "year", [1960, 1961]),
        (0.0, 0.7, "share", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]),
    ],
)
def test_an_axis_is_parted_evenly_at_round_places(low: float, high: float, unit: str, expected: list[float]) -> None:
    assert ticks(low, high, unit) == pytest.approx(expected)


def test_a_mean_has_more_on_its_axis_than_two_ends() -> None:
    table = Tabulation(random_wave(300, 3), ["role"]).grid("gr_assign")
    markup = chart_svg(table, "nl")
    assert [place for place in ("1", "4", "7", "10") if f">{place}</text>" in markup] == ["1", "4", "7", "10"]


@pytest.mark.parametrize("by", [[], ["role"]])
def test_the_options_of_a_ranking_stand_from_the_most_chosen_to_the_least(by: list[str]) -> None:
    table = Tabulation(random_wave(300, 3), by).grid("rk")
    data = chart_data(table, default_kind(table), Words("nl"))
    assert data is not None
    chosen = {measure.label["nl"]: figures[0].value for measure, figures in table.of_kind("code")}
    assert list(data.categories) == sorted(chosen, key=lambda label: -(chosen[label] or 0.0))
    assert list(data.categories) != list(chosen), "the questionnaire has another order"
