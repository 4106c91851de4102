"""Waves side by side: each column is the wave's own table, tested where the question was the same, by hand again."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import stats

from surveyapp.errors import BadQuery
from surveyapp.instrument.schemes import schemes_of
from surveyapp.reports.asked_models import model_grid
from surveyapp.reports.grid import Grid
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.trends import variable_trend
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.year_tables import chosen_waves, year_table
from tests.reports.waves import real_instrument, record, wave

MARK = "gr_client"
ROLES = ("contractor", "manager")


@cache
def _wave(year: int, shift: float = 0.0) -> WaveData:
    """200 people of each of two roles; in the later year contractors give higher marks."""
    instrument, draw = real_instrument(year), np.random.default_rng(year)
    records = [
        record(
            instrument,
            number,
            ROLES[number % 2],
            {
                "s_elig": 1,
                MARK: int(np.clip(round(draw.normal(6.5 + (shift if number % 2 == 0 else 0), 1.2)), 1, 10)),
                "b_size": int(draw.integers(1, 4)),
            },
        )
        for number in range(400)
    ]
    return wave(instrument, records)


def _marks(data: WaveData, role: str | None = None) -> np.ndarray:
    cases = data.cases()
    marks = cases.codes(MARK).astype(float)
    roles = np.array(cases.names["role"])[cases.codes("role")]
    kept = marks >= 0 if role is None else (marks >= 0) & (roles == role)
    return np.asarray(marks[kept])


def _table(*by: str, **how: object) -> tuple[WaveData, WaveData, Grid]:
    before, now = _wave(2025), _wave(2026, 0.8)
    return before, now, year_table(now, (before,), MARK, by, **how)  # type: ignore[arg-type]


def test_each_column_is_the_table_of_its_own_wave() -> None:
    before, now, grid = _table("role")
    keys = [group.key for group in grid.groups]
    assert keys[:2] == ["total@2025", "total@2026"]
    for data, year in ((before, 2025), (now, 2026)):
        own = tabulate(data, MARK, ["role"])
        for group, bases in own.columns:
            at = keys.index(f"{group.key}@{year}")
            assert grid.bases[0][at].valid == bases.valid
            for measure, figures in own.lines:
                found = grid.figure(measure.code, f"{group.key}@{year}")
                own_figure = figures[own.groups.index(group)]
                assert (found.value, found.se, found.count) == (own_figure.value, own_figure.se, own_figure.count)
    assert grid.total.valid == len(_marks(now))
    assert grid.as_dict()["columns"][0]["year"] == 2025  # type: ignore[index]


def test_waves_are_tested_within_each_group_and_corrected_over_the_line() -> None:
    before, now, grid = _table("role")
    assert variable_trend(MARK, now.instrument, before.instrument)[0].is_comparable
    line = grid.figures[[measure.kind for measure in grid.measures].index("mean")]
    groups = [(None, 0), ("contractor", 2), ("manager", 4)]
    p = [stats.ttest_ind(_marks(now, role), _marks(before, role), equal_var=False).pvalue for role, _ in groups]
    order = np.argsort(p)
    holm = np.maximum.accumulate([min(1.0, p[at] * (len(p) - place)) for place, at in enumerate(order)])
    for place, at in enumerate(order):
        _, column = groups[at]
        assert (line[column + 1].letters == "A") is bool(holm[place] < 0.05)
        assert line[column].letters == ""
    assert line[3].letters == "A"
    assert line[5].letters == ""
    assert "Waves stand side by side" in grid.item.method["en"]


def test_what_was_put_differently_is_shown_and_not_tested_and_what_was_not_asked_stands_empty() -> None:
    before, now = _wave(2025), _wave(2026, 0.8)
    found = {name: variable_trend(name, now.instrument, before.instrument)[0] for name in now.instrument.variables}
    asked = before.instrument.variables
    reworded = next(name for name, effect in found.items() if effect.name == "INDICATIVE" and name in asked)
    grid = year_table(now, (before,), reworded)
    assert not any(one.letters for line in grid.figures for one in line)
    assert any("compare with reservation" in note["en"] for note in grid.item.notes)
    absent = next(name for name, effect in found.items() if effect.name == "BREAK" and name not in asked)
    grid = year_table(now, (before,), absent)
    assert grid.bases[0][0].is_outside
    assert all(line[0].value is None for line in grid.figures)
    assert any("Not asked in 2025." in note["en"] for note in grid.item.notes)


def test_a_filter_and_a_weighting_reach_both_waves_or_are_said_not_to() -> None:
    before, now, grid = _table(filter="b_size == 1")
    assert grid.bases[0][0].valid == tabulate(before, MARK, filter="b_size == 1").total.valid
    part = {
        "method": "raking",
        "source": {"nl": "x", "en": "x"},
        "date": "2026-01-01",
        "margins": [{"variable": "b_size", "shares": {"1": 60, "2": 20, "3": 20}, "kept": [4, 5, 6]}],
    }
    schemes = schemes_of({"schemes": [{"id": "half", "label": {"nl": "x", "en": "x"}, "parts": [part]}]})
    weighted = replace(now, schemes=schemes, kept={})
    one = year_table(weighted, (before,), MARK, weight="half")
    assert any(note["en"] == "2025 is unweighted: not tested against what is weighted." for note in one.item.notes)
    assert not any(figure.letters for line in one.figures for figure in line)
    both = year_table(weighted, (replace(before, schemes=schemes, kept={}),), MARK, weight="half")
    assert any(figure.letters for line in both.figures for figure in line)
    # The trend of the same question keeps the same rule.
    trend = model_grid("trend", weighted, MARK, earlier=(before,), weight="half")
    assert (trend.figures[0][2].value is None, trend.figures[0][2].p) == (False, None)
    like = (replace(before, schemes=schemes, kept={}),)
    assert model_grid("trend", weighted, MARK, earlier=like, weight="half").figures[0][2].p is not None


def test_for_readers_a_wave_whose_plan_has_not_these_groups_stays_empty() -> None:
    before, now = _wave(2025), _wave(2026, 0.8)
    without = replace(before, instrument=replace(before.instrument, banners=("role",), tables=(), filters=()), kept={})
    grid = year_table(now, (without,), MARK, ["b_size"], only_released=True)
    assert all(bases.is_outside for group, bases in grid.columns if group.year == 2025)
    assert any("not in the plan of 2025" in note["en"] for note in grid.item.notes)
    assert not year_table(now, (without,), MARK, ["role"], only_released=True).bases[0][0].is_outside


def test_a_year_without_figures_is_refused_by_the_names_there_are() -> None:
    with pytest.raises(BadQuery, match="no figures of 2014 to lay beside these; there are of: 2025"):
        chosen_waves((_wave(2025),), ["2014"], 2026)
    assert chosen_waves((_wave(2025),), ["2025", "2026"], 2026) == (_wave(2025),)
