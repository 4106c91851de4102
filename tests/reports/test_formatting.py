from __future__ import annotations

from datetime import UTC, datetime

import pytest

from surveyapp.reports import formatting
from surveyapp.reports.table import Cell


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
        (lambda language: formatting.points(0.034, language), "+3", "+3"),
        (lambda language: formatting.points(-0.034, language), "−3", "−3"),
        (lambda language: formatting.points(0.001, language), "0", "0"),
        (lambda language: formatting.difference(-0.24, language), "−0,2", "−0.2"),
        (lambda language: formatting.difference(-0.04, language), "0,0", "0.0"),
        (lambda language: formatting.score(0.3, language), "+30", "+30"),
        (lambda language: formatting.margin(0.25, 0.31, language, is_share=True), "±3", "±3"),
        (lambda language: formatting.margin(7.4, 7.8, language, is_share=False), "±0,2", "±0.2"),
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
    ("kind", "cell", "printed"),
    [
        ("code", Cell(value=0.255, count=12), "26%"),
        ("net", Cell(value=0.5, count=12), "50%"),
        ("mean", Cell(value=7.66), "7.7"),
        ("score", Cell(value=-0.125), "−13"),
        ("missing", Cell(value=0.02, count=3), "3"),
        ("mean", Cell(), ""),
        ("mean", Cell(suppressed=True), "."),
        ("missing", Cell(suppressed=True), "."),
    ],
)
def test_a_cell_is_printed_by_the_kind_of_its_row(kind: str, cell: Cell, printed: str) -> None:
    assert formatting.cell_text(cell, kind, "en") == printed


@pytest.mark.parametrize(
    ("low", "high", "kind", "dutch", "english"),
    [
        (-0.12, -0.02, "score", "−12 tot −2", "−12 to −2"),
        (-0.10, 0.03, "score", "−10 tot +3", "−10 to +3"),
        (0.02, 0.12, "score", "+2–+12", "+2–+12"),
        (0.31, 0.49, "code", "31–49%", "31–49%"),
        (7.44, 7.56, "mean", "7,4–7,6", "7.4–7.6"),
    ],
)
def test_an_interval_puts_no_dash_beside_a_minus(low: float, high: float, kind: str, dutch: str, english: str) -> None:
    cell = Cell((low + high) / 2, 0.1, low, high)
    assert (formatting.interval(cell, kind, "nl"), formatting.interval(cell, kind, "en")) == (dutch, english)
