"""From what a model says of each column to a grid: the release control, bases and words are those of every table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from surveyapp.analysis.code_tables import CodeTable
from surveyapp.analysis.columns import Bools, Column, Floats
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.design import Design
from surveyapp.analysis.moments import Split
from surveyapp.analysis.verdict import Verdict
from surveyapp.catalogues import LANGUAGES, told
from surveyapp.errors import AnalysisError
from surveyapp.instrument.model import Instrument, Text, Variable
from surveyapp.reports.grid import Grid, Measure
from surveyapp.reports.key_figures import score_variable
from surveyapp.reports.rows import Row, Stub, counted
from surveyapp.reports.sentences import Words, both, in_both
from surveyapp.reports.subjects import Subject
from surveyapp.reports.tabulate import Tabulation

COEFFICIENT = "coefficient"
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
    statistic: Words | None = None


def model_line(
    kind: str,
    label: Words,
    unit: str,
    found: Sequence[Made | None],
    point: Callable[[Made], Point | None],
    code: str = "",
) -> ModelLine:
    """One measure over what was found of each column; its code is its kind where that tells it from others."""
    return ModelLine(kind, code or kind, label, unit, [None if one is None else point(one) for one in found])


@dataclass(frozen=True, slots=True)
class ModelItem:
    """What a model speaks of: its name, its lines, and on whom they rest."""

    variable: Variable
    base: Callable[[Dataset], Column]
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
    # What is said of everyone is a figure of them: where they may or can not be shown it is not said either.
    hidden = [bases[0].is_hidden or bases[0].precision is Verdict.NOT_SHOWN for bases in grid.bases]
    noted = tuple(
        replace(item, base=one.who or item.base, notes=item.notes if is_hidden else (*item.notes, *one.notes))
        for item, one, is_hidden in zip(grid.items, items, hidden, strict=True)
    )
    return replace(grid, items=noted, has_letters=False, finding=None if any(hidden) else finding)


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
    measure = Measure(name, line.kind, line.code, in_both(line.label), line.unit, line.statistic)
    return Row(measure, value, se, low, high, p=p)


def _numbers(points: Sequence[Point | None], field: str) -> Floats:
    def each() -> Iterator[float]:
        for one in points:
            yield float("nan") if one is None else getattr(one, field)

    return np.array([*each()])
