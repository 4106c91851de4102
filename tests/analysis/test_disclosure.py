from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.analysis.columns import Bools
from surveyapp.analysis.disclosure import View, hidden_columns

K = 10


def _view(sizes: Sequence[int], *columns: Sequence[int], references: Sequence[Sequence[int]] = ()) -> View:
    """The total over all atoms, then columns given as positions of atoms."""
    atoms = len(sizes)
    table = np.zeros((1 + len(columns), atoms), dtype=np.bool_)
    table[0] = True
    for row, members in enumerate(columns, start=1):
        table[row, list(members)] = True
    others = np.zeros((len(references), atoms), dtype=np.bool_)
    for row, members in enumerate(references):
        others[row, list(members)] = True
    return View(table, np.array(sizes, dtype=np.float64), others)


def _partition(*sizes: int) -> list[bool]:
    view = _view(sizes, *([place] for place in range(len(sizes))))
    return [bool(x) for x in hidden_columns([view], [list(range(1, len(sizes) + 1))], [False], K)]


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
    view = _view([50, 30, 12, 3], [0], [1], [2])
    assert hidden_columns([view], [[1, 2, 3]], [False], K).tolist() == [False, False, False, True]


def test_when_the_total_is_too_small_everything_is_hidden() -> None:
    assert _partition(5, 4) == [True, True, True]


def test_a_group_nearly_as_large_as_the_total_is_hidden() -> None:
    view = _view([95, 5], [0], [0, 1])
    assert hidden_columns([view], [[1, 2]], [True], K).tolist() == [False, True, False]


def test_of_overlapping_groups_the_smaller_of_a_close_pair_is_hidden() -> None:
    view = _view([40, 4, 30], [0], [0, 1])
    assert hidden_columns([view], [[1, 2]], [True], K).tolist() == [False, True, False]


def test_groups_of_two_banners_side_by_side_are_held_against_each_other() -> None:
    # Atoms: west & nl 50, west & en 4, east & nl 0, east & en 46. The nl group lies in west, 4 people short of it.
    view = _view([50, 4, 46], [0, 1], [2], [0], [1, 2])
    hidden = hidden_columns([view], [[1, 2], [3, 4]], [False, False], K)
    shown = [column for column in range(5) if not hidden[column]]
    assert 0 in shown
    assert not {1, 3} <= set(shown)
    assert not {2, 4} <= set(shown)


def test_a_filter_that_leaves_out_a_few_hides_the_table() -> None:
    # The filtered total lies within a population that is shown elsewhere and is 6 larger.
    inside = _view([50, 6], references=[[0, 1]])
    inside.columns[0, 1] = False
    assert hidden_columns([inside], [], [], K).tolist() == [True]


def test_a_filter_that_leaves_out_a_few_of_one_group_hides_that_group_and_what_would_give_it_away() -> None:
    # Atoms: group a in 30 / out 3, group b in 40 / out 20, group c in 25 / out 15. Were b and c shown, a is the rest.
    view = _view([30, 3, 40, 20, 25, 15], [0], [2], [4], references=[[0, 1], [2, 3], [4, 5]])
    view.columns[0, [1, 3, 5]] = False
    assert hidden_columns([view], [[1, 2, 3]], [False], K).tolist() == [False, True, False, True]


def _derivations(
    view: View, hidden: Bools, banners: Sequence[Sequence[int]], overlapping: Sequence[bool]
) -> list[Bools]:
    """What a reader can compute: shown columns, the rest of the total, and unions of a banner's shown groups."""
    total = view.columns[0]
    found = [total]
    for banner, overlaps in zip(banners, overlapping, strict=True):
        shown = [view.columns[column] for column in banner if not hidden[column]]
        found += shown + [total & ~column for column in shown]
        if not overlaps:
            for size in range(2, len(shown) + 1):
                for some in combinations(shown, size):
                    union = np.logical_or.reduce(some)
                    found += [union, total & ~union]
    return found


@given(data=st.data(), groups=st.integers(2, 5), overlaps=st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_reader_of_one_banner_can_derive_fewer_than_k(data: st.DataObject, groups: int, overlaps: bool) -> None:
    atoms = 2**groups if overlaps else groups + 1
    sizes = data.draw(st.lists(st.integers(0, 40), min_size=atoms, max_size=atoms))
    if overlaps:
        columns = [[atom for atom in range(atoms) if atom >> group & 1] for group in range(groups)]
    else:
        columns = [[group] for group in range(groups)]
    view = _view(sizes, *columns)
    banners = [list(range(1, groups + 1))]
    hidden = hidden_columns([view], banners, [overlaps], K)
    if hidden[0]:
        assert hidden.all()
        return
    people = np.array(sizes)
    populations = _derivations(view, hidden, banners, [overlaps])
    for population in populations:
        assert not 0 < people[population].sum() < K
    for first, second in combinations(populations, 2):
        if not (first & ~second & (people > 0)).any() and (first & (people > 0)).any():
            assert not 0 < people[second & ~first].sum() < K
