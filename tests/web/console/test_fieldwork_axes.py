"""The axis of the bars per day fits the days."""

from __future__ import annotations

import pytest

from surveyapp.web.console.fieldwork_charts import round_ticks


@pytest.mark.parametrize(
    ("peak", "ticks"),
    [
        (1, (0, 1)),
        (4, (0, 1, 2, 3, 4)),
        (9, (0, 5, 10)),
        (130, (0, 50, 100, 150)),
        (201, (0, 100, 200, 300)),
        (1900, (0, 500, 1000, 1500, 2000)),
    ],
)
def test_the_bars_per_day_end_at_the_round_number_above_the_peak(peak: int, ticks: tuple[int, ...]) -> None:
    assert round_ticks(peak) == ticks
