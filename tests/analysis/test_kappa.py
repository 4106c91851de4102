from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from surveyapp.analysis.columns import Floats
from surveyapp.analysis.kappa import Agreement, Disagreement, coder_agreement
from surveyapp.analysis.multiple_coding import code_table, pooled_agreement
from surveyapp.errors import AnalysisError, NotEnoughData

DIAGNOSES = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]  # Fleiss, Levin & Paik (2003), table 18.1
FIRST = [1, 1, 2, 3, 3, 2, 1, 4, 4, 2, 3, 1, 2, 2, 4, 3, 1, 1, 2, 4]
SECOND = [1, 2, 2, 3, 2, 2, 1, 4, 3, 2, 3, 1, 1, 2, 4, 4, 1, 3, 2, 4]


def pairs(table: list[list[int]]) -> tuple[list[int], list[int]]:
    found = [(row, column) for row, column in product(range(len(table)), repeat=2) for _ in range(table[row][column])]
    return [row for row, _ in found], [column for _, column in found]


def test_kappa_and_its_interval_are_those_of_the_textbook_and_of_psych() -> None:
    found = coder_agreement(*pairs(DIAGNOSES))
    # R: psych::cohen.kappa(x, n.obs = 100): 0.5045759581 0.6764705882 0.8483652184, var 0.00769180804828
    assert found.kappa == pytest.approx(0.676470588235)
    assert found.se**2 == pytest.approx(0.00769180804828)
    assert (found.low, found.high) == pytest.approx((0.5045759581, 0.8483652184))
    assert (found.observed, found.expected, found.pairs, found.left_out) == pytest.approx((0.89, 0.66, 100, 0))


@pytest.mark.parametrize(
    ("disagreement", "kappa"),
    # R: irr 0.84.1, kappa2(cbind(a, b), "unweighted" | "equal" | "squared")$value
    [(Disagreement.EQUAL, 0.594594594595), (Disagreement.LINEAR, 0.708333333333),
     (Disagreement.QUADRATIC, 0.807692307692)],
)  # fmt: skip
def test_the_weighted_forms_are_those_of_irr(disagreement: Disagreement, kappa: float) -> None:
    assert coder_agreement(FIRST, SECOND, disagreement=disagreement).kappa == pytest.approx(kappa)


@pytest.mark.parametrize(
    ("disagreement", "low", "high"),
    # R: vcd 1.4, confint(Kappa(table(a, b), weights = "Equal-Spacing" | "Fleiss-Cohen")). psych's error of the weighted
    # form is another: it takes the margins of the coders the other way round.
    [(Disagreement.EQUAL, 0.326542238671, 0.862646950518), (Disagreement.LINEAR, 0.491241967025, 0.925424699642),
     (Disagreement.QUADRATIC, 0.620661435489, 0.994723179895)],
)  # fmt: skip
def test_the_intervals_of_the_weighted_forms_are_those_of_vcd(
    disagreement: Disagreement, low: float, high: float
) -> None:
    found = coder_agreement(FIRST, SECOND, disagreement=disagreement)
    assert (found.low, found.high) == pytest.approx((low, high))


@pytest.mark.parametrize("disagreement", Disagreement)
def test_the_error_is_that_of_the_delta_method_taken_numerically(disagreement: Disagreement) -> None:
    size = 3
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / (size - 1)
    weights = {"equal": np.eye(size), "linear": 1 - distance, "quadratic": 1 - distance**2}[disagreement]

    def kappa(flat: Floats) -> float:
        shares = flat.reshape(size, size)
        expected = shares.sum(axis=1) @ weights @ shares.sum(axis=0)
        return float(((weights * shares).sum() - expected) / (1 - expected))

    shares = np.array(DIAGNOSES, dtype=np.float64).reshape(-1) / 100
    step = 1e-6
    slope = np.array(
        [(kappa(shares + step * one) - kappa(shares - step * one)) / (2 * step) for one in np.eye(size**2)]
    )
    variance = slope @ (np.diag(shares) - np.outer(shares, shares)) @ slope / 100
    found = coder_agreement(*pairs(DIAGNOSES), disagreement=disagreement)
    assert found.kappa == pytest.approx(kappa(shares))
    assert found.se**2 == pytest.approx(variance, rel=1e-5)


def test_two_categories_have_one_kappa_whatever_the_weights() -> None:
    found = [coder_agreement([0, 0, 1, 1, 1], [0, 1, 1, 1, 0], disagreement=kind) for kind in Disagreement]
    assert found[0] == found[1] == found[2]


def test_a_pair_with_a_missing_code_is_left_out_and_counted() -> None:
    found = coder_agreement([*FIRST, -9, 2, np.nan], [*SECOND, 1, np.nan, -2])
    whole = coder_agreement(FIRST, SECOND)
    assert (found.pairs, found.left_out) == (20, 3)
    assert (found.kappa, found.se) == (whole.kappa, whole.se)


