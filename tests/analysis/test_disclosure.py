from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.disclosure import Division, Family, hidden_populations

K = 10


@dataclass(frozen=True)
class Atoms:
    """Populations over kinds of people (atoms); a base is how many there are of each."""

    members: Bools  # shape (p, atoms)

    def shared(self, bases: Sequence[NDArray[Any]]) -> list[Floats]:
        return [(self.members * sizes) @ self.members.T for sizes in bases]

    def people(self, bases: Sequence[NDArray[Any]]) -> Floats:
        return np.array([self.members @ sizes for sizes in bases])


def _family(
    atoms: int,
    *populations: Sequence[int],
    divisions: Sequence[tuple[int, Sequence[int]]] = (),
    rank: Sequence[int] | None = None,
) -> Family:
    """Everyone over all atoms, then populations given as positions of atoms."""
    members = np.zeros((1 + len(populations), atoms), dtype=np.bool_)
    members[0] = True
    for row, places in enumerate(populations, start=1):
        members[row, list(places)] = True
    order = np.array(rank if rank is not None else [0] + [1] * len(populations), dtype=np.intp)
    made = tuple(Division(total, tuple(groups)) for total, groups in divisions)
    return Family(Atoms(members), order, made)


def _hidden(family: Family, *sizes: Sequence[int]) -> list[bool]:
    found = hidden_populations(family, [np.array(one, dtype=np.float64) for one in sizes], K)
    return [bool(one) for one in found]


def _partition(*sizes: int) -> list[bool]:
    groups = range(1, len(sizes) + 1)
    family = _family(len(sizes), *([place] for place in range(len(sizes))), divisions=[(0, groups)])
    return _hidden(family, sizes)


def test_a_small_group_is_hidden_and_another_with_it_so_that_the_total_does_not_give_it_away() -> None:
    # 60 + 40 + 4: without the 40 going too, 104 - 60 - 40 = 4
    assert _partition(60, 40, 4) == [False, False, True, True]


def test_two_small_groups_hide_each_other_when_together_they_are_large_enough() -> None:
    assert _partition(60, 40, 6, 4) == [False, False, False, True, True]
    assert _partition(60, 40, 5, 4) == [False, False, True, True, True]


def test_an_empty_group_hides_nothing() -> None:
    assert _partition(60, 40, 0) == [False, False, False, False]


def test_the_smallest_group_goes_when_people_without_a_group_are_few() -> None:
    # 50 + 30 + 12 in groups and 3 whose group is unknown: 95 - 92 = 3
    family = _family(4, [0], [1], [2], divisions=[(0, [1, 2, 3])])
    assert _hidden(family, [50, 30, 12, 3]) == [False, False, False, True]


def test_when_the_total_is_too_small_everything_is_hidden() -> None:
    assert _partition(5, 4) == [True, True, True]


def test_a_group_nearly_as_large_as_the_total_is_hidden() -> None:
    assert _hidden(_family(2, [0], [0, 1]), [95, 5]) == [False, True, False]


def test_of_overlapping_groups_the_one_that_matters_less_is_hidden_and_of_equals_the_smaller() -> None:
    assert _hidden(_family(3, [0], [0, 1]), [40, 4, 30]) == [False, True, False]
    assert _hidden(_family(3, [0], [0, 1], rank=[0, 1, 2]), [40, 4, 30]) == [False, False, True]


def test_groups_of_two_banners_are_held_against_each_other() -> None:
    # Atoms: west & nl 50, west & en 4, east & nl 0, east & en 46. The nl group lies in west, 4 people short of it.
    family = _family(4, [0, 1], [2, 3], [0, 2], [1, 3], divisions=[(0, [1, 2]), (0, [3, 4])])
    hidden = _hidden(family, [50, 4, 0, 46])
    shown = [place for place in range(5) if not hidden[place]]
    assert 0 in shown
    assert not {1, 3} <= set(shown)
    assert not {2, 4} <= set(shown)


def test_a_filter_that_leaves_out_a_few_is_hidden_with_all_its_groups() -> None:
    family = _family(3, [0, 1], [0], [1], divisions=[(0, [1]), (1, [2, 3])], rank=[0, 3, 4, 4])
    assert _hidden(family, [50, 40, 6]) == [False, True, True, True]


def test_a_filter_that_leaves_out_a_few_of_one_group_hides_it_and_what_would_give_it_away() -> None:
    # Atoms: group a in 30 / out 3, group b in 40 / out 20, group c in 25 / out 15. Were b and c shown, a is the rest.
    family = _family(
        6,
        [0, 2, 4],
        [0, 1],
        [2, 3],
        [4, 5],
        [0],
        [2],
        [4],
        divisions=[(0, [1]), (0, [2, 3, 4]), (1, [5, 6, 7])],
        rank=[0, 3, 1, 1, 1, 4, 4, 4],
    )
    assert _hidden(family, [30, 3, 40, 20, 25, 15]) == [False, False, False, False, False, True, False, True]


def test_three_subtractions_do_not_reach_a_few_people() -> None:
    # Everyone less contractors less managers less the clients of a filter: 3 of procurement, who are in none of them.
    family = _family(4, [0], [1], [2, 3], [2], divisions=[(0, [1, 2, 3]), (0, [4])], rank=[0, 1, 1, 1, 3])
    hidden = _hidden(family, [40, 30, 20, 3])
    assert hidden == [False, False, False, False, True]


def test_a_population_that_is_safe_on_one_base_and_not_on_another_is_hidden_on_both() -> None:
    family = _family(2, [0], [1], divisions=[(0, [1, 2])])
    assert _hidden(family, [40, 40]) == [False, False, False]
    assert _hidden(family, [40, 40], [38, 4]) == [False, True, True]


