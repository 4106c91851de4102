"""Every shape of a column answers the same questions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from surveyapp.analysis.columns import (
    NOT_ASKED,
    AllocationColumn,
    ChoiceColumn,
    CodeColumn,
    Column,
    NumberColumn,
    RankColumn,
    TextColumn,
)

MISSING = np.array([0, -2, 0], dtype=np.int16)
SHAPES: dict[str, Column] = {
    "code": CodeColumn(np.array([2, -2, 1], dtype=np.int16)),
    "number": NumberColumn(np.array([1.5, np.nan, 0.0]), MISSING),
    "choice": ChoiceColumn((1, 2), np.array([[False, True], [False, False], [True, True]]), MISSING),
    "rank": RankColumn((1, 2), np.array([[2, -1], [-1, -1], [1, 2]], dtype=np.int16), MISSING),
    "allocation": AllocationColumn((1, 2), np.array([[0.0, 100.0], [0.0, 0.0], [40.0, 60.0]]), MISSING),
    "text": TextColumn(np.array(["een", None, "twee"], dtype=object), MISSING),
}
every_shape = pytest.mark.parametrize("column", SHAPES.values(), ids=SHAPES)


def _cases(column: Column) -> list[list[str]]:
    """What stands in its arrays, case by case."""
    arrays: list[Any] = [getattr(column, name) for name in type(column).__slots__]  # type: ignore[attr-defined]
    return [[repr(array[at].tolist()) if isinstance(array[at], np.ndarray) else repr(array[at]) for array in arrays
             if isinstance(array, np.ndarray)] for at in range(len(column.missing))]  # fmt: skip


@every_shape
def test_a_column_gives_the_cases_at_the_positions_asked_for(column: Column) -> None:
    first, second, third = _cases(column)
    assert _cases(column.take(np.array([2, 0, 2]))) == [third, first, third]
    assert _cases(column.take(slice(1, 3))) == [second, third]


@every_shape
def test_nobody_was_asked_in_the_same_shape(column: Column) -> None:
    nobody = column.nobody(4)
    assert nobody.missing.tolist() == [NOT_ASKED] * 4
    assert type(nobody) is type(column)
    assert nobody.how_many().tolist() == [0] * 4
    assert [array.tolist() for _, array in nobody.parts()] == [[NOT_ASKED] * 4 for _ in column.parts()]


@every_shape
def test_what_is_put_into_room_stands_where_it_was_put(column: Column) -> None:
    first, _, third = _cases(column)
    room = column.with_room(5)
    room.put(np.array([3, 1, 4, 0, 2]), column.take(np.array([0, 2, 0, 0, 2])))
    assert _cases(room) == [first, third, third, first, first]
    assert _cases(column)[0] == first


@pytest.mark.parametrize(
    ("shape", "coded", "numbers", "chose_2", "how_many"),
    [
        ("code", [2, -2, 1], [2, -2, 1], [True, False, False], [1, 0, 1]),
        ("number", [0, -2, 0], [1.5, -2, 0], [False] * 3, [0] * 3),
        ("choice", [0, -2, 0], [0, -2, 0], [True, False, True], [1, 0, 2]),
        ("rank", [0, -2, 0], [0, -2, 0], [True, False, True], [1, 0, 2]),
        ("allocation", [0, -2, 0], [0, -2, 0], [True, False, True], [1, 0, 2]),
        ("text", [0, -2, 0], [0, -2, 0], [False] * 3, [0] * 3),
    ],
)
def test_a_column_answers_what_a_condition_asks(
    shape: str, coded: list[int], numbers: list[float], chose_2: list[bool], how_many: list[int]
) -> None:
    column = SHAPES[shape]
    assert column.missing.tolist() == [0, -2, 0]
    assert column.coded.tolist() == coded
    assert column.numbers.tolist() == numbers
    assert column.chosen_by(2).tolist() == chose_2
    assert not column.chosen_by(7).any()
    assert column.how_many().tolist() == how_many


@pytest.mark.parametrize(
    ("shape", "parts"),
    [
        ("code", [(None, [2, -2, 1])]),
        ("number", [(None, [1.5, -2, 0])]),
        ("choice", [(1, [0, -2, 1]), (2, [1, -2, 1])]),
        ("rank", [(1, [2, -2, 1]), (2, [-9, -2, 2])]),
        ("allocation", [(1, [0, -2, 40]), (2, [100, -2, 60])]),
        ("text", []),
    ],
)
def test_a_flat_file_holds_answers_and_missing_codes_in_the_same_arrays(shape: str, parts: list[Any]) -> None:
    assert [(part, array.tolist()) for part, array in SHAPES[shape].parts()] == parts


def test_answers_of_an_earlier_version_fit_codes_and_places_of_now() -> None:
    choice = SHAPES["choice"].fitted(ChoiceColumn((9, 2, 1), np.zeros((0, 3), dtype=np.bool_), MISSING[:0]))
    assert choice.chosen.tolist() == [[False, True, False], [False] * 3, [False, True, True]]  # type: ignore[attr-defined]
    ranks = SHAPES["rank"].fitted(RankColumn((1, 2, 9), np.zeros((0, 3), dtype=np.int16), MISSING[:0]))
    assert ranks.places.tolist() == [[2, -1, -1], [-1, -1, -1], [1, 2, -1]]  # type: ignore[attr-defined]
    points = SHAPES["allocation"].fitted(AllocationColumn((2, 9), np.zeros((0, 2)), MISSING[:0]))
    assert points.amounts.tolist() == [[100.0, 0.0], [0.0, 0.0], [60.0, 0.0]]  # type: ignore[attr-defined]
    assert SHAPES["code"].fitted(SHAPES["code"]) is SHAPES["code"]
