"""Pairs, groups, profiles, gaps, trends and recommendation: held against R, and against what must not matter."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from surveyapp.analysis.differences import mean_difference, mean_of, paired_difference, share_difference
from surveyapp.analysis.mirrored import gaps
from surveyapp.analysis.profiles import profile_steps
from surveyapp.analysis.promoters import recommendation, recommendation_change
from surveyapp.analysis.waves import WaveValues, trend
from surveyapp.errors import NotEnoughData, UnfitData
from tests.analysis.attitude import ATTITUDE, SLEEP, WEIGHTS

FIRST, SECOND = SLEEP
PEOPLE = np.arange(10)
NAN = float("nan")


def test_a_paired_difference_is_that_of_r() -> None:
    found = paired_difference(FIRST, SECOND)  # t.test(second, first, paired = TRUE)
    assert (found.value, found.p, found.degrees) == (pytest.approx(1.58), pytest.approx(0.0028328902), 9)
    assert (found.low, found.high) == (pytest.approx(0.700114236723), pytest.approx(2.459885763277))


def test_a_weighted_paired_difference_is_that_of_svymean() -> None:
    found = paired_difference(FIRST, SECOND, np.tile([1, 2, 0.5, 1, 3], 2))
    # R survey 4.1: svymean of the differences, t with sum(w)^2 / sum(w^2) - 1
    assert (found.value, found.se) == (pytest.approx(1.45), pytest.approx(0.40592068799))
    assert (found.degrees, found.p) == (pytest.approx(6.3770491803279), pytest.approx(0.0106057597052))


def test_the_difference_of_two_groups_is_that_of_r() -> None:
    found = mean_difference(FIRST, SECOND)  # t.test(second, first)
    assert (found.value, found.degrees) == (pytest.approx(1.58), pytest.approx(17.77647352))
    assert (found.p, found.low) == (pytest.approx(0.0793941402), pytest.approx(-0.205483230712))


def test_the_difference_of_two_shares_has_newcombes_interval() -> None:
    found = share_difference(_shares(48, 80), _shares(56, 70))
    # Newcombe (1998), table II, (a): 56/70 - 48/80, method 10
    assert found.value == pytest.approx(0.2)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    assert share_difference(_shares(45, 100), _shares(60, 100)).p == pytest.approx(0.0337, abs=5e-5)  # prop.test
    assert np.isnan(share_difference(_shares(1, 20), _shares(3, 20)).p)  # fewer than five expected
    with pytest.raises(UnfitData, match="“second” holds something else"):
        share_difference([0, 1], [0, 2])


def _shares(hits: int, n: int) -> np.ndarray:
    return np.arange(n) < hits


def test_weights_of_any_one_size_leave_a_difference_of_shares_as_it_is() -> None:
    plain = share_difference(_shares(48, 80), _shares(56, 70))
    assert share_difference(_shares(48, 80), _shares(56, 70), np.full(80, 2.5), np.full(70, 0.1)) == plain
    weights = np.linspace(1, 2, 80)
    one = share_difference(_shares(48, 80), _shares(56, 70), weights)
    other = share_difference(_shares(48, 80), _shares(56, 70), weights * 1000)
    assert (one.p, one.low) == (pytest.approx(other.p), pytest.approx(other.low))


def test_a_profile_steps_are_paired_and_corrected_as_r_does() -> None:
    found = profile_steps(ATTITUDE, order=["privileges", "learning", "raises", "advance"])
    # t.test(paired = TRUE) of each with the next, and of the last with the first; p.adjust(method = "holm")
    p = [0.153188027085, 4.62396717326e-05, 3.67310530480e-13]
    adjusted = [0.153188027085, 1.38719015198e-04, 1.46924212192e-12]
    assert [step.difference.p for step in found.steps] == pytest.approx(p)
    assert [step.difference.adjusted for step in found.steps] == pytest.approx(adjusted)
    assert (found.whole.first, found.whole.second) == ("privileges", "advance")
    assert found.whole.difference.adjusted == pytest.approx(3.56467388073e-04)
    assert [mean.value for mean in found.means] == pytest.approx(
        [53.1333333333, 56.3666666667, 64.6333333333, 42.9333333333]
    )


def test_a_step_rests_on_those_who_have_both_phases() -> None:
    a, b = np.array([1, 2, 3, NAN, 5]), np.array([2, 2, NAN, 4, 9])
    found = profile_steps({"a": a, "b": b})
    assert found.steps[0].difference.n == 3
    assert found.steps[0].difference.value == pytest.approx(5 / 3)
    assert [mean.n for mean in found.means] == [4, 4]
    assert found.whole == found.steps[0]


def test_gaps_are_those_of_r_corrected_over_the_questions() -> None:
    first = np.arange(30) < 14
    found = gaps({name: ATTITUDE[name] for name in ("rating", "complaints", "advance")}, first, ~first)
    # t.test(x[15:30], x[1:14]); p.adjust(method = "holm")
    assert [gap.difference.value for gap in found] == pytest.approx([0.919642857143, 1.125, 8.3125])
    assert [gap.difference.low for gap in found] == pytest.approx([-8.199136989555, -8.780668067293, 1.3432342825123])
    assert [gap.difference.p for gap in found] == pytest.approx([0.837731651349, 0.817263903705, 0.0213163952684])
    assert [gap.difference.adjusted for gap in found] == pytest.approx([1, 1, 0.0639491858053])
    assert found[0].second.value - found[0].first.value == pytest.approx(found[0].difference.value)


def test_groups_of_a_gap_share_nobody() -> None:
    with pytest.raises(UnfitData, match="in both groups: 1"):
        gaps({"a": [1, 2, 3]}, np.array([True, True, False]), np.array([False, True, True]))
    with pytest.raises(UnfitData, match="true or false of each case; there are 3"):
        gaps({"a": [1, 2, 3]}, np.array([1, 0, 1]), np.array([True, False, False]))


def test_a_trend_of_independent_waves_is_welchs_test_corrected_over_waves() -> None:
    third = FIRST + 4
    found = trend([WaveValues("2025", FIRST), WaveValues("2026", SECOND), WaveValues("2027", third)])
    assert found.names == ("2025", "2026", "2027")
    assert found.changes[0].difference.p == pytest.approx(0.0793941402)
    # holm of 0.0794 and of mean_difference(SECOND, third), which is smaller
    assert found.changes[1].difference.adjusted == pytest.approx(2 * mean_difference(SECOND, third).p)
    assert found.changes[0].difference.adjusted == pytest.approx(0.0793941402)
    assert [mean.value for mean in found.means] == pytest.approx([0.75, 2.33, 4.75])


def test_waves_of_the_same_people_are_paired_in_whatever_order_they_come() -> None:
    order = np.random.default_rng(2).permutation(10)
    found = trend([WaveValues("a", FIRST, people=PEOPLE), WaveValues("b", SECOND[order], people=PEOPLE[order])])
    change = found.changes[0]
    assert (change.linked, change.difference.is_paired) == (10, True)
    assert (change.difference.p, change.difference.degrees) == (pytest.approx(0.0028328902), 9)


def test_partly_the_same_people_take_their_covariance_off() -> None:
    first = WaveValues("a", ATTITUDE["rating"][:20], people=np.arange(20))
    second = WaveValues("b", ATTITUDE["advance"][10:], people=np.arange(10, 30))
    found = trend([first, second]).changes[0]
    assert (found.linked, found.difference.n, found.difference.value) == (10, 30, pytest.approx(-21.3))
    # R survey 4.1: svycontrast of svyby(~x, ~wave, svydesign(~id)) has se 3.62469974975, of 30 people as one stratum
    # (30/29); each wave by its own n is 20/19
    assert found.difference.se == pytest.approx(3.62469974975 * np.sqrt(20 / 19 / (30 / 29)))


def test_few_linked_people_leave_the_waves_independent() -> None:
    first = WaveValues("a", ATTITUDE["rating"][:20], people=np.arange(20))
    second = WaveValues("b", ATTITUDE["advance"][10:], people=np.arange(18, 38))
    change = trend([first, second]).changes[0]
    assert (change.linked, change.difference.is_paired) == (2, False)
    assert change.difference.se == mean_difference(first.values, second.values).se


def test_a_reworded_question_is_shown_and_not_tested() -> None:
    found = trend([WaveValues("a", FIRST), WaveValues("b", SECOND, is_comparable=False), WaveValues("c", FIRST)])
    assert found.changes[0].difference.value == pytest.approx(1.58)
    assert np.isnan(found.changes[0].difference.p)
    # it takes no part in the correction of the other
    assert found.changes[1].difference.adjusted == found.changes[1].difference.p


def test_a_trend_refuses_one_wave_and_somebody_who_is_in_it_twice() -> None:
    with pytest.raises(NotEnoughData, match="two waves at least; there are 1"):
        trend([WaveValues("a", FIRST)])
    twice = WaveValues("b", FIRST, people=np.zeros(10))
    with pytest.raises(UnfitData, match="Somebody is in “b” twice"):
        trend([WaveValues("a", FIRST, people=PEOPLE), twice])
    with pytest.raises(UnfitData, match="“b” must say of every case who it is"):
        trend([WaveValues("a", FIRST, people=PEOPLE), WaveValues("b", FIRST, people=[1])])


def _answers(promoters: int, passives: int, detractors: int) -> np.ndarray:
    return np.array([10.0] * promoters + [7.0] * passives + [0.0] * detractors)


def test_a_recommendation_score_and_its_change_are_those_worked_out_by_hand() -> None:
    found = recommendation(_answers(50, 30, 20))
    assert (found.score, found.promoters, found.detractors) == (pytest.approx(0.3), 0.5, 0.2)
    assert found.se == pytest.approx(np.sqrt((0.7 - 0.09) / 100))
    # 0.2 ÷ √((.7 − .09)/100 + (.7 − .01)/100) = 1.75412, p = 2 (1 − Φ) (R pnorm)
    change = recommendation_change(_answers(40, 30, 30), _answers(50, 30, 20))
    assert (change.value, change.p) == (pytest.approx(0.2), pytest.approx(0.0794106259989))
    assert recommendation(_answers(5, 0, 0)).score == 1


def test_one_answer_has_a_recommendation_score_and_no_error_and_tests_nothing() -> None:
    found = recommendation(_answers(1, 0, 0))
    assert (found.score, found.n) == (1, 1)
    assert np.isnan([found.se, found.low, found.high]).all()
    change = recommendation_change(_answers(0, 0, 1), _answers(50, 30, 20))
    assert change.value == pytest.approx(1.3)
    assert np.isnan([change.se, change.low, change.high, change.p]).all()


def test_a_weighted_recommendation_score_is_that_of_svymean() -> None:
    marks = np.array([8, 7, 9, 6, 8, 5, 7, 6, 9, 4, 7, 6], dtype=float)
    weights = np.array([1.2, 0.8, 2.5, 0.5, 1, 1.5, 0.7, 3, 0.4, 1.1, 0.9, 1.4])
    found = recommendation(marks, weights)
    # R survey 4.1: svymean of 1, 0 and −1, which takes n / (n − 1) besides
    assert (found.score, found.se) == (pytest.approx(-0.3066666667), pytest.approx(0.2987508395 * np.sqrt(11 / 12)))


def test_the_same_people_change_by_their_own_changes() -> None:
    before, after = np.array([10, 7, 0, 9, 6, NAN]), np.array([10, 9, 7, 6, 6, 10])
    # changes 0, 1, 1, −2, 0: mean 0, sd √(6/4) (by hand)
    found = recommendation_change(before, after, is_paired=True)
    assert (found.n, found.value, found.p, found.is_paired) == (5, 0, 1, True)
    assert found.se == pytest.approx(np.sqrt(1.5 / 5))


@pytest.mark.parametrize("strange", [11, -1, 7.5])
def test_an_answer_that_is_none_of_0_to_10_is_refused(strange: float) -> None:
    with pytest.raises(UnfitData, match="which is not one of 0 to 10"):
        recommendation([3, strange])


def test_nobody_and_one_person_are_told_apart_without_a_warning() -> None:
    nobody, one = mean_of([]), mean_of([4])
    assert (nobody.n, np.isnan(nobody.value), np.isnan(nobody.se)) == (0, True, True)
    assert (one.value, one.n, np.isnan(one.se), np.isnan(one.low)) == (4, 1, True, True)
    for a, b in (([], []), ([1], [2]), ([NAN, NAN], [NAN, 3]), ([], [1, 2])):
        assert np.isnan(mean_difference(a, b).p)
    assert np.isnan(paired_difference([1], [2]).p)
    assert np.isnan(paired_difference([], []).value)
    assert np.isnan(share_difference([], [1, 0]).p)
    with pytest.raises(NotEnoughData, match="Nobody answered"):
        recommendation([NAN])
    with pytest.raises(NotEnoughData, match="two phases at least; here is one: a"):
        profile_steps({"a": [1, 2]})
    assert np.isnan(trend([WaveValues("a", []), WaveValues("b", [1, 2])]).changes[0].difference.p)


def test_answers_without_any_spread_are_what_they_are() -> None:
    assert mean_difference([3, 3], [3, 3]).p == 1
    assert mean_difference([3, 3], [4, 4]).p == 0
    assert paired_difference([3, 3], [4, 4]).p == 0
    with pytest.raises(UnfitData, match="numbers of everyone; there are 2 and 3"):
        paired_difference([1, 2], [1, 2, 3])


def test_weights_scale_order_and_missing_leave_profile_and_gaps_as_they_are() -> None:
    order = np.random.default_rng(4).permutation(30)
    first = np.arange(30) % 2 == 0
    plain = profile_steps(ATTITUDE, WEIGHTS)
    turned = profile_steps({name: values[order] for name, values in ATTITUDE.items()}, WEIGHTS[order] * 1000)
    assert [step.difference.p for step in turned.steps] == pytest.approx([step.difference.p for step in plain.steps])
    assert asdict(profile_steps(ATTITUDE, np.full(30, 3.3))) == asdict(profile_steps(ATTITUDE))
    assert gaps(ATTITUDE, first, ~first, np.full(30, 0.7)) == gaps(ATTITUDE, first, ~first)
    holed = {name: np.append(values, NAN) for name, values in ATTITUDE.items()}
    extra = np.append(first, True)
    assert gaps(holed, extra, ~extra) == gaps(ATTITUDE, first, ~first)
