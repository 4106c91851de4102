"""The report's figures as its definition plans them: one grid per sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.model import TableDefinition
from surveyapp.reports.analyses import ANALYSES
from surveyapp.reports.grid import Grid, Look, drawn
from surveyapp.reports.sentences import in_both
from surveyapp.reports.tabulate import Tabulation
from surveyapp.reports.wave_data import WaveData


def planned_grids(
    data: WaveData,
    added: Sequence[TableDefinition] = (),
    earlier: Sequence[WaveData] = (),
    weight: str = "",
) -> Iterator[Grid]:
    """Every planned sheet in the order of the plan, and behind them those that the team added.

    They are weighted as the wave's targets say of its report; what was added, as it was seen.
    Where a weighting is asked for, all are weighted by it.

    Parameters
    ----------
    earlier : the waves that trends reach back to
    weight :  the name of a scheme, or none; empty: as said above

    Raises
    ------
    BadQuery     the plan names what the wave has not (the checks refuse to open such a wave)
    """
    made: dict[tuple[tuple[str, ...], Condition | None, str | None, str], Tabulation] = {}
    for planned in (*data.instrument.tables, *added):
        key = planned.banner, planned.filter, weight or planned.weight or data.schemes.report, planned.against
        if key not in made:
            made[key] = Tabulation(data, *key[:3], against=planned.against, earlier=earlier)
        yield drawn(
            replace(
                ANALYSES[planned.kind].make(made[key], planned),
                id=planned.id,
                kind=planned.kind,
                section=planned.section,
                title=in_both(planned.title),
                look=Look(None if planned.chart == "none" else planned.chart),
            )
        )
