"""What the quality rules cost: all ten over 100,000 finished questionnaires, in seconds and memory.

The floor is what cannot be left out: every column's missing codes counted once, and every open answer hashed once. The
cases are 2,000 simulated ones, each fifty times with seconds of its own; every fourth has an open answer. Reading cases
and texts out of the database is measured with the live wave and not here.

``python -m benchmarks.quality``
"""

from __future__ import annotations

from hashlib import blake2b
from time import process_time
from tracemalloc import get_traced_memory, start, stop

import numpy as np

from surveyapp.reports.extract import extract
from surveyapp.reports.quality_evidence import Evidence, look_at
from surveyapp.reports.quality_flags import judged
from tests.reports.quality_texts import HUMAN, MACHINE
from tests.reports.waves import random_records, real_instrument

CASES, DRAWN = 100_000, 2_000
ALLOWED_SECONDS, ALLOWED_MEGABYTES = 5.0, 150.0
SECONDS_PER_PAGE = 25


def texts() -> list[tuple[int, str]]:
    """An open answer of every fourth case."""
    known = (*HUMAN, *MACHINE)
    return [(at, f"{known[at % len(known)]} {at % 977}") for at in range(0, CASES, 4)]


def evidence() -> Evidence:
    """The cases with the seconds of their pages."""
    instrument, draws = real_instrument(), np.random.default_rng(5)
    few = extract(instrument, random_records(instrument, DRAWN, seed=2))
    cases = few.take(np.arange(CASES) % few.n)
    pages = {page.id for made in instrument.questionnaires.values() for page in made.pages}
    saved = {page: (1 + draws.poisson(SECONDS_PER_PAGE, CASES)).astype(np.uint16) for page in sorted(pages)}
    cases.seconds[:] = sum(spent.astype(np.int32) for spent in saved.values())
    for name in instrument.variables:
        if name in cases.columns:
            cases.columns[name].missing.sum()  # columns are taken when they are asked for: not part of the measure
    return Evidence(instrument, cases, saved, np.zeros(CASES, dtype=np.bool_))


def rows() -> list[tuple[str, str, str, str, str]]:
    """What, measured, allowed, floor, ratio."""
    seen, written = evidence(), texts()
    began = process_time()
    for name in seen.instrument.variables:
        if name in seen.cases.columns:
            np.bincount(seen.cases.columns[name].missing.astype(np.intp) + 9, minlength=10)
    for _, text in written:
        blake2b(text.encode(), digest_size=8).digest()
    floor = process_time() - began
    began = process_time()
    found = judged(Evidence(seen.instrument, seen.cases, seen.saved, seen.trapped, look_at(written, CASES)))
    spent = process_time() - began
    assert not found.not_run, found.not_run
    start()
    judged(Evidence(seen.instrument, seen.cases, seen.saved, seen.trapped, look_at(written, CASES)))
    peak = get_traced_memory()[1] / 1e6
    stop()
    return [
        (
            f"ten quality rules over {CASES:,} finished questionnaires",
            f"{spent:.1f} CPU-s, {peak:.0f} MB",
            f"{ALLOWED_SECONDS:.0f} s and {ALLOWED_MEGABYTES:.0f} MB",
            f"{floor:.2f} CPU-s (each column's missing codes, each text's hash)",
            f"{spent / floor:.0f}",
        )
    ]


if __name__ == "__main__":
    for line in rows():
        print(*line, sep=" | ")
