"""A variable as one number per case, and where that number lies on its scale: what models and profiles are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import NOT_ASKED, SKIPPED, Bools, Codes, Column, Floats, NumberColumn
from surveyapp.analysis.dataset import Dataset
from surveyapp.errors import BadQuery
from surveyapp.instrument.model import Instrument, Level, Shape, Variable
from surveyapp.reports.subjects import in_words, unknown


@dataclass(frozen=True, slots=True)
class Scored:
    """How a variable becomes a number: a step of its scale, an amount, or whether it is the answer that is counted."""

    variable: Variable
    unit: str  # of a mean of it: mean · mark · share · year
    low: float | None  # ends of the scale; None: an amount has none
    high: float | None
    counted: int | None = None  # the code that is 1, of two
    is_turned: bool = False  # the lowest code means most

    def numbers(self, cases: Dataset) -> Floats:
        """One number per case, NaN without a valid answer."""
        column = cases.columns[self.variable.name]
        there = column.missing == 0
        if self.counted is not None:
            return np.where(there, column.coded == self.counted, np.nan).astype(np.float64)
        values = column.values if isinstance(column, NumberColumn) else column.coded.astype(np.float64)
        if self.is_turned and self.low is not None and self.high is not None:
            values = self.low + self.high - values
        return np.where(there, values, np.nan)

    def as_asked(self, cases: Dataset) -> Floats:
        """The same by the codes that were asked, an item that runs the other way included."""
        values = self.numbers(cases)
        return values if not self.is_turned or self.low is None or self.high is None else self.low + self.high - values

    def points(self, cases: Dataset) -> Floats:
        """From 0, the low end of the scale, to 100."""
        if self.low is None or self.high is None:
            raise _no_scale(self.variable)
        return (self.numbers(cases) - self.low) / (self.high - self.low) * 100


def scored(name: str, instrument: Instrument, *, is_reversed: bool = False) -> Scored:
    """How the variable of this name becomes a number; ``is_reversed`` turns an item that is worded the other way.

    Raises
    ------
    BadQuery     there is none, or its answers have no order that a mean could be taken of
    """
    variable = instrument.variables.get(name)
    if variable is None:
        raise unknown(name, instrument)
    unit = variable.type.traits.unit
    if variable.type.shape is Shape.NUMBER and variable.level is Level.RATIO:
        return Scored(variable, unit, None, None)
    codes = variable.codes
    if variable.type.shape is Shape.CODE and variable.level is Level.SCORE and len(codes) > 1:
        scale = instrument.scales.get(variable.scale) if variable.scale else None
        is_turned = (scale is not None and scale.is_descending) != is_reversed
        return Scored(variable, unit, float(min(codes)), float(max(codes)), is_turned=is_turned)
    if variable.type.picks_one and len(codes) == 2:
        counted = next((one.code for one in variable.categories if one.key == "yes"), codes[0])
        return Scored(variable, "share", 0.0, 1.0, counted)
    raise _no_scale(variable)


BaseOf = Callable[[Dataset], Column]
"""On whom figures rest, over any cases."""


def who_answered_all(names: Sequence[str]) -> BaseOf:
    """Who answered all of these."""

    def who(cases: Dataset) -> Bools:
        return np.asarray(np.stack([cases.columns[name].missing == 0 for name in names]).all(axis=0))

    return people(who)


def people(who: Callable[[Dataset], Bools]) -> BaseOf:
    """Exactly these people as the base: nothing is shown where they are too few."""

    def column(cases: Dataset) -> Column:
        here = who(cases)
        missing: Codes = np.where(here, 0, NOT_ASKED).astype(np.int16)
        return NumberColumn(np.where(here, 0.0, np.nan), missing)

    return column


def who_has_part(values: Callable[[Dataset], Sequence[Floats]]) -> BaseOf:
    """Who has some of these numbers and not all: whom figures of some and of all together would tell of."""

    def who(cases: Dataset) -> Bools:
        there = ~np.isnan(np.stack([*values(cases)]))
        return np.asarray(there.any(axis=0) & ~there.all(axis=0))

    return people(who)


def amounts(values: Floats, asked: Bools) -> Column:
    """A column of numbers per case: skipped where somebody was asked and has none."""
    missing: Codes = np.where(~np.isnan(values), 0, np.where(asked, SKIPPED, NOT_ASKED)).astype(np.int16)
    return NumberColumn(values, missing)


def _no_scale(variable: Variable) -> BadQuery:
    return BadQuery(
        "The answers to %(name)s have no order that a mean could be taken of; take marks, statements or yes and no.",
        name=in_words({variable.name: variable.label}),
    )
