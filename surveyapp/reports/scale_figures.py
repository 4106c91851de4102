"""Whether the items of a scale measure one thing, and its score."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.alpha import ItemOfScale, Reliability, reliability
from surveyapp.analysis.columns import Bools, Column, Floats
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.differences import Mean, mean_of
from surveyapp.analysis.factors import OneFactor, one_factor
from surveyapp.analysis.scales import scale_scores
from surveyapp.errors import AnalysisError, BadQuery
from surveyapp.instrument.model import Construct, Instrument, TableDefinition
from surveyapp.reports.case_numbers import BaseOf, Scored, amounts, scored, who_answered_all, who_has_part
from surveyapp.reports.findings import scale_finding
from surveyapp.reports.grid import Grid
from surveyapp.reports.modelled import (
    ANSWERED_ALL,
    COEFFICIENT,
    ModelItem,
    ModelLine,
    Point,
    each_column,
    grid_of_model,
    made_variable,
    mean_line,
    model_line,
    weights_of,
    why_none,
)
from surveyapp.reports.sentences import Words, both, quoted
from surveyapp.reports.subjects import in_words
from surveyapp.reports.tabulate import Tabulation


@dataclass(frozen=True, slots=True)
class _Scale:
    """What was found of one column."""

    reliability: Reliability
    factor: OneFactor | None
    score: Mean


def planned_scale(tabulation: Tabulation, planned: TableDefinition) -> Grid:
    """The sheet of a scale: its items stand in the plan."""
    return scale_grid(tabulation, planned.variables, planned.title)


def scale_of(tabulation: Tabulation, name: str) -> Grid:
    """The scale of a construct.

    Raises
    ------
    BadQuery     there is no such construct, or its items are not added up in this wave
    """
    instrument = tabulation.data.instrument
    construct = instrument.constructs.get(name)
    if construct is None or len(construct.items) < 2:
        known = {one.id: one.label for one in scales_in(instrument)}
        raise BadQuery(
            "“%(name)s” is no scale of this wave; there are: %(known)s.",
            tuple(known),
            name=name[:40],
            known=in_words(known),
        )
    return scale_grid(tabulation, construct.items, construct.label)


def scales_in(instrument: Instrument) -> tuple[Construct, ...]:
    """The constructs whose items are added up in a wave."""
    return tuple(one for one in instrument.constructs.values() if len(one.items) >= 2)


def scale_grid(tabulation: Tabulation, names: Sequence[str], label: Words) -> Grid:
    """Per item its mean, its correlation with the others and alpha without it; then the scale as a whole."""
    instrument = tabulation.data.instrument
    turned = {name for one in instrument.constructs.values() for name in one.reversed}
    items = [scored(name, instrument, is_reversed=name in turned) for name in names]
    if len(items) < 2:
        raise BadQuery("A scale has two items at least.")
    cases = tabulation.cases
    points = {one.variable.name: one.points(cases) for one in items}

    def made(who: Bools) -> _Scale:
        weights = weights_of(tabulation, who)
        here = {name: values[who] for name, values in points.items()}
        try:
            factor = one_factor(here, weights) if len(here) > 2 else None
        except AnalysisError:
            factor = None
        score = mean_of(scale_scores(here, 0, 100), weights)
        return _Scale(reliability(here, weights), factor, score)

    found, reason = each_column(tabulation, made)
    whole = found[0]
    base = who_answered_all(names)
    made_items = [
        ModelItem(one.variable, base, lines, who=ANSWERED_ALL)
        for one, lines in zip(items, _lines_of(items, found, tabulation), strict=True)
    ]
    scale = ModelItem(
        made_variable("scale", label),
        _with_a_score(items),
        tuple(_scale_lines(found, who_has_part(lambda cases: [one.points(cases) for one in items]))),
        (*why_none(reason), *_notes(whole, {one.variable.name: one.variable.label for one in items})),
        both("who answered two thirds of these questions at least"),
    )
    finding = None if whole is None else scale_finding(whole.reliability, label)
    return grid_of_model(tabulation, [*made_items, scale], _method(), finding)


def _with_a_score(items: Sequence[Scored]) -> BaseOf:
    def base(cases: Dataset) -> Column:
        points: dict[str, Floats] = {one.variable.name: one.points(cases) for one in items}
        scores = scale_scores(points, 0, 100)
        return amounts(scores, np.asarray(~np.isnan(np.stack([*points.values()])).all(axis=0)))

    return base


def _lines_of(
    items: Sequence[Scored], found: Sequence[_Scale | None], tabulation: Tabulation
) -> Iterator[tuple[ModelLine, ...]]:
    for at, one in enumerate(items):
        yield tuple(_item_lines(at, mean_line(one, found, tabulation), found))


def _item_lines(at: int, mean: ModelLine, found: Sequence[_Scale | None]) -> Iterator[ModelLine]:
    def line(kind: str, label: Words, value: Callable[[ItemOfScale], float | None]) -> ModelLine:
        return model_line(kind, label, COEFFICIENT, found, lambda one: _point(value(one.reliability.items[at])))

    yield mean
    yield line("rest", both("Correlation with the other items"), lambda of: of.rest_correlation)
    yield line("without", both("Alpha without this item"), lambda of: of.alpha_without)


def _point(value: float | None) -> Point | None:
    return None if value is None else Point(value)


def _scale_lines(found: Sequence[_Scale | None], part: BaseOf) -> Iterator[ModelLine]:
    def line(kind: str, code: str, label: Words, point: Callable[[_Scale], Point | None]) -> ModelLine:
        return model_line(kind, label, COEFFICIENT, found, point, code)

    def omega(one: _Scale) -> Point | None:
        return Point(one.factor.omega) if one.factor is not None and one.factor.has_converged else None

    yield model_line(
        "mean",
        both("Mean score, 0 to 100"),
        "mean",
        found,
        lambda one: Point(one.score.value, one.score.low, one.score.high),
        "score",
        part,
    )
    yield line(
        "alpha",
        "alpha",
        both("Cronbach’s alpha"),
        lambda one: Point(one.reliability.alpha, one.reliability.low, one.reliability.high),
    )
    yield line(
        "alpha",
        "standardised",
        both("Alpha of standardised items"),
        lambda one: Point(one.reliability.standardised),
    )
    yield line("omega", "omega", both("McDonald’s omega, total"), omega)


def _notes(whole: _Scale | None, labels: Mapping[str, Words]) -> Iterator[Words]:
    if whole is None:
        return
    if whole.reliability.negative:
        yield both(
            "These items run against the others: %(items)s. Most often such an item is not marked as reversed.",
            items=quoted(labels[name] for name in whole.reliability.negative),
        )
    if whole.factor is not None and whole.factor.heywood:
        yield both(
            "One factor does not fit: nothing is left of %(items)s itself, so do not use omega.",
            items=quoted(labels[name] for name in whole.factor.heywood),
        )
    if whole.factor is not None and not whole.factor.has_converged:
        yield both("No best fit of one factor was found: omega is not shown.")


def _method() -> Words:
    return both(
        "Over who answered all items, reversed ones turned (a mean over all who answered its item): Cronbach’s alpha "
        "from covariances with Feldt’s 95%% interval; omega total of one factor by maximum likelihood on covariances. "
        "The score is the mean of the valid items, two thirds of them at least, from 0 to 100, with a 95%% t interval."
    )
