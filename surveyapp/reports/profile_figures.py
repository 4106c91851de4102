"""The profile: ratings, levels of maturity and delivered facts over the phases, as views of one scale from 0 to 100."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import NOT_ASKED, Bools, Column, Floats
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.profiles import Profile, profile_steps
from surveyapp.errors import BadQuery
from surveyapp.instrument.model import Instrument, TableDefinition, Text, Variable
from surveyapp.reports.case_numbers import Scored, amounts, scored
from surveyapp.reports.findings import profile_finding
from surveyapp.reports.grid import Grid
from surveyapp.reports.modelled import (
    ModelItem,
    ModelLine,
    Point,
    each_column,
    grid_of_model,
    made_variable,
    tested,
    weights_of,
)
from surveyapp.reports.sentences import Words, both
from surveyapp.reports.tabulate import Tabulation

LEAST_PHASES = 3
"""A construct that speaks of fewer phases has no course over them."""


@dataclass(frozen=True, slots=True)
class View:
    """One construct over the phases: the questions of each phase, all with one code list."""

    id: str
    label: Text
    items: Mapping[str, tuple[Scored, ...]]  # by phase, in the order of the phases

    def scores(self, cases: Dataset) -> dict[str, Floats]:
        """Per phase and case the mean of its valid questions, 0 to 100; NaN without any."""
        return {phase: _mean_of([one.points(cases) for one in items]) for phase, items in self.items.items()}


def planned_profile(tabulation: Tabulation, planned: TableDefinition) -> Grid:
    """The sheet of a profile: its views are the constructs of the variables in the plan."""
    return profile_grid(tabulation, views_of(planned.variables, tabulation.data.instrument))


def views_in(instrument: Instrument) -> tuple[View, ...]:
    """Every construct of the wave that speaks of three phases or more, with its largest set of questions alike."""
    named = [name for name, one in instrument.variables.items() if one.phase and one.construct and one.is_scored]
    return tuple(one for one in views_of(named, instrument) if len(one.items) >= LEAST_PHASES)


def views_of(names: Sequence[str], instrument: Instrument) -> tuple[View, ...]:
    """The constructs of these questions as views.

    Of questions that answer for the same construct with another code list, the list of most counts.

    Raises
    ------
    BadQuery     a question without a phase or construct
    """
    by_construct: dict[str, dict[str | None, list[Variable]]] = {}
    for name in names:
        variable = scored(name, instrument).variable
        phase = instrument.phases.get(variable.phase or "")
        if phase is None or variable.construct is None:
            raise BadQuery("“%(name)s” has no phase or no construct, so no place in a profile.", name=name)
        if phase.order:  # nought speaks of the whole
            by_construct.setdefault(variable.construct, {}).setdefault(variable.scale, []).append(variable)
    return tuple(
        _view(construct, max(lists.values(), key=len), instrument) for construct, lists in by_construct.items()
    )


def profile_grid(tabulation: Tabulation, views: Sequence[View]) -> Grid:
    """Per view and phase the mean, and the step from the phase before; each view's last line is the whole way.

    Raises
    ------
    BadQuery     no questions over three phases
    """
    if not views or all(len(view.items) < 2 for view in views):
        raise BadQuery("No construct of this wave has questions over %(least)s phases or more.", least=LEAST_PHASES)
    items: list[ModelItem] = []
    courses = []
    for view in views:
        scores = view.scores(tabulation.cases)

        def made(who: Bools, scores: Mapping[str, Floats] = scores) -> Profile:
            return profile_steps({phase: one[who] for phase, one in scores.items()}, weights_of(tabulation, who))

        found, _ = each_column(tabulation, made)
        items += _items(view, found, tabulation)
        if found[0] is not None:
            courses.append((view.label, _labels(view, tabulation.data.instrument), found[0]))
    return grid_of_model(tabulation, items, _method(), profile_finding(courses, tabulation))


def _view(construct: str, variables: Sequence[Variable], instrument: Instrument) -> View:
    phases = sorted((instrument.phases[str(one.phase)] for one in variables), key=lambda phase: phase.order)
    items = {
        phase.id: tuple(scored(one.name, instrument) for one in variables if one.phase == phase.id) for phase in phases
    }
    return View(construct, instrument.constructs[construct].label, items)


def _items(view: View, found: Sequence[Profile | None], tabulation: Tabulation) -> Iterator[ModelItem]:
    instrument = tabulation.data.instrument
    for at, phase in enumerate(view.items):
        lines = [
            ModelLine(
                "view",
                view.id,
                view.label,
                "mean",
                [
                    None if one is None else Point(one.means[at].value, one.means[at].low, one.means[at].high)
                    for one in found
                ],
            )
        ]
        if at:
            label = both("%(view)s: step from the phase before", view=view.label)
            lines.append(
                ModelLine("step", f"{view.id}-step", label, "mean", [_step(one, at, tabulation) for one in found])
            )
        if at == len(view.items) - 1 and at > 1:
            label = both("%(view)s: from the first phase to the last", view=view.label)
            lines.append(
                ModelLine("step", f"{view.id}-whole", label, "mean", [_whole(one, tabulation) for one in found])
            )
        yield ModelItem(
            made_variable(f"{view.id}/{phase}", instrument.phases[phase].label), _base(view, phase), tuple(lines)
        )


def _step(found: Profile | None, at: int, tabulation: Tabulation) -> Point | None:
    if found is None:
        return None
    one = found.steps[at - 1].difference
    return Point(one.value, one.low, one.high, tested(one.adjusted, one.n, tabulation), one.se)


def _whole(found: Profile | None, tabulation: Tabulation) -> Point | None:
    if found is None:
        return None
    one = found.whole.difference
    return Point(one.value, one.low, one.high, tested(one.adjusted, one.n, tabulation), one.se)


def _base(view: View, phase: str) -> Callable[[Dataset], Column]:
    def base(cases: Dataset) -> Column:
        asked: Bools = np.zeros(cases.n, dtype=np.bool_)
        for one in view.items[phase]:
            asked |= cases.columns[one.variable.name].missing != NOT_ASKED
        return amounts(_mean_of([one.points(cases) for one in view.items[phase]]), asked)

    return base


def _mean_of(values: Sequence[Floats]) -> Floats:
    table = np.stack([*values])
    there = ~np.isnan(table)
    count = there.sum(axis=0)
    found: Floats = np.where(count > 0, np.where(there, table, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
    return found


def _labels(view: View, instrument: Instrument) -> dict[str, Text]:
    return {phase: instrument.phases[phase].label for phase in view.items}


def _method() -> Words:
    return both(
        "Per person and phase the mean of the valid answers, from 0 (the low end of the scale) to 100; of yes "
        "and no the "
        "share of yes. A step is that of the same people, who answered on both phases, tested by the paired t "
        "test; Holm "
        "over the steps of a view and its whole way."
    )
