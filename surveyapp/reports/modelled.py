"""From what a model says of each column to a grid: the release control, bases and words are those of every table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

import numpy as np

from surveyapp.analysis.code_tables import CodeTable
from surveyapp.analysis.columns import Bools, Column, Floats
from surveyapp.analysis.design import Design
from surveyapp.analysis.differences import mean_of
from surveyapp.analysis.moments import Split
from surveyapp.analysis.verdict import Verdict
from surveyapp.catalogues import LANGUAGES, told
from surveyapp.errors import AnalysisError
from surveyapp.instrument.model import Instrument, Text, Variable
from surveyapp.reports.case_numbers import BaseOf, Scored
from surveyapp.reports.grid import Figure, Grid, Measure
from surveyapp.reports.key_figures import score_variable
from surveyapp.reports.rows import Row, Stub, counted
from surveyapp.reports.sentences import Words, both, in_both
from surveyapp.reports.subjects import Subject
from surveyapp.reports.tabulate import Tabulation

COEFFICIENT = "coefficient"
INSTEAD = both(
    "A step without an interval is the difference of the two means that are shown, and not tested: that of the same "
    "people would with these tell of the few who answered on one phase alone."
)
ANSWERED_ALL = both("who answered all of these questions")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of a model in one column; NaN is none."""

    value: float
    low: float = float("nan")
    high: float = float("nan")
    p: float = float("nan")
    se: float = float("nan")


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One measure over the columns; None where the model does not exist."""

    kind: str
    code: int | str
    label: Words
    unit: str
    points: Sequence[Point | None]
    beside: BaseOf | None = None  # of whom they would tell beside other figures: hidden where these are too few
    instead: Shown | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands where a figure would tell of a few: a number that follows from others in the same column.

    Parameters
    ----------
    values : over the columns; NaN is none
    others : on whom these others rest, and of whom they would tell: nothing stands where one of them may not be shown
    """

    values: Sequence[float]
    others: tuple[BaseOf, ...]


def model_line(
    kind: str,
    label: Words,
    unit: str,
    found: Sequence[Made | None],
    point: Callable[[Made], Point | None],
    code: str = "",
    beside: BaseOf | None = None,
    instead: Shown | None = None,
) -> ModelLine:
    """One measure over what was found of each column; its code is its kind where that tells it from others."""
    points = [None if one is None else point(one) for one in found]
    return ModelLine(kind, code or kind, label, unit, points, beside, instead)


def mean_line(one: Scored, found: Sequence[Made | None], tabulation: Tabulation) -> ModelLine:
    """The mean of a question over all who answered it, as every table has it; none where there is no model.

    Over those alone who answered the others too it would, beside that of the tables, tell of who did not.
    """
    numbers, name = one.as_asked(tabulation.cases), one.variable.name
    columns = zip(tabulation.members(), found, strict=True)
    points = [
        None if model is None else Point(mean_of(numbers[who], weights_of(tabulation, who)).value)
        for who, model in columns
    ]
    return ModelLine("mean", "mean", both("Mean"), one.unit, points, lambda cases: cases.columns[name])


@dataclass(frozen=True, slots=True)
class ModelItem:
    """What a model speaks of: its name, its lines, and on whom they rest."""

    variable: Variable
    base: BaseOf
    lines: tuple[ModelLine, ...]
    notes: tuple[Words, ...] = ()
    who: Words | None = None  # on whom they rest, in words, where these are other people than were asked


def grid_of_model(
    tabulation: Tabulation, items: Sequence[ModelItem], method: Words, finding: Words | None = None
) -> Grid:
    """The figures of a model; of a column whose base may not be shown nothing is."""
    known: Mapping[str, ModelItem] = {one.variable.name: one for one in items}

    def rows(
        chosen: Subject,
        column: Column,
        splits: tuple[Split, ...],
        instrument: Instrument,
        design: Design,
        table: CodeTable,
    ) -> Stub:
        found = counted(chosen, column, splits, instrument, design, table)
        return replace(found, rows=tuple(_row(chosen.name, line) for line in known[chosen.name].lines))

    grid = tabulation.grid_of(*(Subject(one.variable, {}, one.base) for one in items), rows=rows, method=method)
    grid = _held_back(grid, [line for one in items for line in one.lines], tabulation)
    # What is said of everyone is a figure of them: where they may or can not be shown it is not said either.
    hidden = [bases[0].is_hidden or bases[0].precision is Verdict.NOT_SHOWN for bases in grid.bases]
    noted = tuple(
        replace(item, base=one.who or item.base, notes=item.notes if is_hidden else (*item.notes, *one.notes))
        for item, one, is_hidden in zip(grid.items, items, hidden, strict=True)
    )
    return replace(grid, items=noted, has_letters=False, finding=None if any(hidden) else finding)


