"""The ten that are named most: cut at ten, whoever shares the tenth place included, and said so."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from surveyapp.instrument.coding import CANNOT_BE_CODED
from surveyapp.reports.grid import Bases, Figure, Grid, Group, Item, Measure
from surveyapp.reports.top_lines import named_most

WORDS = {"nl": "x", "en": "x"}


def grid(counts: Sequence[int | None]) -> Grid:
    """A table of coded answers, most named first, with those that cannot be coded and a mean of something last."""
    codes = [*range(1, len(counts)), CANNOT_BE_CODED]
    measures = [Measure("improve", "code", code, WORDS, "share") for code in codes]
    figures = [(Figure(count=count), Figure(count=0)) for count in counts]
    return Grid(
        items=(Item("improve", WORDS, WORDS, WORDS, WORDS, notes=(WORDS,)),),
        measures=(*measures, Measure("improve", "mean", "mean", WORDS, "mean")),
        groups=(Group("total", WORDS), Group("role:1", WORDS)),
        figures=(*figures, (Figure(), Figure())),
        bases=((Bases(), Bases()),),
    )


@pytest.mark.parametrize(
    ("counts", "kept", "note"),
    [
        ([9, 8, 7, 6, 50], [1, 2, 3], "The 3 codes that most people named, of 4."),
        ([9, 8, 7, 7, 7, 2, 50], [1, 2, 3, 4, 5], "and those that share place 3: 5 of 6."),
        ([9, 8, 0, 0, 0, 50], [1, 2], "The 2 codes that most people named, of 5."),
    ],
)
def test_the_ones_named_most_stand_there_with_who_shares_the_last_place(
    counts: list[int], kept: list[int], note: str
) -> None:
    found = named_most(grid(counts), 3)
    assert [measure.code for measure in found.measures] == [*kept, "mean"]
    assert [row[0].count for row in found.figures[:-1]] == [counts[code - 1] for code in kept]
    assert note in found.item.notes[-1]["en"]
    assert len(found.item.notes) == 2


@pytest.mark.parametrize("counts", [[9, 8, 7, 50], [9, 8, None, None, 7]])
def test_what_is_short_enough_or_hidden_is_left_as_it_is(counts: list[int | None]) -> None:
    table = grid(counts)
    assert named_most(table, 3) is table
    assert named_most(grid([5, 4, 3, 2, 1]), None).item.notes == (WORDS,)
