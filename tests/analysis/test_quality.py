from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from surveyapp.analysis.columns import Floats
from surveyapp.analysis.quality import (
    even_odd_consistency,
    item_non_response,
    longest_runs,
    mahalanobis_distances,
    relative_speeds,
    spreads,
    straight_lines,
)
from surveyapp.errors import AnalysisError, NotEnoughData

NAN = np.nan
ANSWERS = np.array(
    [
        [1, 1, 1, 2, 2, 1],
        [3, 3, NAN, 3, 3, 3],
        [5, 4, 3, 2, 1, 2],
        [4, 4, 4, 4, 4, 4],
        [2, 5, 1, 4, 3, 3],
        [1, 2, 2, 5, 4, 4],
        [3, 1, 5, 2, 2, 4],
        [2, 3, 3, 3, 1, 5],
        [5, 5, 4, 1, 2, 1],
    ]
)
WHOLE = np.delete(ANSWERS, 1, axis=0)[:, :3]


def test_the_longest_runs_are_those_of_careless_and_a_missing_answer_ends_one() -> None:
    # R: careless 1.2.2, longstring(x)
    assert longest_runs(ANSWERS).tolist() == [3, 3, 1, 6, 2, 2, 2, 3, 2]


def test_the_spreads_are_those_of_careless() -> None:
    # R: careless 1.2.2, irv(x)
    assert spreads(ANSWERS).tolist() == pytest.approx(
        [0.516397779494, 0, 1.471960144388, 0, 1.414213562373, 1.549193338483, 1.471960144388, 1.329160135825,
         1.897366596101]
    )  # fmt: skip


def test_the_distances_are_those_of_careless_with_their_p_of_r() -> None:
    found = mahalanobis_distances(WHOLE)
    # R: careless 1.2.2, mahad(y); pchisq(d, 3, lower.tail = FALSE)
    assert found.squared.tolist() == pytest.approx(
        [4.135548313265, 3.918213255050, 0.938215245298, 3.561560851826, 1.353380933426, 3.876418051547,
         1.260038312270, 1.956625037317]
    )  # fmt: skip
    assert found.p[:2].tolist() == pytest.approx([0.247194461276, 0.270432128947])
    assert (found.items, found.cases) == (3, 8)


def test_the_first_of_r_women_lies_as_far_out_as_r_says() -> None:
    women = [[58, 115], [59, 117], [60, 120], [61, 123], [62, 126], [63, 129], [64, 132], [65, 135], [66, 139],
             [67, 142], [68, 146], [69, 150], [70, 154], [71, 159], [72, 164]]  # fmt: skip
    found = mahalanobis_distances(pd.DataFrame(women, columns=["height", "weight"]))
    # R: mahalanobis(women, colMeans(women), cov(women))[1]
    assert (found.squared[0], found.p[0]) == pytest.approx((5.154428518927, 0.0759853850271))
    # By construction their mean is items (n - 1) / n.
    assert found.squared.mean() == pytest.approx(2 * 14 / 15)


def test_who_skipped_an_item_has_no_distance_and_moves_nobodys() -> None:
    found, whole = mahalanobis_distances(ANSWERS[:, :3]), mahalanobis_distances(WHOLE)
    assert np.isnan(found.squared[1])
    assert np.delete(found.squared, 1).tolist() == whole.squared.tolist()


def test_the_even_odd_consistency_is_the_opposite_of_careless() -> None:
    rows = [[1, 2, 1, 4, 4, 5, 2, 3], [5, 4, 4, 1, 2, 1, 3, 3], [1, 5, 2, 5, 1, 3, 2, 4]]
    # R: careless 1.2.2, evenodd(z, c(3, 3, 2)), whose higher scores mean careless
    assert even_odd_consistency(rows, (3, 3, 2)).tolist() == pytest.approx([0.985145237664, 0.998305079877, -1])
    rows = [[1, 2, 4, 4, 2, 3], [5, 4, 1, 2, 3, 3], [1, 5, 5, 1, 3, 2], [3, 3, 3, 3, 3, 3], [1, 2, 4, NAN, 2, 3]]
    found = even_odd_consistency(rows, (2, 2, 2))
    assert found[:3].tolist() == pytest.approx([0.99090833947, 1, -1])
    assert np.isnan(found[3:]).all()  # no spread; two scales only


def test_who_is_twice_as_fast_on_every_page_has_two() -> None:
    seconds = [[10, 40], [20, 80], [30, 120], [np.nan, np.nan], [0, 80]]
    # Medians 20 and 80, by hand; a page that took nothing was not measured.
    assert relative_speeds(seconds).tolist() == pytest.approx([2, 1, 2 / 3, NAN, 1], nan_ok=True)
    assert relative_speeds([10, 20, 30, 5]).tolist() == pytest.approx([1.5, 0.75, 0.5, 3])
    assert relative_speeds([100, 100, 100, 1]).tolist() == [1, 1, 1, 3]  # no page counts for more than 3


