"""The profile: ratings, levels of maturity and delivered facts over the phases, as views of one scale from 0 to 100."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import NOT_ASKED, Bools, Column, Floats
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.profiles import Profile, profile_steps
from surveyapp.analysis.scales import mean_of_valid
from surveyapp.errors import BadQuery
from surveyapp.instrument.model import Instrument, TableDefinition, Text, Variable
from surveyapp.reports.case_numbers import BaseOf, Scored, amounts, scored, who_has_part
from surveyapp.reports.findings import profile_finding
from surveyapp.reports.grid import Grid
from surveyapp.reports.modelled import (
    ModelItem,
    ModelLine,
    Point,
    Shown,
    each_column,
    grid_of_model,
    made_variable,
    model_line,
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
        return {phase: self.score(phase, cases) for phase in self.items}

    def score(self, phase: str, cases: Dataset) -> Floats:
        """The same of one phase."""
        return mean_of_valid(np.stack([one.points(cases) for one in self.items[phase]], axis=1))


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
        whole = _on_one_alone(view, (0, len(view.items) - 1))
        if found[0] is not None and not tabulation.hidden(whole)[0]:
            courses.append((view.label, _labels(view, tabulation.data.instrument), found[0]))
    return grid_of_model(tabulation, items, _method(), profile_finding(courses, tabulation))


def _view(construct: str, variables: Sequence[Variable], instrument: Instrument) -> View:
    phases = sorted((instrument.phases[str(one.phase)] for one in variables), key=lambda phase: phase.order)
    items = {
        phase.id: tuple(scored(one.name, instrument) for one in variables if one.phase == phase.id) for phase in phases
    }
    return View(construct, instrument.constructs[construct].label, items)


def _items(view: View, found: Sequence[Profile | None], tabulation: Tabulation) -> Iterator[ModelItem]:
    phases = [*view.items]
    for at, phase in enumerate(phases):
        several = view.items[phase] if len(view.items[phase]) > 1 else ()
        lines = [_mean_line(view, at, found, several)]
        if at:
            label = both("%(view)s: step from the phase before", view=view.label)
            lines.append(_step_line(view, "step", label, (at - 1, at), found, tabulation))
        if at == len(phases) - 1 and at > 1:
            label = both("%(view)s: from the first phase to the last", view=view.label)
            lines.append(_step_line(view, "whole", label, (0, at), found, tabulation))
        made = made_variable(f"{view.id}/{phase}", tabulation.data.instrument.phases[phase].label)
        yield ModelItem(made, _base(view, phase), tuple(lines))


def _mean_line(view: View, at: int, found: Sequence[Profile | None], several: Sequence[Scored]) -> ModelLine:
    def mean(one: Profile) -> Point:
        return Point(one.means[at].value, one.means[at].low, one.means[at].high)

    return model_line("view", view.label, "mean", found, mean, view.id, _part(several) if several else None)


def _part(several: Sequence[Scored]) -> BaseOf:
    return who_has_part(lambda cases: [one.points(cases) for one in several])


def _step_line(
    view: View, name: str, label: Words, ends: tuple[int, int], found: Sequence[Profile | None], tabulation: Tabulation
) -> ModelLine:
    """A step of those who answered on both phases; who answered on one alone it would tell of beside the means.

    Where these are few the difference of both means stands instead, which anybody can take.
    """

    def step(one: Profile) -> Point:
        of = (one.whole if name == "whole" else one.steps[ends[0]]).difference
        return Point(of.value, of.low, of.high, tested(of.adjusted, of.n, tabulation), of.se)

    return model_line(
        "step", label, "mean", found, step, f"{view.id}-{name}", _on_one_alone(view, ends), _apart(view, ends, found)
    )


def _apart(view: View, ends: tuple[int, int], found: Sequence[Profile | None]) -> Shown:
    """The difference of the means of two phases, each of all who answered on it: it needs both of these to be shown."""
    first, last = ends
    values = [float("nan") if one is None else one.means[last].value - one.means[first].value for one in found]
    phases = [[*view.items][end] for end in ends]
    parts = [_part(view.items[phase]) for phase in phases if len(view.items[phase]) > 1]
    return Shown(values, (*(_base(view, phase) for phase in phases), *parts))


def _on_one_alone(view: View, ends: tuple[int, int]) -> BaseOf:
    phases = [*view.items]
    return who_has_part(lambda cases: [view.score(phases[end], cases) for end in ends])


def _base(view: View, phase: str) -> BaseOf:
    def base(cases: Dataset) -> Column:
        asked: Bools = np.zeros(cases.n, dtype=np.bool_)
        for one in view.items[phase]:
            asked |= cases.columns[one.variable.name].missing != NOT_ASKED
        return amounts(view.score(phase, cases), asked)

    return base


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
