"""Which columns of a table differ, by letters, arrows, steps and tests of the whole: held against the cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from surveyapp.analysis.column_comparison import column_tests
from surveyapp.analysis.corrections import Correction
from surveyapp.analysis.descriptives import mean
from surveyapp.analysis.design import Design
from surveyapp.analysis.domains import difference
from surveyapp.analysis.significance import ComparisonRule, Mode
from surveyapp.analysis.two_way_tables import independence
from surveyapp.errors import BadQuery
from surveyapp.reports.grid import Grid
from surveyapp.reports.tabulate import Tabulation, tabulate
from surveyapp.reports.wave_data import WaveData
from tests.reports.waves import random_wave, real_instrument, record, wave

INSTRUMENT = real_instrument()
ROLES = ("contractor", "manager", "procurement")


def _wave(**study: object) -> WaveData:
    """Marks that differ by role, with ways of contact that overlap; the study as it is with other keys."""
    draw = np.random.default_rng(42)
    records = []
    for number in range(900):
        role = ROLES[number % 3]
        kinds = sorted(set(draw.integers(1, 4, 2).tolist()))
        lift = 0.9 if role == "contractor" else 0
        mark = int(np.clip(round(draw.normal(6.6 + lift + 2 * (1 in kinds) - 1, 1.4)), 1, 10))
        records.append(record(INSTRUMENT, number, role, {"s_elig": 1, "gr_assign": mark, "c_contact": kinds}))
    instrument = replace(INSTRUMENT, study=replace(INSTRUMENT.study, **study)) if study else INSTRUMENT  # type: ignore[arg-type]
    made = wave(INSTRUMENT, records)
    return replace(made, instrument=instrument) if study else made


def _designed(data: WaveData, by: str, design: Design, variable: str = "gr_assign") -> Grid:
    tabulation = Tabulation(data, [by])
    tabulation.design = design
    return tabulation.grid(variable)


def _letters(grid: Grid, code: int | str) -> list[str]:
    line = [measure.code for measure in grid.measures].index(code)
    return [one.letters for one in grid.figures[line]]


def _marks(data: WaveData) -> tuple[np.ndarray, np.ndarray]:
    cases = data.cases()
    marks = cases.codes("gr_assign").astype(float)
    kinds = cases.columns["c_contact"]
    return np.where(marks < 0, np.nan, marks), np.where(kinds.missing[:, None] < 0, False, kinds.chosen)  # type: ignore[attr-defined]


def test_letters_of_groups_that_share_people_are_those_of_the_library() -> None:
    data = _wave()
    grid = tabulate(data, "gr_assign", ["c_contact"])
    marks, kinds = _marks(data)
    tests = column_tests(marks, kinds, of="mean")
    names = [group.letter or "" for group in grid.groups[1:]]
    expected = [""] * len(names)
    for (a, b), p, value in zip(tests.pairs, tests.p[0], tests.difference[0], strict=True):
        if p < 0.05:
            expected[a if value > 0 else b] += names[b if value > 0 else a]
    assert any(expected)
    assert _letters(grid, "mean")[1:] == ["".join(sorted(one)) for one in expected]
    assert "what they share taken off" in grid.item.method["en"]


def test_strata_and_clusters_reach_every_error_and_every_letter() -> None:
    data = _wave()
    n = data.cases().n
    strata, clusters = np.arange(n) % 3, np.arange(n) // 15
    weights = 0.5 + (np.arange(n) % 7) / 5
    design = Design(weights, strata, clusters)
    grid = _designed(data, "role", design)
    marks, _ = _marks(data)
    roles = data.cases().codes("role")
    figures = grid.figures[[measure.code for measure in grid.measures].index("mean")]
    keys = [group.key.partition(":")[2] for group in grid.groups]
    for figure, key in zip(figures, keys, strict=True):
        inside = None if not key else roles == list(data.cases().names["role"]).index(key)
        if figure.value is None:
            continue
        expected = mean(marks, design, inside)
        assert (figure.value, figure.se) == (pytest.approx(expected.value), pytest.approx(expected.se))
        assert (figure.low, figure.high) == (pytest.approx(expected.low), pytest.approx(expected.high))
    assert "linearised" in grid.item.method["en"]
    contractor, manager = (mean(marks, design, roles == place) for place in (0, 1))
    assert difference(contractor, manager).p < 0.01
    assert "B" in _letters(grid, "mean")[keys.index("contractor")]
    (test,) = grid.item.tests
    known = np.isin(roles, [0, 1, 2])
    whole = independence(marks, np.where(known, roles, np.nan).astype(float), design)
    assert (test.test, test.p) == ("rao-scott", None if np.isnan(whole.p) else pytest.approx(whole.p))


def test_market_mode_a_correction_and_a_level_are_the_studys_and_stand_in_the_method() -> None:
    data = _wave(tests="market", correction="none", significance=0.1)
    grid = tabulate(data, "gr_assign", ["c_contact"])
    marks, kinds = _marks(data)
    tests = column_tests(marks, kinds, of="mean", rule=ComparisonRule(Mode.MARKET, Correction.NONE, 0.1))
    assert sum(map(len, _letters(grid, "mean"))) == int(tests.differs.sum())
    method = grid.item.method
    assert (
        "t test for means on effective bases, two-sided at 10%, not corrected for the number of tests" in method["en"]
    )
    assert "tweezijdig op 10%, niet gecorrigeerd voor het aantal toetsen" in method["nl"]
    counts = {
        name: sum(map(len, _letters(tabulate(_wave(correction=name), "gr_assign", ["c_contact"]), "mean")))
        for name in ("none", "bh", "holm", "bonferroni")
    }
    assert counts["none"] >= counts["bh"] >= counts["holm"] >= counts["bonferroni"] > 0


def test_against_the_rest_an_arrow_says_on_which_side_a_group_lies() -> None:
    data = _wave()
    grid = tabulate(data, "gr_assign", ["role"], against="rest")
    marks, _ = _marks(data)
    roles = data.cases().codes("role")
    arrows = dict(zip([group.key for group in grid.groups], _letters(grid, "mean"), strict=True))
    for place, role in enumerate(data.cases().names["role"]):
        inside = roles == place
        if inside.sum() >= 30:
            found = stats.ttest_ind(marks[inside], marks[~inside], equal_var=False, nan_policy="omit")
            expected = "" if found.pvalue * 3 > 0.05 else "▲" if found.statistic > 0 else "▼"
            if not 0.05 / 3 < found.pvalue < 0.05:  # where Holm and Bonferroni could part
                assert arrows[f"role:{role}"] == expected
    assert arrows["total"] == ""
    assert "▲" in arrows.values()
    assert "than in all others together" in grid.item.method["en"]
    plain = tabulate(data, "gr_assign", ["role"])
    assert [one.value for one in plain.figures[0]] == [one.value for one in grid.figures[0]]
    assert plain.bases == grid.bases


def test_a_step_is_the_size_of_a_difference_that_a_test_carries() -> None:
    grid = tabulate(_wave(), "gr_assign", ["role"])
    line = [measure.code for measure in grid.measures].index("mean")
    total = grid.figures[line][0]
    marks, _ = _marks(_wave())
    assert total.step == 0
    for figure in grid.figures[line][1:]:
        n, base = figure.bases.valid, total.bases.valid
        if figure.value is None or total.value is None or not n or not base:
            continue
        rest = (base * total.value - n * figure.value) / (base - n)
        d = (figure.value - rest) / np.nanstd(marks, ddof=1)  # Cohen 1988: small from 0.2, middling 0.5, large 0.8
        in_a_pair = figure.letters or any((one.letters or "") for one in grid.figures[line])
        expected = sum(abs(d) >= bound for bound in (0.2, 0.5, 0.8)) * int(np.sign(d)) if in_a_pair else 0
        assert figure.step in (0, expected)
    assert max(one.step for one in grid.figures[line]) > 0
    assert grid.as_dict()["rows"][line]["steps"] == [one.step for one in grid.figures[line]]  # type: ignore[index]


def test_groups_within_groups_are_their_crossings_and_are_compared_within_each() -> None:
    data = _wave()
    grid = tabulate(data, "gr_assign", ["role > language"])
    cases = data.cases()
    for group, bases in grid.columns[1:]:
        role, language = (name.strip() for name in group.key.partition(":")[2].split(">"))
        members = cases.has("role", role) & cases.has("language", language)
        assert bases.is_hidden or bases.asked == (members & (cases.codes("gr_assign") != -8)).sum()
        assert group.banner == "role > language"
    assert grid.groups[1].label["en"].count("›") == 1
    assert [group.letter for group in grid.groups[1:4]] == ["A", "B", "C"]
    spaced = tabulate(data, "gr_assign", ["role>language"])
    assert spaced == grid
    nested = tabulate(data, "gr_assign", ["role > c_contact"])
    families = [group.key.partition(" > ")[2].partition(":")[2].partition(" > ")[0] for group in nested.groups]
    letters = {group.letter: family for group, family in zip(nested.groups, families, strict=True)}
    line = [measure.code for measure in nested.measures].index("mean")
    for family, figure in zip(families, nested.figures[line], strict=True):
        named = figure.letters.split() if " " in figure.letters else list(figure.letters)
        assert {letters.get(one) for one in named} <= {family}


def test_more_than_52_columns_are_refused_with_how_many_there_are() -> None:
    data = random_wave(60, 2)
    assert len(tabulate(data, "gr_assign", ["role", "c_contact"]).groups) < 53
    many = next(
        f"{one} > {other}"
        for one, other in pairwise(_coded(data))
        if len(INSTRUMENT.variables[one].categories) * len(INSTRUMENT.variables[other].categories) > 52
    )
    with pytest.raises(BadQuery, match=r"columns; take fewer variables \(52 at most\)"):
        tabulate(data, "gr_assign", [many])


def _coded(data: WaveData) -> Iterator[str]:
    return (name for name, one in data.instrument.variables.items() if one.type == "single" and len(one.categories) > 6)


def test_letters_after_z_have_two_and_are_set_apart() -> None:
    data = _wave()
    grid = tabulate(data, "gr_assign", ["role > gr_assign"])
    letters = [group.letter for group in grid.groups[1:]]
    assert letters[25:28] == ["Z", "AA", "AB"]
    assert len(set(letters)) == len(letters)


def test_of_a_whole_table_only_columns_that_are_shown_and_tested_take_part() -> None:
    records = [record(INSTRUMENT, n, ROLES[n % 3], {"s_elig": 1, "b_gender": 1 + n * n % 2}) for n in range(240)]
    few = [record(INSTRUMENT, 500 + n, "intermediary", {"s_elig": 1, "b_gender": 1}) for n in range(12)]
    without, with_few = (tabulate(wave(INSTRUMENT, [*records, *more]), "b_gender", ["role"]) for more in ([], few))
    hidden = tabulate(wave(INSTRUMENT, [*records, *few[:6]]), "b_gender", ["role"])
    assert [len(one.item.tests) for one in (without, with_few, hidden)] == [1, 1, 1]
    # Twelve people are shown and not tested: they move nothing that is said of the others.
    assert without.item.tests == with_few.item.tests
    # Six are hidden, and a group beside them so that they do not follow from the total: the test is of what is shown.
    shown = [bases.valid for group, bases in hidden.columns if group.banner and not bases.is_hidden]
    assert len(shown) == 2
    assert (hidden.item.tests[0].groups, hidden.item.tests[0].n) == (2, sum(filter(None, shown)))


def test_the_test_of_a_table_is_pearsons_and_stands_in_words_and_in_the_json() -> None:
    data = _wave()
    grid = tabulate(data, "s_elig" if "s_elig" in INSTRUMENT.variables else "role", ["role"])
    assert all(one.p is None for one in grid.item.tests)  # everyone gave one answer
    marks, _ = _marks(data)
    roles = data.cases().codes("role")
    table = tabulate(data, "gr_assign", ["role"])
    (test,) = table.item.tests
    kept = np.unique(marks[~np.isnan(marks)]).tolist()
    counts = [[((marks == code) & (roles == place)).sum() for place in range(3)] for code in kept]
    expected = stats.chi2_contingency(counts, correction=False)
    assert test.statistic == pytest.approx(expected.statistic)
    assert table.as_dict()["tests"] == [test.as_dict()]
    if test.p is not None:
        assert any("Pearson’s chi-square" in note["en"] for note in table.item.notes)
        assert any("Cramérs V 0," in note["nl"] for note in table.item.notes)
    else:
        assert test.reason == "too few expected in some cells"


@pytest.mark.parametrize("seed", range(4))
def test_of_a_planned_nested_banner_no_group_can_be_worked_back(seed: int) -> None:
    draw = np.random.default_rng(seed)
    records = [
        record(INSTRUMENT, n, str(draw.choice(ROLES, p=[0.6, 0.3, 0.1])), {"s_elig": 1, "gr_assign": 7}, source=source)
        for n, source in enumerate(draw.choice(["open", "mail", "letter", "panel"], 260, p=[0.5, 0.3, 0.15, 0.05]))
    ]
    banners = ("role", "source", "role > source")
    data = wave(INSTRUMENT, records)
    data = replace(data, instrument=replace(INSTRUMENT, banners=banners, tables=(), filters=()))
    tabulation = Tabulation(data, ["role > source", "role"])
    assert tabulation.is_released
    grid = tabulation.grid("gr_assign")
    valid = {group.key: (None if one.is_hidden else one.valid or 0) for group, one in grid.columns}
    least = INSTRUMENT.study.threshold
    for role in ROLES:
        whole = valid.get(f"role:{role}")
        inner = [n for key, n in valid.items() if key.startswith(f"role > source:{role} >")]
        assert all(n is None or n == 0 or n >= least for n in (whole, *inner))
        if whole is not None:
            left = whole - sum(n for n in inner if n is not None)
            assert left == 0 or left >= least
    assert any(n for key, n in valid.items() if ">" in key)
    # Asked for beside the plan, by who may see cases, the same holds.
    free = Tabulation(
        replace(data, instrument=replace(INSTRUMENT, banners=("role",), tables=(), filters=()), kept={}),
        ["role > source"],
    )
    assert not free.is_released
    inner_free = [n for n in free.grid("gr_assign").bases[0] if not n.is_hidden]
    assert all(n.valid == 0 or (n.valid or 0) >= least for n in inner_free)
