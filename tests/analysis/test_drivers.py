"""Relative importance: held against all orders of entry done in R, Johnson's weights, svyglm, and invariances."""

from __future__ import annotations

from dataclasses import asdict
from itertools import permutations

import numpy as np
import pytest

from surveyapp.analysis.drivers import Method, Quadrant, quadrant, relative_importance
from surveyapp.analysis.importance import explained, johnson, lmg
from surveyapp.errors import NotEnoughData, UnfitData
from tests.analysis.attitude import ATTITUDE, DRIVERS, WEIGHTS

RATING = ATTITUDE["rating"]
# R 4.2: the gain in R² of each driver over all 720 orders in which the six may enter (relaimpo's lmg)
LMG = [0.37081619431933, 0.05090379297154, 0.15576599016914, 0.12034507940363, 0.00658872254586, 0.02818221312165]
WEIGHTED_LMG = [
    0.33858349295443,
    0.04550499944556,
    0.20441063103738,
    0.1004596624657,
    0.00613073723421,
    0.04490158899777,
]
# R: Λ = the root of the drivers' correlations, Λ² (Λ⁻¹ r)² (Johnson 2000)
JOHNSON = [0.36276019965813, 0.05600227877885, 0.16361091075053, 0.12178039968822, 0.00825546649644, 0.02019273715898]
WEIGHTED_JOHNSON = [
    *[0.33335235135692, 0.05250463814256, 0.21093723753246],
    *[0.1047167911458, 0.00543087240728, 0.03304922155003],
]


def test_lmg_and_johnson_are_those_of_r() -> None:
    found = relative_importance(RATING, DRIVERS, outcome_name="rating")
    assert found.r2 == pytest.approx(0.732601992531)  # summary(lm(rating ~ ., attitude))
    assert [driver.lmg for driver in found.drivers] == pytest.approx(LMG)
    assert [driver.johnson for driver in found.drivers] == pytest.approx(JOHNSON)
    assert [driver.importance for driver in found.drivers] == pytest.approx(np.array(LMG) / 0.732601992531)
    assert (found.method, found.n, found.used) == (Method.LMG, 30, 1000)


def test_weighted_importance_rests_on_rs_weighted_covariances() -> None:
    found = relative_importance(RATING, DRIVERS, WEIGHTS, resamples=0)
    assert found.r2 == pytest.approx(0.739991112135)
    assert [driver.lmg for driver in found.drivers] == pytest.approx(WEIGHTED_LMG)
    assert [driver.johnson for driver in found.drivers] == pytest.approx(WEIGHTED_JOHNSON)


def test_betas_are_tested_as_svyglm_does() -> None:
    # R survey 4.1: svyglm(rating ~ .) with weights of 1 and with WEIGHTS; betas of lm(); VIF = diag(solve(cor(x)))
    found = relative_importance(RATING, DRIVERS, resamples=0)
    betas = [0.6707252044, -0.0734274277, 0.3088702437, 0.069811715, 0.0311997486, -0.1834644500]
    vifs = [2.66706030826, 1.60089140738, 2.27104315805, 3.07822621819, 1.22810896721, 1.95159079115]
    p = [6.25828915e-06, 0.501868368, 0.0277888107, 0.577051376, 0.802445284, 0.143609999]
    assert [driver.beta for driver in found.drivers] == pytest.approx(betas)
    assert [driver.vif for driver in found.drivers] == pytest.approx(vifs)
    assert [driver.p for driver in found.drivers] == pytest.approx(p)
    weighted = [7.26043033921e-05, 0.657103493, 0.00135803735, 0.320247304, 0.790434733, 0.0277942011]
    found = relative_importance(RATING, DRIVERS, WEIGHTS, resamples=0)
    assert [driver.p for driver in found.drivers] == pytest.approx(weighted)


def test_two_drivers_have_the_same_shares_by_either_method() -> None:
    r = np.array([[1, 0.6, 0.5], [0.6, 1, 0.4], [0.5, 0.4, 1]])
    # R² = (.36 + .25 − 2 · .6 · .5 · .4) ÷ .84; the first: half of .36 and of what it adds to .25 (by hand)
    assert explained(r).tolist() == pytest.approx([0, 0.25, 0.36, 0.37 / 0.84])
    assert lmg(r).tolist() == pytest.approx([(0.36 + 0.37 / 0.84 - 0.25) / 2, (0.25 + 0.37 / 0.84 - 0.36) / 2])
    assert johnson(r).tolist() == pytest.approx(lmg(r).tolist())


def test_lmg_is_the_mean_over_all_orders_for_many_correlations_at_once() -> None:
    rng = np.random.default_rng(5)
    several = np.stack([np.corrcoef(rng.normal(size=(5, 40)) + rng.normal(size=40)) for _ in range(3)])
    for r, found in zip(several, lmg(several), strict=True):
        gains = np.zeros(4)
        orders = list(permutations(range(1, 5)))
        for order in orders:
            before = 0.0
            for at in range(1, 5):
                s = list(order[:at])
                r2 = r[0, s] @ np.linalg.solve(r[np.ix_(s, s)], r[s, 0])
                gains[order[at - 1] - 1] += r2 - before
                before = r2
        assert found.tolist() == pytest.approx((gains / len(orders)).tolist())


