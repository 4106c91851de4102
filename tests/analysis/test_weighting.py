"""Weights held against R's survey package: rake, postStratify, calibrate, trimWeights (R 4.2, survey 4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.analysis.weighting import Caps, calibrate, poststratify, rake, trim_weights, weight_quality
from surveyapp.errors import NotEnoughData, WeightsRefused

# i <- 0:23; d <- data.frame(a = i %% 3 + 1, b = (i * 7) %% 4 %/% 2 + 1, base = 1 + (i %% 5) / 2, x = (i * i) %% 11)
I = np.arange(24)  # noqa: E741  R's
A, B, BASE, X = I % 3 + 1, (I * 7) % 4 // 2 + 1, 1 + (I % 5) / 2, (I * I) % 11
CASES = pd.DataFrame({"a": A, "b": B, "x": X})
N = 1200
TARGETS: Mapping[str, Mapping[Any, float]] = {"a": {1: 240, 2: 300, 3: 660}, "b": {1: 480, 2: 720}}
SHARES = {name: {code: count / N for code, count in counts.items()} for name, counts in TARGETS.items()}


def test_raking_without_base_weights_is_that_of_r() -> None:
    # rake(svydesign(~1, weights = rep(1, 24), data = d), list(~a, ~b), list(pa, pb), list(maxit = 200, epsilon = 1e-9))
    found = rake(CASES, TARGETS, population=N)
    assert found.weights[:8] == pytest.approx([24, 45, 99, 24, 30, 99, 36, 30], rel=1e-9)
    assert found.weights.sum() == pytest.approx(N)
    assert found.keeps_targets
    assert found.error < 1e-6


def test_raking_from_base_weights_is_that_of_r() -> None:
    # rake(svydesign(~1, weights = ~base, data = d), list(~a, ~b), list(pa, pb), list(maxit = 200, epsilon = 1e-9))
    expected = [
        *(12.5434200607, 33.6028601119, 101.1797208013, 31.3585501518, 45.2168377296, 50.5898604007),
        *(27.9649005187, 30.1445584864, 85.0937055983, 55.9298010373, 22.4019067413, 51.0562233590),
        *(25.0868401215, 56.0047668532, 151.7695812020, 12.5434200607, 22.6084188648, 101.1797208013),
        *(46.6081675311, 45.2168377296, 34.0374822393, 27.9649005187, 44.8038134825, 85.0937055983),
    ]
    found = rake(CASES, TARGETS, BASE, population=N, tolerance=1e-11)
    assert found.weights == pytest.approx(expected, rel=1e-9)
    assert found.rounds > 1
    for line in found.lines:
        values = CASES[line.variable] == line.category
        assert line.n == values.sum()
        assert line.before == pytest.approx(BASE[values].sum() / BASE.sum())
        assert line.target == pytest.approx(SHARES[line.variable][line.category])
        assert line.after == pytest.approx(line.target, abs=1e-10)


def test_a_missing_background_is_a_category_of_its_own_at_the_share_it_has() -> None:
    # d$a2 <- ifelse(i %in% c(4, 17), 9, d$a); m <- sum(d$base[d$a2 == 9]) / sum(d$base)  # 0.106382978723
    # pa <- data.frame(a2 = c(1, 2, 3, 9), Freq = 1200 * c(c(.2, .25, .55) * (1 - m), m)); as above, maxit 200, 1e-10
    expected = [
        *(10.4624480968, 36.7348746880, 111.7661852417, 26.1561202420, 60.8497178809, 55.8830926208),
        *(25.8462657313, 29.7402126684, 84.8295594392, 51.6925314625, 24.4899164587, 50.8977356635),
        *(20.9248961936, 61.2247911467, 167.6492778625, 10.4624480968, 22.3051595013, 66.8098565872),
        *(43.0771095521, 44.6103190026, 33.9318237757, 25.8462657313, 48.9798329173, 84.8295594392),
    ]
    gone = np.isin(I, [4, 17])
    columns = [
        np.ma.masked_array(A, gone),
        np.where(gone, np.nan, A),
        pd.Series(A).astype("Int64").mask(gone),
        np.array([None if one else int(a) for a, one in zip(A, gone, strict=True)], dtype=object),
    ]
    for column in columns:
        found = rake({"a": column, "b": B}, TARGETS, BASE, population=N, tolerance=1e-11)
        assert found.weights == pytest.approx(expected, rel=1e-9)
        line = next(line for line in found.lines if line.category is None)
        assert line.n == 2
        assert line.target == pytest.approx(0.106382978723)
        assert line.before == line.target


def test_cells_are_those_of_r() -> None:
    # postStratify(w, ~a, pa), and with pc <- data.frame(a = rep(1:3, 2), b = rep(1:2, each = 3), Freq = ...): ~a + b
    one = poststratify(CASES, ["a"], TARGETS["a"], BASE, least=8, population=N)
    assert one.weights[:6] == pytest.approx([16, 27.2727272727, 85.1612903226, 40, 54.5454545455, 42.5806451613])
    assert one.method == "cells"
    counts = [100, 150, 200, 240, 250, 260]
    cells = dict(zip([(a, b) for b in (1, 2) for a in (1, 2, 3)], counts, strict=True))
    two = poststratify(CASES, ["a", "b"], cells, BASE, least=4, population=N)
    assert two.weights[:8] == pytest.approx(
        [15.3846153846, 53.5714285714, 65, 38.4615384615, 47.3684210526, 32.5, 42.3529411765, 31.5789473684]
    )
    assert two.lines[0].variable == "a × b"
    assert two.lines[0].category == (1, 1)


def test_a_small_cell_is_refused_or_joins_another() -> None:
    cells = {(a, b): 1 / 6 for a in (1, 2, 3) for b in (1, 2)}
    with pytest.raises(WeightsRefused, match="“a × b”: “1 × 1” has 4 of the 10 cases that a cell needs; merge it"):
        poststratify(CASES, ["a", "b"], cells)
    joins = {(1, 2): (1, 1), (2, 2): (2, 1), (3, 2): (3, 1)}
    found = poststratify(CASES, ["a", "b"], cells, least=8, merged=joins)
    assert [(line.category, line.n) for line in found.lines] == [((1, 1), 8), ((2, 1), 8), ((3, 1), 8)]
    assert found.weights == pytest.approx(np.ones(24))
    with pytest.raises(WeightsRefused, match="“1 × 2” joins “9 × 9”, which has no target"):
        poststratify(CASES, ["a", "b"], cells, least=8, merged={(1, 2): (9, 9)})


def test_calibration_is_that_of_r() -> None:
    # wn: the base weights made to add up to 1200; pop <- c(`(Intercept)` = 1200, x = 1200 * 4.6)
    # calibrate(wn, ~x, pop, calfun = "linear", epsilon = 1e-12)
    plain = calibrate(CASES, {"x": 4.6}, BASE, population=N)
    assert plain.weights[:6] == pytest.approx(
        [21.9401667484, 34.1638057872, 50.5659637077, 73.6537518391, 78.3560568906, 24.4472780775], rel=1e-9
    )
    # ... bounds = c(0.8, 1.15), maxit = 200
    bounded = calibrate(CASES, {"x": 4.6}, BASE, bounds=(0.8, 1.15), population=N)
    assert bounded.weights[:6] == pytest.approx(
        [21.8048773051, 34.0477872239, 50.7589346966, 73.4042553191, 78.8193445772, 24.4858198375], rel=1e-9
    )
    change = bounded.weights / BASE / (N / BASE.sum())
    assert (change.min(), change.max()) == pytest.approx((0.854024361118, 1.15))
    # ... calfun = "logit", bounds = c(0.7, 1.3)
    logit = calibrate(CASES, {"x": 4.6}, BASE, method="logit", bounds=(0.7, 1.3), population=N)
    assert logit.weights[:6] == pytest.approx(
        [21.9744061648, 34.0834803820, 50.6044021921, 73.5743138027, 78.6182353846, 24.4046821871], rel=1e-9
    )
    line = logit.lines[0]
    assert (line.before, line.target, line.after) == pytest.approx((4.29787234043, 4.6, 4.6))


def test_calibration_to_a_mean_and_a_share_is_that_of_r() -> None:
    # d$I2 <- as.numeric(d$a == 2); calibrate(wn, ~x + I2, c(1200, 1200 * 4.6, 1200 * .3), calfun = "logit",
    # bounds = c(0.5, 1.6)); the largest and smallest change are 1.230209215710 and 0.739600617991
    cases = {"x": X, "I2": (A == 2).astype(float)}
    found = calibrate(cases, {"x": 4.6, "I2": 0.3}, BASE, method="logit", bounds=(0.5, 1.6), population=N)
    assert found.weights[:6] == pytest.approx(
        [23.8609594070, 29.2381058371, 54.5386509872, 78.5239924922, 66.9373056444, 26.4063506268], rel=1e-8
    )
    assert found.method == "logit"


def test_trimming_once_for_all_is_that_of_r() -> None:
    weights = [0.2, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.3, 1.5, 2, 2.9, 6.5]
    # trimWeights(t, lower = 0.4, upper = 3), and strict = TRUE
    once = [0.40, 0.83, 1.03, 1.13, 1.23, 1.33, 1.43, 1.63, 1.83, 2.33, 3.23, 3.00]
    strict = [0.423, 0.853, 1.053, 1.153, 1.253, 1.353, 1.453, 1.653, 1.853, 2.353, 3.000, 3.000]
    assert trim_weights(weights, 0.4, 3, is_strict=False) == pytest.approx(once)
    assert trim_weights(weights, 0.4, 3) == pytest.approx(strict)
    assert trim_weights([1, 1, 1], 0.4, 3).tolist() == [1, 1, 1]
    with pytest.raises(WeightsRefused, match=r"The mean weight is 1.61667, which does not lie between 2 and 3"):
        trim_weights(weights, 2, 3)


def test_a_base_weight_beside_which_others_vanish_is_refused_and_the_scale_of_all_means_nothing() -> None:
    with pytest.raises(
        WeightsRefused, match=r"The base weight of case 3, 1e\+300, makes others vanish: the least is 1\."
    ):
        rake(CASES, TARGETS, np.where(I == 2, 1e300, 1.0), population=N)
    for scale in (1e307, 1e-300):
        assert rake(CASES, TARGETS, BASE * scale, population=N).weights == pytest.approx(
            rake(CASES, TARGETS, BASE, population=N).weights
        )
        assert calibrate(CASES, {"x": 4.6}, BASE * scale).weights == pytest.approx(
            calibrate(CASES, {"x": 4.6}, BASE).weights
        )


def test_effective_n_is_that_of_kish() -> None:
    found = weight_quality([1, 1, 2])
    assert found.effective_n == pytest.approx(16 / 6)
    assert (found.efficiency, found.design_effect) == pytest.approx((16 / 18, 18 / 16))
    assert (found.lowest, found.highest) == pytest.approx((0.75, 1.5))
    equal = weight_quality([0.1] * 7)
    assert (equal.effective_n, equal.efficiency, equal.design_effect) == pytest.approx((7, 1, 1))


def crossed(n: int = 600, seed: int = 5) -> dict[str, np.ndarray[Any, Any]]:
    draws = np.random.default_rng(seed)
    return {"a": draws.choice(3, n, p=[0.6, 0.3, 0.1]), "b": draws.choice(2, n, p=[0.8, 0.2])}


FAR: dict[str, dict[Any, float]] = {"a": {0: 0.3, 1: 0.3, 2: 0.4}, "b": {0: 0.5, 1: 0.5}}


def test_trimming_in_the_rounds_keeps_margins_and_caps_together() -> None:
    cases = crossed()
    free = rake(cases, FAR)
    assert free.quality.highest > 8
    found = rake(cases, FAR, caps=Caps(0.05, 6.5))
    assert found.keeps_targets
    assert found.error < 1e-6
    assert found.weights.mean() == pytest.approx(1)
    assert found.weights.min() >= 0.05 - 1e-9
    assert found.weights.max() <= 6.5 + 1e-9
    assert 0 < found.quality.trimmed < 0.05
    assert found.quality.effective_n > free.quality.effective_n
    for name, targets in FAR.items():
        for category, share in targets.items():
            assert found.weights[cases[name] == category].sum() / 600 == pytest.approx(share, abs=1e-6)


def test_caps_that_cannot_hold_with_the_margins_say_by_how_much() -> None:
    cases = crossed()
    found = rake(cases, FAR, caps=Caps(0.3, 2))
    assert not found.keeps_targets
    assert found.weights.mean() == pytest.approx(1)
    assert found.weights.min() >= 0.3 - 1e-9
    assert found.weights.max() <= 2 + 1e-9
    # a tenth of the cases at twice the mean can be no more than a fifth
    most = 2 * (cases["a"] == 2).mean()
    assert found.worst.category == 2
    assert found.worst.after == pytest.approx(most)
    assert found.error == pytest.approx(0.4 - most)


def test_caps_that_nothing_reaches_change_nothing() -> None:
    plain = rake(CASES, SHARES, BASE)
    found = rake(CASES, SHARES, BASE, caps=Caps(0.01, 50))
    assert found.weights.tolist() == plain.weights.tolist()
    assert found.quality.trimmed == 0


@pytest.mark.parametrize(
    ("cases", "targets", "message"),
    [
        ({"a": [1, 1, 2]}, {"a": {1: 0.5, 2: 0.3, 3: 0.2}}, "“a”: “3” has a target and no cases."),
        ({"a": [1, 1, 2]}, {"a": {1: 1.0}}, "“a”: there are cases of “2”, which has no target."),
        ({"a": [1, 1, 2]}, {"a": {1: 1.0, 2: 0}}, "“a”: “2” has cases and the target 0"),
        ({"a": [1, 1, 2]}, {"a": {1: 0.5, 2: 0.4}}, "“a”: the targets add up to 0.9 instead of 1."),
        ({"a": [1, 1, 2]}, {"a": {1: 1.5, 2: -0.5}}, "“a”: the target of “2” is -0.5, which is no share."),
        ({"a": [1, 1, 2]}, {"a": {1: float("nan"), 2: 1}}, "“a”: the target of “1” is nan, which is no share."),
        ({"a": [1, 1, 2]}, {"b": {1: 1.0}}, "There is no background “b”."),
        ({"a": [1, 1, 2]}, {}, "There is no background to rake to."),
        (
            {"a": [1, 1, 2, 2], "b": [1, 1, 2, 2]},
            {"a": {1: 0.5, 2: 0.5}, "b": {1: 0.4, 2: 0.6}},
            "The targets contradict each other: “a”: “1” comes to 0.4000, not to 0.5000.",
        ),
    ],
)
def test_targets_that_cannot_be_are_refused_by_name(
    cases: dict[str, list[int]], targets: dict[str, dict[int, float]], message: str
) -> None:
    with pytest.raises(WeightsRefused) as refused:
        rake({name: np.array(values) for name, values in cases.items()}, targets)
    assert message in str(refused.value)


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_a_base_weight_that_is_no_number_above_0_is_refused(weight: float) -> None:
    base = BASE.copy()
    base[3] = weight
    said = f"Case 4 has the base weight {weight:g}; every one must be a number above 0"
    with pytest.raises(WeightsRefused, match=said):
        rake(CASES, SHARES, base)
    with pytest.raises(WeightsRefused, match=said):
        calibrate(CASES, {"x": 4}, base)


def test_counts_that_are_of_other_populations_are_refused() -> None:
    with pytest.raises(WeightsRefused, match="“b”: the targets add up to 1190 instead of 1200"):
        rake(CASES, {**TARGETS, "b": {1: 470, 2: 720}}, population=N)


def test_nobody_cannot_be_weighted() -> None:
    with pytest.raises(NotEnoughData, match="There are no cases to weight"):
        rake({"a": np.array([])}, {"a": {1: 1.0}})
    with pytest.raises(NotEnoughData, match="There are no cases to weight"):
        calibrate({"a": np.array([])}, {"a": 1.0})
    with pytest.raises(NotEnoughData, match="There are no cases to weight"):
        weight_quality([])


def test_caps_and_bounds_lie_on_either_side_of_1() -> None:
    with pytest.raises(WeightsRefused, match=r"The caps 1.2 and 3 must lie on either side of the mean weight, 1."):
        Caps(1.2, 3)
    with pytest.raises(WeightsRefused, match=r"The bounds 0.5 and 0.9 must lie above 0 and on either side of 1."):
        calibrate(CASES, {"x": 4}, bounds=(0.5, 0.9))


def test_a_mean_that_no_weights_give_is_refused_by_name() -> None:
    with pytest.raises(WeightsRefused, match="“x”: no case is at or beyond the mean 12 on one side of it"):
        calibrate(CASES, {"x": 12})
    with pytest.raises(WeightsRefused, match=r"“x” gets no nearer to the mean 8 than \d"):
        calibrate(CASES, {"x": 8}, bounds=(0.8, 1.2))
    with pytest.raises(WeightsRefused, match="“y” is no number for every case"):
        calibrate({"y": np.array([1, np.nan, 2])}, {"y": 1.5})
    same = {"x": X, "y": 2 * X}
    with pytest.raises(WeightsRefused, match="contradict each other"):
        calibrate(same, {"x": 4.6, "y": 9})
    assert calibrate(same, {"x": 4.6, "y": 9.2}).weights == pytest.approx(calibrate(same, {"x": 4.6}).weights)


def test_a_thing_with_one_value_keeps_its_mean() -> None:
    cases = {"x": X, "one": np.ones(24)}
    assert calibrate(cases, {"x": 4.6, "one": 1}, BASE).weights == pytest.approx(
        calibrate(cases, {"x": 4.6}, BASE).weights
    )
    assert rake({"a": np.array([7, 7, 7])}, {"a": {7: 1.0}}, [1.0, 2.0, 3.0]).weights.tolist() == [0.5, 1, 1.5]
    assert rake({"a": np.array([7])}, {"a": {7: 1.0}}).weights.tolist() == [1.0]


@given(seed=st.integers(0, 10_000), scale=st.sampled_from([1e-6, 0.37, 1000.0]))
@settings(max_examples=12, deadline=None)
def test_the_order_of_cases_and_the_scale_of_base_weights_mean_nothing(seed: int, scale: float) -> None:
    draws = np.random.default_rng(seed)
    n = 120
    cases = {"a": draws.integers(0, 3, n), "b": draws.integers(0, 4, n)}
    base = draws.choice([0.4, 0.9, 1.7, 2.2], n)
    order = draws.permutation(n)
    targets: dict[str, dict[Any, float]] = {
        "a": dict(enumerate(draws.dirichlet([20, 20, 20]))),
        "b": dict(enumerate(draws.dirichlet([20] * 4))),
    }
    for caps in (None, Caps(0.3, 1.8)):
        found = rake(cases, targets, base, caps=caps)
        turned = rake({name: values[order] for name, values in cases.items()}, targets, base[order], caps=caps)
        assert turned.weights.tolist() == found.weights[order].tolist()
        assert turned.quality == found.quality
        scaled = rake(cases, targets, base * scale, caps=caps)
        assert scaled.weights == pytest.approx(found.weights, rel=1e-9)
    means = {"a": 1.1}
    calibrated = calibrate(cases, means, base, method="logit", bounds=(0.3, 3))
    assert calibrate(cases, means, base * scale, method="logit", bounds=(0.3, 3)).weights == pytest.approx(
        calibrated.weights, rel=1e-9
    )


def test_weights_that_are_right_already_stay() -> None:
    shares = {name: dict(CASES[name].value_counts(normalize=True)) for name in ("a", "b")}
    found = rake(CASES, shares)
    assert found.rounds == 1
    assert found.weights == pytest.approx(np.ones(24), rel=1e-12)
    assert found.quality.efficiency == pytest.approx(1)


def test_words_are_categories_too() -> None:
    cases = pd.DataFrame({"sector": ["public"] * 3 + ["private"] * 5}, dtype="category")
    found = rake(cases, {"sector": {"public": 0.5, "private": 0.5}})
    assert found.weights[:3] == pytest.approx(4 / 3)
    with pytest.raises(WeightsRefused, match="cases of “private”, which has no target"):
        rake(cases, {"sector": {"public": 1.0}})