def test_the_same_people_under_two_names_have_one_answer() -> None:
    family = _family(3, [0], [1], [2], [2], divisions=[(0, [1, 2, 3])], rank=[0, 1, 1, 1, 4])
    hidden = _hidden(family, [30, 30, 4])
    assert hidden[3]
    assert hidden[4]
    mended = _hidden(
        family,
        [
            30,
            12,
            20,
        ],
    )
    assert mended[3] == mended[4]


# ------------------------------------------------------------------------------- what somebody with a pencil can find
def _derivable(members: Bools, family: Family, hidden: Sequence[bool]) -> list[Bools]:
    """What is shown, what is left of a total, and all that follows from these by up to three subtractions."""
    first = [members[place] for place in range(len(hidden)) if not hidden[place]]
    for division in family.divisions:
        groups = [members[group] for group in division.groups if not hidden[group]]
        # Less its only part a total is one subtraction like any other, and is counted as one below.
        if not hidden[division.total] and groups and len(division.groups) > 1:
            first.append(members[division.total] & ~np.logical_or.reduce(groups))
    known = {one.tobytes(): one for one in first if one.any()}
    once = dict(known)
    for one, other in permutations(known.values(), 2):
        if not (other & ~one).any() and (one & ~other).any():
            once.setdefault((one & ~other).tobytes(), one & ~other)
    found = dict(once)
    for one, other in permutations(once.values(), 2):
        if not (other & ~one).any() and (one & ~other).any():
            found.setdefault((one & ~other).tobytes(), one & ~other)
    return list(found.values())


@given(data=st.data(), atoms=st.integers(2, 9), populations=st.integers(1, 7))
@settings(max_examples=150, deadline=None)
def test_nobody_derives_fewer_than_k_by_three_subtractions(data: st.DataObject, atoms: int, populations: int) -> None:
    sizes = np.array(data.draw(st.lists(st.integers(0, 30), min_size=atoms, max_size=atoms)), dtype=np.float64)
    chosen = [
        sorted(data.draw(st.sets(st.integers(0, atoms - 1), min_size=1), label="population"))
        for _ in range(populations)
    ]
    # The first of them that do not overlap are a banner.
    banner: list[int] = []
    for place, one in enumerate(chosen, start=1):
        if all(not set(one) & set(chosen[other - 1]) for other in banner):
            banner.append(place)
    rank = [0, *data.draw(st.lists(st.integers(1, 4), min_size=populations, max_size=populations))]
    family = _family(atoms, *chosen, divisions=[(0, banner)], rank=rank)
    smaller = np.minimum(sizes, np.array(data.draw(st.lists(st.integers(0, 30), min_size=atoms, max_size=atoms))))
    hidden = hidden_populations(family, [sizes, smaller], K)
    assert isinstance(family.populations, Atoms)
    members = family.populations.members
    for base in (sizes, smaller):
        here = members[:, base > 0]
        for population in _derivable(here, family, hidden.tolist()):
            people = float(base[base > 0][population].sum())
            assert not 0 < people < K


@given(sizes=st.lists(st.integers(0, 40), min_size=2, max_size=7))
@settings(max_examples=100, deadline=None)
def test_a_banner_leaves_no_few_in_any_union_of_its_groups(sizes: list[int]) -> None:
    hidden = _partition(*sizes)
    if hidden[0]:
        assert all(hidden)
        return
    shown = [place for place in range(len(sizes)) if not hidden[place + 1]]
    for many in range(1, len(shown) + 1):
        for some in combinations(shown, many):
            inside = sum(sizes[place] for place in some)
            assert inside == 0 or inside >= K
            left = sum(sizes) - inside
            assert left == 0 or left >= K


@given(group=st.integers(0, 60), others=st.integers(0, 60))
@settings(max_examples=100, deadline=None)
def test_a_banner_of_one_group_leaves_no_few_beside_it(group: int, others: int) -> None:
    # Less its only part a total is a difference of two shown populations, which is judged as one.
    total_is_hidden, group_is_hidden = _hidden(_family(2, [0], divisions=[(0, [1])]), [group, others])
    if not (total_is_hidden or group_is_hidden or not group):
        assert others == 0 or others >= K


def test_of_two_groups_that_move_one_may_not_take_along_all_of_the_other_and_a_few_more() -> None:
    # 50 in both, 20 in one alone each. Of these 30, 4 and nobody come: 34 less 30 speaks of four.
    family, sizes = _family(4, [0, 1], [0, 2], rank=[0, 1, 1]), [np.array([50.0, 20, 20, 100])]
    come = [np.array([30.0, 4, 0, 50])]
    assert hidden_populations(family, sizes, K, moves=come).tolist() == [False, False, True]
    shown = np.array([True, False, True])
    assert hidden_populations(family, sizes, K, shown=shown, moves=come).tolist() == [False, True, False]
    enough = [np.array([30.0, 10, 0, 50])]
    assert hidden_populations(family, sizes, K, moves=enough).tolist() == [False, False, False]


def test_those_who_come_to_what_is_hidden_are_no_secret_where_all_of_them_come_to_something_else_too() -> None:
    # The first group lies within the second and 5 more, and goes; the third is others, but the same thirty come to it.
    family = _family(4, [0], [0, 1], [0, 2], rank=[0, 3, 1, 1])
    sizes, come = [np.array([40.0, 5, 15, 100])], [np.array([30.0, 0, 0, 50])]
    assert hidden_populations(family, sizes, K, moves=come).tolist() == [False, True, False, False]
