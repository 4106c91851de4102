from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from surveyapp.analysis import columns
from surveyapp.analysis.code_tables import CodeLayout, code_tables
from surveyapp.analysis.crosstab import bases, code_moments, code_place, number_means, number_quantiles
from surveyapp.analysis.design import Design
from surveyapp.analysis.moments import Moments, Overlapping, Partition, banner_moments, moments
from surveyapp.analysis.multiple import choice_moments, mean_amounts, ranking
from surveyapp.analysis.scales import share_of_items
from surveyapp.instrument import variables

RNG = np.random.default_rng(20261123)
N = 500
CODES = RNG.choice([-9, -8, -2, -1, 1, 2, 3, 4, 5], N).astype(np.int16)
GROUP = RNG.integers(0, 4, N)  # 3 stands for a case in none of the groups
PLAIN = Design.plain(N)
SPLIT = Partition(GROUP, 3)
BELONGS = RNG.random((N, 3)) < 0.4


def test_the_missing_codes_are_those_of_the_instrument() -> None:
    names = ("NOT_APPLICABLE", "DONT_KNOW", "REFUSED", "NOT_ASKED", "SKIPPED")
    assert [getattr(columns, name) for name in names] == [getattr(variables, name) for name in names]


def test_codes_are_counted_in_the_total_and_in_every_group_as_pandas_counts_them() -> None:
    counts = code_moments(CODES, (SPLIT,), 5, PLAIN).n
    expected = pd.crosstab(pd.Series(GROUP), pd.Series(CODES))
    for code in np.unique(CODES):
        assert counts[0, code_place(int(code))] == (code == CODES).sum()
        for group in range(3):
            assert counts[1 + group, code_place(int(code))] == expected.loc[group, code]


def test_groups_that_overlap_are_each_counted_whole() -> None:
    counts = code_moments(CODES, (Overlapping(BELONGS),), 5, PLAIN).n
    for group in range(3):
        assert counts[1 + group, code_place(4)] == ((CODES == 4) & BELONGS[:, group]).sum()


def test_asked_answered_and_valid_are_three_bases() -> None:
    asked, answered, valid = (base.n[:, 0] for base in bases(code_moments(CODES, (), 5, PLAIN)))
    assert asked[0] == (CODES != -8).sum()
    assert answered[0] == ((CODES != -8) & (CODES != -9)).sum()
    assert valid[0] == (CODES > 0).sum()


def test_numbers_are_described_per_group_and_missing_ones_left_out() -> None:
    values = RNG.normal(85, 20, N)
    values[RNG.random(N) < 0.2] = np.nan
    frame = pd.DataFrame({"group": GROUP, "value": values})
    expected = frame[frame.group < 3].groupby("group").value
    found = number_means(values, (SPLIT,), PLAIN)
    assert found.value[1:].tolist() == pytest.approx(expected.mean().tolist())
    assert found.sd[1:].tolist() == pytest.approx(expected.std().tolist())
    quartiles = number_quantiles(values, (SPLIT,), (0.25, 0.5, 0.75), PLAIN)
    assert quartiles[1, 1:].tolist() == pytest.approx(expected.median().tolist())
    assert quartiles[0, 1:].tolist() == pytest.approx(expected.quantile(0.25).tolist())


def test_a_group_without_numbers_has_no_mean_and_no_median() -> None:
    values = np.array([1.0, 2.0, np.nan])
    split = Partition(np.array([0, 0, 1]), 2)
    assert np.isnan(number_means(values, (split,), Design.plain(3)).value[2])
    assert np.isnan(number_quantiles(values, (split,), (0.5,), Design.plain(3))[0, 2])


def test_choices_are_counted_in_people() -> None:
    chosen = RNG.random((N, 4)) < 0.3
    counts = choice_moments(chosen, (SPLIT,), PLAIN).n
    assert counts[0].tolist() == chosen.sum(axis=0).tolist()
    assert counts[2].tolist() == chosen[GROUP == 1].sum(axis=0).tolist()