def test_the_interval_holds_the_share_and_comes_back_with_the_same_seed() -> None:
    found = relative_importance(RATING, DRIVERS)
    assert all(driver.low <= driver.importance <= driver.high for driver in found.drivers)
    assert asdict(found) == asdict(relative_importance(RATING, DRIVERS))
    other = relative_importance(RATING, DRIVERS, seed=2)
    assert other.drivers[0].low != found.drivers[0].low
    assert other.drivers[0].importance == found.drivers[0].importance


def test_the_interval_is_the_percentiles_of_resamples_done_one_by_one() -> None:
    names = ["complaints", "learning"]
    found = relative_importance(RATING, {name: DRIVERS[name] for name in names}, resamples=200, seed=9)
    together = np.column_stack([RATING, *(DRIVERS[name] for name in names)])
    # the order of the cases: by their answers, the last name of the alphabet counting most
    together = together[np.lexsort([together[:, 1], together[:, 2], together[:, 0]])]
    shares = []
    for counts in np.random.default_rng(9).multinomial(30, np.full(30, 1 / 30), size=200):
        parts = lmg(np.corrcoef(np.repeat(together, counts, axis=0).T))
        shares.append(parts / parts.sum())
    low, high = np.quantile(shares, [0.025, 0.975], axis=0)
    assert [driver.low for driver in found.drivers] == pytest.approx(low.tolist())
    assert [driver.high for driver in found.drivers] == pytest.approx(high.tolist())


def test_nothing_depends_on_the_order_of_cases_or_the_scale_of_weights() -> None:
    order = np.random.default_rng(1).permutation(30)
    shuffled = {name: values[order] for name, values in DRIVERS.items()}
    assert asdict(relative_importance(RATING[order], shuffled, WEIGHTS[order])) == asdict(
        relative_importance(RATING, DRIVERS, WEIGHTS)
    )
    assert asdict(relative_importance(RATING, DRIVERS, np.full(30, 0.3))) == asdict(
        relative_importance(RATING, DRIVERS)
    )
    thousand = relative_importance(RATING, DRIVERS, WEIGHTS * 1024)
    assert [driver.low for driver in thousand.drivers] == pytest.approx(
        [driver.low for driver in relative_importance(RATING, DRIVERS, WEIGHTS).drivers]
    )


def test_who_misses_a_driver_is_left_out_as_by_hand() -> None:
    holed = DRIVERS | {"raises": np.where(np.arange(30) == 7, np.nan, DRIVERS["raises"])}
    by_hand = {name: np.delete(values, 7) for name, values in DRIVERS.items()}
    assert asdict(relative_importance(RATING, holed)) == asdict(relative_importance(np.delete(RATING, 7), by_hand))


def test_collinear_drivers_are_refused_by_their_names() -> None:
    with pytest.raises(UnfitData, match=r"“sum” is made up of “complaints”, “raises”; leave one of them out"):
        relative_importance(RATING, DRIVERS | {"sum": DRIVERS["complaints"] + 2 * DRIVERS["raises"]})
    with pytest.raises(UnfitData, match=r"“again” is made up of “learning”"):
        relative_importance(RATING, DRIVERS | {"again": 100 - DRIVERS["learning"]})


def test_other_bad_input_is_refused_by_name() -> None:
    with pytest.raises(UnfitData, match="same answer to “mark”"):
        relative_importance(np.full(30, 7), DRIVERS, outcome_name="mark")
    with pytest.raises(UnfitData, match="“rating” cannot drive itself"):
        relative_importance(RATING, ATTITUDE, outcome_name="rating")
    with pytest.raises(NotEnoughData, match="Only 7 answered all of these; so many drivers need 8"):
        relative_importance(RATING[:7], {name: values[:7] for name, values in DRIVERS.items()})
    with pytest.raises(NotEnoughData, match="Only 0 answered all of these"):
        relative_importance(np.full(30, np.nan), DRIVERS)
    with pytest.raises(NotEnoughData, match="There are no variables"):
        relative_importance(RATING, {})
    many = {f"d{at}": np.random.default_rng(at).normal(size=60) for at in range(16)}
    outcome = np.random.default_rng(99).normal(size=60)
    with pytest.raises(UnfitData, match="LMG takes 15 drivers at most; here are 16"):
        relative_importance(outcome, many, method=Method.LMG)
    assert relative_importance(outcome, many, resamples=50).method is Method.JOHNSON


def test_one_driver_explains_all_that_is_explained() -> None:
    found = relative_importance(RATING, {"learning": DRIVERS["learning"]}, resamples=100)
    assert found.drivers[0].importance == found.drivers[0].low == found.drivers[0].high == 1
    assert found.r2 == pytest.approx(float(np.corrcoef(RATING, DRIVERS["learning"])[0, 1]) ** 2)


def test_a_quadrant_is_told_by_the_crossing() -> None:
    found = relative_importance(RATING, DRIVERS, resamples=0)
    means = [float(values.mean()) for values in DRIVERS.values()]
    assert found.crossing == (pytest.approx(1 / 6), pytest.approx(sum(means) / 6))
    assert [driver.quadrant for driver in found.drivers[:3]] == [Quadrant.KEEP, Quadrant.WATCH, Quadrant.IMPROVE]
    assert quadrant(0.1, 5, (0.2, 4)) is Quadrant.MAINTAIN
