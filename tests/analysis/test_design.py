"""What a design answers, and what it does not take."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from surveyapp.analysis.design import Design
from surveyapp.analysis.moments import moments
from surveyapp.errors import DesignRefused


def test_a_plain_design_counts_everyone_once() -> None:
    plain = Design.plain(12)
    assert (plain.n, plain.total, plain.effective_n) == (12, 12.0, 12.0)
    assert plain.take(np.array([3, 3, 5])).n == 3
    assert plain.take(slice(2, 4)).n == 2
    assert Design.plain(0).effective_n == 0


def test_unequal_weights_cost_precision() -> None:
    # 1 1 2: (1 + 1 + 2)² / (1 + 1 + 4) = 16 / 6, by hand
    design = Design(np.array([1.0, 1.0, 2.0]))
    assert (design.total, design.effective_n) == (4.0, pytest.approx(16 / 6))
    assert Design(np.full(3, 0.7)).effective_n == pytest.approx(3)
    assert Design(np.zeros(0)).effective_n == 0


def test_some_of_the_cases_keep_their_weight_stratum_cluster_and_population() -> None:
    whole = Design(np.array([1.0, 2.0, 3.0]), np.array([0, 0, 1]), np.array([4, 5, 6]), np.array([90.0, 90.0, 30.0]))
    some = whole.take(np.array([2, 0]))
    found = [
        array.tolist() for array in (some.weights, some.strata, some.clusters, some.population) if array is not None
    ]
    assert found == [[3.0, 1.0], [1, 0], [6, 4], [30.0, 90.0]]


@pytest.mark.parametrize("weights", [[1.0], [1.0, 0.0], [1.0, -2.0], [1.0, np.nan], [1.0, np.inf]])
def test_a_weight_is_a_number_above_0_for_every_case(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="design"):
        Design(np.array(weights), n=2)


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(DesignRefused, match="“weigth”, which is not there"):
        Design.of(pd.DataFrame({"mark": [7.0]}), weights="weigth")


def test_nothing_is_added_up_twice_where_nothing_is_weighted() -> None:
    found = moments(np.array([0, 1, 1]), 2, (), Design.plain(3))
    assert found.w is found.n
    assert found.w2 is found.n
    assert found.n.dtype == np.int64


def test_errors_that_would_leave_strata_out_are_refused() -> None:
    with pytest.raises(ValueError, match="strata"):
        moments(np.array([0, 1]), 2, (), Design(np.ones(2), strata=np.array([0, 1])))
