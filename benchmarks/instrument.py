"""What the instrument costs: reading, checking and proving the real study, and its conditions, alone and as masks.

Each figure stands beside the least that could do: reading beside ruamel taking the same files apart, without places,
shape or rules; a condition beside the comparison as Python has it; a mask beside the comparison as numpy has it. The
cold figures are each taken in a process of its own, from which the time to import is left out.

``python -m benchmarks.instrument``
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from surveyapp.analysis.columns import CodeColumn
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.mask import mask
from surveyapp.instrument.documents import documents_of
from surveyapp.instrument.files import read_files, wave_folders
from surveyapp.instrument.loader import instrument_from_documents, read_instrument
from surveyapp.reports.extract import extract
from tests.reports.waves import STUDY, random_records, real_instrument

YEAR, CASES, COLD_ROUNDS, ROUNDS = 2026, 10_000, 3, 9
CALLS = 2_000  # of a condition in one round: one alone is too short to time


def _spent(run: Callable[[], object]) -> float:
    began = process_time()
    run()
    return process_time() - began


def _each(run: Callable[[], object], times: int = 1) -> float:
    """Median seconds by the clock of one call, over some rounds, after one to warm up."""
    run()
    rounds = []
    for _ in range(ROUNDS):
        began = perf_counter()
        for _ in range(times):
            run()
        rounds.append((perf_counter() - began) / times)
    return median(rounds)


def _parse(*names: str) -> None:
    for name in names:
        YAML(typ="safe", pure=True).load((STUDY / name).read_bytes())


def _wave_files(year: int) -> list[str]:
    found = [f"{year}/{name}.yaml" for name in ("questionnaire", "tables", "mapping")]
    return [name for name in found if (STUDY / name).is_file()]


def _every_wave() -> None:
    for year in wave_folders(STUDY):
        read_instrument(STUDY, year)


COLD: Mapping[str, Callable[[], object]] = {
    "wave": lambda: read_instrument(STUDY, YEAR),
    "wave floor": lambda: _parse("study.yaml", "variables.yaml", *_wave_files(YEAR)),
    "study": _every_wave,
    "study floor": lambda: _parse(
        "study.yaml", "variables.yaml", *(name for year in wave_folders(STUDY) for name in _wave_files(year))
    ),
}
"""What is measured in a process of its own."""


def _cold(task: str) -> float:
    """Seconds of CPU, the median of some fresh processes."""
    command = [sys.executable, "-m", "benchmarks.instrument", task]
    return median(
        float(json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout))
        for _ in range(COLD_ROUNDS)
    )


def _conditions() -> tuple[Condition, ...]:
    """Every condition a respondent of the real study can meet, each once."""
    found: dict[str, Condition] = {}
    for questionnaire in real_instrument(YEAR).questionnaires.values():
        for page in questionnaire.pages:
            parts: list[Any] = [page, *page.items, *page.questions()]
            for one in (getattr(part, "show_if", None) for part in parts):
                if one is not None:
                    found[one.source] = one
            found |= {ending.condition.source: ending.condition for ending in page.endings}
    return tuple(found.values())


def measure() -> list[tuple[str, str, str, str, str]]:
    """What, measured, allowed, floor, ratio: as the rows of the table of results."""
    return [*_reading(), *_deciding()]


def _row(what: str, made: float, allowed: str, least: float, floor: str, unit: str) -> tuple[str, str, str, str, str]:
    factor, digits = {"s": (1, 2), "ms": (1e3, 2), "µs": (1e6, 2)}[unit.rpartition("-")[2]]
    return (
        what,
        f"{made * factor:.{digits}f} {unit}",
        allowed,
        f"{least * factor:.{digits}f} {unit} ({floor})",
        f"{made / least:.1f}",
    )


def _reading() -> list[tuple[str, str, str, str, str]]:
    wave, wave_floor = _cold("wave"), _cold("wave floor")
    study, study_floor = _cold("study"), _cold("study floor")
    read_instrument(STUDY, YEAR)
    cached = _each(lambda: read_instrument(STUDY, YEAR))
    names = ("study.yaml", "variables.yaml", f"{YEAR}/lock.json", *_wave_files(YEAR))
    bytes_only = _each(lambda: [(STUDY / name).read_bytes() for name in names])
    instrument = real_instrument(YEAR)
    documents = documents_of(read_files(STUDY, [YEAR]), YEAR, instrument.variables)
    text = json.dumps(documents)
    built = _each(lambda: instrument_from_documents(json.loads(text)))
    parsed = _each(lambda: json.loads(text))
    size = f"{len(instrument.variables)} variables"
    return [
        _row(f"load, check and prove wave {YEAR}, {size}, cold", wave, "1.5 s", wave_floor, "ruamel alone", "CPU-s"),
        _row("load, check and prove all waves, cold", study, "5 s", study_floor, "ruamel alone", "CPU-s"),
        _row(f"load wave {YEAR} again", cached, "20 ms", bytes_only, "reading the bytes", "ms"),
        _row("stored documents to instrument", built, "not set", parsed, "json alone", "ms"),
    ]


def _deciding() -> list[tuple[str, str, str, str, str]]:
    instrument = real_instrument(YEAR)
    records = random_records(instrument, 1_000, seed=1)
    small = extract(instrument, records)
    cases = small.take(np.random.default_rng(1).integers(0, small.n, CASES))
    conditions = _conditions()
    answers: dict[str, Any] = dict(records[0]["answers"])
    role = str(records[0]["role"])

    def all_alone() -> None:
        for condition in conditions:
            condition.evaluate(answers, role=role, language="nl")

    def all_masks() -> None:
        for condition in conditions:
            mask(condition, cases)

    alone = _each(all_alone, CALLS // len(conditions)) / len(conditions)
    slowest = max(_each(lambda one=one: one.evaluate(answers, role=role, language="nl"), CALLS) for one in conditions)  # type: ignore[misc]
    given, codes = answers.get("a_via", 1), frozenset([2, 3, 4, 5, 6, 97])
    bare = _each(lambda: given in codes, CALLS)
    masks = _each(all_masks) / len(conditions)
    widest = max(_each(lambda one=one: mask(one, cases)) for one in conditions)  # type: ignore[misc]
    column = cases.columns["a_via"]
    if not isinstance(column, CodeColumn):
        raise TypeError("a_via is no column of codes")
    wanted = np.array(sorted(codes))
    compared = _each(lambda: np.isin(column.values, wanted), 20)
    many = f"{len(conditions)} conditions"
    return [
        _row(f"a condition for one respondent, mean of {many}", alone, "10 µs", bare, "the comparison in Python", "µs"),
        _row(f"the slowest of {many}", slowest, "10 µs", bare, "the comparison in Python", "µs"),
        _row(f"a mask of {CASES:,} cases, mean of {many}", masks, "2 ms", compared, "the comparison in numpy", "ms"),
        _row(f"the slowest mask of {many}", widest, "2 ms", compared, "the comparison in numpy", "ms"),
    ]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_spent(COLD[sys.argv[1]])))
    else:
        for line in measure():
            print(" | ".join(line))
