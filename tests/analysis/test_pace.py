"""Where fieldwork ends at its pace: counted by hand, and held against fieldworks that were made up."""

from __future__ import annotations

import numpy as np
import pytest

from surveyapp.analysis.pace import Forecast, dispersion, forecast, full_days

TWO_WEEKS = (3, 9, 5, 3, 8, 0, 1, 10, 4, 6, 1, 2, 1, 0)


def test_a_coming_weekday_brings_what_the_last_one_brought() -> None:
    # Ten days: the first three weekdays twice, the other four once: 2 × (10 + 4 + 6) + 1 + 2 + 1 + 0 = 44.
    found = forecast(TWO_WEEKS, 10)

    assert found is not None
    assert found.mean == 44


def test_days_that_stray_from_the_week_before_make_the_range_wide() -> None:
    # By hand: 49/13 + 25/13 + 1/11 + 4/4 + 36/10 + 1/1 + 1/1 = 12.3832, over 7 - 2 pairs.
    assert dispersion(TWO_WEEKS) == pytest.approx(12.383217 / 5)
    assert dispersion((4,) * 14) == 1


def test_the_range_is_of_the_negative_binomial_distribution() -> None:
    # φ = 1, M = 38, V = 106; scipy 1.17.1: nbinom.ppf([0.1, 0.9], 38² / (106 - 38), 38 / 106) = 25, 52.
    assert forecast((4, 6, 5, 3, 2, 0, 1, 5, 4, 6, 3, 4, 1, 0), 10) == Forecast(38, 25, 52)


def test_before_two_weeks_the_seven_days_are_held_against_their_mean() -> None:
    # Mean 3, squares 1 + 9 + 4 + 0 + 1 + 9 + 4 = 28, variance 28 / 6, over 3.
    assert dispersion((4, 6, 5, 3, 2, 0, 1)) == pytest.approx(28 / 18)


@pytest.mark.parametrize("daily", [(), (5,) * 6, (9,) + (0,) * 7])
def test_without_seven_days_or_anybody_in_them_there_is_no_pace(daily: tuple[int, ...]) -> None:
    assert forecast(daily, 5) is None


def test_nothing_comes_when_no_day_is_left_or_only_days_on_which_nobody_comes() -> None:
    assert forecast((5,) * 7, 0) == Forecast(0, 0, 0)
    assert forecast((0, 0, 5, 5, 5, 5, 5), 2) == Forecast(0, 0, 0)


def test_what_was_taken_back_counts_no_day_below_nobody() -> None:
    assert full_days((2, 5, 4, 4)) == [2, 3, 0, 0]


@pytest.mark.parametrize("varies", [1, 3])
def test_the_range_holds_about_eight_in_ten_made_up_fieldworks(varies: int) -> None:
    lot = np.random.default_rng(2026)
    expected = 10 * np.tile([1.5, 1.4, 1.2, 1.0, 0.8, 0.2, 0.1], 4)
    held = []
    for _ in range(300):
        days = lot.poisson(expected) if varies == 1 else lot.negative_binomial(expected / (varies - 1), 1 / varies)
        found = forecast(days[:14].tolist(), 14)
        assert found is not None
        held.append(found.low <= days[14:].sum() <= found.high)
    assert 0.75 < np.mean(held) < 0.95
