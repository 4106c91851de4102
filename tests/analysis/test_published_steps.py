"""Which populations wait at a step: the rule alone, on numbers that can be followed by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from surveyapp.analysis.disclosure import Division, Family
from surveyapp.analysis.published_steps import waiting
from tests.analysis.test_disclosure import Atoms

LEAST = 20


def _family(groups: int) -> Family:
    members = np.zeros((1 + groups, groups), dtype=np.bool_)
    members[0] = True
    members[1:] = np.eye(groups, dtype=np.bool_)
    division = Division(0, tuple(range(1, groups + 1)))
    return Family(Atoms(members), np.array([0] + [1] * groups), (division,))


def _waiting(*bases: tuple[Sequence[int], Sequence[int]]) -> list[bool]:
    looks = [(np.array(counts, dtype=np.float64), np.array(kept, dtype=np.float64)) for counts, kept in bases]
    return [bool(one) for one in waiting(_family(len(bases[0][0])), looks, LEAST)]


def test_a_group_of_which_too_few_are_held_back_waits_and_what_would_give_it_away_with_it() -> None:
    assert _waiting(([40, 30, 20], [20, 20, 20])) == [False, False, False, False]
    # c alone would follow as everyone less a and b: the smaller of these waits too
    assert _waiting(([40, 30, 20], [20, 20, 19])) == [False, False, True, True]
    # b and c together are 19: they may not follow as everyone less a
    assert _waiting(([40, 30, 20], [20, 10, 9])) == [False, True, True, True]


def test_too_few_on_one_base_are_too_few_on_all() -> None:
    enough = ([40, 30, 20], [20, 20, 20])
    assert _waiting(enough, ([40, 30, 20], [20, 20, 19])) == [False, False, True, True]
    assert _waiting(enough, ([40, 30, 0], [20, 20, 19])) == [False, False, False, False]  # of nobody nothing is shown


def test_the_total_is_not_hidden_because_a_source_that_all_came_by_is_the_same_people_under_another_name() -> None:
    members = np.array([[1, 1], [1, 0], [0, 1], [1, 1]], dtype=np.bool_)  # all; two roles; the one source
    divisions = (Division(0, (1, 2)), Division(0, (3,)))
    family = Family(Atoms(members), np.array([0, 1, 1, 5]), divisions)
    # Of the second role too few are held back: it waits, and with it the first, or everyone less the first would tell.
    found = waiting(family, [(np.array([40.0, 20.0]), np.array([30.0, 4.0]))], LEAST)
    assert [bool(one) for one in found] == [False, True, True, False]
