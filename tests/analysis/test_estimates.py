from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from surveyapp.analysis.estimates import (
    means,
    means_of_codes,
    proportions,
    quantiles_of_codes,
    recommendation_scores,
)


def test_a_share_has_the_wilson_interval_of_scipy() -> None:
    # 81 of 263: scipy.stats.binomtest(81, 263).proportion_ci(method="wilson") and R prop.test(81, 263, correct=FALSE)
    found = proportions(81, 263)
    assert float(found.value) == pytest.approx(0.3079848)
    assert (float(found.low), float(found.high)) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    # sqrt(0.3079848 * 0.6920152 / 263), by hand
    assert float(found.se) == pytest.approx(0.0284672, abs=1e-7)


@given(n=st.integers(1, 3000), share=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_every_wilson_interval_is_that_of_scipy(n: int, share: float) -> None:
    hits = round(n * share)
    expected = stats.binomtest(hits, n).proportion_ci(method="wilson")
    found = proportions(hits, n)
    assert (float(found.low), float(found.high)) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_a_share_of_nobody_is_no_share() -> None:
    found = proportions([0, 3], [0, 10])
    assert np.isnan([found.value[0], found.se[0], found.low[0], found.high[0]]).all()
    assert found.value[1] == 0.3


def test_the_interval_of_none_and_of_all_has_width() -> None:
    # Wald would give [0, 0] at 0 of 30; Wilson: 0 to z²/(n+z²) = 3.8415/33.8415 (by hand)
    found = proportions([0, 30], 30)
    assert float(found.low[0]) == 0.0
    assert float(found.high[0]) == pytest.approx(0.1135135, abs=1e-6)
    assert (float(found.low[1]), float(found.high[1])) == pytest.approx((1 - 0.1135135, 1.0), abs=1e-6)


def test_a_mean_has_the_t_interval_of_r() -> None:
    # R: t.test(c(2,4,4,4,5,5,7,9))$conf.int → 3.212512 6.787488; sd 2.138090
    values = np.array([2, 4, 4, 4, 5, 5, 7, 9.0])
    found = means(values.sum(), ((values - 5) ** 2).sum(), 8)
    assert float(found.value) == 5.0
    assert float(found.sd) == pytest.approx(2.138090, abs=1e-6)
    assert float(found.se) == pytest.approx(0.7559289, abs=1e-7)
    assert (float(found.low), float(found.high)) == pytest.approx((3.212512, 6.787488), abs=1e-6)


def test_a_mean_of_one_person_has_no_error_and_of_nobody_no_value() -> None:
    found = means_of_codes([[0, 1, 0], [0, 0, 0]], [1, 2, 3])
    assert float(found.value[0]) == 2.0
    assert np.isnan([found.sd[0], found.se[0], found.low[0], found.value[1]]).all()


@given(st.lists(st.integers(1, 10), min_size=2, max_size=200))
@settings(max_examples=60, deadline=None)
def test_means_and_quantiles_of_counted_codes_are_those_of_the_codes_themselves(marks: list[int]) -> None:
    counts = np.bincount(marks, minlength=11)[1:]
    codes = np.arange(1, 11)
    found = means_of_codes(counts, codes)
    assert float(found.value) == pytest.approx(np.mean(marks))
    assert float(found.sd) == pytest.approx(np.std(marks, ddof=1))
    if float(found.sd) > 0:
        expected = stats.t.interval(0.95, len(marks) - 1, np.mean(marks), stats.sem(marks))
        assert (float(found.low), float(found.high)) == pytest.approx(expected)
    for share in (0.25, 0.5, 0.75):
        # numpy's default is type 7 of Hyndman & Fan, as R's
        assert float(quantiles_of_codes(counts, codes, share)) == pytest.approx(np.quantile(marks, share))


def test_the_recommendation_score_carries_the_variance_of_a_difference_of_shares() -> None:
    # 50 promoters and 20 detractors of 100: (0.7 - 0.3²)/100 = 0.0061, se 0.0781025; ± 1.959964 se (by hand)
    found = recommendation_scores(50, 20, 100)
    assert float(found.value) == pytest.approx(0.3)
    assert float(found.se) == pytest.approx(math.sqrt(0.0061))
    assert (float(found.low), float(found.high)) == pytest.approx((0.1469220, 0.4530780), abs=1e-6)


def test_a_score_stays_between_its_ends() -> None:
    found = recommendation_scores([29, 0], [1, 30], [30, 30])
    assert float(found.high[0]) == 1.0
    assert (float(found.value[1]), float(found.low[1])) == (-1.0, -1.0)
