"""Weighted shares, means and quantiles: held against R's survey package, and against the unweighted to the last bit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.analysis.columns import Floats
from surveyapp.analysis.crosstab import bases, code_moments, code_place, number_means, number_quantiles
from surveyapp.analysis.design import Design
from surveyapp.analysis.estimates import Estimate, Means, recommendation_scores
from surveyapp.analysis.moments import Moments, Overlapping, Partition, Split, moments
from surveyapp.analysis.multiple import choice_moments, ranking

# Twelve people in two groups, by R 4.2 with survey 4.1: svydesign(ids = ~1, weights = ~w), of a group over its rows.
GROUP = Partition(np.array([0] * 5 + [1] * 7), 2)
MARK = np.array([8, 7, 9, 6, 8, 5, 7, 6, 9, 4, 7, 6], dtype=np.int16)
AMOUNT = np.array([12.5, 0.25, 40, 7.75, 12.5, 3, 88.5, 19, 7.75, 54, 1, 30])
WEIGHTS = np.array([1.2, 0.8, 2.5, 0.5, 1, 1.5, 0.7, 3, 0.4, 1.1, 0.9, 1.4])
N = np.array([12, 5, 7])
DESIGN = Design(WEIGHTS)
# svymean; of reliability weights sqrt(cov.wt(cbind(x), w / sum(w))$cov), of a group over its rows
MARK_MEAN, MARK_SE = [6.786666667, 8.116666667, 5.9], [0.5330207245, 0.4869142175, 0.3681664054]
MARK_SD = [1.596766804, 1.088617038, 1.233552729]
AMOUNT_MEAN, AMOUNT_SE = [24.02833333, 21.92916667, 25.42777778], [5.922624189, 9.517820768, 8.498975601]
AMOUNT_SD = [22.58427671, 18.38585392, 26.94295021]
# svymean of an 8 or higher, and of 1 for 9 or 10 and -1 for 6 or lower; R takes n / (n - 1), as of a mean
HIGH, HIGH_SE = [0.34, 0.7833333333, 0.04444444444], [0.1673345551, 0.1820085765, 0.05051218639]
SCORE, SCORE_SE = [-0.3066666667, 0.3333333333, -0.7333333333], [0.2987508395, 0.3518031155, 0.1782211549]
EFFECTIVE = [8.837391987, 3.75782881, 5.100755668]  # sum(w)^2 / sum(w^2)
WILSON = ([0.1232618606, 0.3140576183, 0.002357531742], [0.6536922594, 0.9661576373, 0.4779328181])  # on these bases
T = ([5.553065522, 6.487191673, 4.887635392], [8.020267811, 9.74614166, 6.912364608])  # mean, SE and qt(.975, base - 1)
# svyquantile of the rows in the order of value and weight, qrule "hf7" and "hf1", at 1/4, 1/2 and 3/4
QUARTILES = [[7.75, 8.4625, 6.720833333], [22.11666667, 12.5, 23.95], [40.14, 19.94791667, 37.285714286]]
OBSERVED = [[7.75, 12.5, 3], [19, 12.5, 19], [40, 40, 30]]


def _codes(design: Design, values: np.ndarray[tuple[int], np.dtype[np.int16]] = MARK) -> Moments:
    return code_moments(values, (GROUP,), 10, design)


def _at(found: Moments, *codes: int) -> Moments:
    return found.together(np.array(codes) + code_place(0))


def _score(found: Moments) -> Estimate:
    high, low, valid = _at(found, 9, 10), _at(found, *range(7)), bases(found)[2]
    squares = (high.w2, low.w2, valid.w2) if found.is_weighted else None
    return recommendation_scores(high.w, low.w, valid.w, squares=squares)


def test_a_weighted_share_is_that_of_r_with_the_interval_of_its_effective_base() -> None:
    found = _codes(DESIGN)
    valid = bases(found)[2]
    assert valid.w[:, 0].tolist() == pytest.approx([15, 6, 9])
    assert valid.effective[:, 0].tolist() == pytest.approx(EFFECTIVE)
    share = _at(found, 8, 9, 10).shares(valid)
    assert share.value[:, 0].tolist() == pytest.approx(HIGH)
    assert (share.se[:, 0] * np.sqrt(N / (N - 1))).tolist() == pytest.approx(HIGH_SE)
    assert (share.low[:, 0].tolist(), share.high[:, 0].tolist()) == (pytest.approx(WILSON[0]), pytest.approx(WILSON[1]))


def test_a_weighted_score_is_that_of_r() -> None:
    found = _score(_codes(DESIGN))
    assert found.value[:, 0].tolist() == pytest.approx(SCORE)
    assert (found.se[:, 0] * np.sqrt(N / (N - 1))).tolist() == pytest.approx(SCORE_SE)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(_codes(DESIGN).each(lambda sums: sums[:, code_place(0) :]).means(np.arange(11)), id="codes"),
        pytest.param(number_means(MARK.astype(np.float64), (GROUP,), DESIGN), id="numbers"),
    ],
)
def test_a_weighted_mean_is_that_of_r(found: Means) -> None:
    assert found.value.tolist() == pytest.approx(MARK_MEAN)
    assert found.se.tolist() == pytest.approx(MARK_SE)
    assert found.sd.tolist() == pytest.approx(MARK_SD)
    assert found.base.tolist() == pytest.approx(EFFECTIVE)
    assert (found.low.tolist(), found.high.tolist()) == (pytest.approx(T[0]), pytest.approx(T[1]))


def test_the_weighted_mean_of_a_number_is_that_of_r() -> None:
    for number in (AMOUNT, AMOUNT - 20):
        found = number_means(number, (GROUP,), DESIGN)
        assert found.se.tolist() == pytest.approx(AMOUNT_SE)
        assert found.sd.tolist() == pytest.approx(AMOUNT_SD)
    assert number_means(AMOUNT, (GROUP,), DESIGN).value.tolist() == pytest.approx(AMOUNT_MEAN)


def test_the_sums_stand_per_place_and_column() -> None:
    places = np.array([0, 1] * 6)
    found = moments(places, 2, (GROUP, Overlapping(np.stack([WEIGHTS > 1, MARK > 6], axis=1))), DESIGN)
    columns = [np.ones(12, dtype=bool), GROUP.index == 0, GROUP.index == 1, WEIGHTS > 1, MARK > 6]
    for column, members in enumerate(columns):
        for place in (0, 1):
            w = WEIGHTS[members & (places == place)]
            sums = [len(w), w.sum(), (w * w).sum()]
            assert [one[column, place] for one in (found.n, found.w, found.w2)] == pytest.approx(sums)


def test_weighted_quantiles_are_those_of_r_whatever_the_order_of_the_cases() -> None:
    for order in (np.arange(12), np.arange(12)[::-1], np.random.default_rng(8).permutation(12)):
        split, design = Partition(GROUP.index[order], 2), DESIGN.take(order)
        found = number_quantiles(AMOUNT[order], (split,), (0.25, 0.5, 0.75), design)
        assert found.tolist() == [pytest.approx(line) for line in QUARTILES]
        observed = number_quantiles(AMOUNT[order], (split,), (0.25, 0.5, 0.75), design, observed=True)
        assert observed.tolist() == OBSERVED


def test_a_share_that_is_reached_but_for_the_last_digit_is_reached() -> None:
    # Tenths do not add up exactly in binary; the same weights as whole numbers do.
    draw = np.random.default_rng(11)
    for _ in range(300):
        values, tenths = np.arange(8.0), draw.integers(1, 10, 8)
        found = [
            number_quantiles(values, (), (0.25, 0.5, 0.75), Design(weights), observed=True).tolist()
            for weights in (tenths.astype(np.float64), tenths / 10)
        ]
        assert found[0] == found[1]


def test_where_all_gave_one_answer_that_is_the_mean_and_no_error_is_left() -> None:
    # 7 * 0.1 + 7 * 0.7 + ... over the sum of weights is 7.000000000000001 for many weights: two groups would differ.
    draw = np.random.default_rng(5)
    for _ in range(200):
        design = Design(draw.uniform(0.05, 3, 9))
        whole = Partition(np.zeros(9, dtype=np.intp), 1)
        codes = code_moments(np.full(9, 7, dtype=np.int16), (whole,), 10, design)
        for found in (
            codes.each(lambda sums: sums[:, code_place(0) :]).means(np.arange(11)),
            number_means(np.full(9, 7.1), (whole,), design),
        ):
            assert found.value[1] in (7.0, 7.1)
            assert (found.sd[1], found.se[1]) == (0.0, 0.0)
        share = _at(codes, 7).shares(bases(codes)[2])
        assert (share.se[1, 0], share.high[1, 0]) == (0.0, 1.0)


# ------------------------------------------------------------------------------------------- what weights do not change
Figures = list[Floats]


def _figures(design: Design, codes: Floats, groups: Split, ranks: Floats) -> Figures:
    """Every estimate there is, as arrays."""
    coded = codes.astype(np.int16)
    counts = code_moments(coded, (groups,), 10, design)
    asked, answered, valid = bases(counts)
    table = counts.each(lambda sums: sums[:, code_place(0) :])
    numbers = np.where(codes < 0, np.nan, np.abs(codes) / 3 + 0.1)
    ranked = ranking((0, 1, 2), ranks.astype(np.int16), coded >= 0, (groups,), design)
    chosen = choice_moments((ranks[:, :1] == [0, 1, 2]) & (codes >= 0)[:, None], (groups,), design)
    found: list[Estimate | Means] = [
        table.shares(valid), answered.shares(asked), _score(counts), table.means(np.arange(11)),
        number_means(numbers, (groups,), design), ranked.points, ranked.first.shares(valid),
        ranked.among.shares(valid), chosen.shares(valid),
    ]  # fmt: skip
    arrays = [np.asarray(getattr(one, field.name)) for one in found for field in fields(one)]
    shares = (0.25, 0.5, 0.75)
    quantiles = [number_quantiles(numbers, (groups,), shares, design, observed=seen) for seen in (False, True)]
    return [*arrays, *quantiles, valid.effective, np.array([design.effective_n])]


def _each_draw(check: Callable[[Callable[[Design], Figures], int, np.random.Generator], None]) -> Callable[[], None]:
    @given(n=st.integers(0, 60), seed=st.integers(0, 2**32 - 1), is_overlapping=st.booleans())
    @settings(max_examples=60, deadline=None)
    def drawn(n: int, seed: int, is_overlapping: bool) -> None:
        draw = np.random.default_rng(seed)
        codes = draw.choice([-9.0, -8, -2, *range(int(draw.integers(1, 11)) + 1)], n)
        groups: Split = (
            Overlapping(draw.random((n, 3)) < 0.5) if is_overlapping else Partition(draw.integers(0, 4, n), 3)
        )
        ranks = np.array([draw.permutation(3)[:2] for _ in range(n)]).reshape(n, 2)
        check(lambda design: _figures(design, codes, groups, ranks), n, draw)

    return drawn


def _same(first: Sequence[Floats], second: Sequence[Floats], within: float) -> None:
    for one, other in zip(first, second, strict=True):
        np.testing.assert_allclose(one, other, rtol=within, atol=within, equal_nan=True)


def _ones(figures: Callable[[Design], Figures], n: int, _draw: np.random.Generator) -> None:
    _same(figures(Design.plain(n)), figures(Design(np.ones(n))), 0)


def _thousandfold(figures: Callable[[Design], Figures], n: int, draw: np.random.Generator) -> None:
    weights = draw.gamma(4, 0.25, n) + 0.02
    _same(figures(Design(weights)), figures(Design(weights * 1_000)), 1e-9)


def _near_ones(figures: Callable[[Design], Figures], n: int, draw: np.random.Generator) -> None:
    _same(figures(Design.plain(n))[:-4], figures(Design(1 + draw.uniform(-1e-12, 1e-12, n)))[:-4], 1e-5)


test_weights_of_1_give_the_unweighted_to_the_last_bit = _each_draw(_ones)
test_a_thousand_times_the_weights_changes_no_share_mean_error_or_effective_base = _each_draw(_thousandfold)
test_weights_that_are_nearly_1_give_nearly_the_unweighted = _each_draw(_near_ones)
