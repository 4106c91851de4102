"""What the report is made of: planned sheets, key figures, response, codebook."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from surveyapp.reports.codebook import codebook
from surveyapp.reports.key_figures import KeyFigure, key_figures
from surveyapp.reports.plan import report_sheets
from surveyapp.reports.response import response
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import WaveData
from tests.reports.waves import random_wave, real_instrument, record, wave

DATA = random_wave()


def _marks(contractors: list[int], managers: list[int], year: int = 2026) -> WaveData:
    instrument = real_instrument(year)
    records = [record(instrument, n, "contractor", {"s_elig": 1, "gr_assign": m}) for n, m in enumerate(contractors)]
    records += [record(instrument, 5000 + n, "manager", {"s_elig": 1, "gr_assign": m}) for n, m in enumerate(managers)]
    return wave(instrument, records)


def _figure(figures: tuple[KeyFigure, ...], name: str, role: str) -> KeyFigure:
    return next(figure for figure in figures if (figure.id, figure.role) == (name, role))


def test_every_planned_sheet_is_made_with_its_id_and_variables() -> None:
    sheets = report_sheets(DATA)
    planned = DATA.instrument.tables
    assert [sheet.id for sheet in sheets] == [one.id for one in planned]
    assert [tuple(table.variable for table in sheet.tables) for sheet in sheets] == [one.variables for one in planned]
    assert all(table.id == sheet.id and table.kind == sheet.kind for sheet in sheets for table in sheet.tables)
    assert all(len({len(table.columns) for table in sheet.tables}) == 1 for sheet in sheets)


def test_a_table_of_the_report_is_the_table_a_reader_gets_by_asking() -> None:
    for table in [table for sheet in report_sheets(DATA) for table in sheet.tables][:12]:
        planned = next(one for one in DATA.instrument.tables if one.id == table.id)
        asked = tabulate(DATA, table.variable, planned.banner, planned.filter)
        assert replace(table, id=None, kind=asked.kind) == asked


def test_key_figures_are_the_figures_of_the_tables() -> None:
    figures = key_figures(DATA)
    table = tabulate(DATA, "gr_client", ["role"])
    mean = next(row for row in table.rows if row.kind == "mean")
    for place, column in enumerate(table.columns[1:], start=1):
        figure = _figure(figures, "gr_client", column.key.removeprefix("role:"))
        assert (figure.value, figure.low, figure.high, figure.n) == (
            mean.cells[place].value,
            mean.cells[place].low,
            mean.cells[place].high,
            column.n,
        )
    assert {figure.unit for figure in figures} == {"mark", "score", "share"}
    assert all(figure.previous is None and figure.is_significant is None for figure in figures)


def test_a_construct_is_the_mean_share_of_its_items_that_got_one_of_the_highest_two() -> None:
    instrument = real_instrument()
    items = instrument.constructs["content"].items
    records = [
        record(instrument, number, "contractor", {"s_elig": 1, **dict.fromkeys(items, 5 if number % 4 else 2)})
        for number in range(40)
    ]
    figure = _figure(key_figures(wave(instrument, records)), "content", "contractor")
    assert figure.value == pytest.approx(0.75)
    assert (figure.unit, figure.n) == ("share", 40)


def test_the_difference_with_the_last_wave_is_tested_by_welch() -> None:
    rng = np.random.default_rng(3)
    now, then = rng.integers(6, 11, 120).tolist(), rng.integers(5, 10, 90).tolist()
    figure = _figure(key_figures(_marks(now, []), _marks(then, [], 2025)), "gr_assign", "contractor")
    assert figure.difference == pytest.approx(np.mean(now) - np.mean(then))
    assert (figure.previous_n, figure.previous_year) == (90, 2025)
    assert figure.is_significant is bool(stats.ttest_ind(now, then, equal_var=False).pvalue < 0.05)
    assert figure.is_significant


def test_a_construct_with_a_reworded_item_is_shown_and_not_tested() -> None:
    """dr_network, of the construct growth, was worded otherwise in 2025; the items of content were not."""

    def answers(year: int, low: int) -> WaveData:
        instrument = real_instrument(year)
        items = (*instrument.constructs["growth"].items, *instrument.constructs["content"].items)
        return wave(
            instrument,
            [
                record(
                    instrument, number, "contractor", {"s_elig": 1, **dict.fromkeys(items, 2 if number < low else 5)}
                )
                for number in range(100)
            ],
        )

    figures = key_figures(answers(2026, 10), answers(2025, 60))
    growth, content = (_figure(figures, name, "contractor") for name in ("growth", "content"))
    assert growth.difference == content.difference == pytest.approx(0.5)  # 90 of 100 against 40 of 100
    assert (growth.is_significant, content.is_significant) == (None, True)
    assert growth.note is not None
    assert real_instrument().variables["dr_network"].label["en"].rstrip(".") in growth.note["en"]
    assert content.note is None


def test_a_difference_on_a_small_base_is_shown_and_not_tested() -> None:
    figure = _figure(key_figures(_marks([9] * 20, []), _marks([3] * 90, [], 2025)), "gr_assign", "contractor")
    assert figure.difference == pytest.approx(6.0)
    assert figure.is_significant is None


def test_a_hidden_figure_shows_neither_value_nor_difference() -> None:
    now, then = _marks([8] * 50 + [7] * 50, [9] * 4), _marks([8] * 50, [6] * 40, 2025)
    figure = _figure(key_figures(now, then), "gr_assign", "manager")
    assert figure.is_suppressed
    assert (figure.value, figure.n, figure.se, figure.difference, figure.is_significant) == (None,) * 5


def test_marks_of_2014_were_asked_in_other_words_and_are_shown_without_a_test() -> None:
    instrument = real_instrument(2014)
    then = wave(instrument, [record(instrument, n, "contractor", {"gr_assign": 7 + n % 2}) for n in range(100)])
    figure = _figure(key_figures(_marks([9, 8] * 50, []), then), "gr_assign", "contractor")
    assert (figure.previous, figure.is_significant) == (7.5, None)
    assert figure.note is not None
    assert "other words" in figure.note["en"]


def test_response_counts_every_case_and_shows_rates_only_where_people_were_invited() -> None:
    lines = response(DATA).lines
    total = lines[-1]
    cases = DATA.dataset
    assert (total.role, total.started, total.complete) == (None, cases.n, int(cases.is_complete.sum()))
    assert total.started == total.complete + total.partial + total.screened_out
    assert all(line.invited is None and line.response_rate is None for line in lines)
    roles = [line for line in lines if line.role is not None]
    assert all(line.source is None for line in roles)  # a role by one source is for who may see cases
    assert sum(line.complete or 0 for line in roles) == total.complete
    invited = response(DATA, {("manager", "partner"): 200, ("contractor", "open"): 400}).lines
    manager = next(line for line in invited if line.role == "manager")
    assert manager.complete is not None
    assert manager.response_rate == manager.complete / 200
    assert invited[-1].invited == 600


def test_response_shows_no_shares_of_a_few_people() -> None:
    lines = response(_marks([8] * 12, [7] * 3)).lines
    few = next(line for line in lines if line.role == "manager")
    assert (few.complete, few.median_minutes, few.phone_share, few.english_share) == (None, None, None, None)
    # 15 together and 12 contractors would tell of the 3.
    contractor = next(line for line in lines if line.role == "contractor")
    assert (contractor.complete, contractor.phone_share) == (None, None)
    assert (lines[-1].median_minutes, lines[-1].phone_share, lines[-1].english_share) == (10.0, 1.0, 0.0)


def test_a_wave_without_cases_has_an_empty_report_and_no_failure() -> None:
    data = wave(real_instrument(), [])
    assert [(line.started, line.complete, line.phone_share) for line in response(data).lines] == [(0, 0, None)]
    assert all(figure.value is None for figure in key_figures(data, data))
    assert len(report_sheets(data)) == len(data.instrument.tables)


def test_the_codebook_holds_every_column_with_its_base_values_and_counts() -> None:
    book = codebook(DATA.instrument, DATA)
    stored = [name for name, one in DATA.instrument.variables.items() if not one.is_stored_apart]
    assert [entry.name for entry in book.entries] == stored
    entry = next(entry for entry in book.entries if entry.name == "gr_assign")
    table = tabulate(DATA, "gr_assign")
    assert (entry.asked, entry.answered, entry.valid) == (table.base.asked, table.base.answered, table.base.valid)
    assert set(entry.questions) == set(entry.pages) == {role.id for role in DATA.instrument.study.roles}
    assert [value.code for value in entry.values if value.is_missing] == [-2, -8, -9]
    assert "OPD01" in entry.tables


def test_the_codebook_stands_without_data_and_hides_small_counts() -> None:
    assert all(entry.valid is None for entry in codebook(real_instrument()).entries)
    few = codebook(real_instrument(), _marks([8] * 4, []))
    assert next(entry for entry in few.entries if entry.name == "gr_assign").valid is None
