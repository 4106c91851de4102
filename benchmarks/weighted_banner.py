"""What weighted figures cost: 100 variables by 15 columns with the linearised error of every share and mean.

The floor is the least that numpy can do for the same question: per variable three calls of ``bincount``, for the cases,
the weights and their squares in every column and code; no shares, no errors, no means. At most three times as much is
allowed, for 3,000 and for 100,000 cases.

``python -m benchmarks.weighted_banner``
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import process_time

import numpy as np

from surveyapp.analysis.columns import LOWEST_CODE, Codes
from surveyapp.analysis.crosstab import code_place
from surveyapp.analysis.design import Design
from surveyapp.analysis.moments import Partition, banner_moments

SIZES = (
    100_000,
    3_000,
)  # the larger first: a process that has held large arrays gives no memory back between small ones
VARIABLES, COLUMNS, HIGHEST = 100, 15, 10
ALLOWED = 3.0
ROUNDS = 7


def floor(variables: list[Codes], index: np.ndarray[tuple[int], np.dtype[np.intp]], weights: np.ndarray) -> None:
    """Cases, Σw and Σw² per column and code."""
    width = HIGHEST + 10
    squares = weights**2
    for codes in variables:
        flat = index * width + codes + 9
        for one in (None, weights, squares):
            np.bincount(flat, one, COLUMNS * width)


def banner(variables: list[Codes], index: np.ndarray[tuple[int], np.dtype[np.intp]], weights: np.ndarray) -> None:
    """Every share and mean with its error, the total included."""
    design, split = Design(weights), (Partition(index, COLUMNS),)
    places = [codes - np.int16(LOWEST_CODE) for codes in variables]
    counts = banner_moments(places, HIGHEST - LOWEST_CODE + 1, split, design)
    valid = counts.together(slice(code_place(0), None))
    table = counts.each(lambda sums: sums[:, code_place(1) :])
    table.shares(valid)
    table.means(np.arange(1, HIGHEST + 1))


def _milliseconds(run: Callable[[], object]) -> float:
    run()
    spent = []
    for _ in range(ROUNDS):
        began = process_time()
        run()
        spent.append((process_time() - began) * 1000)
    return median(spent)


def measure() -> list[dict[str, float]]:
    """Per number of cases the milliseconds of the floor and of the banner, and how many times as much it is."""
    found = []
    for size in SIZES:
        draw = np.random.default_rng(size)
        variables = [draw.choice([-9, -8, *range(1, HIGHEST + 1)], size).astype(np.int16) for _ in range(VARIABLES)]
        index, weights = draw.integers(0, COLUMNS, size), draw.gamma(4, 0.25, size) + 0.02
        lean = _milliseconds(lambda v=variables, i=index, w=weights: floor(v, i, w))  # type: ignore[misc]
        whole = _milliseconds(lambda v=variables, i=index, w=weights: banner(v, i, w))  # type: ignore[misc]
        found.append({"cases": size, "floor_ms": lean, "banner_ms": whole, "ratio": whole / lean})
    return found


def rows() -> list[tuple[str, str, str, str, str]]:
    """What, measured, allowed, floor, ratio."""
    return [
        (
            f"weighted: {VARIABLES} variables × {COLUMNS} columns with errors, {one['cases']:,.0f} cases",
            f"{one['banner_ms']:.0f} CPU-ms",
            f"{ALLOWED:.0f} × the floor",
            f"{one['floor_ms']:.0f} CPU-ms (numpy n, Σw, Σw² alone)",
            f"{one['ratio']:.2f}",
        )
        for one in measure()
    ]


if __name__ == "__main__":
    for line in rows():
        print(" · ".join(line))
