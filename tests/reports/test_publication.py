"""The record of evidence, read as somebody would who has it, the cases, and nothing else of the program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from surveyapp.analysis.columns import Bools
from surveyapp.analysis.dataset import Dataset
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.reports.ledger import Ledger
from surveyapp.reports.publication import Publication
from surveyapp.reports.released_filters import released_filters
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import Extent, Step, WaveData
from tests.reports.test_disclosure_of_tables import _wave
from tests.reports.waves import random_wave

K = 10


def people(name: str, data: WaveData, cases: Dataset) -> Bools:
    """Who is in a population, by what its name says: a filter of the plan, and one value of one variable."""
    filter_, _, group = name.rpartition("/")
    found = np.ones(cases.n, dtype=np.bool_)
    if filter_:
        found = is_true(next(one.condition for one in released_filters(data.instrument) if one.id == filter_), cases)
    variable, _, value = group.partition(":")
    if variable == "total":
        return found
    if variable in ("role", "language", "source", "device"):
        return found & cases.has(variable, value)
    column = cases.columns[variable]
    if hasattr(column, "chosen"):
        codes = [one.code for one in data.instrument.variables[variable].categories]
        return found & column.chosen[:, codes.index(int(value))]
    regions = column.coded if hasattr(column, "coded") else column.values
    return found & (regions == int(value))


def evidence(data: WaveData) -> Any:
    """As it is read from a file."""
    return json.loads(json.dumps(Publication(data).evidence()))


def test_a_checker_counts_every_population_of_every_variable_anew_and_finds_nobody() -> None:
    data = _wave(420, 4)
    found, cases = evidence(data), data.dataset.complete()
    members = {name: people(name, data, cases) for name in found["populations"]}
    assert members["total"].all()
    assert len(members) > 200
    checked = 0
    for name in data.instrument.variables:
        record = found["results"].get(name)
        if record is None:
            assert name not in data.dataset.columns
            continue
        missing = cases.columns[name].missing
        bases = [missing != -8, (missing != -8) & (missing != -9), missing >= 0]
        hidden = {found["populations"][at] for _, at in record["files"][0]["sdc"]["cells"]["threshold"]}
        assert hidden == set(record["outcome"])
        sizes = {int((here & base).sum()) for each, here in members.items() if each not in hidden for base in bases} - {
            0
        }
        assert min(sizes, default=None) == record["properties"]["smallest_group"]
        assert record["status"] == "pass"
        assert all(size >= K for size in sizes)
        checked += len(members) - len(hidden)
    assert checked > 10_000  # hiding everything would be safe and useless


@pytest.mark.parametrize("variable", ["gr_assign", "b_policy", "role"])
def test_the_record_hides_what_every_page_hides(variable: str) -> None:
    data = _wave(420, 4)
    outcome = evidence(data)["results"][variable]["outcome"]
    for filter_ in (None, *(one.id for one in released_filters(data.instrument))):
        for by in data.instrument.banners:
            table = tabulate(data, variable, [by], filter_)
            for group, bases in table.columns:
                name = f"{filter_}/{group.key}" if filter_ else group.key
                assert (name in outcome) is bases.is_hidden, name


def test_a_program_that_shows_a_few_is_found_out_by_its_own_record(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(ledger: Ledger, _: object) -> Bools:
        return np.zeros(len(ledger.family), dtype=np.bool_)

    monkeypatch.setattr(Ledger, "hidden", nothing)
    records: Mapping[str, Any] = evidence(_wave.__wrapped__(160, 2))["results"]
    assert records["gr_assign"]["status"] == "fail"
    assert records["gr_assign"]["summary"] == "fail; 0 of 313 suppressed"
    assert 0 < records["gr_assign"]["properties"]["smallest_group"] < K


def test_the_record_of_an_open_wave_says_that_it_waits_and_nothing_of_its_lots() -> None:
    data = random_wave(120, 3)
    finished = data.dataset.complete()
    held = np.arange(finished.n) % 2 == 0
    for is_paused in (False, True):
        steps = (Step(3, lot="a-lot-that-nobody-may-read", held_back=500_000),)
        extent = Extent(finished, ~held, (held,), steps, is_paused=is_paused)
        shown = finished.take(np.flatnonzero(~held & (not is_paused)))
        open_ = WaveData(data.instrument, shown, data.stand, 6 + is_paused, extent=extent)
        found = evidence(open_)
        assert found["extent"] == {"everything": False, "over": False, "waiting": is_paused}
        assert "a-lot" not in json.dumps(found)
        outcome = found["results"]["gr_assign"]["outcome"]
        assert (set(outcome) == set(found["populations"])) is is_paused


def test_figures_that_are_no_table_of_one_variable_have_a_record_as_well() -> None:
    data = random_wave(300, 3)
    found = evidence(data)
    for uid, name in (("key-figures", "key_figures"), ("response-by-group", "response"), ("who-took-part", "")):
        record = found["results"][uid]
        grid = getattr(Publication(data), name, None) if name else None
        assert record["status"] == "pass"
        assert record["properties"]["smallest_group"] >= K
        if grid is not None:
            cells = [[r, c] for r, line in enumerate(grid.figures) for c, one in enumerate(line) if one.is_hidden]
            assert record["files"][0]["sdc"]["cells"]["threshold"] == cells
    assert found["rule"]["threshold"] == K
    assert "1 tot 9 mensen" in found["rule"]["text"]["nl"]
