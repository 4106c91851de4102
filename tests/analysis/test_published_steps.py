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


def test_what_is_shown_already_stays_and_the_larger_group_around_it_gives_way() -> None:
    # 40 people with 30 held back, 15 around them with 5: the closing would move the difference of both by these 5.
    members = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0]], dtype=np.bool_)
    family = Family(Atoms(members), np.array([0, 6, 6]))
    looks = [(np.array([40.0, 15.0, 60.0]), np.array([30.0, 5.0, 40.0]))]
    assert waiting(family, looks, LEAST).tolist() == [False, True, False]  # together: the smaller one
    assert waiting(family, looks, LEAST, np.array([True, True, False])).tolist() == [False, False, True]


def test_a_total_gives_way_to_its_groups_that_are_shown_already() -> None:
    # 45, 40 and 12 without a group, of whom 5 are held back
    members = np.array([[1, 1, 1], [1, 0, 0], [0, 1, 0]], dtype=np.bool_)
    family = Family(Atoms(members), np.array([6, 6, 6]), (Division(0, (1, 2)),))
    looks = [(np.array([45.0, 40.0, 12.0]), np.array([25.0, 20.0, 5.0]))]
    assert waiting(family, looks, LEAST).tolist() == [False, False, True]
    assert waiting(family, looks, LEAST, np.array([False, True, True])).tolist() == [True, False, False]
