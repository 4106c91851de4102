"""Every figure of a table carries the verdict on its precision, and says no more than that allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from openpyxl import Workbook

from surveyapp.analysis.design import Design
from surveyapp.analysis.precision import precision_of, verdict_places, worst_of
from surveyapp.analysis.verdict import VERDICTS, Verdict
from surveyapp.exports.chart_groups import compared, left_out_of
from surveyapp.exports.report_book import write_report_book
from surveyapp.exports.table_text import table_text
from surveyapp.exports.words import Words
from surveyapp.instrument.schemes import schemes_of
from surveyapp.reports.formatting import IMPRECISE, figure_text
from surveyapp.reports.gap_figures import gap_grid
from surveyapp.reports.grid import Figure, Grid, Look
from surveyapp.reports.tabulate import Tabulation, tabulate
from surveyapp.reports.verdicts import precision_rule, with_verdict
from surveyapp.reports.wave_data import WaveData
from tests.exports.tables import content
from tests.exports.workbooks import opened
from tests.reports.test_weighted_tables import document, margins
from tests.reports.waves import random_wave, real_instrument, record, wave


def few_heavy(heavy: int, share: int) -> WaveData:
    """100 contractors of whom so many must stand for this share of all, and 60 managers who count once."""
    instrument = real_instrument()
    common = {"s_elig": 1, "s_consent": 1}
    records = [
        record(
            instrument,
            number,
            "contractor",
            {**common, "b_gender": 1 if number < heavy else 2, "gr_assign": 6 + number % 4},
        )
        for number in range(100)
    ]
    records += [
        record(instrument, 100 + number, "manager", {**common, "gr_assign": 7 + number % 3}) for number in range(60)
    ]
    part: dict[str, Any] = {
        "roles": ["contractor"],
        "margins": margins(b_gender={"1": share, "2": 100 - share}),
    }
    return replace(wave(instrument, records), schemes=schemes_of(document(part)))


def by_role(heavy: int, share: int) -> Grid:
    return tabulate(few_heavy(heavy, share), "gr_assign", ["role"], weight="all")


def test_an_effective_base_under_30_makes_figures_indicative_however_many_answered() -> None:
    grid = by_role(10, 60)  # by hand: 10 of 6 and 90 of 40/90: 100² / (360 + 17.78) = 26.47
    bases = grid.columns[1][1]
    assert bases.effective == pytest.approx(26.47, abs=0.01)
    assert not bases.is_low
    figure = grid.figure("mean", "role:contractor")
    assert figure.precision is Verdict.INDICATIVE
    assert figure.is_marked
    assert figure.value is not None
    assert grid.figure("mean", "role:manager").precision is Verdict.RELIABLE
    assert any("30 points or wider" in note["en"] and "/" not in note["en"] for note in grid.item.notes)
    assert any("30 punten of breder" in note["nl"] for note in grid.item.notes)


def test_an_effective_base_under_10_is_not_shown_not_tested_and_is_not_a_hidden_group() -> None:
    grid = by_role(5, 90)  # by hand: 5 of 18 and 95 of 10/95: 100² / (1620 + 1.05) = 6.169
    bases = grid.columns[1][1]
    assert bases.effective == pytest.approx(6.169, abs=0.001)
    assert bases.valid == 100
    for measure, line in grid.lines:
        figure = line[1]
        if measure.unit == "count":
            assert figure.precision is None
            continue
        assert figure == Figure(bases=bases, precision=Verdict.NOT_SHOWN)
        assert figure_text(figure, measure.unit, "nl") == IMPRECISE
    assert all(one.letters == "" for line in grid.figures for one in line)
    assert grid.item.tests == ()  # one group alone is left to be tested
    note = grid.item.precision
    assert note is not None
    assert "an effective base under 10, or no degrees of freedom" in note["en"]
    assert "een effectieve basis onder 10, of geen vrijheidsgraden" in note["nl"]
    assert list(grid.item.notes).count(note) == 1
    assert "°" in note["nl"]


def test_the_json_names_the_verdict_of_every_cell() -> None:
    rows: Any = by_role(5, 90).as_dict()["rows"]
    mean = next(row for row in rows if row["kind"] == "mean")["cells"]
    assert [cell["precision"] for cell in mean[1:3]] == ["not_shown", "reliable"]
    assert {name for name, value in mean[1].items() if value} == {"precision"}
    assert mean[1]["suppressed"] is False
    rows = by_role(10, 60).as_dict()["rows"]
    assert next(row for row in rows if row["kind"] == "mean")["cells"][1]["precision"] == "indicative"
    assert {cell["precision"] for row in rows if row["kind"] == "missing" for cell in row["cells"]} == {None}


def test_a_share_is_held_against_the_width_of_its_interval_and_a_mean_is_not() -> None:
    instrument = real_instrument()
    records = [
        record(instrument, number, "contractor", {"s_elig": 1, "gr_assign": 6 if number < 18 else 9})
        for number in range(36)
    ]
    grid = tabulate(wave(instrument, records), "gr_assign")
    half, none = grid.figure("high_marks"), grid.figure("low_marks")
    # Wilson of 18 in 36, by hand: 2 * 1.96 * sqrt(.25/36 + 3.8415/4/36²) / (1 + 3.8415/36) = 0.3105
    assert half.high is not None
    assert half.low is not None
    assert half.high - half.low == pytest.approx(0.3105, abs=1e-4)
    assert half.precision is Verdict.INDICATIVE
    assert none.precision is Verdict.RELIABLE  # of 0 in 36: 3.8415 / 39.8415 = 0.0964
    assert grid.figure("mean").precision is Verdict.RELIABLE
    assert grid.figure("sd").precision is Verdict.RELIABLE


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_text_says_it_on_a_line_of_its_own_and_figures_stay_numbers(language: str) -> None:
    words = Words(language)
    grid = by_role(10, 60)
    lines = [line.split("\t") for line in table_text(grid, grid.lines, language).split("\r\n")]
    at = next(place for place, line in enumerate(lines) if line[0] in ("Gemiddelde", "Mean"))
    assert float(lines[at][2].replace(",", "."))
    assert lines[at + 1][0] == words("Indicative")
    assert lines[at + 1][2] == "°"
    assert lines[at + 1][3] == ""
    assert grid.item.precision is not None
    assert [grid.item.precision[language]] in lines
    grid = by_role(5, 90)
    lines = [line.split("\t") for line in table_text(grid, grid.lines, language).split("\r\n")]
    assert next(line for line in lines if line[0] in ("Gemiddelde", "Mean"))[2] == "/"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_book_marks_what_is_indicative_and_explains_each_mark_once(language: str, tmp_path: Any) -> None:
    sheets = tuple(
        replace(by_role(*how), id=name, title={"nl": name, "en": name}, section="marks", look=Look(None))
        for name, how in (("AAA01", (10, 60)), ("AAA02", (5, 90)))
    )
    write_report_book(replace(content(), sheets=sheets), tmp_path / "book.xlsx", language)
    book = opened(tmp_path / "book.xlsx")
    mean = _line(book, "AAA01", ("Gemiddelde", "Mean"))
    assert isinstance(mean[3].value, float)
    assert mean[3].number_format == '0.0"°"'
    assert mean[4].number_format == "0.0"
    assert _line(book, "AAA02", ("Gemiddelde", "Mean"))[3].value == IMPRECISE
    for name, marks in (("AAA01", ("°",)), ("AAA02", ("/",))):
        said = [str(cell.value) for row in book[name].iter_rows(max_col=1) for cell in row if cell.value]
        for mark in marks:
            assert sum(text.startswith(f"{mark} = ") for text in said) == 1
        assert not [text for text in said if text.startswith(("Cijfers met °", "Figures marked °"))]
    long = book["Lang" if language == "nl" else "Long"]
    head, *lines = long.iter_rows(values_only=True)
    verdict = head.index("precision")
    assert {line[verdict] for line in lines} == {None, "reliable", "indicative", "not_shown"}
    assert all(line[head.index("value")] is None for line in lines if line[verdict] == "not_shown")


def _line(book: Workbook, name: str, labels: tuple[str, str]) -> Any:
    return next(row for row in book[name].iter_rows(min_row=8) if row[0].value in labels)


def test_a_chart_leaves_out_what_is_too_imprecise_and_names_it() -> None:
    grid = by_role(5, 90)
    drawn = compared(grid, lambda count: True)
    assert [grid.groups[at].key for at in drawn[0]] == ["role:manager"]
    assert "Too imprecise to draw" in left_out_of(grid, drawn, Words("en"))
    assert "Te onnauwkeurig om te tekenen" in left_out_of(grid, drawn, Words("nl"))


def test_no_sentence_and_no_difference_is_made_of_what_is_too_imprecise() -> None:
    grid = gap_grid(Tabulation(few_heavy(5, 90), ["role"], weight="all"), ["gr_assign"])
    at = [group.key for group in grid.groups].index("role:manager-role:contractor")
    gap = grid.figures[0][at]
    assert (gap.value, gap.p, gap.precision) == (None, None, Verdict.NOT_SHOWN)
    assert "7" not in str(grid.finding)
    fine = gap_grid(Tabulation(few_heavy(10, 60), ["role"], weight="all"), ["gr_assign"])
    assert fine.figures[0][at].precision is Verdict.INDICATIVE  # as its weaker side
    assert fine.finding is not None


def test_a_difference_is_fit_for_what_its_weaker_side_is() -> None:
    good, weak = (Figure(1.0, precision=one) for one in (Verdict.RELIABLE, Verdict.INDICATIVE))
    assert with_verdict(Figure(0.0), good, weak).precision is Verdict.INDICATIVE
    assert with_verdict(Figure(0.0), good, good).precision is Verdict.RELIABLE
    assert with_verdict(Figure(0.0), good, Figure()).precision is None
    assert worst_of(Verdict.INDICATIVE, Verdict.NOT_SHOWN) is Verdict.NOT_SHOWN


def test_weights_of_1_leave_every_figure_and_verdict_as_it_was() -> None:
    data = random_wave()
    plain, weighted = (Tabulation(data, ["role", "b_size"]) for _ in range(2))
    weighted.design = Design(np.ones(weighted.cases.n))
    for name in ("gr_client", "a_reason", "dr_fit"):
        assert weighted.grid(name).figures == plain.grid(name).figures


def test_many_verdicts_at_once_are_those_of_each() -> None:
    random = np.random.default_rng(4)
    effective, freedom, width = random.uniform(2, 60, 300), random.integers(0, 20, 300), random.uniform(0, 0.8, 300)
    one_by_one = [
        precision_of(float(base), 0.0, float(wide), float(free)).verdict
        for base, wide, free in zip(effective, width, freedom, strict=True)
    ]
    places = verdict_places(effective, freedom.astype(np.float64), width)
    assert [VERDICTS[at] for at in places] == one_by_one
    assert set(one_by_one) == set(Verdict)


@pytest.mark.parametrize(("low_base", "least"), [(30, 10), (100, 10), (12, 4)])
def test_the_least_base_is_a_third_of_what_the_study_calls_low_and_ten_at_most(low_base: int, least: int) -> None:
    rule = precision_rule(low_base)
    assert (rule.base, rule.least_base) == (low_base, least)
