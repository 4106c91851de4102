"""Alpha, one factor and scale scores: held against R's psych and factanal, and against what must not matter."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from surveyapp.analysis.alpha import reliability
from surveyapp.analysis.factors import one_factor
from surveyapp.analysis.scales import scale_scores
from surveyapp.errors import NotEnoughData, UnfitData
from tests.analysis.attitude import ATTITUDE, WEIGHTS


def test_alpha_is_that_of_r_with_feldts_interval() -> None:
    found = reliability(ATTITUDE)
    # R psych 2.2.9: alpha(attitude), alpha.ci
    assert (found.n, found.alpha, found.standardised) == (30, pytest.approx(0.8431427696), pytest.approx(0.839083803))
    assert (found.low, found.high) == (pytest.approx(0.739375685643), pytest.approx(0.915773072160))
    rest = [0.6712620572, 0.7421097102, 0.5607111115, 0.7144454981, 0.7862755938, 0.2650343392, 0.4608105495]
    without = [0.8097602063, 0.7969174573, 0.8278477659, 0.8030309750, 0.7953865742, 0.8638723114, 0.8404648683]
    assert [item.rest_correlation for item in found.items] == pytest.approx(rest)
    assert [item.alpha_without for item in found.items] == pytest.approx(without)
    assert (found.items[0].mean, found.items[0].sd) == (pytest.approx(64.63333333), pytest.approx(12.172561948))
    assert found.negative == ()


def test_weighted_alpha_and_omega_rest_on_rs_weighted_covariances() -> None:
    # R survey 4.1: svyvar, then alpha by its formula; factanal(covmat =) for omega
    found = reliability(ATTITUDE, WEIGHTS)
    assert (found.alpha, found.standardised) == (pytest.approx(0.8285688914), pytest.approx(0.8216329979))
    assert found.effective_n == pytest.approx(35**2 / 52.5)
    assert one_factor(ATTITUDE, WEIGHTS).omega == pytest.approx(0.8485897749, abs=1e-7)


def test_an_item_that_was_not_turned_is_named() -> None:
    turned = ATTITUDE | {"critical": 100 - ATTITUDE["critical"]}
    found = reliability(turned)
    assert found.negative == ("critical",)
    assert found.alpha == pytest.approx(0.776454054258)  # psych, which warns of the same item
    assert found.items[5].rest_correlation == pytest.approx(-0.265034339197)


def test_one_factor_is_that_of_r_with_omega_of_its_loadings() -> None:
    found = one_factor(ATTITUDE)
    # R 4.2: factanal(attitude, 1); omega from loadings times sd
    loadings = [0.8524773625, 0.9022410775, 0.5927055588, 0.7306966714, 0.7649943310, 0.2460927702, 0.3778453049]
    own = [0.2732823426, 0.1859610410, 0.6487001174, 0.4660823699, 0.4147836740, 0.9394383593, 0.8572329519]
    assert [item.standardised for item in found.items] == pytest.approx(loadings, abs=1e-6)
    assert [item.uniqueness for item in found.items] == pytest.approx(own, abs=1e-6)
    assert found.items[0].loading == pytest.approx(0.8524773625 * 12.172561948, abs=1e-5)
    assert found.omega == pytest.approx(0.8563267923, abs=1e-7)
    assert (found.heywood, found.has_converged) == ((), True)


def test_a_unit_of_its_own_for_an_item_changes_no_standardised_loading() -> None:
    wide = ATTITUDE | {"raises": ATTITUDE["raises"] * 1000}
    standardised = [item.standardised for item in one_factor(wide).items]
    assert standardised == pytest.approx([item.standardised for item in one_factor(ATTITUDE).items], abs=1e-6)


def test_an_item_without_a_part_of_its_own_is_called_a_heywood_case() -> None:
    # r of .9 and .9 with one item, .5 between the others: its communality would be .9 · .9 ÷ .5 = 1.62
    r = np.array([[1, 0.9, 0.9], [0.9, 1, 0.65], [0.9, 0.65, 1]])
    made = _with_covariance(r)
    found = one_factor(dict(zip("abc", made.T, strict=True)))
    assert found.heywood == ("a",)


def _with_covariance(r: np.ndarray) -> np.ndarray:
    """Sixty cases whose covariances are exactly these."""
    noise = np.random.default_rng(3).normal(size=(60, len(r)))
    noise -= noise.mean(axis=0)
    white = noise @ np.linalg.inv(np.linalg.cholesky(np.cov(noise.T)).T)
    return np.asarray(white @ np.linalg.cholesky(r).T)


def test_three_items_have_the_loadings_of_their_correlations() -> None:
    # Just identified: loading of a = √(r_ab r_ac ÷ r_bc) (Spearman 1904) = √(.42 · .35 ÷ .30) = .7
    made = _with_covariance(np.array([[1, 0.42, 0.35], [0.42, 1, 0.30], [0.35, 0.30, 1]]))
    found = one_factor(dict(zip("abc", made.T, strict=True)))
    assert [item.standardised for item in found.items] == pytest.approx([0.7, 0.6, 0.5], abs=1e-6)
    assert found.omega == pytest.approx(1.8**2 / (1.8**2 + 0.51 + 0.64 + 0.75), abs=1e-6)


def test_alpha_does_not_depend_on_order_missing_cases_or_the_scale_of_weights() -> None:
    order = np.random.default_rng(1).permutation(30)
    shuffled = {name: values[order] for name, values in ATTITUDE.items()}
    assert reliability(shuffled).alpha == pytest.approx(reliability(ATTITUDE).alpha, rel=1e-13)
    assert reliability(ATTITUDE, WEIGHTS * 1000).alpha == pytest.approx(reliability(ATTITUDE, WEIGHTS).alpha, rel=1e-13)
    assert asdict(reliability(ATTITUDE, np.full(30, 7.3))) == asdict(reliability(ATTITUDE))
    holed = {name: np.append(values, np.nan if name == "raises" else 50) for name, values in ATTITUDE.items()}
    assert asdict(reliability(holed)) == asdict(reliability(ATTITUDE))
    assert asdict(one_factor(holed)) == asdict(one_factor(ATTITUDE))


def test_a_frame_with_pandas_own_missing_values_is_read_like_arrays() -> None:
    frame = pd.DataFrame(ATTITUDE).astype("Int64")
    frame.loc[3, "raises"] = pd.NA
    by_hand = {name: np.delete(values, 3) for name, values in ATTITUDE.items()}
    assert asdict(reliability(frame)) == asdict(reliability(by_hand))


def test_what_cannot_be_a_scale_is_refused_by_name() -> None:
    a, b, c = (ATTITUDE[name] for name in ("rating", "raises", "advance"))
    with pytest.raises(UnfitData, match="same answer to “flat”"):
        reliability({"a": a, "flat": np.full(30, 4.0)})
    with pytest.raises(NotEnoughData, match="one: a"):
        reliability({"a": a})
    with pytest.raises(NotEnoughData, match="There are no variables"):
        reliability({})
    with pytest.raises(NotEnoughData, match="Only 0 answered all of these: a, b"):
        reliability({"a": a, "b": np.full(30, np.nan)})
    with pytest.raises(NotEnoughData, match="Only 1 answered all of these"):
        reliability({"a": [4.0], "b": [5.0]})
    with pytest.raises(UnfitData, match="“b” holds something that is no number"):
        reliability({"a": [1, 2], "b": ["x", "y"]})
    with pytest.raises(UnfitData, match="“b” holds a number without end"):
        reliability({"a": [1, 2], "b": [1, np.inf]})
    with pytest.raises(UnfitData, match="not of one length: a, b"):
        reliability({"a": [1, 2], "b": [1, 2, 3]})
    with pytest.raises(NotEnoughData, match="One factor needs three items; here are 2: a, b"):
        one_factor({"a": a, "b": b})
    with pytest.raises(
        NotEnoughData, match="Only 3 answered all of these; one factor needs more people than items, here 3"
    ):
        one_factor({"a": a[:3], "b": b[:3], "c": c[:3]})
    with pytest.raises(UnfitData, match="made of each other: a, b, both"):
        one_factor({"a": a, "b": b, "c": c, "both": a + b})


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.nan, np.inf])
def test_a_weight_that_is_no_number_above_0_is_refused(wrong: float) -> None:
    with pytest.raises(UnfitData, match="weight"):
        reliability(ATTITUDE, np.where(np.arange(30) == 4, wrong, WEIGHTS))


def test_weights_of_another_length_are_refused() -> None:
    with pytest.raises(UnfitData, match="Cases: 30; weights: 29"):
        reliability(ATTITUDE, WEIGHTS[1:])


def test_items_that_cancel_out_have_no_alpha_and_no_warning() -> None:
    a = ATTITUDE["rating"]
    found = reliability({"a": a, "b": -a})
    assert found.alpha == float("-inf")
    assert found.negative == ("a", "b")


def test_a_scale_score_is_the_mean_of_valid_items_from_0_to_100() -> None:
    nan = np.nan
    items = {"a": [1, 5, 4, 4, nan, nan], "b": [1, 5, 5, nan, nan, nan], "c": [5, 1, nan, nan, 3, nan]}
    # (4 + 5) ÷ 2 = 4.5 is 87.5; one of three is not two thirds (by hand)
    found = scale_scores(items, 1, 5, reversed_items=["c"])
    assert found == pytest.approx([0, 100, 87.5, nan, nan, nan], nan_ok=True)
    assert scale_scores(items, 1, 5, reversed_items=["c"], least=0) == pytest.approx(
        [0, 100, 87.5, 75, 50, nan], nan_ok=True
    )


def test_a_code_outside_the_scale_is_refused_by_name() -> None:
    with pytest.raises(UnfitData, match="“b” holds 0, which is not one of 1 to 5"):
        scale_scores({"a": [1, 2], "b": [3, 0]}, 1, 5)
    with pytest.raises(UnfitData, match="There is no “z”"):
        scale_scores({"a": [1, 2]}, 1, 5, reversed_items=["z"])
    with pytest.raises(UnfitData, match="from 5 to 5 has no length"):
        scale_scores({"a": [5, 5]}, 5, 5)
    assert scale_scores({"a": []}, 1, 5).shape == (0,)
