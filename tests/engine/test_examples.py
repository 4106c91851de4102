"""An example in a message can be copied into the field: it is never refused and never asked back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.engine.examples import USUAL_MONTHS_YEAR, example_number, example_year
from surveyapp.engine.numbers import Fault, parse_number
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import NumberRange, VariableType

STUDY = Path(__file__).parents[2] / "instruments" / "goed-opdrachtgeverschap"


@pytest.mark.parametrize(
    ("limits", "language", "example"),
    [
        (NumberRange(10, 500, warn_below=35, warn_above=250, decimals=2), "nl", "85,50"),
        (NumberRange(10, 500, warn_below=35, warn_above=250, decimals=2), "en", "85.50"),
        (NumberRange(0, 100), "nl", "85"),
        (NumberRange(1, 80, warn_above=50), "nl", "25"),  # hours per week: 85 is refused
        (NumberRange(0, 240, warn_above=60), "nl", "30"),  # months: 85 is asked back
        (NumberRange(0, 60, warn_above=30), "en", "15"),
        (NumberRange(1, 5), "nl", "3"),
        (NumberRange(0, 1, decimals=2), "nl", "0,50"),
        (NumberRange(0, 10, decimals=1), "en", "5.5"),
        (NumberRange(200, None), "nl", "200"),
        (NumberRange(), "nl", "85"),
    ],
)
def test_an_example_lies_within_the_limits_in_the_notation_of_the_language(
    limits: NumberRange, language: str, example: str
) -> None:
    assert example_number(limits, language) == example


@pytest.mark.parametrize(
    ("limits", "year"),
    [(NumberRange(1935, 2010), 1987), (NumberRange(2000, 2026), 2000), (NumberRange(1900, 1970), 1970)],
)
def test_an_example_of_a_year_is_one_of_its_years(limits: NumberRange, year: int) -> None:
    assert example_year(limits) == year


def test_a_month_has_a_year_of_its_own() -> None:
    assert example_year(NumberRange(2010, 2026), USUAL_MONTHS_YEAR) == 2024
    assert example_year(NumberRange(2025, 2026), USUAL_MONTHS_YEAR) == 2025


def accepted(text: str, limits: NumberRange, language: str) -> bool:
    value = parse_number(text, language, decimals=limits.decimals)
    if isinstance(value, Fault):
        return False
    lows = [end for end in (0, limits.minimum, limits.warn_below) if end is not None]
    highs = [end for end in (limits.maximum, limits.warn_above) if end is not None]
    return all(low <= value for low in lows) and all(value <= high for high in highs)


@given(
    ends=st.lists(st.integers(0, 20_000), min_size=2, max_size=4, unique=True).map(sorted),
    decimals=st.integers(0, 3),
    language=st.sampled_from(["nl", "en"]),
)
def test_whatever_the_limits_are_the_example_is_taken(ends: list[int], decimals: int, language: str) -> None:
    soft = ends[1:-1] or [None]
    limits = NumberRange(
        ends[0], ends[-1], warn_below=soft[0] if len(soft) == 2 else None, warn_above=soft[-1], decimals=decimals
    )
    assert accepted(example_number(limits, language), limits, language), example_number(limits, language)


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_number_of_the_real_study_has_an_example_that_it_takes(year: int) -> None:
    asked = [
        question.variable
        for questionnaire in load_instrument(STUDY, year).questionnaires.values()
        for question in questionnaire.questions.values()
        if question.variable.type is VariableType.NUMBER
    ]
    assert asked
    for variable in asked:
        limits = variable.number or NumberRange()
        for language in ("nl", "en"):
            assert accepted(example_number(limits, language), limits, language), variable.name
