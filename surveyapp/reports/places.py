"""Where each case stands in arrays that grow: what changed is added at the end, what it replaces is struck out.

A place that was handed out is never written again, so whoever reads the arrays keeps what was read while the next
changes come in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import Bools, Index, Ints
from surveyapp.storage.case_feed import KEY, Keys, places_of

SPARE = 8
"""Arrays that grow get room for an eighth more than they need."""
SMALLEST = 256


class Places:
    """The places of cases by their keys; ``room`` is how long the arrays beside it have to be."""

    def __init__(self) -> None:
        self.used = 0
        self.room = 0
        self.alive: Bools = np.zeros(0, dtype=np.bool_)
        self.keys: Keys = np.zeros(0, dtype=KEY)  # of those that are not struck out, in order
        self._places: Ints = np.zeros(0, dtype=np.intp)

    def __len__(self) -> int:
        return len(self.keys)

    def index(self) -> Index:
        """The places of every case that is not struck out, in the order of the keys; a slice where they follow."""
        is_tidy = len(self) == self.used and bool((np.diff(self._places) > 0).all())
        return slice(self.used) if is_tidy else self._places

    def find(self, keys: Keys) -> Ints:
        """The place of each key; -1 where there is none."""
        at = places_of(keys, self.keys)
        found: Ints = np.where(at < 0, -1, self._places[at]) if len(self) else at
        return found

    def strike(self, keys: Keys) -> Ints:
        """Strike out those of these cases that are there; the places they had."""
        at = places_of(keys, self.keys)
        at = at[at >= 0]
        struck = self._places[at]
        self.alive[struck] = False
        self.keys, self._places = np.delete(self.keys, at), np.delete(self._places, at)
        return struck

    def add(self, keys: Keys) -> Ints:
        """New places for these cases, none of which has one; ``room`` may have grown."""
        here = np.arange(self.used, self.used + len(keys))
        self.used += len(keys)
        if self.used > self.room:
            self.room = max(self.used + self.used // SPARE, SMALLEST)
            self.alive = np.concatenate([self.alive, np.zeros(self.room - len(self.alive), dtype=np.bool_)])
        self.alive[here] = True
        order = np.argsort(keys, kind="stable")
        at = np.searchsorted(self.keys, keys[order])
        self.keys, self._places = np.insert(self.keys, at, keys[order]), np.insert(self._places, at, here[order])
        return here

    @property
    def is_untidy(self) -> bool:
        """Whether a quarter is struck out, so that it is worth beginning new arrays."""
        struck = self.used - len(self)
        return struck > SMALLEST and struck * 4 > self.used

    def tidy(self) -> Ints:
        """Leave the struck out behind; where those that stay, now in the order of their keys, stood before."""
        before = self._places
        self.used = len(before)
        self.room = max(self.used + self.used // SPARE, SMALLEST)
        self.alive = np.arange(self.room) < self.used
        self._places = np.arange(self.used)
        return before


def arranged(
    positions: Mapping[str, tuple[NDArray[Any], Sequence[str], int]], here: Ints
) -> Iterator[tuple[str, NDArray[Any]]]:
    """Positions of some cases among names, and the names under ``….names``, in the order of the alphabet.

    Names join in the order in which they come, which tells who came first.

    Parameters
    ----------
    positions : by name the positions, of which one below 0 stays, the names, and how many of them stay where they are
    """
    for name, (array, names, first) in positions.items():
        order = [*range(first), *sorted(range(first, len(names)), key=lambda at, names=names: names[at])]  # type: ignore[misc]
        new = np.zeros(len(names) + 1, dtype=array.dtype)
        new[order] = np.arange(len(names))
        taken = array[here]
        yield name, np.where(taken < 0, taken, new[taken])
        yield f"{name}.names", np.array([names[at] for at in order], dtype=np.str_)
