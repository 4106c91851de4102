"""The columns of the data sheets: which ones a variable becomes, and what stands in them for each case.

A variable with several answers becomes one column of 0 and 1 per code, ``name__code``; a ranking one column per place;
an allocation one per code. Texts stand in a sheet of their own. A missing answer is its code, a negative number, in
every column of the variable; an empty cell never means anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from numpy.typing import NDArray

from surveyapp.analysis.columns import (
    AllocationColumn,
    ChoiceColumn,
    CodeColumn,
    Column,
    NumberColumn,
    RankColumn,
    TextColumn,
)
from surveyapp.analysis.dataset import STATES, Dataset
from surveyapp.exports.words import Words
from surveyapp.instrument.model import SKIPPED, Instrument, Variable
from surveyapp.instrument.system_variables import value_label

Value = int | float | str | date | None
Array = NDArray[Any]
Values = Callable[[int, int], list[Value]]
"""The values of the cases from one position up to another."""


@dataclass(frozen=True, slots=True)
class DataColumn:
    """One column: its name, its values in blocks, and what its codes mean (empty for numbers)."""

    name: str
    values: Values
    labels: Mapping[Value, str]
    variable: str | None = None  # None: kept by the platform, not answered
    width: float = 12.0


def data_columns(instrument: Instrument, cases: Dataset, words: Words) -> tuple[DataColumn, ...]:
    """Every column of the data sheets, the platform's own first, then the variables in codebook order."""
    found = list(_own_columns(instrument, cases, words))
    missing: dict[Value, str] = {code.code: words.pick(code.label) for code in instrument.missing.values()}
    for variable in instrument.variables.values():
        column = cases.columns.get(variable.name)
        if column is not None and not variable.is_stored_apart:
            found.extend(_columns_of(variable, column, missing, words))
    return tuple(found)


def text_variables(instrument: Instrument, cases: Dataset) -> Iterator[tuple[Variable, TextColumn]]:
    """The variables answered in people's own words."""
    for variable in instrument.variables.values():
        column = cases.columns.get(variable.name)
        if isinstance(column, TextColumn) and not variable.is_stored_apart:
            yield variable, column


def _own_columns(instrument: Instrument, cases: Dataset, words: Words) -> Iterator[DataColumn]:
    ids, year = cases.ids, instrument.wave.year
    yield DataColumn("response_id", lambda start, stop: [str(one) for one in ids[start:stop]], {}, width=14.0)
    yield DataColumn("wave", lambda start, stop: [year] * len(ids[start:stop]), {}, width=8.0)
    states = {"started": words("unfinished"), "complete": words("complete"), "screened_out": words("screened out")}
    for name, positions, keys in (
        ("role", cases.role, cases.roles),
        ("source", cases.source, cases.sources),
        ("language", cases.language, cases.languages),
        ("status", cases.state, STATES),
        ("device", cases.device, cases.devices),
    ):
        said = states if name == "status" else {key: words.pick(value_label(name, key, instrument)) for key in keys}
        yield _keys(name, positions.tolist(), keys, said)
    for name, days in (("started_on", cases.started), ("submitted_on", cases.sent)):
        yield DataColumn(name, lambda start, stop, days=days: [_day(one) for one in days[start:stop].tolist()], {})  # type: ignore[misc]  # bound now
    seconds = cases.seconds
    yield DataColumn("minutes", lambda start, stop: [round(one / 60, 2) for one in seconds[start:stop].tolist()], {})


def _keys(name: str, positions: list[int], keys: tuple[str, ...], said: Mapping[str, str]) -> DataColumn:
    """A column of the platform's own names; the labelled sheet shows what they are called."""

    def values(start: int, stop: int) -> list[Value]:
        return [keys[position] for position in positions[start:stop]]

    return DataColumn(name, values, {key: said.get(key, key) for key in keys}, width=16.0)


def _day(ordinal: int) -> Value:
    return date.fromordinal(ordinal) if ordinal else None


def _columns_of(variable: Variable, column: Column, missing: Mapping[Value, str], words: Words) -> Iterator[DataColumn]:
    said: dict[Value, str] = {**missing, **{code.code: words.pick(code.label) for code in variable.missing}}
    codes: dict[Value, str] = {category.code: words.pick(category.label) for category in variable.categories}
    flags: dict[Value, str] = {**said, 0: words("no"), 1: words("yes")}
    name = variable.name
    match column:
        case CodeColumn(values=values):
            yield DataColumn(name, lambda start, stop: values[start:stop].tolist(), {**said, **codes}, name)
        case NumberColumn(values=numbers, missing=absent):
            yield DataColumn(name, _numbers(numbers, absent), said, name)
        case ChoiceColumn(codes=members, chosen=chosen, missing=absent):
            for at, code in enumerate(members):
                yield DataColumn(f"{name}__{code}", _flags(chosen[:, at], absent), flags, name)
        case RankColumn(places=places, missing=absent):
            for at in range(places.shape[1]):
                yield DataColumn(f"{name}__{at + 1}", _ranks(places[:, at], absent), {**said, **codes}, name)
        case AllocationColumn(codes=members, amounts=amounts, missing=absent):
            for at, code in enumerate(members):
                yield DataColumn(f"{name}__{code}", _numbers(amounts[:, at], absent), said, name)


def _numbers(numbers: Array, absent: Array) -> Values:
    def values(start: int, stop: int) -> list[Value]:
        block = zip(numbers[start:stop].tolist(), absent[start:stop].tolist(), strict=True)
        return [gone if gone else _whole(number) for number, gone in block]

    return values


def _flags(chosen: Array, absent: Array) -> Values:
    def values(start: int, stop: int) -> list[Value]:
        block = zip(chosen[start:stop].tolist(), absent[start:stop].tolist(), strict=True)
        return [gone if gone else int(hit) for hit, gone in block]

    return values


def _ranks(places: Array, absent: Array) -> Values:
    """The code at one place; a place left empty by who did rank is skipped."""

    def values(start: int, stop: int) -> list[Value]:
        block = zip(places[start:stop].tolist(), absent[start:stop].tolist(), strict=True)
        return [gone if gone else (SKIPPED if code < 0 else code) for code, gone in block]

    return values


def _whole(number: float) -> Value:
    return int(number) if number == int(number) else number
