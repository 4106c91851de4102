"""What one variable looks like over all cases: small arrays, one entry per case.

A negative entry of ``missing`` (or of a code column's ``values``) is a missing code; 0 in ``missing`` means there is a
valid answer. The codes are those of the instrument floor, which this floor does not see; a test holds them equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Codes = NDArray[np.int16]
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

NOT_APPLICABLE, DONT_KNOW, REFUSED, NOT_ASKED, SKIPPED = -1, -2, -3, -8, -9
LOWEST_CODE = -9


@dataclass(frozen=True, slots=True, eq=False)
class CodeColumn:
    """One code per case; negative: missing."""

    values: Codes  # shape (n,)

    @property
    def missing(self) -> Codes:
        """The missing code per case, 0 where there is a valid one."""
        return np.minimum(self.values, np.int16(0))

    def take(self, index: Ints | slice) -> CodeColumn:
        """The cases at these positions."""
        return CodeColumn(self.values[index])


@dataclass(frozen=True, slots=True, eq=False)
class NumberColumn:
    """One number per case."""

    values: Floats  # shape (n,); NaN where missing
    missing: Codes

    def take(self, index: Ints | slice) -> NumberColumn:
        """The cases at these positions."""
        return NumberColumn(self.values[index], self.missing[index])


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceColumn:
    """Any number of codes per case."""

    codes: tuple[int, ...]
    chosen: Bools  # shape (n, len(codes)); False where missing
    missing: Codes

    def take(self, index: Ints | slice) -> ChoiceColumn:
        """The cases at these positions."""
        return ChoiceColumn(self.codes, self.chosen[index], self.missing[index])


@dataclass(frozen=True, slots=True, eq=False)
class RankColumn:
    """The first few of a list of codes, in order."""

    codes: tuple[int, ...]
    places: Codes  # shape (n, places): code at each place, -1 for an empty one
    missing: Codes

    def take(self, index: Ints | slice) -> RankColumn:
        """The cases at these positions."""
        return RankColumn(self.codes, self.places[index], self.missing[index])


@dataclass(frozen=True, slots=True, eq=False)
class AllocationColumn:
    """A hundred points divided over codes."""

    codes: tuple[int, ...]
    amounts: Floats  # shape (n, len(codes)); 0 where missing
    missing: Codes

    def take(self, index: Ints | slice) -> AllocationColumn:
        """The cases at these positions."""
        return AllocationColumn(self.codes, self.amounts[index], self.missing[index])


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn:
    """A text per case."""

    values: NDArray[Any]  # shape (n,), dtype object: str, or None where missing
    missing: Codes

    def take(self, index: Ints | slice) -> TextColumn:
        """The cases at these positions."""
        return TextColumn(self.values[index], self.missing[index])


Column = CodeColumn | NumberColumn | ChoiceColumn | RankColumn | AllocationColumn | TextColumn