def test_a_straight_line_needs_enough_items_and_no_other_answer() -> None:
    table = [[4] * 8, [4] * 7 + [5], [4] * 7 + [NAN], [NAN] * 8]
    assert straight_lines(table).tolist() == [True, False, False, False]
    assert straight_lines(table, least=7).tolist() == [True, False, True, False]
    assert straight_lines(table, least=0).tolist() == [True, False, True, False]


def test_what_was_not_asked_is_not_lacking() -> None:
    found = item_non_response([[5, -9, -8], [4, 3, -2], [-8, -8, -8], [-1, -3, -8]])
    assert found.of_cases.tolist() == pytest.approx([0.5, 1 / 3, NAN, 0.5], nan_ok=True)
    assert found.of_items.tolist() == pytest.approx([0, 2 / 3, 1])
    assert (found.overall, found.asked) == (pytest.approx(3 / 7), 7)
    skipped = item_non_response([[5, -9, -8], [4, 3, -2]], without=[-9])
    assert skipped.of_cases.tolist() == [0.5, 0.0]


@pytest.mark.parametrize("index", [longest_runs, straight_lines, spreads, relative_speeds, item_non_response])
def test_nobody_and_no_items_have_an_answer_of_that_size(index: object) -> None:
    for shape in ((0, 3), (2, 0), (1, 1)):
        found = index(np.full(shape, -9.0 if index is item_non_response else NAN))  # type: ignore[operator]
        assert len(getattr(found, "of_cases", found)) == shape[0]


def test_what_cannot_be_used_is_refused_with_what_is_wrong() -> None:
    with pytest.raises(AnalysisError, match="this has 1 dimensions"):
        longest_runs([1, 2, 3])
    with pytest.raises(AnalysisError, match="An answer is infinite"):
        spreads([[1, np.inf]])
    with pytest.raises(AnalysisError, match="An entry is no code"):
        item_non_response([[1, NAN]])
    with pytest.raises(AnalysisError, match="The scales have 2, 1 items; there are 3, and a scale needs two"):
        even_odd_consistency([[1, 2, 3]], (2, 1))
    with pytest.raises(AnalysisError, match="The scales have no items"):
        even_odd_consistency(np.zeros((1, 0)), ())


@pytest.mark.parametrize("answers", [WHOLE[:3], WHOLE[:1], WHOLE[:0], np.full((9, 2), NAN), np.zeros((4, 0))])
def test_a_distance_needs_more_cases_than_items(answers: Floats) -> None:
    with pytest.raises(NotEnoughData, match=rf"more cases than items. Items: {answers.shape[1]};"):
        mahalanobis_distances(answers)


def test_an_item_without_spread_and_one_that_follows_from_others_are_named() -> None:
    frame = pd.DataFrame(WHOLE, columns=["care", "trust", "fit"])
    with pytest.raises(AnalysisError, match="Item trust has one and the same answer from everybody"):
        mahalanobis_distances(frame.assign(trust=0.1))
    with pytest.raises(AnalysisError, match="Item total follows from the items before it"):
        mahalanobis_distances(frame.assign(total=frame.sum(axis=1)))
    with pytest.raises(AnalysisError, match="Item b follows"):
        mahalanobis_distances(WHOLE[:, [0, 0]], names=["a", "b"])


TABLES = hnp.arrays(np.float64, (6, 4), elements=st.sampled_from([1.0, 2.0, 3.0, 5.0, NAN]))


@given(TABLES, st.permutations(range(6)), st.integers(-3, 3))
def test_the_order_of_people_and_where_the_scale_begins_mean_nothing(
    answers: Floats, order: list[int], more: int
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for index in (longest_runs, straight_lines, spreads):
            found = index(answers)
            assert index(answers[order]).tolist() == pytest.approx(found[order].tolist(), nan_ok=True)
            assert index(answers + more).tolist() == pytest.approx(found.tolist(), nan_ok=True)


@settings(max_examples=30, deadline=None)
@given(TABLES)
def test_runs_and_spreads_are_those_of_a_person_looked_at_alone(answers: Floats) -> None:
    for row, run, spread in zip(answers, longest_runs(answers), spreads(answers), strict=True):
        given_ = pd.Series(row)
        breaks = (given_ != given_.shift()).cumsum()
        assert run == (given_.dropna().groupby(breaks).size().max() if given_.notna().any() else 0)
        assert spread == pytest.approx(given_.std(), nan_ok=True)
