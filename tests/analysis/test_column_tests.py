"""Columns held against each other, and two divisions of the same people: with R's numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from surveyapp.analysis.column_comparison import column_tests, group_figures
from surveyapp.analysis.corrections import Correction, adjusted
from surveyapp.analysis.crosstab import bases, code_moments, code_place, number_means
from surveyapp.analysis.design import Design
from surveyapp.analysis.moments import Overlapping
from surveyapp.analysis.significance import Comparison, ComparisonRule, Mode
from surveyapp.analysis.two_way_tables import independence, of_counts, of_sums
from surveyapp.errors import DesignRefused
from tests.analysis.small_sample import CLUSTERED, DESIGNS, FINITE, G, O, Y

DRAW = np.random.default_rng(21)
SIZE = 400
BELONGS = DRAW.random((SIZE, 3)) < [0.5, 0.4, 0.3]
HITS = (DRAW.random((SIZE, 2)) < [0.4, 0.2]).astype(float)
MARKS = DRAW.integers(1, 11, SIZE).astype(float)
WEIGHTS = DRAW.gamma(4, 0.25, SIZE) + 0.02
NONE = ComparisonRule(correction=Correction.NONE)
MARKET = ComparisonRule(Mode.MARKET, Correction.NONE)


def _two(first: int, second: int, n: int = 100) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray]:
    hits = np.concatenate([np.arange(n) < first, np.arange(n) < second]).astype(float)
    return hits, np.repeat([[True, False], [False, True]], n, axis=0)


def test_two_unweighted_shares_are_those_of_prop_test() -> None:
    # R: prop.test(c(60, 45), c(100, 100), correct = FALSE) p-value = 0.03367
    found = column_tests(*_two(60, 45))
    assert found.p[0, 0] == pytest.approx(0.03367, abs=5e-6)
    assert (found.pairs, found.difference[0, 0], bool(found.differs[0, 0])) == (((0, 1),), pytest.approx(0.15), True)


def test_two_unweighted_means_are_those_of_the_welch_test() -> None:
    groups = np.arange(SIZE) % 3
    belongs = groups[:, None] == [0, 1]
    found = column_tests(MARKS, belongs, of="mean", rule=NONE)
    expected = stats.ttest_ind(MARKS[groups == 0], MARKS[groups == 1], equal_var=False).pvalue
    assert found.p[0, 0] == pytest.approx(expected, rel=1e-9)


def test_figures_of_groups_are_those_of_a_table() -> None:
    design, split = Design(WEIGHTS), (Overlapping(BELONGS),)
    counts = code_moments(MARKS.astype(np.int16), split, 10, design)
    share = counts.together([code_place(8)]).shares(bases(counts)[2])
    found = group_figures((MARKS == 8).astype(float), BELONGS, design, Comparison.SHARE)
    for name in ("value", "se", "low", "high"):
        assert getattr(found, name) == pytest.approx(getattr(share, name)[1:, 0], rel=1e-9)
    means, found = number_means(MARKS, split, design), group_figures(MARKS, BELONGS, design, Comparison.MEAN)
    for name in ("value", "se", "low", "high"):
        assert getattr(found, name) == pytest.approx(getattr(means, name)[1:], rel=1e-9)
    assert found.effective == pytest.approx(means.base[1:])


def test_with_strata_and_clusters_columns_differ_as_svycontrast_says() -> None:
    # of des2 and des3 the differences of the means of g and o: see test_descriptives
    for design, se in zip(DESIGNS[1:], [0.465270913527, 0.395989595479], strict=True):
        found = group_figures(Y, np.stack([G, O], axis=1), design, Comparison.MEAN)
        shared = 2 * found.correlation[0, 1] * found.se[0] * found.se[1]
        assert np.sqrt(found.se[0] ** 2 + found.se[1] ** 2 - shared) == pytest.approx(se)
        assert found.freedom is not None
        tests = column_tests(Y, np.stack([G, O], axis=1), design, of="mean", least=1)
        expected = 2 * stats.t.sf(0.485446985447 / se, found.freedom[0, 1])
        assert tests.p[0, 0] == pytest.approx(expected, rel=1e-6)


def test_leaving_out_what_columns_share_would_make_a_real_difference_vanish() -> None:
    first = DRAW.random(600) < 0.6
    second = first ^ (DRAW.random(600) < 0.08)
    hits = (DRAW.random(600) < np.where(first & ~second, 0.95, 0.5)).astype(float)
    both = np.stack([first, second], axis=1)
    found = group_figures(hits, both, Design.plain(600), Comparison.SHARE)
    alone = np.hypot(*found.se)
    shared = np.sqrt(alone**2 - 2 * found.correlation[0, 1] * found.se[0] * found.se[1])
    assert shared < 0.45 * alone
    # Of the same groups drawn apart the difference would be that of chance.
    assert column_tests(hits, both).p[0, 0] < 0.05 < stats.norm.sf(abs(found.value[0] - found.value[1]) / alone) * 2


def test_market_mode_rests_on_the_effective_bases_and_takes_what_is_shared_off() -> None:
    # By hand, UNICOM's form: variances apart on (Σw)² / Σw², less twice the covariance of a shared variance
    found = column_tests(HITS[:, 0], BELONGS[:, :2], Design(WEIGHTS), rule=MARKET)
    a, b = BELONGS[:, 0], BELONGS[:, 1]
    w = [WEIGHTS[a], WEIGHTS[b]]
    p = [np.average(HITS[one, 0], weights=WEIGHTS[one]) for one in (a, b)]
    e = [one.sum() ** 2 / (one**2).sum() for one in w]
    v = [one * (1 - one) / n for one, n in zip(p, e, strict=True)]
    r = (WEIGHTS[a & b] ** 2).sum() / np.sqrt((w[0] ** 2).sum() * (w[1] ** 2).sum())
    z = (p[0] - p[1]) / np.sqrt(v[0] + v[1] - 2 * r * np.sqrt(v[0] * v[1]))
    assert found.p[0, 0] == pytest.approx(2 * stats.norm.sf(abs(z)))
    means = column_tests(MARKS, np.stack([a & ~b, b & ~a], axis=1), Design(WEIGHTS), of="mean", rule=MARKET)
    one, two = means.figures[0].spread ** 2 / means.figures[0].effective
    t = means.difference[0, 0] / np.sqrt(one + two)
    e = means.figures[0].effective.tolist()
    freedom = (one + two) ** 2 / (one**2 / (e[0] - 1) + two**2 / (e[1] - 1))
    assert means.p[0, 0] == pytest.approx(2 * stats.t.sf(abs(t), freedom))


def test_against_the_rest_is_against_everyone_outside_the_column() -> None:
    found = column_tests(HITS, BELONGS, against="rest", rule=NONE)
    for column in range(3):
        inside, outside = HITS[BELONGS[:, column], 0], HITS[~BELONGS[:, column], 0]
        table = [[inside.sum(), (1 - inside).sum()], [outside.sum(), (1 - outside).sum()]]
        assert found.p[0, column] == pytest.approx(stats.chi2_contingency(table, correction=False)[1])
        assert found.difference[0, column] == pytest.approx(inside.mean() - outside.mean())
    assert found.pairs == ((0, 3), (1, 4), (2, 5))


def test_weights_of_one_size_order_and_scale_change_no_test() -> None:
    for of, values in (("share", HITS), ("mean", MARKS), ("score", np.sign(MARKS - 6))):
        for mode in Mode:
            rule = ComparisonRule(mode)
            plain = column_tests(values, BELONGS, of=of, rule=rule).p  # type: ignore[arg-type]
            equal = column_tests(values, BELONGS, Design(np.full(SIZE, 0.3)), of=of, rule=rule).p  # type: ignore[arg-type]
            assert np.array_equal(plain, equal, equal_nan=True)
            one = column_tests(values, BELONGS, Design(WEIGHTS), of=of, rule=rule).p  # type: ignore[arg-type]
            order = DRAW.permutation(SIZE)
            for index, times in ((order, 1), (np.arange(SIZE), 1e6)):
                design = Design(WEIGHTS[index] * times)
                other = column_tests(values[index], BELONGS[index], design, of=of, rule=rule).p  # type: ignore[arg-type]
                np.testing.assert_allclose(one, other, rtol=1e-9)


def test_a_column_of_few_or_none_takes_no_part_and_a_row_is_one_family() -> None:
    few = np.stack([BELONGS[:, 0], BELONGS[:, 1], np.arange(SIZE) < 29, np.zeros(SIZE, dtype=bool)], axis=1)
    found = column_tests(np.where(np.arange(SIZE)[:, None] < 5, np.nan, HITS), few)
    assert np.isnan(found.p[:, [1, 2, 3, 4, 5]]).all()
    assert np.isnan(found.figures[0].value[3])
    single = column_tests(HITS[5:], few[5:, :2], rule=NONE)
    assert found.p[0, 0] == pytest.approx(single.p[0, 0])
    three = column_tests(MARKS, BELONGS, of="mean").p[0]
    assert three == pytest.approx(adjusted(column_tests(MARKS, BELONGS, of="mean", rule=NONE).p[0]))


def test_nothing_that_varies_gives_no_test_or_no_difference_and_never_a_warning() -> None:
    for design in (None, Design(WEIGHTS), Design(WEIGHTS, np.arange(SIZE) % 4)):
        assert np.isnan(column_tests(np.zeros(SIZE), BELONGS, design).p).all()
        assert column_tests(np.full(SIZE, 7.1), BELONGS, design, of="mean").p[0].tolist() == [1, 1, 1]
        assert np.isnan(column_tests(np.full(SIZE, np.nan), BELONGS, design, of="mean").p).all()
    assert column_tests(np.zeros((0, 1)), np.zeros((0, 2), dtype=bool)).p.shape == (1, 1)
    with pytest.raises(DesignRefused, match="true or false per case and column"):
        column_tests(HITS, BELONGS.astype(float))


def test_adjusted_p_values_are_those_of_r() -> None:
    # R: p.adjust(c(.04, .001, .8, .03, .03), "bonferroni"), "BH" and "holm"
    p = [0.04, 0.001, 0.8, 0.03, 0.03]
    assert adjusted(p, "bonferroni") == pytest.approx([0.2, 0.005, 1, 0.15, 0.15])
    assert adjusted(p, "bh") == pytest.approx([0.05, 0.005, 0.8, 0.05, 0.05])
    assert adjusted(p, "holm") == pytest.approx([0.12, 0.005, 0.8, 0.12, 0.12])
    assert adjusted(p, "none") == pytest.approx(p)
    for name in Correction:
        with_gap = adjusted([*p[:2], np.nan, *p[2:]], name)
        assert np.isnan(with_gap[2])
        assert np.delete(with_gap, 2) == pytest.approx(adjusted(p, name))
        assert adjusted(np.zeros((2, 0)), name).shape == (2, 0)
    with pytest.raises(ValueError, match="tukey"):
        adjusted(p, "tukey")


# -------------------------------------------------------------------------------------------------------- independence
I = np.arange(1, 241)  # noqa: E741  as in R: i <- 1:240, r <- rep(1:3, 80), r[seq(3, 240, 7)] <- 1
R, K = np.tile([1.0, 2, 3], 80), np.tile([1.0, 2, 2, 1, 1, 2, 3, 3], 30)
R[2::7] = 1
W, H, C = 0.5 + ((I * 7) % 11) / 5, np.repeat([1, 2, 3, 4], 60), np.repeat(np.arange(48), 5)


def test_independence_is_that_of_svychisq() -> None:
    # svychisq(~r + k, svydesign(ids = ~1, weights = ~w)), then ids = ~cl, strata = ~h: F, ndf, ddf, p
    for design, statistic, above, below, p in (
        (Design(W), 0.120259928455, 3.99799508004, 955.52082412989, 0.975248210982),
        (Design(W, H, C), 0.118321940245, 3.40609326138, 149.8681035005, 0.962590679759),
    ):
        found = independence(R, K, design)
        assert (found.test, found.n) == ("rao-scott", 240)
        assert (found.statistic, found.p) == (pytest.approx(statistic), pytest.approx(p))
        assert found.freedom == (pytest.approx(above), pytest.approx(below))
        # sqrt(chisq.test(svytable(~r + k, des, Ntotal = 240), correct = FALSE)$statistic / 240 / 2)
        assert found.cramers_v == pytest.approx(0.0343495031107)


def test_unweighted_it_is_pearsons() -> None:
    # chisq.test(table(r, k), correct = FALSE): X-squared 0.163315924372, p 0.996842048834
    for design in (None, Design(np.full(240, 0.4))):
        found = independence(R, K, design)
        assert (found.test, found.freedom[0]) == ("pearson", 4)
        assert (found.statistic, found.p) == (pytest.approx(0.163315924372), pytest.approx(0.996842048834))


def test_from_sums_it_is_what_it_is_from_cases() -> None:
    def cells(of: np.ndarray) -> np.ndarray:
        return np.array([[of[(r == R) & (k == K)].sum() for k in (1, 2, 3)] for r in (1, 2, 3)])

    found, expected = of_sums(cells(np.ones(240)), cells(W), cells(W**2)), independence(R, K, Design(W))
    assert (found.statistic, found.p) == (pytest.approx(expected.statistic), pytest.approx(expected.p))


def test_what_expects_too_few_or_has_one_group_has_no_p_and_says_why() -> None:
    thin = of_counts([[3, 1], [2, 4]])
    assert (np.isnan(thin.p), thin.reason) == (True, "too few expected in some cells")
    for table in ([[5, 9]], [[5, 9], [0, 0]], [[0, 0], [0, 0]]):
        found = of_counts(table)
        assert (np.isnan(found.p), np.isnan(found.cramers_v)) == (True, True)
        assert found.reason == "one group has nothing to differ from"
    one = independence(np.ones(240), K, Design(W))
    assert (np.isnan(one.statistic), one.n) == (True, 240)
    assert independence(np.zeros(0), np.zeros(0)).n == 0
    assert of_counts([[40, 0], [0, 40]]).cramers_v == 1


def test_people_outside_the_domain_or_without_an_answer_are_in_no_cell() -> None:
    inside, missing = I % 5 > 0, np.where(I % 11 == 0, np.nan, R)
    for design in (None, Design(W), Design(W, H, C)):
        found = independence(missing, K, design, inside)
        by_hand = independence(R, K, design, inside & (I % 11 > 0))
        assert (found.n, found.p) == (by_hand.n, by_hand.p)


def test_strata_that_share_a_unit_or_are_lonely_are_refused_here_too() -> None:
    lonely = Design(W, [*H[:-1].tolist(), 9])
    with pytest.raises(DesignRefused, match="Stratum “9”"):
        independence(R, K, lonely)
    assert FINITE.units.fraction.tolist() == pytest.approx([0.1, 5 / 60, 0.1])
    assert CLUSTERED.units.size.tolist() == [3, 3, 2]
