"""Backgrounds of cases beside the shares that their categories have in the population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import Bools, Floats, Ints
from surveyapp.errors import NotEnoughData, WeightsRefused, Word

Category = Any
"""Whatever can be a key: a code, a word, of crossed backgrounds a tuple."""
MISSING = None
"""The category of cases whose background is missing."""
ADDS_UP = 1e-6


class Columns(Protocol):
    """A pandas DataFrame, or arrays by name; what is missing is NaN, None, or masked."""

    def __getitem__(self, name: str, /) -> Any:
        """The column of this name, one entry per case."""


Targets = Mapping[Category, float]
Joins = Mapping[Category, Category]


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """One background over n cases.

    Attributes
    ----------
    categories : those that have cases, and MISSING last
    places :     shape (n,), which of them each case has
    targets :    shape (categories,), shares that add up to 1; NaN: whatever it has before, as of MISSING
    """

    variable: str
    categories: tuple[Category, ...]
    places: Ints
    targets: Floats

    @property
    def size(self) -> int:
        """How many categories there are."""
        return len(self.categories)


def margin(cases: Columns, by: Sequence[str], targets: Targets, population: float | None, joins: Joins) -> Margin:
    """A background of the cases, or several crossed, each case in a category that has a target.

    Parameters
    ----------
    by :    of several the category is a tuple, one of each
    joins : categories that count with another

    Raises
    ------
    NotEnoughData      there are no cases
    WeightsRefused     no such column; targets without cases, cases without target, or targets that do not add up
    """
    name = " × ".join(by)
    columns = [column(cases, one) for one in by]
    is_missing: Bools = np.any([missing for _, missing in columns], axis=0)
    if not len(is_missing):
        raise NotEnoughData("There are no cases to weight.")
    places = np.full(len(is_missing), -1, dtype=np.intp)
    categories: list[Category] = []
    shares: list[float] = []
    for category, share in _shares(name, _joined(name, targets, joins), population).items():
        here = ~is_missing & np.any([_of(columns, one) for one in targets if joins.get(one, one) == category], axis=0)
        _both_or_none(name, category, share, bool(here.any()))
        if share:
            places[here] = len(categories)
            categories.append(category)
            shares.append(share)
    beside = np.flatnonzero((places < 0) & ~is_missing)
    if len(beside):
        raise WeightsRefused(
            "“%(variable)s”: there are cases of “%(category)s”, which has no target.",
            variable=name,
            category=min({" × ".join(str(values[at]) for values, _ in columns) for at in beside}),
        )
    if is_missing.any():
        places[is_missing] = len(categories)
        categories.append(MISSING)
        shares.append(np.nan)
    return Margin(name, tuple(categories), places, np.array(shares))


def said(category: Category) -> str:
    """A category in a message."""
    if category is MISSING:
        return Word("no answer")
    return " × ".join(map(str, category)) if isinstance(category, tuple) else str(category)


def _of(columns: Sequence[tuple[NDArray[Any], Bools]], category: Category) -> Bools:
    parts = category if len(columns) > 1 and isinstance(category, tuple) else (category,)
    if len(parts) != len(columns):
        return np.zeros(len(columns[0][1]), dtype=np.bool_)
    found: Bools = np.all([values == part for (values, _), part in zip(columns, parts, strict=True)], axis=0)
    return found


def _joined(variable: str, targets: Targets, joins: Joins) -> Targets:
    found: dict[Category, float] = {}
    for category, target in targets.items():
        into = joins.get(category, category)
        if into not in targets or joins.get(into, into) != into:
            raise WeightsRefused(
                "“%(variable)s”: “%(category)s” joins “%(into)s”, which has no target of its own.",
                variable=variable,
                category=said(category),
                into=said(into),
            )
        found[into] = found.get(into, 0.0) + target
    return found


def column(cases: Columns, variable: str) -> tuple[NDArray[Any], Bools]:
    """The values of a column, and where they are missing.

    Raises
    ------
    WeightsRefused     there is no such column
    """
    try:
        found = cases[variable]
    except KeyError:
        raise WeightsRefused("There is no background “%(variable)s”.", variable=variable) from None
    values = np.asarray(found)
    if isinstance(found, np.ma.MaskedArray):
        return np.asarray(found.data), np.ma.getmaskarray(found)
    if hasattr(found, "isna"):  # of pandas, which has signs of its own
        return values, np.asarray(found.isna(), dtype=np.bool_)
    if values.dtype.kind == "f":
        return values, np.isnan(values)
    if values.dtype.kind == "O":
        return values, np.array([value is None or value != value for value in values], dtype=np.bool_)
    return values, np.zeros(len(values), dtype=np.bool_)


def _shares(variable: str, targets: Targets, population: float | None) -> dict[Category, float]:
    whole = 1.0 if population is None else population
    for category, target in targets.items():
        if not (np.isfinite(target) and target >= 0):
            raise WeightsRefused(
                "“%(variable)s”: the target of “%(category)s” is %(target)s, which is no share.",
                variable=variable,
                category=said(category),
                target=target,
            )
    total = fsum(targets.values())
    if not abs(total / whole - 1) <= ADDS_UP:
        raise WeightsRefused(
            "“%(variable)s”: the targets add up to %(total)s instead of %(whole)s.",
            variable=variable,
            total=f"{total:g}",
            whole=f"{whole:g}",
        )
    return {category: target / total for category, target in targets.items()}


def _both_or_none(variable: str, category: Category, share: float, has_cases: bool) -> None:
    if share and not has_cases:
        raise WeightsRefused(
            "“%(variable)s”: “%(category)s” has a target and no cases.", variable=variable, category=said(category)
        )
    if has_cases and not share:
        raise WeightsRefused(
            "“%(variable)s”: “%(category)s” has cases and the target 0, which no weight above 0 reaches.",
            variable=variable,
            category=said(category),
        )
