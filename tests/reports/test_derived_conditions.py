"""A condition on derived variables and the same said of what people answered leave the same people."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from surveyapp.analysis.dataset import Dataset
from surveyapp.instrument.checks import run_checks
from surveyapp.instrument.checks.derived_conditions import of_what_is_asked
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.resolve import resolved
from surveyapp.reports.extract import extract
from tests.instrument.definitions import in_memory
from tests.instrument.examples_of_checks import T, band, category, derived, table
from tests.reports.waves import record

MISSING = (-1, -2, -3, -8, -9)
KINDS = derived(
    x_age=("b_birth", {"age": True, "bands": [band(1, "young", below=40), band(2, "old", 40, 60)]}),
    x_months=("a_months", {"bands": [band(1, "short", below=6), band(2, "middle", 6, 12.5), band(3, "long", 20)]}),
    x_fit=("dr_fit", {"merge": [category(1, "not", codes=[1, 2]), category(2, "fits", codes=[3])]}),
    x_again=("x_fit", {"merge": [category(5, "any", codes=[1, 2])]}),
    x_nets=("b_gender", {"nets": [category(1, "one", codes=[1]), category(4, "any", codes=[1, 2])]}),
    x_score=("content", {"score": "mean"}),
)
CONDITIONS = (
    "x_age == 1",
    "x_age != 2",
    "x_age > 1 or x_months < 3",
    "not (x_age == 1 and x_fit == 2)",
    "not (x_age == 1 or not holds(x_months >= 2))",
    "x_age in [1, dk]",
    "x_age not in [1, dk]",
    "x_age == not_asked",
    "x_months != skipped",
    "not holds(x_months in [1, 2, not_asked])",
    "answered(x_months) and not valid(x_months)",
    "valid(x_age) and missing(x_months)",
    "missing(x_age) or answered(x_age)",
    "any_of(x_nets, [1, 4])",
    "not any_of(x_nets, [1])",
    "all_of(x_nets, [1, 4])",
    "not all_of(x_nets, [1, 4])",
    "x_again == 5 and gr_assign >= 3",
    "not (x_again == 5)",
    "x_age == 1 and role == 'manager'",
)


@cache
def instrument() -> Instrument:
    return resolved(in_memory(KINDS), 2026)


@cache
def cases() -> Dataset:
    draw = np.random.default_rng(8)
    answers = {
        "b_birth": (1955, 1966, 1967, 1986, 1987, 2001, *MISSING),
        "a_months": (0, 5, 6, 12, 13, 20, *MISSING),
        "dr_fit": (1, 2, 3, *MISSING),
        "b_gender": (1, 2, 3, *MISSING),
        "gr_assign": (1, 3, 9, *MISSING),
    }
    records = [
        record(
            instrument(),
            number,
            str(draw.choice(["contractor", "manager"])),
            {name: int(draw.choice(values)) for name, values in answers.items()},
        )
        for number in range(2_000)
    ]
    return extract(instrument(), records)


@pytest.mark.parametrize("said", CONDITIONS)
def test_who_is_left_is_the_same(said: str) -> None:
    condition = parse_condition(said)
    found = of_what_is_asked(condition, instrument().variables)
    assert found is not None
    assert not any(name.startswith("x_") for name in found.names)
    assert (is_true(found, cases()) == is_true(condition, cases())).all()


@pytest.mark.parametrize("said", ["x_score > 50", "not (x_age == 1 or x_score > 50)", "count(x_nets) >= 1"])
def test_a_mean_and_a_count_have_no_other_words(said: str) -> None:
    assert of_what_is_asked(parse_condition(said), instrument().variables) is None


@pytest.mark.parametrize(
    ("code", "filter_", "more"),
    [
        ("B012", "x_age == 1 and b_birth < 1980", {}),
        ("B012", "x_age == 1 and x_age == 2", {}),
        ("B012", "x_fit == 2 and x_again == not_asked", {}),
        ("B014", "x_age == 1", {"variables": ["x_age"]}),
        ("B014", "x_fit == 2", {"variables": ["dr_fit"]}),  # one code fits
        ("B014", "b_birth > 1990", {"banner": ["x_age"]}),
        (None, "x_fit == 1", {"variables": ["dr_fit"]}),  # two codes do not
        (None, "b_birth > 1980", {"banner": ["x_age"]}),
        (None, "x_score > 101", {}),  # cannot be told
    ],
)
def test_a_filter_on_what_is_derived_is_proved_as_any_other(
    code: str | None, filter_: str, more: dict[str, object]
) -> None:
    of_filters = {"B012", "B013", "B014"}
    made = in_memory(KINDS, (f"{T}.tables.+", table(**{"variables": ["gr_assign"], "filter": filter_, **more})))
    found = {one.code for one in run_checks(made, 2026)} & of_filters
    assert found == ({code} if code else set())
