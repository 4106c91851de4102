"""What the report is made of: planned sheets, key figures, response, codebook."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from surveyapp.analysis.dataset import STATES
from surveyapp.reports.asked_models import MODELS
from surveyapp.reports.codebook import codebook
from surveyapp.reports.grid import Bases, Figure, Grid
from surveyapp.reports.key_figures import key_figures
from surveyapp.reports.plan import planned_grids
from surveyapp.reports.response import participation, response
from surveyapp.reports.sentences import Words
from surveyapp.reports.table_findings import with_finding
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import WaveData
from tests.reports.waves import random_wave, real_instrument, record, wave

DATA = random_wave()


def _marks(contractors: list[int], managers: list[int], year: int = 2026) -> WaveData:
    instrument = real_instrument(year)
    records = [record(instrument, n, "contractor", {"s_elig": 1, "gr_assign": m}) for n, m in enumerate(contractors)]
    records += [record(instrument, 5000 + n, "manager", {"s_elig": 1, "gr_assign": m}) for n, m in enumerate(managers)]
    return wave(instrument, records)


def _figure(grid: Grid, name: str, key: str) -> Figure:
    """The figure of an indicator: of a role, ``role@year`` or ``role-year``."""
    ((_, figures),) = [line for line in grid.lines if line[0].item == name]
    return figures[[group.key for group in grid.groups].index(f"role:{key}")]


def _note(grid: Grid, name: str) -> Words | None:
    return next(item.series_break for item in grid.items if item.variable == name)


def test_every_planned_sheet_is_made_with_its_id_and_variables() -> None:
    sheets, planned = tuple(planned_grids(DATA)), DATA.instrument.tables
    assert [(sheet.id, sheet.kind, sheet.section) for sheet in sheets] == [
        (one.id, one.kind, one.section) for one in planned
    ]
    assert [tuple(item.variable for item in sheet.items) for sheet in sheets if sheet.kind not in MODELS] == [
        one.variables for one in planned if one.kind not in MODELS
    ]
    for sheet in sheets:
        assert len(sheet.bases) == len(sheet.items)
        assert {len(line) for line in (*sheet.bases, *sheet.figures)} == {len(sheet.groups)}


def test_a_table_of_the_report_is_the_table_a_reader_gets_by_asking() -> None:
    for table in [table for sheet in planned_grids(DATA) for table in sheet.parts][:12]:
        planned = next(one for one in DATA.instrument.tables if one.id == table.id)
        asked = tabulate(DATA, table.item.variable, planned.banner, planned.filter)
        plain = {name: getattr(asked, name) for name in ("id", "kind", "section", "title", "look")}
        made = replace(table, **plain)
        assert with_finding(made, DATA.instrument.study, is_against_rest=planned.against == "rest") == asked


def test_key_figures_are_the_figures_of_the_tables() -> None:
    figures = key_figures(DATA)
    table = tabulate(DATA, "gr_client", ["role"])
    ((_, means),) = table.of_kind("mean")
    for group, mean in zip(table.groups[1:], means[1:], strict=True):
        assert _figure(figures, "gr_client", group.key.removeprefix("role:")) == mean
    assert {measure.unit for measure in figures.measures} == {"mark", "score", "share"}
    assert all(group.year is None for group in figures.groups)


def test_a_construct_is_the_mean_share_of_its_items_that_got_one_of_the_highest_two() -> None:
    instrument = real_instrument()
    items = instrument.constructs["content"].items
    records = [
        record(instrument, number, "contractor", {"s_elig": 1, **dict.fromkeys(items, 5 if number % 4 else 2)})
        for number in range(40)
    ]
    grid = key_figures(wave(instrument, records))
    figure = _figure(grid, "content", "contractor")
    assert figure.value == pytest.approx(0.75)
    assert figure.bases.valid == 40
    assert next(measure.unit for measure in grid.measures if measure.item == "content") == "share"


def test_the_difference_with_the_last_wave_is_tested_by_welch() -> None:
    rng = np.random.default_rng(3)
    now, then = rng.integers(6, 11, 120).tolist(), rng.integers(5, 10, 90).tolist()
    grid = key_figures(_marks(now, []), _marks(then, [], 2025))
    before, moved = (_figure(grid, "gr_assign", key) for key in ("contractor@2025", "contractor-2025"))
    assert moved.value == pytest.approx(np.mean(now) - np.mean(then))
    assert before.bases.valid == 90
    assert {group.year for group in grid.groups if group.is_difference} == {2025}
    # One role was tested, so that Holm leaves its p as it is.
    assert moved.p == pytest.approx(stats.ttest_ind(now, then, equal_var=False).pvalue)
    assert moved.p is not None
    assert moved.p < 0.05


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
    growth, content = (_figure(figures, name, "contractor-2025") for name in ("growth", "content"))
    assert growth.value == content.value == pytest.approx(0.5)  # 90 of 100 against 40 of 100
    assert growth.p is None
    assert content.p is not None
    assert content.p < 0.05
    note = _note(figures, "growth")
    assert note is not None
    assert real_instrument().variables["dr_network"].label["en"].rstrip(".") in note["en"]
    assert _note(figures, "content") is None


def test_a_difference_on_a_small_base_is_shown_and_not_tested() -> None:
    grid = key_figures(_marks([9] * 20, []), _marks([3] * 90, [], 2025))
    moved = _figure(grid, "gr_assign", "contractor-2025")
    assert moved.value == pytest.approx(6.0)
    assert moved.p is None


def test_a_hidden_figure_shows_neither_value_nor_difference() -> None:
    now, then = _marks([8] * 50 + [7] * 50, [9] * 4), _marks([8] * 50, [6] * 40, 2025)
    grid = key_figures(now, then)
    assert _figure(grid, "gr_assign", "manager") == Figure(is_hidden=True, bases=Bases(is_hidden=True))
    assert _figure(grid, "gr_assign", "manager-2025") == Figure(is_hidden=True)
    assert _figure(grid, "gr_assign", "manager@2025").value == 6.0


def test_marks_of_2014_were_asked_in_other_words_and_are_shown_without_a_test() -> None:
    instrument = real_instrument(2014)
    then = wave(instrument, [record(instrument, n, "contractor", {"gr_assign": 7 + n % 2}) for n in range(100)])
    grid = key_figures(_marks([9, 8] * 50, []), then)
    before, moved = (_figure(grid, "gr_assign", key) for key in ("contractor@2014", "contractor-2014"))
    assert (before.value, moved.p) == (7.5, None)
    note = _note(grid, "gr_assign")
    assert note is not None
    assert "other words" in note["en"]


def test_response_counts_every_case_and_shows_rates_only_where_people_were_invited() -> None:
    found, cases = response(DATA), DATA.dataset
    counts = {code: found.figure(code).count for code in ("started", "complete", "partial", "screened_out")}
    assert (counts["started"], counts["complete"]) == (cases.n, int(cases.is_complete.sum()))
    assert counts["started"] == sum(counts[code] or 0 for code in ("complete", "partial", "screened_out"))
    for group in found.groups:
        assert (found.figure("invited", group.key).count, found.figure("response_rate", group.key).value) == (
            None,
            None,
        )
        assert not found.figure("response_rate", group.key).is_hidden
    # A role by one source is for who may see cases: each stands by itself.
    assert {group.banner for group in found.groups} == {None, "role", "source"}
    by_role = [found.figure("complete", group.key).count or 0 for group in found.groups if group.banner == "role"]
    assert sum(by_role) == counts["complete"]
    invited = response(DATA, {("manager", "partner"): 200, ("contractor", "open"): 400})
    managers = invited.figure("complete", "role:manager").count
    assert managers is not None
    assert invited.figure("response_rate", "role:manager").value == managers / 200
    assert invited.figure("invited", "source:open").count == 400
    assert invited.figure("invited").count == 600


def test_response_shows_no_shares_of_a_few_people() -> None:
    found = response(_marks([8] * 12, [7] * 3))
    shares = ("minutes", "phone", "english")
    for code in ("complete", *shares):
        few = found.figure(code, "role:manager")
        assert (few.value, few.count, few.is_hidden) == (None, None, True)
    # 15 together and 12 contractors would tell of the 3.
    for code in ("complete", "phone"):
        assert found.figure(code, "role:contractor").is_hidden
    assert [found.figure(code).value for code in shares] == [10.0, 1.0, 0.0]


def test_who_took_part_is_the_same_for_everybody_and_by_every_part() -> None:
    book, page = response(DATA), participation(DATA)
    assert {group.banner for group in page.groups} == {None, "role", "language", "source", "device"}
    for group in book.groups:
        for code in ("complete", "minutes"):
            assert page.figure(code, group.key) == book.figure(code, group.key)
    by_device = [page.figure("complete", group.key).count or 0 for group in page.groups if group.banner == "device"]
    assert sum(by_device) == page.figure("complete").count == int(DATA.dataset.is_complete.sum())
    seconds = DATA.dataset.seconds[DATA.dataset.is_complete & (DATA.dataset.seconds > 0)]
    assert page.figure("minutes").value == pytest.approx(np.median(seconds) / 60)
    assert page.figure("partial").count == int((DATA.dataset.state == STATES.index("started")).sum())
    assert page.figure("partial", "role:contractor") == Figure()  # of everyone only


def test_a_wave_without_cases_has_an_empty_report_and_no_failure() -> None:
    data = wave(real_instrument(), [])
    found = response(data)
    assert [group.key for group in found.groups] == ["total"]
    assert [(one.count, one.value, one.is_hidden) for (one,) in found.figures][1:3] == [(0, None, False)] * 2
    assert found.figure("phone") == Figure()
    assert all(one.value is None for line in key_figures(data, data).figures for one in line)
    assert len(list(planned_grids(data))) == len(data.instrument.tables)


def test_the_codebook_holds_every_column_with_its_base_values_and_counts() -> None:
    book = codebook(DATA.instrument, DATA)
    stored = [name for name, one in DATA.instrument.variables.items() if not one.is_stored_apart]
    assert [entry.name for entry in book.entries] == stored
    entry = next(entry for entry in book.entries if entry.name == "gr_assign")
    table = tabulate(DATA, "gr_assign")
    assert (entry.asked, entry.answered, entry.valid) == (table.total.asked, table.total.answered, table.total.valid)
    assert set(entry.questions) == set(entry.pages) == {role.id for role in DATA.instrument.study.roles}
    assert [value.code for value in entry.values if value.is_missing] == [-2, -8, -9]
    assert "OPD01" in entry.tables


def test_the_codebook_stands_without_data_and_hides_small_counts() -> None:
    assert all(entry.valid is None for entry in codebook(real_instrument()).entries)
    few = codebook(real_instrument(), _marks([8] * 4, []))
    assert next(entry for entry in few.entries if entry.name == "gr_assign").valid is None
