"""What one variable looks like over all cases: small arrays, one entry per case, in one of six shapes.

A negative entry of ``missing`` (or of a code column's ``values``) is a missing code; 0 in ``missing`` means there is a
valid answer. The codes are those of the instrument floor, which this floor does not see; a test holds them equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Codes = NDArray[np.int16]
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Index = Ints | slice

NOT_APPLICABLE, DONT_KNOW, REFUSED, NOT_ASKED, SKIPPED = -1, -2, -3, -8, -9
LOWEST_CODE = -9


class Column(Protocol):
    """One variable over n cases; every array has one entry per case, shape (n,)."""

    @property
    def missing(self) -> Codes:
        """The missing code per case, 0 where there is a valid answer."""

    @property
    def coded(self) -> Codes:
        """The code per case, 0 where a valid answer is no code; a negative entry is a missing code."""

    @property
    def numbers(self) -> NDArray[Any]:
        """The code or number per case, 0 where a valid answer is neither; a negative entry is a missing code."""

    def chosen_by(self, code: int) -> Bools:
        """Who chose this code; nobody where answers are no codes."""

    def how_many(self) -> Ints:
        """How many codes each case chose; 0 where missing, or where answers are no codes."""

    def parts(self) -> Iterator[tuple[int | None, NDArray[Any]]]:
        """What a flat file holds: an array per code or place, or one (None); missing codes among its values."""

    def take(self, index: Index) -> Self:
        """The cases at these positions."""

    def nobody(self, n: int) -> Self:
        """So many cases of whom nobody was asked, in this shape."""

    def with_room(self, room: int) -> Self:
        """Room for so many cases in this shape, unwritten."""

    def put(self, index: Ints, other: Self) -> None:
        """Write the cases of a column of this shape at these positions."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays of the column by their names."""

    def over(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The same shape over the cases of other arrays, as :meth:`arrays` gave them."""

    def fitted(self, like: Self) -> Self:
        """The same answers in the shape of a later version of the variable, which may have more codes and places."""


class _Shape:
    """What goes array by array."""

    __slots__: tuple[str, ...] = ()

    def _each(self, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Self:
        found = (getattr(self, name) for name in self.__slots__)
        return type(self)(*(change(one) if isinstance(one, np.ndarray) else one for one in found))

    def take(self, index: Index) -> Self:
        """The cases at these positions."""
        return self._each(lambda array: array[index])

    def with_room(self, room: int) -> Self:
        """Room for so many cases in this shape, unwritten."""
        return self._each(lambda array: np.zeros((room, *array.shape[1:]), dtype=array.dtype))

    def put(self, index: Ints, other: Self) -> None:
        """Write the cases of a column of this shape at these positions."""
        for name, array in self.arrays().items():
            array[index] = getattr(other, name)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays of the column by their names."""
        found = {name: getattr(self, name) for name in self.__slots__}
        return {name: part for name, part in found.items() if isinstance(part, np.ndarray)}

    def over(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The same shape over the cases of other arrays."""
        return type(self)(*(arrays.get(name, getattr(self, name)) for name in self.__slots__))

    def fitted(self, like: Self) -> Self:
        """The same answers in the shape of a later version of the variable."""
        return self


@dataclass(frozen=True, slots=True, eq=False)
class CodeColumn(_Shape):
    """One code per case; negative: missing."""

    values: Codes  # shape (n,)

    @property
    def missing(self) -> Codes:
        """The missing code per case, 0 where there is a valid one."""
        return np.minimum(self.values, np.int16(0))

    @property
    def coded(self) -> Codes:
        """The code per case; negative: its missing code."""
        return self.values

    @property
    def numbers(self) -> Codes:
        """The code per case; negative: its missing code."""
        return self.values

    def chosen_by(self, code: int) -> Bools:
        """Who chose this code."""
        here: Bools = self.values == code
        return here

    def how_many(self) -> Ints:
        """One for who chose a code."""
        return (self.values >= 0).astype(np.intp)

    def parts(self) -> Iterator[tuple[int | None, NDArray[Any]]]:
        """The codes."""
        yield None, self.values

    def nobody(self, n: int) -> CodeColumn:
        """So many cases of whom nobody was asked."""
        return CodeColumn(_not_asked(n))


class _Uncoded(_Shape):
    """Answers that are not one code: missing codes stand in an array beside them."""

    __slots__ = ()
    missing: Codes

    @property
    def coded(self) -> Codes:
        """The missing code per case, 0 where there is a valid answer."""
        return self.missing

    @property
    def numbers(self) -> NDArray[Any]:
        """The missing code per case, 0 where there is a valid answer."""
        return self.missing

    def chosen_by(self, code: int) -> Bools:
        """Nobody: answers are no codes."""
        return np.zeros(len(self.missing), dtype=np.bool_)

    def how_many(self) -> Ints:
        """None: answers are no codes."""
        return np.zeros(len(self.missing), dtype=np.intp)

    def parts(self) -> Iterator[tuple[int | None, NDArray[Any]]]:
        """Nothing: a text stands in no flat file of answers."""
        yield from ()


@dataclass(frozen=True, slots=True, eq=False)
class NumberColumn(_Uncoded):
    """One number per case."""

    values: Floats  # shape (n,); NaN where missing
    missing: Codes

    @property
    def numbers(self) -> NDArray[Any]:
        """The number per case; negative: its missing code."""
        return np.where(self.missing < 0, self.missing, self.values)

    def parts(self) -> Iterator[tuple[int | None, NDArray[Any]]]:
        """The numbers."""
        yield None, self.numbers

    def nobody(self, n: int) -> NumberColumn:
        """So many cases of whom nobody was asked."""
        return NumberColumn(np.full(n, np.nan), _not_asked(n))


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceColumn(_Uncoded):
    """Any number of codes per case."""

    codes: tuple[int, ...]
    chosen: Bools  # shape (n, len(codes)); False where missing
    missing: Codes

    def chosen_by(self, code: int) -> Bools:
        """Who chose this code."""
        return _of_code(self.codes, self.chosen, code)

    def how_many(self) -> Ints:
        """How many codes each case chose."""
        return _hits(self.chosen)

    def parts(self) -> Iterator[tuple[int | None, NDArray[Any]]]:
        """Per code 1 for who chose it and 0 for who did not."""
        for place, code in enumerate(self.codes):
            yield code, np.where(self.missing, self.missing, self.chosen[:, place])

    def nobody(self, n: int) -> ChoiceColumn:
        """So many cases of whom nobody was asked, over the same codes."""
        return ChoiceColumn(self.codes, np.zeros((n, len(self.codes)), dtype=np.bool_), _not_asked(n))

    def fitted(self, like: ChoiceColumn) -> ChoiceColumn:
        """The same choices over the codes of a later version."""
        return ChoiceColumn(like.codes, _over(like.codes, self.codes, self.chosen), self.missing)


@dataclass(frozen=True, slots=True, eq=False)
class RankColumn(_Uncoded):
    """The first few of a list of codes, in order."""

    codes: tuple[int, ...]
    places: Codes  # shape (n, places): code at each place, -1 for an empty one
    missing: Codes

    def chosen_by(self, code: int) -> Bools:
        """Who gave this code any place."""
        here: Bools = (self.places == code).any(axis=1)
        return here

    def how_many(self) -> Ints:
        """How many places each case filled."""
        return _hits(self.places >= 0)

    def parts(self) -> Iterator[tuple[int | None, NDArray[Any]]]:
        """Per place, from 1, the code; skipped where it was left empty by who did rank."""
        for place, codes in enumerate(self.places.T, start=1):
            yield place, np.where(self.missing, self.missing, np.where(codes < 0, SKIPPED, codes))

    def nobody(self, n: int) -> RankColumn:
        """So many cases of whom nobody was asked, with as many places."""
        return RankColumn(self.codes, np.full((n, self.places.shape[1]), -1, dtype=np.int16), _not_asked(n))

    def fitted(self, like: RankColumn) -> RankColumn:
        """The same ranking over the codes and places of a later version."""
        places = like.nobody(len(self.missing)).places
        shared = min(places.shape[1], self.places.shape[1])
        places[:, :shared] = self.places[:, :shared]
        return RankColumn(like.codes, places, self.missing)


@dataclass(frozen=True, slots=True, eq=False)
class AllocationColumn(_Uncoded):
    """A hundred points divided over codes."""

    codes: tuple[int, ...]
    amounts: Floats  # shape (n, len(codes)); 0 where missing
    missing: Codes

    def chosen_by(self, code: int) -> Bools:
        """Who gave this code any points."""
        return _of_code(self.codes, self.amounts, code) > 0

    def how_many(self) -> Ints:
        """To how many codes each case gave points."""
        return _hits(self.amounts > 0)

    def parts(self) -> Iterator[tuple[int | None, NDArray[Any]]]:
        """Per code its points."""
        for place, code in enumerate(self.codes):
            yield code, np.where(self.missing, self.missing, self.amounts[:, place])

    def nobody(self, n: int) -> AllocationColumn:
        """So many cases of whom nobody was asked, over the same codes."""
        return AllocationColumn(self.codes, np.zeros((n, len(self.codes))), _not_asked(n))

    def fitted(self, like: AllocationColumn) -> AllocationColumn:
        """The same points over the codes of a later version."""
        return AllocationColumn(like.codes, _over(like.codes, self.codes, self.amounts), self.missing)


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn(_Uncoded):
    """A text per case."""

    values: NDArray[Any] | None  # shape (n,), dtype object: str, or None where missing; None: left in the database
    missing: Codes

    def nobody(self, n: int) -> TextColumn:
        """So many cases of whom nobody was asked."""
        return TextColumn(None if self.values is None else np.full(n, None, dtype=object), _not_asked(n))


def _not_asked(n: int) -> Codes:
    return np.full(n, NOT_ASKED, dtype=np.int16)


def _hits(table: Bools) -> Ints:
    found: Ints = table.sum(axis=1)
    return found


def _of_code(codes: tuple[int, ...], table: NDArray[Any], code: int) -> NDArray[Any]:
    """The column of a code in a table with a column per code; zeros where there is none."""
    return table[:, codes.index(code)] if code in codes else np.zeros(len(table), dtype=table.dtype)


def _over(codes: tuple[int, ...], own: tuple[int, ...], table: NDArray[Any]) -> NDArray[Any]:
    """A table with a column per code, over other codes."""
    found = np.zeros((len(table), len(codes)), dtype=table.dtype)
    for place, code in enumerate(codes):
        found[:, place] = _of_code(own, table, code)
    return found
