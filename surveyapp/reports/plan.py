"""The report's tables as its definition plans them: one sheet per definition, one table per stub variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.model import TableDefinition
from surveyapp.reports.sentences import in_both
from surveyapp.reports.table import Table, drawn
from surveyapp.reports.tabulate import Tabulation
from surveyapp.reports.wave_data import WaveData


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """One sheet of the report. Its tables share banner and filter, so their columns are the same groups.

    ``statements``, ``marks`` and ``phases`` stack several variables: a line per variable with its n, mean and nets.
    """

    id: str  # three capitals and two digits, permanent
    title: Mapping[str, str]
    section: str
    kind: str  # frequencies · statements · marks · phases · multiple · ranking · numbers
    chart: str | None  # bars · stacked · profile · dots
    tables: tuple[Table, ...]


def report_sheets(data: WaveData) -> tuple[ReportSheet, ...]:
    """Every planned sheet in the order of the plan.

    Raises
    ------
    BadQuery     the plan names what the wave has not (the checks refuse to open such a wave)
    """
    made: dict[tuple[tuple[str, ...], Condition | None], Tabulation] = {}
    sheets: list[ReportSheet] = []
    for planned in data.instrument.tables:
        key = planned.banner, planned.filter
        tabulation = made.get(key)
        if tabulation is None:
            tabulation = made[key] = Tabulation(data, planned.banner, planned.filter)
        sheets.append(_sheet(planned, tabulation))
    return tuple(sheets)


def _sheet(planned: TableDefinition, tabulation: Tabulation) -> ReportSheet:
    made = (replace(tabulation.table(name), id=planned.id, kind=planned.kind) for name in planned.variables)
    tables = drawn(tuple(made))
    return ReportSheet(
        id=planned.id,
        title=in_both(planned.title),
        section=planned.section,
        kind=planned.kind,
        chart=None if planned.chart in (None, "none") else planned.chart,
        tables=tables,
    )
