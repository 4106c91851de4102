"""How somebody wants to see a table: which statistics, drawn as what, tested against whom. Kept in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request

from surveyapp.reports.grid import Grid, Line
from surveyapp.reports.sentences import Words
from surveyapp.reports.table_findings import table_finding
from surveyapp.web.console.choices import Select, one_of
from surveyapp.web.languages import translate

CHARTS = ("", "bars", "stacked", "dots", "none")
"""How a table can be drawn; empty: as what fits."""
_SHARES, _COUNTED = ("code", "first", "net"), ("code", "first", "net", "missing")
_SUMMED = ("mean", "sd", "median", "quartile", "score", "points")


@dataclass(frozen=True, slots=True)
class FigureChoice:
    """The statistic and the chart that were asked for; empty: everything, and what fits.

    ``against`` is "rest" where groups are tested against all others together, and empty: against each other.
    """

    statistic: str = ""
    chart: str = ""
    against: str = ""

    def parts(self) -> dict[str, str]:
        """As an address holds it."""
        found = ("stat", self.statistic), ("chart", self.chart), ("against", self.against)
        return {name: value for name, value in found if value}

    def lines(self, lines: Sequence[Line]) -> tuple[Line, ...]:
        """Of some lines those that were asked for, counts in the place of shares where those were; an
        interval is one of a share."""
        kinds = {"share": _SHARES, "n": _COUNTED, "mean": _SUMMED}.get(self.statistic)
        kept = tuple(line for line in lines if kinds is None or line[0].kind in kinds)
        if self.statistic != "n":
            return kept
        counted = [(replace(measure, unit="count"), figures) for measure, figures in kept]
        return tuple((measure, tuple(replace(one, low=None, high=None) for one in same)) for measure, same in counted)

    def found(self, grid: Grid, level: float) -> Words | None:
        """What the lines that were asked for found; ``level`` is below what p a difference is significant."""
        if not self.statistic:
            return grid.finding
        if grid.groups[0].year is not None:
            return None
        return table_finding(grid, level, self.lines(grid.lines), is_against_rest=self.against == "rest")

    @property
    def selects(self) -> tuple[Select, ...]:
        """The lists to choose from."""
        return (
            Select("stat", translate("Figures"), tuple(_statistics().items()), self.statistic),
            Select("chart", translate("Chart"), tuple(_charts().items()), self.chart),
            Select("against", translate("Test groups against"), tuple(_sides().items()), self.against),
        )


def figure_choice() -> FigureChoice:
    """What this request asks for.

    Raises
    ------
    BadQuery     a statistic, a chart or a side that there is not
    """
    return FigureChoice(
        one_of("stat", request.args.get("stat", ""), _statistics()),
        one_of("chart", request.args.get("chart", ""), _charts()),
        one_of("against", request.args.get("against", ""), _sides()),
    )


def _statistics() -> dict[str, str]:
    return {
        "": translate("all figures"),
        "share": translate("percentages"),
        "n": translate("numbers of people"),
        "mean": translate("means and medians"),
    }


def _charts() -> dict[str, str]:
    return {
        "": translate("what fits best"),
        "bars": translate("bars"),
        "stacked": translate("stacked bars"),
        "dots": translate("dots with intervals"),
        "none": translate("no chart"),
    }


def _sides() -> dict[str, str]:
    return {"": translate("each other"), "rest": translate("all others together")}
