"""What a curious reader can find out by asking for many tables: filters up to two conditions deep, every banner."""

from __future__ import annotations

import json
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from surveyapp.analysis.columns import Bools
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.reports.banners import banners
from surveyapp.reports.table import Table
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import WaveData
from tests.reports.waves import random_records, real_instrument, record, wave

K = 10
CONDITIONS = (
    "role == 'contractor'",
    "role != 'contractor'",
    "lang == 'nl'",
    "b_size in [1, 2]",
    "b_size >= 4",
    "a_via == 1",
    "gr_client >= 5",
    "b_sector in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]",
    "not holds(b_sector == 3)",
    "answered(a_status)",
)
VARIABLE = "gr_assign"


@cache
def _wave(n: int, seed: int) -> WaveData:
    instrument = real_instrument()
    return wave(instrument, random_records(instrument, n, seed))


@cache
def _populations(data: WaveData, by: tuple[str, ...]) -> tuple[Bools, Bools]:
    """Per column who belongs to it, and per case whether there is a valid mark."""
    cases = data.dataset.complete()
    members = [np.ones(cases.n, dtype=np.bool_)]
    for banner in banners(by, data.instrument, cases):
        members += [banner.split.members(group) for group in range(banner.split.size)]
    return np.array(members), cases.codes(VARIABLE) >= 0


def _shown(data: WaveData, by: tuple[str, ...], source: str | None) -> tuple[Table, Bools]:
    """The table and, per column that is shown and not empty, the people behind its figures."""
    table = tabulate(data, VARIABLE, by, source)
    members, valid = _populations(data, by)
    within = is_true(parse_condition(source), data.dataset.complete()) if source else np.ones_like(valid)
    shown = [members[place] & valid & within for place, column in enumerate(table.columns) if not column.suppressed]
    for column, population in zip([one for one in table.columns if not one.suppressed], shown, strict=True):
        assert column.n == population.sum()
    return table, np.array([population for population in shown if population.any()]).reshape(-1, len(valid))


def _assert_apart(first: Bools, second: Bools) -> None:
    """No population lies within another with a difference of 1 to k - 1."""
    if not len(first) or not len(second):
        return
    a, b = first.astype(np.int64), second.astype(np.int64)
    common = a @ b.T
    sizes, others = a.sum(axis=1)[:, None], b.sum(axis=1)[None, :]
    nested = (common == sizes) | (common == others)
    difference = np.abs(sizes - others)
    assert not (nested & (difference > 0) & (difference < K)).any()


def _assert_no_remainder(table: Table) -> None:
    if table.columns[0].suppressed:
        return
    for banner in {column.banner for column in table.columns} - {None}:
        shown = sum(column.n or 0 for column in table.columns if column.banner == banner)
        left = (table.columns[0].n or 0) - shown
        assert left == 0 or left >= K


@pytest.mark.parametrize(("n", "seed"), [(70, 1), (160, 2), (900, 4)])
@pytest.mark.parametrize("by", [("role",), ("b_size",), ("role", "b_size"), ("a_via", "language")])
def test_no_two_nested_populations_that_are_shown_differ_by_fewer_than_ten(
    n: int, seed: int, by: tuple[str, ...]
) -> None:
    data = _wave(n, seed)
    unfiltered, everyone = _shown(data, by, None)
    _assert_apart(everyone, everyone)
    _assert_apart(everyone, _shown(data, ("role",), None)[1])
    _assert_no_remainder(unfiltered)
    singles = {}
    for condition in CONDITIONS:
        table, shown = _shown(data, by, condition)
        singles[condition] = shown
        _assert_no_remainder(table)
        _assert_apart(shown, shown)
        _assert_apart(shown, everyone)
        _assert_apart(shown, _shown(data, ("role",), condition)[1])
    some_shown = 0
    for pair in combinations(CONDITIONS, 2):
        table, shown = _shown(data, by, " and ".join(pair))
        some_shown += len(shown) > 0
        _assert_no_remainder(table)
        _assert_apart(shown, shown)
        for wider in (everyone, singles[pair[0]], singles[pair[1]]):
            _assert_apart(shown, wider)
    assert some_shown > 0


@pytest.mark.parametrize("source", [None, "lang == 'en'"])
def test_a_hidden_group_leaves_nothing_behind_anywhere_in_the_table(source: str | None) -> None:
    table = tabulate(_wave(160, 2), "gr_client", ["b_sector"], source)
    hidden = [place for place, column in enumerate(table.columns) if column.suppressed]
    assert hidden
    for place in hidden:
        column = table.columns[place]
        assert (column.n, column.asked, column.answered, column.n_weighted, column.n_effective) == (None,) * 5
        for row in table.rows:
            cell = row.cells[place]
            assert (cell.value, cell.se, cell.low, cell.high, cell.count, cell.letters) == (
                None,
                None,
                None,
                None,
                None,
                "",
            )
    letters = {table.columns[place].letter for place in hidden}
    assert not any(letters & set(cell.letters) for row in table.rows for cell in row.cells)
    as_json = json.loads(json.dumps(table.as_dict()))
    for place in hidden:
        shown = {
            name for row in as_json["rows"] for name, value in row["cells"][place].items() if value not in (None, "")
        }
        assert shown == {"suppressed"}


def test_a_table_of_too_few_says_nothing_at_all() -> None:
    table = tabulate(_wave(70, 1), VARIABLE, ["role"], "b_sector == 3 and role == 'procurement'")
    assert all(column.suppressed for column in table.columns)
    assert (table.base.asked, table.base.answered, table.base.valid) == (None, None, None)
    assert any("fewer than 10" in note["en"] for note in table.notes)


def test_groups_of_one_role_do_not_give_away_the_few_of_it_that_are_in_no_group() -> None:
    # Only procurement is asked for its job. 30 + 27 of 60 say which; the other 3 are the role minus the groups.
    instrument = real_instrument()
    jobs = [1] * 30 + [2] * 27 + [-9] * 3
    records = [
        record(instrument, number, "procurement", {"s_elig": 1, "b_function": job, "gr_assign": 7})
        for number, job in enumerate(jobs)
    ]
    records += [record(instrument, 100 + number, "contractor", {"s_elig": 1, "gr_assign": 8}) for number in range(80)]
    data = wave(instrument, records)
    by_role = tabulate(data, VARIABLE, ["role"])
    assert [column.n for column in by_role.columns if column.key == "role:procurement"] == [60]
    by_job = tabulate(data, VARIABLE, ["b_function"])
    assert [column.n for column in by_job.columns if column.key in ("b_function:1", "b_function:2")] == [30, None]


def test_unfinished_questionnaires_are_added_only_when_they_are_ten_or_more_of_a_group() -> None:
    data = _wave(160, 2)
    finished = tabulate(data, VARIABLE, ["role"])
    more = tabulate(data, VARIABLE, ["role"], partials=True)
    compared = 0
    for before, after in zip(finished.columns, more.columns, strict=True):
        if before.n and after.n:
            compared += 1
            assert after.n == before.n or after.n - before.n >= K
    assert compared
