from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.analysis.columns import ChoiceColumn, CodeColumn, Codes, NumberColumn, RankColumn
from surveyapp.analysis.recoding import banded, mean_steps, merged, netted

MISSING = (-1, -2, -3, -8, -9)


def codes(*values: int) -> Codes:
    return np.array(values, dtype=np.int16)


def numbers(*values: float) -> NumberColumn:
    given_ = np.array(values)
    return NumberColumn(np.where(given_ < 0, np.nan, given_), np.minimum(given_, 0).astype(np.int16))


def test_ages_are_put_in_bands_of_the_waves_year_and_a_refusal_stays_one() -> None:
    bands = {1: (None, 35.0), 2: (35.0, 50.0), 3: (50.0, None)}
    # By hand: 34, 35, 50 and refused in 2026
    assert banded(numbers(1992, 1991, 1976, -3), bands, age_in=2026).values.tolist() == [1, 2, 3, -3]
    # The same people are younger in 2014.
    assert banded(numbers(1992, 1991, 1976, -3), bands, age_in=2014).values.tolist() == [1, 1, 2, -3]


def test_a_number_in_no_band_and_a_code_that_nobody_merged_become_not_asked() -> None:
    assert banded(numbers(5, 10, 20, -9), {1: (10.0, 20.0)}).values.tolist() == [-8, 1, -8, -9]
    assert merged(CodeColumn(codes(3, 1, 2, -2, 9)), {1: [1], 2: [2, 3]}).values.tolist() == [2, 1, 2, -2, -8]


def test_who_answered_and_is_in_no_net_is_valid_and_chose_none() -> None:
    chosen = np.array([[False, True, False], [True, False, False], [False, False, True], [False, False, False]])
    column = ChoiceColumn((1, 2, 4), chosen, codes(0, 0, 0, -2))
    found = netted(column, {1: [1, 2], 2: [2, 3]})
    assert found.chosen.tolist() == [[True, True], [True, False], [False, False], [False, False]]
    assert found.missing.tolist() == [0, 0, 0, -2]
    single = netted(CodeColumn(codes(1, 2, 4, -8)), {1: [1, 2], 2: [2, 3]})
    assert single.chosen.tolist() == found.chosen[[1, 0, 2, 3]].tolist()
    ranked = netted(RankColumn((1, 2, 4), np.array([[2, 4], [4, -1]], dtype=np.int16), codes(0, 0)), {1: [1, 2]})
    assert ranked.chosen.tolist() == [[True], [False]]


def test_a_score_is_the_mean_of_valid_steps_with_reversed_ones_turned_round() -> None:
    items = [codes(4, 4, 1, -8, 5), codes(5, 5, -9, -8, -8), codes(-9, 1, -9, -8, -8)]
    found = mean_steps(items, [(1, 5), (1, 5), (5, 1)])
    # By hand: (75 + 100) / 2; (75 + 100 + 100) / 3; one of three; nothing asked; one item asked
    assert found.values.tolist() == pytest.approx([87.5, 275 / 3, np.nan, np.nan, np.nan], nan_ok=True)
    assert found.missing.tolist() == [0, 0, -9, -8, -8]


def test_nobody_has_a_column_of_nobody() -> None:
    nobody = codes()
    assert len(banded(numbers(), {1: (None, None)}).values) == 0
    assert netted(CodeColumn(nobody), {1: [1]}).chosen.shape == (0, 1)
    assert len(mean_steps([nobody, nobody], [(1, 5), (1, 5)]).values) == 0


ANSWERS = st.lists(st.sampled_from([1, 2, 3, 4, 5, *MISSING]), max_size=12)


@given(ANSWERS, st.integers(1, 5), st.integers(1, 5))
def test_bands_merged_codes_and_nets_agree_where_they_say_the_same(answers: list[int], first: int, more: int) -> None:
    last = min(first + more, 6)
    column = CodeColumn(codes(*answers))
    inside = [code for code in range(1, 6) if first <= code < last]
    outside = [code for code in range(1, 6) if code not in inside]
    as_merged = merged(column, {1: inside, 2: outside}).values
    as_numbers = banded(numbers(*answers), {1: (first, last)}).values
    as_net = netted(column, {1: inside})
    assert (as_merged == 1).tolist() == (as_numbers == 1).tolist() == as_net.chosen[:, 0].tolist()
    assert np.minimum(as_merged, 0).tolist() == as_net.missing.tolist() == column.missing.tolist()


@given(st.lists(st.lists(st.sampled_from([1, 2, 5, *MISSING]), min_size=3, max_size=3), max_size=8))
def test_turning_every_step_round_turns_the_score_round(rows: list[list[int]]) -> None:
    items = [codes(*(row[at] for row in rows)) for at in range(3)]
    found, turned = (mean_steps(items, [ends] * 3) for ends in ((1, 5), (5, 1)))
    assert found.missing.tolist() == turned.missing.tolist()
    assert (found.values + turned.values)[found.missing == 0].tolist() == pytest.approx(
        [100.0] * int((found.missing == 0).sum())
    )