def test_a_ranking_counts_first_places_any_place_and_points() -> None:
    # Three people over codes 1..4, by hand: code 1 gets 3, 2 and 0 points; code 2 gets 2, 3 and 3; code 4 nothing.
    places = np.array([[1, 2, 3], [2, 1, -1], [2, 3, -1], [-1, -1, -1]], dtype=np.int16)
    valid = np.array([True, True, True, False])
    found = ranking((1, 2, 3, 4), places, valid, (), Design.plain(4))
    assert found.first.n[0].tolist() == [1, 2, 0, 0]
    assert found.among.n[0].tolist() == [2, 3, 2, 0]
    assert found.points.value[0].tolist() == pytest.approx([5 / 3, 8 / 3, 1.0, 0.0])
    assert found.points.base[0].tolist() == [3, 3, 3, 3]


def test_points_to_divide_are_averaged_over_who_divided_them() -> None:
    amounts = np.array([[60.0, 40.0], [20.0, 80.0], [0.0, 0.0]])
    found = mean_amounts(amounts, np.array([True, True, False]), (), Design.plain(3))
    assert found.value[0].tolist() == [40.0, 60.0]


def test_a_construct_needs_answers_to_two_thirds_of_what_was_asked() -> None:
    items = [
        np.array(values, dtype=np.int16) for values in ([5, 5, 4, -8], [4, -9, -9, -8], [2, 4, -2, -8], [-8, -8, -8, 5])
    ]
    found = share_of_items(items, [(4, 5)] * 4)
    # 2 of 3 hits; 2 of 2 valid of 3 asked; 1 of 3 valid is too few; only one item asked
    assert found.values[:2].tolist() == pytest.approx([2 / 3, 1.0])
    assert found.missing.tolist() == [0, 0, -9, -8]


def test_many_variables_at_once_are_each_of_them_by_itself() -> None:
    weights = RNG.gamma(4, 0.25, N) + 0.02
    tables = [CODES.astype(np.intp) + 9, np.roll(CODES, 7).astype(np.intp) + 9]
    for design in (PLAIN, Design(weights)):
        for splits in ((), (SPLIT,), (SPLIT, Overlapping(BELONGS))):
            whole = banner_moments(tables, 15, splits, design)
            alone = Moments.beside([moments(table, 15, splits, design).each(np.transpose) for table in tables])
            for name in ("n", "w", "w2"):
                assert getattr(whole, name) == pytest.approx(getattr(alone, name).T)


@pytest.mark.parametrize("weighted", [False, True])
def test_tables_of_many_variables_are_those_of_each_alone(weighted: bool) -> None:
    draw = np.random.default_rng(5)
    layouts = [
        CodeLayout((1, 2, 3, 4, 5), ((4, 5), (1, 2)), has_mean=True, highest=5),
        CodeLayout((7, 0), highest=7),
        CodeLayout(),
        CodeLayout((1, 2, 3, 4, 5), ((4, 5), (1, 2)), has_mean=True, highest=5),
    ]
    values = [draw.choice([-9, -8, -1, *one.codes], 400).astype(np.int16) for one in layouts]
    design = Design(draw.gamma(2, 1, 400)) if weighted else Design.plain(400)
    splits = Partition(draw.integers(0, 4, 400), 3), Overlapping(draw.random((400, 2)) < 0.4)
    for chosen in (splits, splits[:1], ()):
        together = code_tables(values, layouts, chosen, design)
        for codes, layout, table in zip(values, layouts, together, strict=True):
            counts = code_moments(codes, chosen, layout.highest, design)
            wanted = [*bases(counts), *(counts.together([code_place(code)]) for code in layout.codes)]
            wanted += [counts.together([code_place(code) for code in net]) for net in layout.nets]
            found = [table.asked, table.answered, table.valid]
            found += [table.hits.together([at]) for at in range(len(layout.codes) + len(layout.nets))]
            for one, other in zip(found, wanted, strict=True):
                assert one.n.tolist() == other.n.tolist()
                np.testing.assert_allclose(one.w, other.w, rtol=1e-13)
                np.testing.assert_allclose(one.w2, other.w2, rtol=1e-13)
            np.testing.assert_allclose(table.shares.value, table.hits.shares(table.valid).value)
            assert (table.means is None) is not layout.has_mean
            if table.means is not None:
                alone = counts.each(lambda sums: sums[:, code_place(1) :]).means(layout.codes)
                np.testing.assert_allclose(table.means.se, alone.se)
