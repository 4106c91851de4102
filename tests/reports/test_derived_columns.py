"""Derived variables hold, case by case, what plain Python makes of the answers, wherever columns are read."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.analysis.columns import ChoiceColumn, NumberColumn
from surveyapp.analysis.dataset import Dataset
from surveyapp.exports.case_frame import coded
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.resolve import resolved
from surveyapp.reports.case_store import CaseStore
from surveyapp.reports.codebook import codebook
from surveyapp.reports.extract import extract
from surveyapp.reports.tabulate import Tabulation, tabulate
from tests.instrument.definitions import in_memory
from tests.instrument.examples_of_checks import band, category, derived
from tests.reports.waves import random_records, random_wave, real_instrument, record, wave

BANDS = [band(1, "short", below=6), band(2, "middle", 6, 12.5), band(3, "long", 12.5)]
AGES = [band(1, "young", below=40), band(2, "old", 40)]
MERGE = [category(1, "not", codes=[1, 2]), category(2, "fits", codes=[3])]
NETS = [category(1, "one", codes=[1]), category(4, "any", codes=[1, 2])]
SENTINELS = [-1, -2, -3, -8, -9]


@cache
def instrument() -> Instrument:
    kinds = derived(
        x_age=("b_birth", {"age": True, "bands": AGES}),
        x_months=("a_months", {"bands": BANDS}),
        x_fit=("dr_fit", {"merge": MERGE}),
        x_again=("x_fit", {"nets": [category(7, "fits", codes=[2])]}),
        x_nets=("b_gender", {"nets": NETS}),
        x_score=("content", {"score": "mean"}),
    )
    return resolved(in_memory(kinds), 2026)


# ------------------------------------------------------------------------------------- the same, case by case, by hand
def in_band(value: float, bands: list[dict[str, Any]]) -> int:
    if value in SENTINELS:
        return int(value)
    return next(one["code"] for one in bands if one.get("from", -1e9) <= value < one.get("below", 1e9))


def by_hand(case: dict[str, float]) -> dict[str, Any]:
    fit, learn = case["dr_fit"], case["dr_learn"]
    merged = fit if fit < 0 else next(one["code"] for one in MERGE if fit in one["codes"])
    gender = case["b_gender"]
    asked = [one for one in (fit, learn) if one != -8]
    steps = [*([(fit - 1) * 50] if fit > 0 else []), *([(3 - learn) * 50] if learn > 0 else [])]
    return {
        "x_age": case["b_birth"] if case["b_birth"] < 0 else in_band(2026 - case["b_birth"], AGES),
        "x_months": in_band(case["a_months"], BANDS),
        "x_fit": merged,
        "x_again": merged if merged < 0 else [7] if merged == 2 else [],
        "x_nets": gender if gender < 0 else [one["code"] for one in NETS if gender in one["codes"]],
        "x_score": -8 if len(asked) < 2 else -9 if len(steps) < 2 else sum(steps) / 2,
    }


def held(cases: Dataset, name: str, case: int) -> Any:
    column = cases.columns[name]
    missing = int(column.missing[case])
    if isinstance(column, ChoiceColumn):
        return missing or [code for code in column.codes if column.chosen_by(code)[case]]
    if isinstance(column, NumberColumn):
        return missing or float(column.values[case])
    return int(column.coded[case])


STEP = st.sampled_from([1, 2, 3, *SENTINELS])
CASE = st.fixed_dictionaries(
    {
        "gr_assign": st.just(7),
        "dr_fit": STEP,
        "dr_learn": STEP,
        "b_gender": st.sampled_from([1, 2, *SENTINELS]),
        "a_months": st.one_of(st.integers(0, 240), st.sampled_from([6, 12.25, 12.5, *SENTINELS])),
        "b_birth": st.one_of(st.integers(1930, 2010), st.sampled_from([1986, 1987, *SENTINELS])),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(CASE, min_size=1, max_size=6))
def test_a_derived_column_is_what_plain_python_makes_of_every_case(answers: list[dict[str, float]]) -> None:
    made = instrument()
    records = [record(made, number, "contractor", {"s_consent": 1, **one}) for number, one in enumerate(answers)]
    cases = extract(made, records)
    sources = ("dr_fit", "dr_learn", "b_gender", "a_months", "b_birth")
    for case in range(cases.n):  # what lies off the path is not asked, whatever was stored
        given_ = {name: held(cases, name, case) for name in sources}
        assert {name: held(cases, name, case) for name in by_hand(given_)} == by_hand(given_)


# --------------------------------------------------------------------------------------------- wherever they are read
def test_a_corrected_answer_and_one_that_is_taken_back_are_in_the_derived_column_at_once() -> None:
    made = instrument()
    store = CaseStore(made)

    def ages() -> list[int]:
        return sorted(store.dataset().columns["x_age"].coded.tolist())

    def answered(number: int, born: int, **parts: Any) -> dict[str, Any]:
        return record(made, number, "contractor", {"s_consent": 1, "gr_assign": 7, "b_birth": born}, **parts)

    store.take_in([answered(0, 2000), answered(1, 1950)])
    assert ages() == [1, 2]
    before = store.dataset()
    store.take_in([answered(0, 1950)])
    assert ages() == [2, 2]
    assert sorted(before.columns["x_age"].coded.tolist()) == [1, 2]  # who was reading reads on
    store.take_in([answered(1, 1950, state="withdrawn")])
    assert ages() == [2]
    restored = CaseStore.of(made, dict(store.arrays(store.dataset().keys)), lambda _: made)
    assert restored.dataset().columns["x_age"].coded.tolist() == [2]
    assert not any(name.startswith("x_") for name, _ in store.arrays(store.dataset().keys))  # none of it is stored


def test_a_derived_variable_is_a_table_a_banner_and_a_filter_like_any_other() -> None:
    data = random_wave()
    cases = data.cases()
    party = cases.columns["a_party"].coded
    table = tabulate(data, "a_party", ["b_age"])
    assert table.items[0].variable == "a_party"
    assert table.columns[0][1].valid == (party >= 0).sum()
    assert [group.key for group in table.groups][:2] == ["total", "b_age:1"]
    filtered = Tabulation(data, (), "a_party == 2 and mt_score >= 50").cases
    score = cases.columns["mt_score"]
    assert isinstance(score, NumberColumn)
    with np.errstate(invalid="ignore"):
        assert len(filtered.ids) == ((party == 2) & (score.values >= 50)).sum() > 0
    scores = score.values[score.missing == 0]
    assert 0 <= scores.min() < scores.max() <= 100


def test_the_codebook_says_from_what_and_how() -> None:
    entries = {entry.name: entry for entry in codebook(real_instrument()).entries}
    notes = [dict(note) for note in entries["a_party"].notes]
    assert any(note["nl"].startswith("Afgeleid van “Contractpartij” (a_via): Rechtstreeks: 1 (") for note in notes)
    assert any(note["en"].startswith("Derived from “Contract party” (a_via): Direct: 1 (") for note in notes)
    assert entries["a_party"].base == entries["a_via"].base
    assert entries["b_age"].is_sensitive


def test_the_cases_carry_them_to_every_file() -> None:
    made = real_instrument()
    data = wave(made, random_records(made, 40, seed=2))
    frame = coded(made, data.cases())
    assert frame["a_party"].tolist() == data.cases().columns["a_party"].coded.tolist()
    assert "b_age" in frame.columns
    assert "mt_score" in frame.columns


def test_a_wave_of_another_year_has_ages_of_that_year() -> None:
    made = real_instrument(2014)
    one = record(made, 0, "contractor", {"b_birth": 1980}, case_id=uuid.UUID(int=1))
    assert extract(made, [one]).columns["b_age"].coded.tolist() == [1]  # 34
    assert instrument().variables["x_age"].derivation != made.variables["b_age"].derivation
