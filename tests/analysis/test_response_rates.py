from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.analysis.response_rates import FORMULAS, DispositionCounts, outcome_rates
from surveyapp.errors import AnalysisError

README = DispositionCounts(
    complete=4, partial=2, refusal=1, non_contact=1, other=1, unknown_household=1, unknown_other=1, not_eligible=1
)
PUBLISHED = {
    "RR1": 0.364, "RR2": 0.545, "RR3": 0.370, "RR4": 0.556, "RR5": 0.444, "RR6": 0.667,
    "COOP1": 0.500, "COOP2": 0.750, "COOP3": 0.571, "COOP4": 0.857,
    "REF1": 0.091, "REF2": 0.093, "REF3": 0.111, "CON1": 0.727, "CON2": 0.741, "CON3": 0.889,
}  # fmt: skip  # README of R's outcomerate, e = eligibility_rate(freq)


def test_the_sixteen_rates_are_those_of_outcomerate() -> None:
    found = outcome_rates(README)
    assert {name: round(rate.value or 0, 3) for name, rate in found.items()} == PUBLISHED
    assert README.proportional_eligibility == 0.9


def test_a_rate_says_its_formula_and_the_numbers_in_it() -> None:
    found = outcome_rates(README)
    assert found["RR3"].formula == "I / ((I + P) + (R + NC + O) + e(UH + UO))"
    assert found["RR3"].filled_in == "4 / ((4 + 2) + (1 + 1 + 1) + 0.9 × (1 + 1))"
    assert found["CON3"].formula == "((I + P) + R + O) / ((I + P) + R + O + NC)"


@pytest.mark.parametrize("name", FORMULAS)
def test_what_is_filled_in_comes_to_the_value(name: str) -> None:
    rate = outcome_rates(replace(README, unknown_other=7, non_contact=30))[name]
    assert re.fullmatch(r"[\d.+/()× ]+", rate.filled_in)
    assert eval(rate.filled_in.replace("×", "*")) == pytest.approx(rate.value, rel=1e-5)


def test_the_eligibility_can_be_set_and_moves_what_rests_on_it() -> None:
    assert outcome_rates(README, eligibility=1.0)["RR3"].value == outcome_rates(README)["RR1"].value
    assert outcome_rates(README, eligibility=0.0)["RR3"].value == outcome_rates(README)["RR5"].value
    with pytest.raises(AnalysisError, match=r"e is 1\.2; it lies on 0 to 1"):
        outcome_rates(README, eligibility=1.2)


def test_of_nobody_there_is_no_rate() -> None:
    found = outcome_rates(DispositionCounts())
    assert {rate.value for rate in found.values()} == {None}
    assert found["RR1"].filled_in == "0 / ((0 + 0) + (0 + 0 + 0) + (0 + 0))"


def test_where_nothing_is_known_e_is_not_either_and_only_what_needs_it_is_missing() -> None:
    found = outcome_rates(DispositionCounts(unknown_other=20))
    assert (found["RR1"].value, found["RR3"].value, found["RR5"].value) == (0.0, None, None)
    assert "? × (0 + 20)" in found["RR3"].filled_in
    assert outcome_rates(DispositionCounts(unknown_other=20), eligibility=0.5)["RR3"].value == 0.0


@pytest.mark.parametrize("count", [-1, float("nan"), float("inf")])
def test_a_count_that_is_none_is_refused_by_name(count: float) -> None:
    with pytest.raises(AnalysisError, match="The count of refusal is"):
        DispositionCounts(refusal=count)


COUNTS = st.integers(0, 10_000)


@given(st.builds(DispositionCounts, *[COUNTS] * 8), st.integers(2, 1000))
def test_rates_lie_on_0_to_1_in_their_order_and_do_not_depend_on_the_scale(counts: DispositionCounts, by: int) -> None:
    found = {name: rate.value for name, rate in outcome_rates(counts).items()}
    assert all(value is None or 0 <= value <= 1 for value in found.values())
    for lower, higher in (("RR1", "RR3"), ("RR3", "RR5"), ("RR1", "RR2"), ("REF1", "REF3"), ("CON1", "CON2")):
        low, high = found[lower], found[higher]
        assert low is None or high is None or low <= high + 1e-12
    scaled = DispositionCounts(*(getattr(counts, name) * by for name in DispositionCounts.__slots__))
    for name, rate in outcome_rates(scaled).items():
        assert (rate.value is None) == (found[name] is None)
        assert rate.value is None or rate.value == pytest.approx(found[name])
