from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from surveyapp.analysis.columns import CodeColumn, NumberColumn, RankColumn, TextColumn
from surveyapp.analysis.dataset import Dataset
from surveyapp.engine.answers import Value
from surveyapp.engine.route import on_path
from surveyapp.instrument.model import NOT_ASKED, Instrument
from surveyapp.reports.extract import extract, is_counted
from tests.builders import small_instrument
from tests.reports.waves import random_records, real_instrument, record, robot_records


def _stored(dataset: Dataset, name: str, case: int) -> Value:
    """What a column says of one case, in the shape of answers."""
    column = dataset.columns[name]
    if isinstance(column, CodeColumn):
        return int(column.values[case])
    if column.missing[case] < 0:
        return int(column.missing[case])
    if isinstance(column, NumberColumn):
        return float(column.values[case])
    if isinstance(column, TextColumn):
        return str(column.values[case])
    if isinstance(column, RankColumn):
        return [int(code) for code in column.places[case] if code >= 0]
    chosen = column.chosen[case]
    return [code for code, here in zip(column.codes, chosen, strict=True) if here]


def _check_against_engine(instrument: Instrument, records: list[dict]) -> int:
    dataset = extract(instrument, records)
    counted = [one for one in records if is_counted(one)]
    assert dataset.n == len(counted)
    hidden = 0
    for case, one in enumerate(counted):
        expected = on_path(instrument.questionnaires[one["role"]], one["answers"], one["language"])
        for name in (name for name, variable in instrument.variables.items() if variable.derivation is None):
            found = _stored(dataset, name, case)
            assert found == expected.get(name, NOT_ASKED), (one["role"], name)
            hidden += found == NOT_ASKED and one["answers"].get(name, NOT_ASKED) != NOT_ASKED
    return hidden


def test_every_column_holds_exactly_what_the_engine_counts_whatever_was_stored() -> None:
    instrument = real_instrument()
    off_path = _check_against_engine(instrument, random_records(instrument, 250, seed=3))
    assert off_path > 500  # the random answers do lie off the path


def test_every_column_holds_exactly_what_robots_answered_broken_off_or_not() -> None:
    instrument = real_instrument()
    records = robot_records(instrument, 60, seed=5)
    assert {one["state"] for one in records} >= {"complete", "started"}
    _check_against_engine(instrument, records)


def test_tests_and_withdrawn_and_erased_cases_are_no_part_of_the_data() -> None:
    instrument = small_instrument()
    records = [
        record(instrument, 0, "contractor", {"v1": 1}),
        record(instrument, 1, "contractor", {"v1": 1}, is_test=True),
        record(instrument, 2, "contractor", {}, state="withdrawn"),
        record(instrument, 3, "contractor", {}, state="erased"),
        record(instrument, 4, "manager", {"v1": 2}, state="started"),
    ]
    dataset = extract(instrument, records)
    assert dataset.ids.tolist() == [str(records[0]["case_id"]), str(records[4]["case_id"])]
    assert dataset.is_complete.tolist() == [True, False]


def test_a_page_that_was_not_saved_is_not_asked_and_a_skipped_question_is_skipped() -> None:
    instrument = small_instrument()
    dataset = extract(instrument, [record(instrument, 0, "contractor", {"v1": 2, "v2": -9}, state="started")])
    assert [int(dataset.codes(name)[0]) for name in ("v1", "v2", "v3")] == [2, -9, NOT_ASKED]


def test_a_case_is_read_by_the_routing_of_the_version_it_began_with() -> None:
    older = small_instrument(hash_="b" * 64)
    newer = small_instrument(hash_="c" * 64)
    only_first = newer.questionnaires["contractor"]
    newer = replace(
        newer,
        questionnaires={
            **newer.questionnaires,
            "contractor": replace(only_first, pages=only_first.pages[:1]),
        },
    )
    records = [
        record(older, 0, "contractor", {"v1": 1, "v2": 2}),
        record(newer, 1, "contractor", {"v1": 1, "v2": 2}),
    ]
    dataset = extract(newer, records, {older.hash: older}.__getitem__)
    assert dataset.codes("v2").tolist() == [2, NOT_ASKED]


def test_an_imported_wave_counts_as_the_import_left_it() -> None:
    instrument = real_instrument(2014)
    records = [
        record(instrument, 0, "contractor", {"gr_assign": 8, "ph_close": -1}),
        record(instrument, 1, "contractor", {"gr_assign": -9}, state="started"),
    ]
    dataset = extract(instrument, records)
    assert dataset.codes("gr_assign").tolist() == [8, -9]
    assert dataset.codes("ph_close").tolist() == [-1, NOT_ASKED]


@pytest.mark.parametrize("role", ["contractor", "manager", "procurement", "intermediary"])
def test_a_variable_of_another_role_is_not_asked(role: str) -> None:
    instrument = real_instrument()
    records = [one for one in random_records(instrument, 120, seed=9) if one["role"] == role]
    dataset = extract(instrument, records)
    asked = instrument.questionnaires[role].questions
    others = [
        name
        for name, one in instrument.variables.items()
        if name not in asked and one.other_of is None and one.derivation is None
    ]
    for name in others:
        if name != "s_consent":
            assert (dataset.codes(name) == NOT_ASKED).all(), name
    assert np.unique(dataset.codes("s_consent")).tolist() == [1]