def test_neither_the_order_of_pairs_nor_who_is_first_matters() -> None:
    order = np.random.default_rng(3).permutation(len(FIRST))
    for kind in Disagreement:
        one = coder_agreement(FIRST, SECOND, disagreement=kind)
        assert coder_agreement(np.array(FIRST)[order], np.array(SECOND)[order], disagreement=kind) == one
        other = coder_agreement(SECOND, FIRST, disagreement=kind)
        assert (other.kappa, other.se) == pytest.approx((one.kappa, one.se))


def test_a_category_that_nobody_gave_matters_to_weights_only() -> None:
    wider = [1, 2, 3, 4, 5]
    assert coder_agreement(FIRST, SECOND, categories=wider).kappa == pytest.approx(coder_agreement(FIRST, SECOND).kappa)
    wide = coder_agreement([1, 1, 3], [1, 3, 3], categories=[1, 2, 3], disagreement=Disagreement.LINEAR)
    assert wide.categories == (1, 2, 3)
    # In another order 3 lies next to 1, so a mistake between them weighs less; with two categories as far as can be.
    near = coder_agreement(FIRST, SECOND, categories=[1, 3, 2, 4], disagreement=Disagreement.LINEAR)
    assert near.kappa != pytest.approx(coder_agreement(FIRST, SECOND, disagreement=Disagreement.LINEAR).kappa)


def test_full_agreement_is_one_and_chance_is_none() -> None:
    full = coder_agreement([1, 2, 3, 3], [1, 2, 3, 3])
    assert (full.kappa, full.se, full.low, full.high) == (1.0, 0.0, 1.0, 1.0)
    assert coder_agreement([0, 0, 1, 1], [0, 1, 0, 1]).kappa == 0.0
    assert coder_agreement([0, 1], [1, 0]).kappa == -1.0


@pytest.mark.parametrize("kind", Disagreement)
def test_where_all_is_one_category_there_is_no_kappa_and_it_says_why(kind: Disagreement) -> None:
    found = coder_agreement([2, 2, 2], [2, 2, 2], categories=[1, 2], disagreement=kind)
    assert np.isnan([found.kappa, found.se, found.low, found.high]).all()
    assert "one and the same category" in found.reason
    single = coder_agreement([2], [3])
    assert single.kappa == 0.0


def refused(one: list[float], other: list[float], categories: list[int] | None = None) -> str:
    with pytest.raises(AnalysisError) as raised:
        coder_agreement(one, other, categories=categories)
    return str(raised.value)


def test_what_cannot_be_used_is_refused_with_what_is_wrong() -> None:
    assert refused([1, 2], [1]) == "One coder has 2 entries, the other 1."
    assert refused([1, 7], [1, 2], [1, 2, 3]) == "Code 7 was given and is not among the categories."
    assert refused([1.5], [1]) == "A code is a whole number, which 1.5 is not."
    assert refused([1], [1], [1, 1]) == "A category is listed twice."
    for one, other in ([], []), ([-9, 1], [1, -8]):
        with pytest.raises(NotEnoughData, match="No pair was coded by both"):
            coder_agreement(np.array(one, dtype=np.float64), np.array(other, dtype=np.float64))


def test_the_answer_is_plain_data() -> None:
    found = coder_agreement(FIRST, SECOND)
    assert isinstance(found, Agreement)
    assert hash(found) == hash(coder_agreement(FIRST, SECOND))


CODES_OF_ONE = [[1], [1], [2], [2, 3], [3], [1], [1, 2], [2], [3], [1], [2], [3]]
CODES_OF_OTHER = [[1], [1, 2], [2], [2], [3], [1], [1], [2], [2], [3], [2], [3]]


def test_pooled_kappa_of_several_codes_and_its_error_are_those_of_r() -> None:
    one, other = (code_table(given, (1, 2, 3)) for given in (CODES_OF_ONE, CODES_OF_OTHER))
    found = pooled_agreement(one, other)
    # R 4.2: o and e as means over codes; the error by numeric derivatives to the weight of each answer
    assert (found.kappa, found.se) == pytest.approx((0.58, 0.15126625527))
    assert (found.low, found.high) == pytest.approx((0.58 - 1.959964 * 0.15126625527, 0.58 + 1.959964 * 0.15126625527))
    assert [one.kappa for one in found.by_code] == pytest.approx([0.823529411765, 0.5, 0.4])
    assert (found.answers, found.identical) == (12, pytest.approx(7 / 12))


def test_pooled_kappa_of_one_code_is_cohens_with_its_error() -> None:
    one, other = pairs([[40, 9], [6, 20]])
    cohen, pooled = coder_agreement(one, other), pooled_agreement(*(np.array(x)[:, None] == 1 for x in (one, other)))
    assert (pooled.kappa, pooled.se) == pytest.approx((cohen.kappa, cohen.se))


def test_there_is_no_pooled_kappa_where_chance_alone_would_agree_and_none_without_answers() -> None:
    nobody = np.zeros((5, 2), dtype=np.bool_)
    assert np.isnan(pooled_agreement(nobody, nobody).kappa)
    with pytest.raises(NotEnoughData):
        pooled_agreement(nobody[:0], nobody[:0])
    with pytest.raises(AnalysisError):
        pooled_agreement(nobody, nobody[:, :1])
