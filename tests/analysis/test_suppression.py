from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy.optimize import linprog

from surveyapp.analysis import suppression
from surveyapp.analysis.suppression import Reason, Suppression, suppressed_cells
from surveyapp.errors import AnalysisError

K = 10
Table = NDArray[np.int_]


def hidden(found: Suppression) -> list[tuple[int, ...]]:
    return [cell.place for cell in found.cells]


def test_one_small_cell_in_a_list_needs_another_and_the_smallest_goes() -> None:
    found = suppressed_cells([20, 30, 5, 40], K)
    assert found.counts.tolist() == [20, 30, 5, 40, 95]
    assert hidden(found) == [(0,), (2,)]
    assert [cell.reason for cell in found.cells] == [Reason.BESIDE, Reason.FEW]
    # 95 - 30 - 40 = 25 for the two together: each is 0 to 25
    assert [(cell.low, cell.high) for cell in found.cells] == [(0, 25), (0, 25)]


def test_one_small_cell_in_a_table_needs_three_more() -> None:
    found = suppressed_cells([[20, 5, 30], [40, 25, 60], [22, 33, 18]], K)
    assert hidden(found) == [(0, 0), (0, 1), (2, 0), (2, 1)]  # Hundepool et al. (2012): four corners


def test_two_small_cells_in_a_row_need_a_third_there() -> None:
    # Alone they add up to 7 people: a remainder of fewer than k.
    found = suppressed_cells([[3, 4, 30], [40, 25, 60], [22, 33, 18]], K)
    assert hidden(found) == [(0, 0), (0, 1), (0, 2), (2, 0), (2, 1), (2, 2)]


def test_four_small_corners_that_hold_too_few_are_not_enough() -> None:
    table = [[3, 4, 50], [2, 5, 50], [50, 50, 50]]
    assert len(suppressed_cells(table, K).cells) > 4


def test_where_nothing_is_small_nothing_is_hidden_and_nought_is_shown() -> None:
    assert suppressed_cells([[0, 10], [12, 0]], K).cells == ()
    assert suppressed_cells([[0, 0], [0, 0]], K).cells == ()


def test_a_small_margin_is_hidden_like_a_cell() -> None:
    found = suppressed_cells([[1, 2], [0, 0]], K)
    assert (2, 2) in hidden(found)
    assert {cell.high for cell in found.cells} == {np.inf}
    assert suppressed_cells([4], K).hidden.tolist() == [True, True]


def test_a_table_turned_on_its_side_hides_as_much() -> None:
    table = np.array([[3, 44, 30], [40, 25, 60], [22, 7, 18], [15, 21, 90]])
    assert len(suppressed_cells(table, K).cells) == len(suppressed_cells(table.T, K).cells)


@pytest.mark.parametrize(
    ("counts", "k", "said"),
    [
        ([[1.5]], K, "A count is a whole number of 0 or more, which 1.5 is not"),
        ([[-1]], K, "which -1.0 is not"),
        ([[np.nan]], K, "which nan is not"),
        ([], K, "this has shape"),
        (5, K, "this has shape"),
        ([[[1]]], K, "this has shape"),
        ([[1]], 1, "The threshold is 1"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(counts: object, k: int, said: str) -> None:
    with pytest.raises(AnalysisError, match=said):
        suppressed_cells(counts, k)  # type: ignore[arg-type]


def _is_part(cell: tuple[int, ...], of: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Whether an inner cell counts in another or in a margin."""
    return all(there in (here, size - 1) for here, there, size in zip(cell, of, shape, strict=True))


def _ranges(found: Suppression) -> dict[tuple[int, ...], tuple[float, float]]:
    """Between what every hidden cell can lie, written anew: inner cells alone are unknown, margins are sums of them."""
    shape = found.counts.shape
    inner = list(product(*(range(size - 1) for size in shape)))
    sums = {place: [float(_is_part(cell, place, shape)) for cell in inner] for place in product(*map(range, shape))}
    shown = [place for place in sums if not found.hidden[place]]
    known = (
        {"A_eq": [sums[place] for place in shown], "b_eq": [found.counts[place] for place in shown]} if shown else {}
    )

    def end(place: tuple[int, ...], sign: int) -> float:
        done = linprog(sign * np.array(sums[place]), **known)
        return np.inf if done.status == 3 else sign * float(done.fun)

    return {place: (end(place, 1), end(place, -1)) for place in sums if found.hidden[place]}


@settings(max_examples=15, deadline=None)
@given(hnp.arrays(np.int64, st.tuples(st.integers(1, 3), st.integers(1, 4)), elements=st.integers(0, 30)))
def test_no_reader_works_out_a_small_count_to_fewer_than_k(table: Table) -> None:
    found = suppressed_cells(table, K)
    ranges = _ranges(found)
    for cell in found.cells:
        low, high = ranges[cell.place]
        assert (cell.low, cell.high) == pytest.approx((low, high), abs=1e-4)
        count = found.counts[cell.place]
        assert low - 1e-6 <= count <= high + 1e-6
        assert low < high
        if cell.reason is Reason.FEW:
            assert high >= count + K - 1e-6
    small = (found.counts > 0) & (found.counts < K)
    assert {cell.place for cell in found.cells if cell.reason is Reason.FEW} == set(
        map(tuple, np.argwhere(small).tolist())
    )


@pytest.mark.parametrize("table", [[[20, 5], [40, 25]], [[3, 50], [40, 2]], [[0, 4], [30, 16]], [9, 12, 40, 11]])
def test_of_a_small_table_no_fewer_cells_would_do(table: list[object]) -> None:
    found = suppressed_cells(table, K)  # type: ignore[arg-type]
    small = (found.counts > 0) & (found.counts < K)
    others = [tuple(place) for place in np.argwhere(~small).tolist()]
    for many in range(len(found.cells) - int(small.sum())):
        for some in combinations(others, many):
            tried = small.copy()
            for place in some:
                tried[place] = True
            ranges = _ranges(Suppression(found.counts, tried, (), K))
            safe = all(ranges[tuple(at)][1] >= found.counts[tuple(at)] + K - 1e-6 for at in np.argwhere(small).tolist())
            assert not safe, some


def test_a_larger_table_is_mended_step_by_step_and_as_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    table = np.random.default_rng(5).poisson(18, (5, 4))
    exact = suppressed_cells(table, K)
    monkeypatch.setattr(suppression, "MOST_EXACT", 0)
    found = suppressed_cells(table, K)
    assert len(exact.cells) <= len(found.cells) <= len(exact.cells) + 3
    for cell in found.cells:
        assert cell.low < cell.high
        assert cell.reason is Reason.BESIDE or cell.high >= found.counts[cell.place] + K


def test_the_same_table_hides_the_same_cells() -> None:
    table = np.random.default_rng(8).poisson(14, (4, 4))
    assert suppressed_cells(table, K).cells == suppressed_cells(table.tolist(), K).cells
