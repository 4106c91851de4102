"""An analysis nobody needs: the share of people who gave an even code. It is one function with its words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from surveyapp.analysis.crosstab import bases, code_moments, code_place
from surveyapp.instrument.model import TableDefinition, Text
from surveyapp.reports.analyses import Analysis
from surveyapp.reports.grid import Grid
from surveyapp.reports.rows import Stub, shares, stub
from surveyapp.reports.tabulate import Tabulation
from surveyapp.reports.wave_data import WaveData

NAME = {"nl": "even codes", "en": "even codes"}
SAID = {"nl": "Even codes tellen.", "en": "Even codes count."}
PLANNED = TableDefinition(
    "EVN01", Text({"nl": "Even", "en": "Even"}), "marks", "even", ("gr_assign", "gr_client"), ("role",), chart="bars"
)


def _rows(chosen: Any, column: Any, splits: Any, instrument: Any, design: Any, _table: Any) -> Stub:
    counts = code_moments(column.coded, splits, 10, design)
    *_, valid = bases(counts)
    hits = counts.together(np.array([code_place(code) for code in range(0, 11, 2)]))
    rows = tuple(shares(chosen.variable, [("even", NAME, "even")], hits, valid))
    return replace(stub(chosen, column, splits, instrument, design), rows=rows)


def even(tabulation: Tabulation, planned: TableDefinition) -> Grid:
    return tabulation.grid(*planned.variables, rows=_rows, method=SAID)


EVEN = Analysis(NAME, even)


def planning(data: WaveData, *planned: TableDefinition) -> WaveData:
    """The same data under a plan of these tables."""
    return replace(data, instrument=replace(data.instrument, tables=planned), kept={})
