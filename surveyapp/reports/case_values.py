"""What a line of figures measures of each case: a number, NaN where somebody is not in its base.

A line's value is their mean. Sums over codes make the figures of a table; these numbers make what sums per column
cannot know: errors of strata and clusters, and what columns that share people have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from surveyapp.analysis.columns import AllocationColumn, Bools, ChoiceColumn, Codes, Floats, NumberColumn, RankColumn
from surveyapp.analysis.moments import Split


class CaseValues:
    """The numbers, made when something asks for them: most tables do not. Equal to what gives the same numbers."""

    __slots__ = ("_make",)
    __hash__ = None  # type: ignore[assignment]  # equal by what they give

    def __init__(self, make: Callable[[], Floats]) -> None:
        self._make = make

    def __call__(self) -> Floats:
        """One number per case."""
        return np.asarray(self._make(), dtype=np.float64)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CaseValues) and np.array_equal(self(), other(), equal_nan=True)


def one_of(values: Codes, codes: Sequence[int]) -> CaseValues:
    """Whether the code is one of these."""
    return CaseValues(lambda: np.where(values >= 0, np.isin(values, codes), np.nan))


def the_code(values: Codes) -> CaseValues:
    """The code itself, as a number."""
    return CaseValues(lambda: np.where(values >= 0, values, np.nan))


def score_of(values: Codes) -> CaseValues:
    """1 for a promoter, -1 for a detractor, 0 between them."""
    return CaseValues(lambda: np.where(values >= 0, (values >= 9).astype(float) - (values <= 6), np.nan))


def chosen(column: ChoiceColumn, place: int) -> CaseValues:
    """Whether somebody chose what stands at this place."""
    return CaseValues(lambda: np.where(column.missing == 0, column.chosen[:, place], np.nan))


def named(column: RankColumn, code: int) -> CaseValues:
    """Whether somebody gave a code any place."""
    return CaseValues(lambda: np.where(column.missing == 0, (column.places == code).any(axis=1), np.nan))


def named_first(column: RankColumn, code: int) -> CaseValues:
    """Whether somebody gave a code the first place."""
    return CaseValues(lambda: np.where(column.missing == 0, column.places[:, 0] == code, np.nan))


def rank_points(column: RankColumn, code: int) -> CaseValues:
    """The points of a place: as many as there are places for the first, 0 for none."""
    width = column.places.shape[1]
    points = np.arange(width, 0, -1)
    return CaseValues(
        lambda: np.where(column.missing == 0, np.where(column.places == code, points, 0).sum(axis=1), np.nan)
    )


def the_number(column: NumberColumn) -> CaseValues:
    """The number itself."""
    return CaseValues(lambda: column.values)


def amount(column: AllocationColumn, place: int) -> CaseValues:
    """The points given to what stands at this place."""
    return CaseValues(lambda: np.where(column.missing == 0, column.amounts[:, place], np.nan))


def belonging(splits: Sequence[Split], n: int) -> Bools:
    """Who belongs to each column, everyone first; shape (n, columns)."""
    groups = [split.members(group) for split in splits for group in range(split.size)]
    return np.stack([np.ones(n, dtype=np.bool_), *groups], axis=1)
