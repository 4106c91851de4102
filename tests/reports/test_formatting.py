from __future__ import annotations

from datetime import UTC, datetime

import pytest

from surveyapp.reports import formatting
from surveyapp.reports.grid import Figure


@pytest.mark.parametrize(
    ("text", "dutch", "english"),
    [
        (lambda language: formatting.share(0.4712, language), "47%", "47%"),
        (lambda language: formatting.share(0.4712, language, 1), "47,1%", "47.1%"),
        (lambda language: formatting.share(0.005, language), "1%", "1%"),
        (lambda language: formatting.share(None, language), "", ""),
        (lambda language: formatting.mean(7.65, language), "7,7", "7.7"),
        (lambda language: formatting.mean(1974.96, language), "1975,0", "1975.0"),
        (lambda language: formatting.mean(12345.67, language), "12.345,7", "12,345.7"),
        (lambda language: formatting.count(1003, language), "1.003", "1,003"),
        (lambda language: formatting.score(0.034, language), "+3", "+3"),
        (lambda language: formatting.score(-0.034, language), "−3", "−3"),
        (lambda language: formatting.score(0.001, language), "0", "0"),
        (lambda language: formatting.score(0.3, language), "+30", "+30"),
        (
            lambda language: formatting.moment(datetime(2026, 11, 23, 14, 5, tzinfo=UTC), language),
            "23 november 2026 15:05",
            "23 November 2026 15:05",
        ),
    ],
)
def test_a_figure_is_printed_as_each_language_writes_it(text, dutch: str, english: str) -> None:
    assert (text("nl"), text("en")) == (dutch, english)


@pytest.mark.parametrize(
    ("unit", "figure", "printed"),
    [
        ("share", Figure(value=0.255, count=12), "26%"),
        ("share", Figure(value=0.5, count=12), "50%"),
        ("mean", Figure(value=7.66), "7.7"),
        ("mark", Figure(value=7.66), "7.7"),
        ("year", Figure(value=1974.8), "1975"),
        ("month", Figure(value=202508), "Aug 2025"),
        ("score", Figure(value=-0.125), "−13"),
        ("count", Figure(value=0.02, count=3), "3"),
        ("mean", Figure(), ""),
        ("mean", Figure(is_hidden=True), "."),
        ("count", Figure(is_hidden=True), "."),
    ],
)
def test_a_figure_is_printed_by_the_unit_of_its_measure(unit: str, figure: Figure, printed: str) -> None:
    assert formatting.figure_text(figure, unit, "en") == printed


@pytest.mark.parametrize(
    ("low", "high", "unit", "dutch", "english"),
    [
        (-0.12, -0.02, "score", "−12 tot −2", "−12 to −2"),
        (-0.10, 0.03, "score", "−10 tot +3", "−10 to +3"),
        (0.02, 0.12, "score", "+2 tot +12", "+2 to +12"),
        (0.31, 0.49, "share", "31–49%", "31–49%"),
        (7.44, 7.56, "mean", "7,4–7,6", "7.4–7.6"),
    ],
)
def test_an_interval_puts_no_dash_beside_a_sign(low: float, high: float, unit: str, dutch: str, english: str) -> None:
    figure = Figure((low + high) / 2, 0.1, low, high)
    assert (formatting.interval(figure, unit, "nl"), formatting.interval(figure, unit, "en")) == (dutch, english)
