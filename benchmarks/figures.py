"""What the figures cost: every variable of the study by role, at 3,000 and at 100,000 cases.

The floor is the least that numpy can do for the same question: one ``bincount`` per column for the counts alone, no
shares, no errors, no means. Measured are

* figures: counts, shares with errors and Wilson intervals, nets, means with t intervals, quartiles, missing codes;
* tables:  the same with letters, disclosure control, words in two languages and the objects a page is drawn from.

``python -m benchmarks.figures``
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np

from surveyapp.analysis.columns import AllocationColumn, ChoiceColumn, CodeColumn, NumberColumn, RankColumn
from surveyapp.analysis.dataset import Dataset
from surveyapp.reports.banners import banners
from surveyapp.reports.case_store import CaseStore
from surveyapp.reports.extract import extract
from surveyapp.reports.rows import stub
from surveyapp.reports.subjects import subject
from surveyapp.reports.tabulate import Tabulation
from surveyapp.reports.wave_data import WaveData
from tests.reports.waves import STAND, random_records, real_instrument

ROUNDS = 7
SIZES = (3_000, 100_000)
ALLOWED_MS = {3_000: 50.0, 100_000: 300.0}


def _milliseconds(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median over some rounds, after one to warm up."""
    run()
    spent = []
    for _ in range(rounds):
        began = perf_counter()
        run()
        spent.append((perf_counter() - began) * 1000)
    return median(spent)


def floor(cases: Dataset) -> int:
    """Counts of every code of every column by role, straight from the arrays; how many were counted."""
    roles = len(cases.names["role"])
    group = cases.codes("role").astype(np.intp)
    counted = 0
    for column in (cases.columns[name] for name in cases.columns if name not in cases.names):
        if isinstance(column, CodeColumn):
            width = int(column.values.max(initial=0)) + 10
            counted += int(np.bincount(group * width + column.values + 9, minlength=roles * width).sum())
        elif isinstance(column, ChoiceColumn):
            for chosen in column.chosen.T:
                counted += int(np.bincount(group[chosen], minlength=roles).sum())
        elif isinstance(column, RankColumn):
            for place in column.places.T:
                width = int(place.max(initial=0)) + 2
                counted += int(np.bincount(group * width + place + 1, minlength=roles * width).sum())
        elif isinstance(column, NumberColumn | AllocationColumn):
            counted += int(np.bincount(group[column.missing == 0], minlength=roles).sum())
    return counted


def figures(data: WaveData) -> None:
    """Every figure of every variable by role, as arrays."""
    cases, instrument = data.cases(), data.instrument
    splits = tuple(banner.split for banner in banners(["role"], instrument, cases))
    for name in instrument.variables:
        chosen = subject(name, instrument, cases)
        stub(chosen, chosen.column(cases), splits, instrument)


def tables(data: WaveData) -> None:
    """Every table by role."""
    tabulation = Tabulation(data, ["role"])
    for name in data.instrument.variables:
        tabulation.grid(name)


def measure() -> list[dict[str, float]]:
    """Per size the milliseconds of the floor, the figures and the tables, and of reading and feeding the cases."""
    instrument = real_instrument()
    records = random_records(instrument, SIZES[0], seed=1)
    began = perf_counter()
    small = extract(instrument, records)
    reading = (perf_counter() - began) * 1000
    store = CaseStore(instrument)
    store.take_in(records)
    changed = [{**record, "revision": 2} for record in records[:20]]
    began = perf_counter()
    store.take_in(changed)
    feeding = (perf_counter() - began) * 1000
    found = []
    for size in SIZES:
        drawn = np.random.default_rng(size).integers(0, small.n, size)
        data = WaveData(instrument, small.take(drawn), STAND, 1)
        cases = data.cases()
        lean = _milliseconds(lambda cases=cases: floor(cases))  # type: ignore[misc]
        made = _milliseconds(lambda data=data: figures(data))  # type: ignore[misc]
        whole = _milliseconds(lambda data=data: tables(data), 3)  # type: ignore[misc]
        found.append(
            {
                "cases": size,
                "variables": len(instrument.variables),
                "floor_ms": lean,
                "figures_ms": made,
                "ratio": made / lean,
                "allowed_ms": ALLOWED_MS[size],
                "tables_ms": whole,
                "reading_3000_ms": reading,
                "feeding_20_ms": feeding,
            }
        )
    return found


if __name__ == "__main__":
    for line in measure():
        print({name: round(value, 1) for name, value in line.items()})
