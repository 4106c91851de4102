"""Which populations wait at a step: the rule alone, on numbers that can be followed by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from surveyapp.analysis.columns import Bools
from surveyapp.analysis.disclosure import Division, Family
from surveyapp.analysis.earlier_figures import Figures, close_to_earlier
from surveyapp.analysis.published_steps import Moment, waiting

K = 10


def _family(groups: int) -> Family:
    members = np.zeros((1 + groups, groups), dtype=np.bool_)
    members[0] = True
    members[1:] = np.eye(groups, dtype=np.bool_)
    division = Division(0, tuple(range(1, groups + 1)))
    return Family(members, np.array([0] + [1] * groups), np.full(groups, 1_000.0), (division,))


def _moment(sizes: Sequence[int], reserve: Sequence[int], **parts: bool) -> Moment:
    return Moment((np.array(sizes, dtype=np.float64),), (np.array(reserve, dtype=np.float64),), **parts)


def _waiting(*moments: Moment) -> list[bool]:
    found: Bools = waiting(_family(len(moments[0].bases[0])), moments, K)
    return [bool(one) for one in found]


def test_a_group_that_would_move_by_a_few_waits_and_what_would_give_it_away_with_it() -> None:
    first = _moment([40, 30, 20], [20, 20, 20])
    assert _waiting(first) == [False, False, False, False]
    # a moves by 12, b by 11, c by 3: c waits, and of the others the smaller, or everyone less both would tell c's three
    assert _waiting(first, _moment([52, 41, 23], [20, 20, 20])) == [False, False, True, True]
    # ten together with those of the step before: it is shown again
    third = _moment([70, 60, 33], [20, 20, 20])
    assert _waiting(first, _moment([52, 41, 23], [20, 20, 20]), third) == [False, False, False, False]


def test_a_group_without_a_reserve_of_its_own_is_not_shown_while_others_can_come() -> None:
    assert _waiting(_moment([40, 30, 20], [20, 20, 4])) == [False, False, True, True]


def test_after_somebody_left_a_group_that_did_not_move_waits() -> None:
    first = _moment([40, 30, 20], [20, 20, 20])
    second = _moment([60, 50, 20], [20, 20, 20])
    assert _waiting(first, second) == [False, False, False, False]
    second = _moment([60, 50, 20], [20, 20, 20], has_lost=True)
    assert _waiting(first, second)[3]


def test_where_nobody_knows_what_was_shown_before_twice_the_threshold_is_held_back() -> None:
    assert _waiting(_moment([40, 30, 20], [20, 20, 20], is_blind=True)) == [False, False, False, False]
    assert _waiting(_moment([40, 30, 20], [20, 20, 19], is_blind=True)) == [False, False, True, True]


def test_what_was_shown_while_closed_of_somebody_who_left_is_held_against_what_did_not_move() -> None:
    whole = _moment([40, 30, 20], [0, 0, 0], is_whole=True, has_lost=True)
    assert _waiting(whole, _moment([60, 50, 20], [20, 20, 20]))[3]


def test_the_total_is_not_hidden_because_a_source_that_all_came_by_is_the_same_people_under_another_name() -> None:
    members = np.array([[1, 1], [1, 0], [0, 1], [1, 1]], dtype=np.bool_)  # all; two roles; the one source
    divisions = (Division(0, (1, 2)), Division(0, (3,)))
    family = Family(members, np.array([0, 1, 1, 5]), np.full(2, 1_000.0), divisions)
    # The second role has no reserve: it waits, and with it the first, or everyone less the first would be shown.
    found = waiting(family, [_moment([40, 20], [30, 4])], K)
    assert [bool(one) for one in found] == [False, True, True, False]


def test_what_followed_by_subtraction_before_is_not_shown_a_few_people_later_under_its_own_name() -> None:
    # Everyone, Dutch, English; English can be had as everyone less Dutch while it is hidden itself.
    members = np.array([[1, 1], [1, 0], [0, 1]], dtype=np.bool_)
    divisions = (Division(0, (1, 2)),)
    family = Family(members, np.array([0, 1, 2]), np.full(2, 1_000.0), divisions)
    first, later = np.array([60.0, 15.0]), np.array([85.0, 22.0])
    then = Figures(family.shared(first).astype(float), np.array([True, True, False]), np.array([[1.0, -1.0, -1.0]]))
    now = Figures(family.shared(later).astype(float), np.array([True, False, True]), np.array([[1.0, -1.0, -1.0]]))
    close = close_to_earlier(now, then, K, has_lost=False)
    assert [2] in [parts.tolist() for parts in close]  # 22 English around the 15 that followed before
    enough = np.array([85.0, 25.0])
    now = Figures(family.shared(enough).astype(float), np.array([True, False, True]), np.array([[1.0, -1.0, -1.0]]))
    assert close_to_earlier(now, then, K, has_lost=False) == []
    again = Figures(family.shared(first).astype(float), np.array([True, False, True]), np.array([[1.0, -1.0, -1.0]]))
    assert close_to_earlier(again, then, K, has_lost=False) == []  # the very same people
    assert close_to_earlier(again, then, K, has_lost=True) != []  # unless somebody left since
