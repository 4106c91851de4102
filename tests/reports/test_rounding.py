from __future__ import annotations

from decimal import Decimal

import pytest

from surveyapp.reports.formatting import half_up


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        # What Excel's ROUND gives; Python's round says 2, 2, 1.0 and 7.6.
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (1.005, 2, "1.01"),
        (7.65, 1, "7.7"),
        (0.5, 0, "1"),
        (0.1 + 0.2, 1, "0.3"),
        (7.6499999, 1, "7.6"),
        (12345.5, 0, "12346"),
    ],
)
def test_halves_go_away_from_zero_on_the_number_as_written(value: float, decimals: int, expected: str) -> None:
    assert half_up(value, decimals) == Decimal(expected)


def test_a_small_negative_never_shows_as_minus_zero() -> None:
    assert str(half_up(-0.04, 1)) == "0.0"


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be rounded"):
        half_up(float("nan"))