def _held_back(grid: Grid, lines: Sequence[ModelLine], tabulation: Tabulation) -> Grid:
    """The grid without the figures that would tell of too few beside others."""
    figures = []
    for found, line in zip(grid.figures, lines, strict=True):
        hidden = [False] * len(found) if line.beside is None else [*tabulation.hidden(line.beside)]
        other = _instead(line.instead, tabulation) if any(hidden) else []
        figures.append(
            tuple(
                _held(one, *other[at : at + 1]) if hide and one.value is not None else one
                for at, (one, hide) in enumerate(zip(found, hidden, strict=True))
            )
        )
    if tuple(figures) == grid.figures:
        return grid
    every, notes = [one for row in figures for one in row], list[Words]()
    changed = [one for one, before in zip(every, chain(*grid.figures), strict=True) if one != before]
    if any(one.is_hidden for one in changed):
        threshold = tabulation.data.instrument.study.threshold
        notes.append(both(
            "Where a dot stands and the base is shown, the figure would with others tell of fewer than %(threshold)s "
            "people.",
            threshold=threshold,
        ))  # fmt: skip
    if not all(one.is_hidden for one in changed):
        notes.append(INSTEAD)
    *items, last = grid.items
    return replace(grid, figures=tuple(figures), items=(*items, replace(last, notes=(*last.notes, *notes))))


def _instead(shown: Shown | None, tabulation: Tabulation) -> list[float]:
    """What stands in each column instead; NaN where what it follows from is hidden itself."""
    if shown is None:
        return []
    hidden = np.logical_or.reduce([tabulation.hidden(other) for other in shown.others])
    return [float("nan") if hide else value for value, hide in zip(shown.values, hidden, strict=True)]


def _held(figure: Figure, instead: float = float("nan")) -> Figure:
    if np.isnan(instead):
        return Figure(is_hidden=True, bases=figure.bases)
    return Figure(instead, bases=figure.bases)


def each_column(tabulation: Tabulation, make: Callable[[Bools], Made]) -> tuple[list[Made | None], Words | None]:
    """What a model makes of each column, None where it cannot; and why it cannot of everyone, in words."""
    found: list[Made | None] = []
    reason: Words | None = None
    for at, who in enumerate(tabulation.members()):
        try:
            found.append(make(who))
        except AnalysisError as error:
            found.append(None)
            if at == 0:
                reason = {language: _labelled(told(error, language), tabulation, language) for language in LANGUAGES}
    return found, reason


def why_none(reason: Words | None) -> tuple[Words, ...]:
    """What is said where a model of everyone cannot be made."""
    return () if reason is None else (both("No figures: %(reason)s", reason=reason),)


def made_variable(name: str, label: Words) -> Variable:
    """What nobody was asked: a score of several questions."""
    return score_variable(name, Text(in_both(label)))


def weights_of(tabulation: Tabulation, who: Bools) -> Floats | None:
    """What some of the cases count for."""
    weights = tabulation.design.only_weights()
    return None if weights is None else weights[who]


def tested(p: float, n: int, tabulation: Tabulation) -> float:
    """A p-value, none where the base is too low to be tested."""
    return p if n >= tabulation.data.instrument.study.low_base else float("nan")


def _labelled(said: str, tabulation: Tabulation, language: str) -> str:
    """What statistics say of variables by their names, with their labels instead."""
    variables = tabulation.data.instrument.variables

    def label(found: re.Match[str]) -> str:
        known = variables.get(found[0])
        return found[0] if known is None else known.label[language]

    return re.sub(r"[a-z]\w+", label, said)


def _row(name: str, line: ModelLine) -> Row:
    value, low, high, p, se = (_numbers(line.points, field) for field in ("value", "low", "high", "p", "se"))
    measure = Measure(name, line.kind, line.code, in_both(line.label), line.unit)
    return Row(measure, value, se, low, high, p=p)


def _numbers(points: Sequence[Point | None], field: str) -> Floats:
    def each() -> Iterator[float]:
        for one in points:
            yield float("nan") if one is None else getattr(one, field)

    return np.array([*each()])
