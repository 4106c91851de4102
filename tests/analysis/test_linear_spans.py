"""What follows by sums: longer chains than pairs of differences, on numbers that can be followed by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from surveyapp.analysis.columns import Bools, Floats, Ints
from surveyapp.analysis.disclosure import Division, Family, hidden_populations
from surveyapp.analysis.linear_spans import Kinds, those_who_tell
from tests.analysis.test_disclosure import Atoms, K

CELLS = np.eye(9, dtype=np.bool_)
MEMBERS: Bools = np.concatenate(
    [
        np.ones((1, 9), dtype=np.bool_),
        [CELLS[at : at + 3].any(axis=0) for at in (0, 3, 6)],
        [CELLS[at::3].any(axis=0) for at in range(3)],
        CELLS,
    ]
)
"""Everyone, three rows, three columns and nine cells a to i, row by row."""
DIVISIONS = (
    Division(0, (1, 2, 3)),
    Division(0, (4, 5, 6)),
    Division(0, tuple(range(7, 16))),
    *(Division(1 + at, tuple(range(7 + 3 * at, 10 + 3 * at))) for at in range(3)),
    *(Division(4 + at, tuple(range(7 + at, 16, 3))) for at in range(3)),
)


def _crossing(cells: Sequence[int], names: str) -> tuple[Family, Floats, Bools]:
    """The family, how many people each cell has, and which populations are hidden: all cells but these."""
    hidden = np.array([False] * 7 + [name not in names for name in "abcdefghi"])
    return (
        Family(Atoms(MEMBERS), np.array([0] + [1] * 6 + [2] * 9), DIVISIONS),
        np.array(cells, dtype=np.float64),
        hidden,
    )


def _told(family: Family, people: Floats, shown: Ints) -> int:
    """How many groups of a few follow from these populations of different people."""
    (kinds,), (shared,) = family.kinds([people]) or [], family.shared([people])
    assert kinds is not None
    divisions = [(one.total, np.array(one.groups)) for one in family.divisions]
    return len(those_who_tell(kinds, shared, shown, divisions, K))


def test_a_cell_that_no_row_and_no_column_gives_away_follows_from_four_of_them() -> None:
    # Hidden are a, b, d, e and i. Row one less c is a + b and row two less f is d + e, of thirty and more people each;
    # the columns are a + d and b + e. Row three less g and h is i: one subtraction. Everyone less all else is i too.
    family, people, hidden = _crossing([25, 25, 30, 25, 25, 30, 30, 30, 4], "cfgh")
    assert not hidden_populations(family, [people], K, hidden)[:3].any()
    shown = np.flatnonzero(~hidden)
    assert _told(family, people, shown) >= 1
    assert _told(family, people, np.flatnonzero(~hidden_populations(family, [people], K, hidden))) == 0


STRADDLED = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]], dtype=np.bool_)
"""Everyone, two groups apart, and most of either; the first of the one and the last of the other are left."""


@pytest.mark.parametrize(("few", "expected"), [(4, True), (5, False)])
def test_two_groups_together_less_most_of_either_tell_of_a_few_that_no_difference_tells_of(
    few: int, expected: bool
) -> None:
    # The one has few + 50, the other 60 + few; together less 110 these are twice few, of whom no group is less another.
    family, people = Family(Atoms(STRADDLED), np.array([0, 1, 1, 2])), np.array([few, 50.0, 60.0, few, 200.0])
    assert hidden_populations(family, [people], K).tolist() == [False, False, False, expected]


def test_what_was_shown_already_stays_and_the_newcomer_by_which_a_few_would_follow_goes() -> None:
    family, people = Family(Atoms(STRADDLED), np.array([0, 1, 1, 1])), np.array([4.0, 50.0, 60.0, 4.0, 200.0])
    shown = np.array([True, False, True, True])
    assert hidden_populations(family, [people], K, shown=shown).tolist() == [False, True, False, False]


@pytest.mark.parametrize("seed", range(8))
def test_of_random_populations_no_few_people_whom_they_do_not_tell_apart_lie_in_their_span(seed: int) -> None:
    """Held against the rank of a matrix: who follows adds nothing to it."""
    draw = np.random.default_rng(seed)
    members = draw.random((14, 40)) < draw.uniform(0.2, 0.6, (14, 1))
    members[0] = True
    people = draw.choice([1.0, 3.0, 8.0, 25.0, 60.0], 40)
    family = Family(Atoms(members), np.array([0] + [1] * 13))
    shown = members[~hidden_populations(family, [people], K)].astype(np.float64)
    _, place = np.unique(shown, axis=1, return_inverse=True)
    rank = np.linalg.matrix_rank(shown)
    for one in range(place.max() + 1):
        if people[place.reshape(-1) == one].sum() < K:
            assert np.linalg.matrix_rank(np.vstack([shown, place.reshape(-1) == one])) == rank + 1


def test_nobody_is_looked_for_where_there_are_too_many_kinds_of_people() -> None:
    class Many(Atoms):
        def kinds(self, bases: Sequence[object]) -> list[Kinds] | None:  # type: ignore[override]
            return None

    family = Family(Many(STRADDLED), np.array([0, 1, 1, 2]))
    assert not hidden_populations(family, [np.array([4.0, 50.0, 60.0, 4.0, 200.0])], K).any()
