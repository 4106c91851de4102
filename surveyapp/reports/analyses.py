"""Every analysis that a plan of tables can ask for: what it is called, and what makes its grid.

A new one is a function here and an entry of the plan. Pages, books, charts and files draw grids and ask no further.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from surveyapp.instrument.model import TableDefinition
from surveyapp.reports.driver_figures import planned_drivers
from surveyapp.reports.gap_figures import planned_gaps
from surveyapp.reports.grid import Grid
from surveyapp.reports.profile_figures import planned_profile
from surveyapp.reports.scale_figures import planned_scale
from surveyapp.reports.sentences import Words, both
from surveyapp.reports.table_findings import with_finding
from surveyapp.reports.tabulate import Tabulation
from surveyapp.reports.top_lines import named_most
from surveyapp.reports.trend_figures import planned_trend


@dataclass(frozen=True, slots=True)
class Analysis:
    """One kind of planned figures."""

    name: Words  # in the contents of a book
    make: Callable[[Tabulation, TableDefinition], Grid]


def _table(tabulation: Tabulation, planned: TableDefinition) -> Grid:
    """Each variable over the banner."""
    study = tabulation.data.instrument.study
    grid = named_most(tabulation.grid(*planned.variables), planned.most)
    return with_finding(grid, study, is_against_rest=tabulation.is_against_rest)


ANALYSES = {
    "frequencies": Analysis(both("distribution"), _table),
    "statements": Analysis(both("statements"), _table),
    "marks": Analysis(both("marks"), _table),
    "phases": Analysis(both("phases"), _table),
    "multiple": Analysis(both("several answers"), _table),
    "ranking": Analysis(both("ranking"), _table),
    "numbers": Analysis(both("numbers"), _table),
    "scale": Analysis(both("scale"), planned_scale),
    "drivers": Analysis(both("drivers"), planned_drivers),
    "profile": Analysis(both("profile over the phases"), planned_profile),
    "gaps": Analysis(both("gaps"), planned_gaps),
    "trend": Analysis(both("trend over the waves"), planned_trend),
}
