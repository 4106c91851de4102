"""Figures of a domain: held against R 4.2 with survey 4.1, and against what must change none of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.descriptives import design_effect, mean, quantile, ratio, share, total, variance
from surveyapp.analysis.design import Design
from surveyapp.analysis.domains import DomainFigure, base_of, difference
from surveyapp.analysis.intervals import ShareMethod
from surveyapp.errors import DesignRefused
from tests.analysis.small_sample import CLUSTERED, DESIGNS, FINITE, WEIGHTED, C, G, H, N, O, W, X, Y

# value, then SE and degf under des1, des2 and des3
R: dict[str, tuple[Callable[[Design], DomainFigure], float, list[float], list[int]]] = {
    "svymean(~y, des)": (
        lambda d: mean(Y, d), 6.78666666667, [0.533020724545, 0.420145874726, 0.46412846838], [11, 5, 9]),
    "svymean(~y, subset(des, g == 1))": (
        lambda d: mean(Y, d, G), 7.71621621622, [0.587653685434, 0.608034701203, 0.568532861388], [5, 2, 3]),
    "svymean(~x, des, na.rm = TRUE)": (
        lambda d: mean(X, d), 8.95172413793, [0.72090056935, 0.496357778261, 0.5815851486], [10, 4, 8]),
    "svytotal(~y, des)": (
        lambda d: total(Y, d), 101.8, [20.5204111247, 26.1095767871, 20.6768933031], [11, 5, 9]),
    "svytotal(~y, subset(des, g == 1))": (
        lambda d: total(Y, d, G), 57.1, [23.3929865169, 20.633710282, 19.7926164684], [5, 2, 3]),
    "svyratio(~y, ~w, des)": (
        lambda d: ratio(Y, W, d), 3.99842890809, [0.823800393038, 0.784211923092, 0.812634931296], [11, 5, 9]),
    "svyratio(~y, ~x, subset(des, g == 1 & !is.na(x)))": (
        lambda d: ratio(Y, X, d, G), 0.772857142857,
        [0.0183427823367, 0.0190700945144, 0.0175312045468], [4, 1, 2]),
    "svyvar(~y, des)": (
        lambda d: variance(Y, d, kind="survey"), 2.46671515152,
        [0.84752260558, 1.1109053065, 0.876111488808], [11, 5, 9]),
    "svyvar(~y, subset(des, g == 1))": (
        lambda d: variance(Y, d, G, kind="survey"), 1.67092768444,
        [0.547072556367, 0.635883259555, 0.522722181151], [5, 2, 3]),
    "svymean(~I(y >= 7), des)": (
        lambda d: share(Y >= 7, d), 0.5, [0.175671870431, 0.123738074622, 0.16047931677], [11, 5, 9]),
}  # fmt: skip


@pytest.mark.parametrize("call", R)
def test_a_figure_its_error_and_its_degrees_of_freedom_are_those_of_r(call: str) -> None:
    ask, value, errors, freedom = R[call]
    found = [ask(design) for design in DESIGNS]
    assert [one.value for one in found] == pytest.approx([value] * 3, rel=1e-10)
    assert [one.se for one in found] == pytest.approx(errors, rel=1e-10)
    assert [one.freedom for one in found] == freedom
    assert all(one.reason is None for one in found)


def test_the_interval_of_a_mean_is_by_t_with_the_degrees_of_freedom_of_the_domain() -> None:
    # confint(svymean(~y, subset(des, g == 1)), df = degf(subset(des, g == 1)))
    ends = [(6.2056043268, 9.22682810564), (5.1000540493, 10.3323783831), (5.90689091206, 9.52554152037)]
    for design, (low, high) in zip(DESIGNS, ends, strict=True):
        found = mean(Y, design, G)
        assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    ("method", "ends"),
    [
        ("logit", [(0.175577193259, 0.824422806741), (0.218861153497, 0.781138846503), (0.18967585716, 0.81032414284)]),
        ("arcsine", [(0.15074888114, 0.84925111886), (0.20294542834, 0.79705457166), (0.16803618215, 0.83196381785)]),
        ("beta", [(0.158716434181, 0.841283565819), (0.210626248588, 0.789373751412), (0.17577395397, 0.82422604603)]),
        ("wald", [(0.11334882014, 0.88665117986), (0.18192115300, 0.81807884700), (0.13697056409, 0.86302943591)]),
    ],
)  # fmt: skip
def test_the_interval_of_a_share_is_that_of_svyciprop(method: ShareMethod, ends: list[tuple[float, float]]) -> None:
    # svyciprop(~I(y >= 7), des, method = "logit", "asin", "beta", "mean", df = degf(des))
    for design, (low, high) in zip(DESIGNS, ends, strict=True):
        found = share(Y >= 7, design, method=method)
        assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_the_reliability_variance_is_that_of_cov_wt() -> None:
    # cov.wt(matrix(d$y), wt = d$w / sum(d$w))$cov
    assert variance(Y, WEIGHTED).value == pytest.approx(2.54966422772)
    assert variance(Y).value == pytest.approx(np.var(Y, ddof=1))


def test_a_quantile_is_that_of_svyquantile() -> None:
    # y <- ((i * 37) %% 101) + i / 1000, w <- 0.5 + ((i * 7) %% 11) / 5, strata of 20, i <- 1:60; qrule "math" and "hf7"
    i = np.arange(1, 61)
    y, design = ((i * 37) % 101) + i / 1000, Design(0.5 + ((i * 7) % 11) / 5, np.repeat([1, 2, 3], 20))
    for observed, values in ((True, [25.058, 43.023]), (False, [25.6303, 43.4191842105])):
        found = [quantile(y, at, design, observed=observed) for at in (0.25, 0.5)]
        assert [one.value for one in found] == pytest.approx(values)
        assert all(one.low < one.value < one.high for one in found)
    # The interval of R stands around the share that does not exceed the median, Woodruff's around the half: in des1 the
    # two are one, and svyquantile(~y, des1, 0.5, qrule = "math", interval.type = "mean", df = 11) gives 5 to 9.
    median = quantile(Y, 0.5, WEIGHTED)
    assert (median.value, median.low, median.high) == (6, 5, 9)
    assert median.se == pytest.approx(0.908684000358)


def test_an_end_of_a_quantile_that_lies_beyond_all_values_does_not_exist() -> None:
    found = quantile(Y, 0.75, WEIGHTED)
    assert (found.value, np.isnan(found.high)) == (8, True)
    assert found.reason == "its interval has no end within the values"
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile(Y, 1.0, WEIGHTED)
    with pytest.raises(ValueError, match="no linearised difference"):
        difference(median := quantile(Y, 0.5, WEIGHTED), median)


def test_a_difference_of_two_domains_is_that_of_svycontrast() -> None:
    # svycontrast(svyby(~y, ~g, des, svymean, covmat = TRUE), c(1, -1))
    for design, se in zip(DESIGNS, [0.72233, 0.96512, 0.74653], strict=True):
        found = difference(mean(Y, design, G), mean(Y, design, ~G))
        assert (found.value, found.se) == (pytest.approx(1.834637269), pytest.approx(se, rel=1e-5))
        assert found.p == pytest.approx(2 * stats.t.sf(found.value / found.se, found.freedom))


def test_domains_that_share_people_differ_with_their_covariance_taken_off() -> None:
    # svycontrast(svytotal(~ya + a + yb + b, des), quote(ya / a - yb / b))
    for design, se in zip(DESIGNS, [0.438208022706, 0.465270913527, 0.395989595479], strict=True):
        found = difference(mean(Y, design, G), mean(Y, design, O))
        assert (found.value, found.se) == (pytest.approx(0.485446985447), pytest.approx(se))
    same = difference(mean(Y, CLUSTERED, G), mean(Y, CLUSTERED, G))
    assert (same.value, same.se, same.p) == (0, 0, 1)


def test_two_questions_of_one_sample_differ_by_their_covariance_too() -> None:
    # Complete pairs, unweighted: the paired t test of R, t.test(y, z, paired = TRUE), here by scipy
    z = Y[::-1] + np.arange(12) % 3
    found = difference(mean(Y), mean(z))
    assert found.p == pytest.approx(stats.ttest_rel(Y, z).pvalue)


def test_the_design_effect_is_that_of_r_with_and_without_replacement() -> None:
    # attr(svymean(~y, des, deff = TRUE), "deff") and deff = "replace"
    assert [design_effect(Y, one, replacement=False) for one in DESIGNS] == pytest.approx(
        [6.91067452892, 4.2937075067, 5.23972705227]
    )
    assert [design_effect(Y, one) for one in DESIGNS] == pytest.approx([1.38213490578, 0.858741501341, 1.04794541045])
    assert np.isnan(design_effect(np.full(12, 7.0), WEIGHTED))


def test_a_base_tells_what_the_weights_leave() -> None:
    # 1 1 2: 16 / 6 (by hand)
    base = base_of(Design([1, 1, 2]))
    assert (base.n, base.weighted, base.effective) == (3, 4, pytest.approx(16 / 6))
    assert base.design_effect * base.efficiency == pytest.approx(1)
    nobody = base_of(Design([1, 1, 2]), np.zeros(3, dtype=bool))
    assert (nobody.n, nobody.effective, np.isnan(nobody.efficiency)) == (0, 0, True)


# ------------------------------------------------------------------------------------------- what changes no figure
def _all(design: Design, y: Floats, x: Floats, hits: Floats, domain: Bools) -> list[DomainFigure]:
    return [
        mean(y, design, domain), ratio(y, x, design, domain), variance(y, design, domain),
        quantile(y, 0.4, design, domain), quantile(y, 0.4, design, domain, observed=False),
        *(share(hits, design, domain, method=one) for one in ("wilson", "logit", "beta")),
    ]  # fmt: skip


def _numbers(found: list[DomainFigure]) -> Floats:
    return np.array([[one.value, one.se, one.low, one.high, one.freedom, one.n, one.effective] for one in found])


DRAW = np.random.default_rng(14)
SIZE = 80
WIDE = DRAW.normal(7, 2, SIZE)
LONG = WIDE + DRAW.normal(3, 1, SIZE)
HITS = (DRAW.random(SIZE) < 0.3).astype(float)
MEMBERS = DRAW.random(SIZE) < 0.7
HEAVY = DRAW.gamma(4, 0.25, SIZE) + 0.02
STRATA, CLUSTERS = np.arange(SIZE) % 4, DRAW.integers(0, 9, SIZE)


def test_the_order_of_the_cases_means_nothing() -> None:
    order = DRAW.permutation(SIZE)
    design = Design(HEAVY, STRATA, CLUSTERS)
    one = _all(design, WIDE, LONG, HITS, MEMBERS)
    other = _all(design.take(order), WIDE[order], LONG[order], HITS[order], MEMBERS[order])
    np.testing.assert_allclose(_numbers(one), _numbers(other), rtol=1e-11)


@pytest.mark.parametrize("times", [1_000, 1e-30, 1e30, 0.1])
def test_the_scale_of_the_weights_means_nothing_to_nearly_the_last_digit(times: float) -> None:
    one = _numbers(_all(Design(HEAVY, STRATA, CLUSTERS), WIDE, LONG, HITS, MEMBERS))
    np.testing.assert_allclose(
        one, _numbers(_all(Design(HEAVY * times, STRATA, CLUSTERS), WIDE, LONG, HITS, MEMBERS)), rtol=1e-12
    )
    two = _numbers(_all(Design(HEAVY * 1024, STRATA, CLUSTERS), WIDE, LONG, HITS, MEMBERS))
    assert np.array_equal(one, two)


@pytest.mark.parametrize("weight", [1.0, 0.7, 1e-9, 3e7])
def test_equal_weights_give_the_unweighted_to_the_last_bit(weight: float) -> None:
    for arrays in ({}, {"strata": STRATA, "clusters": CLUSTERS}):
        plain = _numbers(_all(Design(n=SIZE, **arrays), WIDE, LONG, HITS, MEMBERS))  # type: ignore[arg-type]
        equal = _numbers(_all(Design(np.full(SIZE, weight), **arrays), WIDE, LONG, HITS, MEMBERS))  # type: ignore[arg-type]
        assert np.array_equal(plain, equal)


def test_a_missing_value_is_a_case_outside_the_domain() -> None:
    y = np.where(DRAW.random(SIZE) < 0.2, np.nan, WIDE)
    design = Design(HEAVY, STRATA, CLUSTERS)
    one = _numbers(_all(design, y, LONG, np.where(np.isnan(y), np.nan, HITS), MEMBERS))
    by_hand = _numbers(_all(design, np.nan_to_num(y), LONG, HITS, MEMBERS & ~np.isnan(y)))
    assert np.array_equal(one, by_hand)


def test_unweighted_a_mean_is_that_of_the_t_test() -> None:
    # R t.test of 2 4 4 4 5 5 7 9: 3.21251 to 6.78749
    found = mean(pd.Series([2, 4, 4, 4, 5, 5, 7, 9]))
    assert (found.low, found.high) == (pytest.approx(3.21251, abs=5e-6), pytest.approx(6.78749, abs=5e-6))


def test_the_columns_of_a_frame_make_a_design() -> None:
    frame = pd.DataFrame({"y": Y, "w": W, "h": H, "c": C, "people": N, "x": pd.array([10, None] * 6, dtype="Int64")})
    for found, expected in (
        (Design.of(frame, weights="w"), WEIGHTED),
        (Design.of(frame, "w", "h", "c"), CLUSTERED),
        (Design.of(frame, "w", "h", population="people"), FINITE),
    ):
        assert mean(frame["y"], found).se == mean(Y, expected).se
    assert mean(frame["x"], Design.of(frame, weights="w")).n == 6
    whole = Design(W, population=220.0)
    # drawn of 220: (1 - 12 / 220) of the variance (Cochran 1977, 2.6)
    assert mean(Y, whole).se == pytest.approx(mean(Y, WEIGHTED).se * np.sqrt(1 - 12 / 220))


# ------------------------------------------------------------------------------------------------- what does not exist
@pytest.mark.parametrize("ask", [mean, total, variance, quantile, share], ids=lambda one: one.__name__)
def test_of_nobody_there_is_no_figure_and_the_reason_is_said(ask: Callable[..., DomainFigure]) -> None:
    nobody = np.zeros(12, dtype=bool)
    values = np.full(12, np.nan)
    for found in (ask(Y >= 7, design=WEIGHTED, domain=nobody), ask(values, design=CLUSTERED), ask(np.zeros(0))):
        assert np.isnan([found.value, found.se, found.low, found.high]).all()
        assert (found.n, found.reason) == (0, "no case of the domain has a value")


def test_of_one_case_there_is_a_value_and_no_error() -> None:
    for design in (WEIGHTED, CLUSTERED, FINITE, Design.plain(12)):
        found = mean(Y, design, np.arange(12) == 3)
        assert (found.value, found.n) == (6, 1)
        assert np.isnan([found.se, found.low, found.high]).all()
        assert found.reason == "the domain has too few units for an error"
    assert np.isnan(mean([4.0]).se)
    assert variance([4.0]).reason == "one case has no variance"
    assert np.isnan(difference(mean(Y, WEIGHTED, np.arange(12) == 3), mean(Y, WEIGHTED, G)).p)


def test_where_all_gave_one_answer_that_is_the_mean_and_nothing_varies() -> None:
    for design in DESIGNS:
        found = mean(np.full(12, 7.1), design)
        assert (found.value, found.se, found.low) == (7.1, 0, 7.1)
        nobody_hit, all_hit = share(np.zeros(12), design), share(np.ones(12), design)
        assert (nobody_hit.value, nobody_hit.low, all_hit.high) == (0, 0, 1)
        assert 0 < nobody_hit.high < all_hit.low + 1


def test_a_ratio_to_nothing_and_values_that_are_none_are_refused_or_said() -> None:
    found = ratio(Y, np.array([1, -1] * 6), Design.plain(12))
    assert (np.isnan(found.value), found.reason) == (True, "what it is divided by adds up to 0")
    with pytest.raises(ValueError, match="case 4 has no end"):
        mean(np.where(np.arange(12) == 4, np.inf, Y))
    with pytest.raises(ValueError, match="A hit is 0 or 1; case 0 has 8"):
        share(Y)
    with pytest.raises(DesignRefused, match="values are 12, the cases of the design 3"):
        mean(Y, Design.plain(3))
    with pytest.raises(DesignRefused, match="true or false for each case; these are 12"):
        mean(Y, WEIGHTED, np.arange(12))
    with pytest.raises(ValueError, match="one of the same design"):
        difference(mean(Y, WEIGHTED), mean(Y, CLUSTERED))


def test_numbers_of_any_size_give_no_warning_and_the_same_figure() -> None:
    small = mean(Y, CLUSTERED)
    huge = mean(Y * 1e200, CLUSTERED)
    assert (huge.value / small.value, huge.se / small.se) == (pytest.approx(1e200), pytest.approx(1e200))


def test_a_stratum_with_one_unit_is_refused_by_name_where_the_domain_touches_it() -> None:
    strata = list("aaaabbbbbccz")
    lonely = Design(W, strata)
    with pytest.raises(DesignRefused, match="Stratum “z” has one unit"):
        mean(Y, lonely)
    assert not np.isnan(mean(Y, lonely, np.arange(12) < 11).se)
    # options(survey.lonely.psu = "adjust"); svymean(~y, svydesign(ids = ~1, strata = ~s, weights = ~w, data = d))
    assert mean(Y, Design(W, strata, lonely="centre")).se == pytest.approx(0.504623143417)
    # where its whole population was asked nothing is left to vary: the same with fpc = ~N, N being 40, 60, 30 and 1
    people = [40] * 4 + [60] * 5 + [30] * 2 + [1]
    assert mean(Y, Design(W, strata, population=people)).se == pytest.approx(0.476599985667)


def test_some_of_the_cases_stay_a_domain_of_the_whole() -> None:
    index = np.flatnonzero(G)
    for design in DESIGNS[1:]:
        whole, some = mean(Y, design, G), mean(Y[index], design.take(index))
        assert (some.se, some.freedom) == (pytest.approx(whole.se), whole.freedom)
        twice = design.take(np.arange(12)[::-1]).take(11 - index)
        assert mean(Y[index], twice).se == pytest.approx(whole.se)
        assert total(Y[index], design.take(index)).se == pytest.approx(total(Y, design, G).se)
