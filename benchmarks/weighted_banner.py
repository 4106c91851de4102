"""What weighted tables cost: 100 variables by 15 columns with the linearised error of every share and mean.

Measured is what the product's own tables are made of:

* figures: bases, shares, nets, means and their errors and intervals, as arrays (`reports.code_layouts.tables`, of which
  every table of codes takes its numbers);
* rows: the same as lines of tables with their words, standard deviations and missing codes (`reports.rows.stub`).

The floor is the least that numpy can do for the same question: per variable three calls of ``bincount``, for the
cases, the weights and their squares in every column and code; no shares, no errors, no means. At most three times as
much is allowed for the figures, and for the rows at 100,000 cases; at 3,000 the words are most of them.

``python -m benchmarks.weighted_banner``
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import process_time

import numpy as np

from surveyapp.analysis.code_tables import CodeTable
from surveyapp.analysis.columns import CodeColumn, Codes
from surveyapp.analysis.design import Design
from surveyapp.analysis.moments import Partition
from surveyapp.instrument.model import Instrument
from surveyapp.reports.code_layouts import tables
from surveyapp.reports.rows import stub
from surveyapp.reports.subjects import Subject
from tests.reports.waves import real_instrument

SIZES = (
    100_000,
    3_000,
)  # the larger first: a process that has held large arrays gives no memory back between small ones
VARIABLES, COLUMNS, HIGHEST = 100, 15, 10
ALLOWED = 3.0
ALLOWED_MS = {3_000: 50.0}
"""Of rows, where they are not allowed so many times the floor."""
ROUNDS = 9
Index = np.ndarray[tuple[int], np.dtype[np.intp]]


def floor(variables: list[Codes], index: Index, weights: np.ndarray) -> None:
    """Cases, Σw and Σw² per column and code."""
    width = HIGHEST + 10
    squares = weights**2
    for codes in variables:
        flat = index * width + codes + 9
        for one in (None, weights, squares):
            np.bincount(flat, one, COLUMNS * width)


class Banner:
    """A mark of one to ten, a hundred times, over a banner."""

    def __init__(self, variables: list[Codes], index: Index, weights: np.ndarray) -> None:
        self.instrument: Instrument = real_instrument()
        mark = next(one for one in self.instrument.variables.values() if one.type.traits.headline == "mean")
        self.subjects = [Subject(mark, {code: code for code in mark.codes})] * len(variables)
        self.columns = [CodeColumn(codes) for codes in variables]
        self.splits = (Partition(index, COLUMNS),)
        self.weights = weights

    def figures(self) -> list[CodeTable]:
        """Every figure, the total included."""
        return tables(self.subjects, self.columns, self.splits, self.instrument, Design(self.weights))

    def rows(self) -> None:
        """Every line of every table."""
        design = Design(self.weights)
        for chosen, column, table in zip(self.subjects, self.columns, self.figures(), strict=True):
            stub(chosen, column, self.splits, self.instrument, design, table)


def _milliseconds(*runs: Callable[[], object]) -> list[float]:
    """Medians of some runs, which take turns, so that what else the machine does is the same to all."""
    spent: list[list[float]] = [[] for _ in runs]
    for _ in range(ROUNDS + 1):
        for run, took in zip(runs, spent, strict=True):
            began = process_time()
            run()
            took.append((process_time() - began) * 1000)
    return [median(took[1:]) for took in spent]


def measure() -> list[dict[str, float]]:
    """Per number of cases the milliseconds of the floor, the figures and the rows."""
    found = []
    for size in SIZES:
        draw = np.random.default_rng(size)
        variables = [draw.choice([-9, -8, *range(1, HIGHEST + 1)], size).astype(np.int16) for _ in range(VARIABLES)]
        index, weights = draw.integers(0, COLUMNS, size), draw.gamma(4, 0.25, size) + 0.02
        banner = Banner(variables, index, weights)
        lean, figures, whole = _milliseconds(
            lambda v=variables, i=index, w=weights: floor(v, i, w),  # type: ignore[misc]
            banner.figures,
            banner.rows,
        )
        found.append({"cases": size, "floor": lean, "figures": figures, "rows": whole})
    return found


def rows() -> list[tuple[str, str, str, str, str]]:
    """What, measured, allowed, floor, ratio."""
    return [
        (
            f"weighted {what} of {VARIABLES} variables × {COLUMNS} columns with errors, {one['cases']:,.0f} cases",
            f"{one[what]:.1f} CPU-ms",
            f"{ALLOWED_MS[int(one['cases'])]:.0f} ms"
            if what == "rows" and one["cases"] in ALLOWED_MS
            else f"{ALLOWED:.0f} × the floor",
            f"{one['floor']:.1f} CPU-ms (numpy n, Σw, Σw² alone)",
            f"{one[what] / one['floor']:.2f}",
        )
        for one in measure()
        for what in ("figures", "rows")
    ]


if __name__ == "__main__":
    for line in rows():
        print(" · ".join(line))
