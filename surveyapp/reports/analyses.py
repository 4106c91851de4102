"""Every analysis that a plan of tables can ask for: what it is called, and what makes its grid.

A new one is a function here and an entry of the plan. Pages, books, charts and files draw grids and ask no further.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from surveyapp.instrument.model import TableDefinition
from surveyapp.reports.grid import Grid
from surveyapp.reports.sentences import Words, both
from surveyapp.reports.tabulate import Tabulation


@dataclass(frozen=True, slots=True)
class Analysis:
    """One kind of planned figures."""

    name: Words  # in the contents of a book
    make: Callable[[Tabulation, TableDefinition], Grid]


def _table(tabulation: Tabulation, planned: TableDefinition) -> Grid:
    """Each variable over the banner."""
    return tabulation.grid(*planned.variables)


ANALYSES = {
    "frequencies": Analysis(both("distribution"), _table),
    "statements": Analysis(both("statements"), _table),
    "marks": Analysis(both("marks"), _table),
    "phases": Analysis(both("phases"), _table),
    "multiple": Analysis(both("several answers"), _table),
    "ranking": Analysis(both("ranking"), _table),
    "numbers": Analysis(both("numbers"), _table),
}
