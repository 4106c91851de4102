"""Counting two populations against each other by their filters and splits, held against counting the people in both."""

from __future__ import annotations

import numpy as np
import pytest

from surveyapp.analysis.columns import Bools
from surveyapp.analysis.crossings import Crossings, first_columns, kinds
from surveyapp.analysis.moments import Overlapping, Partition, Split


def _members(crossings: Crossings) -> list[Bools]:
    """Who is in each population, one by one."""
    columns: list[Bools] = [np.ones(len(crossings.filters[0]), dtype=np.bool_)]
    for split in crossings.splits:
        columns += [split.members(group) for group in range(split.size)]
    return [crossings.filters[within] & columns[column] for within, column in crossings.cells]


def _splits(draw: np.random.Generator, n: int) -> tuple[Split, ...]:
    return (
        Partition(draw.integers(0, 4, n), 3),  # some are in no group
        Overlapping(draw.random((n, 9)) < 0.3),  # more than are counted at a time
        Partition(np.zeros(n, dtype=np.intp), 1),
        Partition(draw.integers(0, 17, n), 16),
        Partition(np.zeros(n, dtype=np.intp), 0),  # of which nobody is in any
    )


@pytest.mark.parametrize("n", [0, 1, 40, 900])
@pytest.mark.parametrize("filters", [1, 3, 20])
def test_two_populations_share_whoever_is_in_both(n: int, filters: int) -> None:
    draw = np.random.default_rng(n * 100 + filters)
    splits = _splits(draw, n)
    columns = 1 + sum(split.size for split in splits)
    cells = tuple((within, column) for within in range(filters) for column in range(columns))
    some = tuple(cells[at] for at in draw.permutation(len(cells)))
    crossings = Crossings(tuple(draw.random((filters, n)) < 0.6), splits, some)
    bases = [draw.random(n) < share for share in (1.1, 0.5, 0.02)]
    members = np.array(_members(crossings), dtype=np.float64).reshape(len(cells), n)
    expected = np.array([(members * base) @ members.T for base in bases])
    assert np.array_equal(crossings.shared(bases), expected)
    assert np.array_equal(crossings.people(bases), [np.diag(shared) for shared in expected])
    again = crossings.shared([bases[1], *bases, bases[1]])
    assert all(np.array_equal(again[at + 1], expected[at]) for at in range(3))
    assert np.array_equal(again[0], expected[1])
    for first in (1, len(cells) // 3, len(cells)):
        alone = crossings.first(first)
        assert len(alone.filters) == len({within for within, _ in some[:first]})
        assert np.array_equal(alone.shared(bases), expected[:, :first, :first])


def test_without_splits_there_are_the_filters() -> None:
    crossings = Crossings((np.array([True, True, False]), np.array([False, True, True])), (), ((0, 0), (1, 0)))
    assert [one.tolist() for one in crossings.shared([np.ones(3, dtype=np.bool_)])] == [[[2, 1], [1, 2]]]
    assert crossings.people([np.array([True, False, False])]).tolist() == [[1, 0]]


def test_the_columns_of_a_split_follow_those_of_the_one_before() -> None:
    assert first_columns(_splits(np.random.default_rng(1), 5)) == [1, 4, 13, 14, 30]
    assert first_columns([]) == []


def test_cases_of_one_kind_are_in_the_same_masks_however_many_there_are() -> None:
    draw = np.random.default_rng(3)
    masks = [draw.random(500) < 0.5 for _ in range(40)]
    number, table = kinds(masks)
    assert np.array_equal(table[number].T, np.array(masks))
    assert len(table) == len(np.unique(np.array(masks), axis=1).T)
