"""Which columns of a table must not be shown, so that no figure speaks of fewer than k people.

What is protected is a *population*: the people a column speaks of. Three rules, on who answered and on who gave a
valid answer:

1. threshold: a shown population is empty or has at least k people;
2. remainder: what is left of the total when the shown columns of a banner are taken away is empty or has at least k;
3. differences: of two populations that are shown, or can be had by subtracting what is shown, one never lies within
   the other with a difference of 1 to k - 1. *References* are populations shown elsewhere: the same table without its
   filter, or without a part of it.

A hidden column is hidden whole, nets, mean and counts included, so nothing is derived from the rows of a column. Where
a rule breaks, the smallest shown column that mends it goes too; a filter that leaves out fewer than k hides everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import Bools, Floats


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The populations of a table's columns on one base.

    Cases that belong to the same populations are one *atom*, counted once: a table of a hundred thousand people has
    some dozens of them.

    Parameters
    ----------
    columns :    bool, shape (c, a); the first is the total
    sizes :      shape (a,), people per atom
    references : bool, shape (r, a), populations shown elsewhere
    """

    columns: Bools
    sizes: Floats
    references: Bools


def hidden_columns(
    views: Sequence[View], banners: Sequence[Sequence[int]], overlapping: Sequence[bool], threshold: int
) -> Bools:
    """Which columns are hidden.

    Parameters
    ----------
    views :       the same columns on each base that is shown (answered, valid)
    banners :     positions of each banner's columns; the total belongs to none
    overlapping : per banner, whether its groups overlap (then there is no remainder)
    threshold :   k

    Returns
    -------
    bool, shape (c,); when the total is hidden, everything is

    References
    ----------
    Hundepool et al. (2012), *Statistical Disclosure Control*: primary and secondary suppression, differencing.
    """
    hidden: Bools = np.zeros(views[0].columns.shape[0], dtype=np.bool_)
    for view in views:
        hidden |= _few(view.columns @ view.sizes, threshold)
    while not hidden[0]:
        broken = _first_break(views, banners, overlapping, hidden, threshold)
        if broken is None:
            return hidden
        hidden[broken] = True
    hidden[:] = True
    return hidden


def derivable(view: View, banners: Sequence[Sequence[int]], overlapping: Sequence[bool], hidden: Bools) -> Bools:
    """Every population that is shown or can be had by subtraction, shape (p, a)."""
    return np.array([population for population, _ in _populations(view, banners, overlapping, hidden)])


def _first_break(
    views: Sequence[View],
    banners: Sequence[Sequence[int]],
    overlapping: Sequence[bool],
    hidden: Bools,
    threshold: int,
) -> int | None:
    """The column to hide next, or None when all rules hold."""
    simple = len(banners) <= 1 and not any(overlapping)
    for view in views:
        populations = _populations(view, banners, overlapping, hidden)
        for population, culprit in populations:
            if _few(population @ view.sizes, threshold):
                return culprit
        if simple and not len(view.references):
            continue  # groups of one partition and its remainder never lie within each other
        mine = np.array([population for population, _ in populations])
        culprits = [culprit for _, culprit in populations]
        close = _close(mine, view.references, view.sizes, threshold)
        if close.any():
            return culprits[int(np.flatnonzero(close.any(axis=1))[-1])]
        own = _close(mine, mine, view.sizes, threshold)
        if own.any():
            sizes = view.columns @ view.sizes
            pair = {culprits[place] for place in np.argwhere(own)[0]} - {0}
            return min(pair, key=lambda column: float(sizes[column]), default=0)
    return None


def _populations(
    view: View, banners: Sequence[Sequence[int]], overlapping: Sequence[bool], hidden: Bools
) -> list[tuple[Bools, int]]:
    """Shown and derivable populations, each with the column to hide when it breaks a rule."""
    total = view.columns[0]
    found: list[tuple[Bools, int]] = [(total, 0)]
    sizes = view.columns @ view.sizes
    for banner, overlaps in zip(banners, overlapping, strict=True):
        shown = [column for column in banner if not hidden[column] and sizes[column] > 0]
        for column in shown:
            found.append((view.columns[column], column))
            found.append((total & ~view.columns[column], column))
        if not overlaps and shown:
            left = total & ~view.columns[shown].any(axis=0)
            found.append((left, min(shown, key=lambda column: sizes[column])))
    return found


def _few(sizes: Floats, threshold: int) -> Bools:
    found: Bools = (sizes > 0) & (sizes < threshold)
    return found


def _close(first: Bools, second: Bools, sizes: Floats, threshold: int) -> Bools:
    """Pairs of which one lies within the other with a difference of 1 to k - 1."""
    if not len(second):
        return np.zeros((len(first), 0), dtype=np.bool_)
    common = (first * sizes) @ second.T.astype(np.float64)
    a, b = (first @ sizes)[:, None], (second @ sizes)[None, :]
    nested = ((common == a) | (common == b)) & (common > 0)
    difference = np.abs(a - b)
    close: Bools = nested & (difference > 0) & (difference < threshold)
    return close
