from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from surveyapp.analysis.corrections import holm
from surveyapp.analysis.estimates import means_of_codes, proportions
from surveyapp.analysis.significance import (
    Comparison,
    Rows,
    column_letters,
    score_tests,
    share_tests,
    welch_tests,
)


def test_shares_are_compared_by_the_pooled_z_test() -> None:
    # R: prop.test(c(60, 45), c(100, 100), correct = FALSE) → X-squared = 4.5113, p-value = 0.03367
    assert float(share_tests(0.60, 0.45, 100, 100)) == pytest.approx(0.03367, abs=5e-6)
    table = [[60, 40], [45, 55]]
    assert float(share_tests(0.60, 0.45, 100, 100)) == pytest.approx(stats.chi2_contingency(table, correction=False)[1])


def test_where_fewer_than_five_are_expected_nothing_is_tested() -> None:
    # 7 of 312 against 0 of 61: 1.1 expected. Unpooled, z would be 2.7; Fisher's exact test says p = 0.6.
    assert np.isnan(share_tests(7 / 312, 0.0, 312, 61))
    assert np.isnan(share_tests(1.0, 1.0, 50, 50))
    # 10 of 50 and 0 of 50: 5 expected in each
    assert float(share_tests(0.2, 0.0, 50, 50)) == pytest.approx(
        stats.chi2_contingency([[10, 40], [0, 50]], correction=False)[1]
    )


def test_scores_are_compared_with_their_variances_added() -> None:
    # (0.3 - 0.1) / sqrt(0.06² + 0.08²) = 2, p = 0.0455 (normal table)
    assert float(score_tests(0.3, 0.1, 0.06, 0.08)) == pytest.approx(0.0455, abs=1e-4)


def test_means_are_compared_by_welch_as_scipy_does() -> None:
    rng = np.random.default_rng(7)
    first, second = rng.integers(1, 11, 80), rng.integers(3, 11, 35)
    counts = np.array([np.bincount(values, minlength=11)[1:] for values in (first, second)])
    found = means_of_codes(counts, np.arange(1, 11))
    p = welch_tests(*found.value, *found.se, *found.base)
    assert float(p) == pytest.approx(stats.ttest_ind(first, second, equal_var=False).pvalue, rel=1e-9)


def test_without_any_spread_equal_is_equal_and_different_is_different() -> None:
    assert score_tests([0.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0]).tolist() == [1.0, 0.0]
    assert welch_tests([3.0, 3.0], [3.0, 4.0], 0.0, 0.0, 40, 40).tolist() == [1.0, 0.0]


def test_holm_corrects_as_r_does() -> None:
    # R: p.adjust(c(0.01, 0.02, 0.03, 0.04), "holm") → 0.04 0.06 0.06 0.06
    assert holm([0.01, 0.02, 0.03, 0.04]).tolist() == pytest.approx([0.04, 0.06, 0.06, 0.06])
    # R: p.adjust(c(0.04, 0.001, 0.8), "holm") → 0.080 0.003 0.800
    assert holm([0.04, 0.001, 0.8]).tolist() == pytest.approx([0.08, 0.003, 0.8])


def test_what_was_not_tested_is_no_part_of_the_family() -> None:
    found = holm([0.02, np.nan, 0.03])
    assert found[[0, 2]].tolist() == pytest.approx([0.04, 0.04])
    assert np.isnan(found[1])


def _rows(hits: list[int], bases: list[int]) -> Rows:
    found = proportions([hits], [bases])
    return Rows(Comparison.SHARE, found.value, found.se, np.array([bases], dtype=np.float64))


def test_the_letter_stands_in_the_higher_column_and_names_the_lower() -> None:
    rows = _rows([150, 70, 30, 28], [300, 100, 100, 100])
    letters = column_letters(rows, [[1, 2, 3]], ["", "A", "B", "C"], np.array([True] * 4))
    assert letters == [["", "BC", "", ""]]


def test_groups_are_compared_within_their_own_banner_only() -> None:
    rows = _rows([150, 90, 60, 10, 90], [300, 150, 150, 150, 150])
    letters = column_letters(rows, [[1, 2], [3, 4]], ["", "A", "B", "A", "B"], np.array([True] * 5))
    assert letters == [["", "B", "", "", "A"]]


def test_a_column_that_is_too_small_or_hidden_takes_no_part() -> None:
    rows = _rows([150, 70, 1], [300, 100, 20])
    letters = column_letters(rows, [[1, 2]], ["", "A", "B"], np.array([True, True, False]))
    assert letters == [["", "", ""]]


def test_the_correction_can_take_a_letter_away() -> None:
    # p = 0.0337 alone; with three pairs the smallest p-value is tripled to 0.101
    assert column_letters(_rows([60, 45], [100, 100]), [[0, 1]], ["A", "B"], np.array([True] * 2)) == [["B", ""]]
    three = column_letters(_rows([60, 45, 52], [100] * 3), [[0, 1, 2]], ["A", "B", "C"], np.array([True] * 3))
    assert three == [["", "", ""]]
