"""Who of many answered carelessly, by cut-offs: 0 not, 1 mildly, 2 strongly, one number per person.

Every cut-off is relative to people of the same group; none says more than that somebody should be looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.quality import longest_runs, spreads

Strengths = NDArray[np.int8]
MILD, STRONG = 1, 2
LEAST_GROUP = 30
"""Of fewer people in a group there is no median or spread to hold somebody against."""
MILLISECONDS_PER_WORD = 300.0
PEER_PART = 1 / 2
SPEED_PART = 1 / 3
LEAST_RUN = 10
RUN_PARTS = (1 / 2, 3 / 4)
SPREAD_DEVIATIONS = (3.0, 4.0)
"""Median absolute deviations, times 1.4826 so that they are standard deviations of a normal spread."""


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """Who is marked how strongly, and the number it was decided by; NaN where there is none."""

    strengths: Strengths
    values: Floats


def speeders(seconds: ArrayLike, words: ArrayLike, *, strong: float = SPEED_PART, least: int = LEAST_GROUP) -> Marked:
    """Who of one group took less than a part of its median time, and less per word than anybody reads.

    Parameters
    ----------
    seconds : shape (n,), above 0; NaN, 0 or less: not measured
    words :   shape (n,), of the texts each of them saw
    strong :  the part of the median; below a half it is mild
    least :   fewer measured people have no median

    Returns
    -------
    values    the seconds, divided by the median

    References
    ----------
    A third of the median: a rule of the field. 300 ms a word is 200 words a minute, a reader's pace on a screen. Of
    30 people at 600 s with 1,000 words 199 s is strong, 201 s and 299 s are mild, 301 s is nothing (by hand).
    """
    taken, read = np.asarray(seconds, dtype=np.float64), np.asarray(words, dtype=np.float64)
    is_timed: Bools = taken > 0
    marked, values = np.zeros(len(taken), dtype=np.int8), np.full(len(taken), np.nan)
    if is_timed.sum() < least:
        return Marked(marked, values)
    values[is_timed] = taken[is_timed] / np.median(taken[is_timed])
    is_quick = is_timed & (taken * 1000 < MILLISECONDS_PER_WORD * read)
    marked[is_quick & (values < PEER_PART)] = MILD
    marked[is_quick & (values < strong)] = STRONG
    return Marked(marked, values)


def long_runs(answers: ArrayLike) -> Marked:
    """Whose longest run of equal answers takes up half (mild) or three quarters (strong) of what was answered.

    Returns
    -------
    values    the length of the run

    References
    ----------
    Curran (2016): half of the items in a row. Ten and more; 12 of 20 equal: mild, 15 of 20: strong (by hand).
    """
    table = np.asarray(answers, dtype=np.float64)
    runs, answered = longest_runs(table), (~np.isnan(table)).sum(axis=1)
    marked = np.zeros(len(table), dtype=np.int8)
    for strength, part in zip((MILD, STRONG), RUN_PARTS, strict=True):
        marked[(runs >= LEAST_RUN) & (runs >= part * answered)] = strength
    return Marked(marked, runs.astype(np.float64))


def odd_spreads(answers: ArrayLike, *, least_items: int = 8, least: int = LEAST_GROUP) -> Marked:
    """Whose answers differ among themselves so little, or so much, as those of hardly anybody in the group.

    Parameters
    ----------
    answers :     on one scale, such as 0 to 1
    least_items : fewer answers have no spread to speak of

    Returns
    -------
    values    the standard deviation within the person

    References
    ----------
    Dunn et al. (2018). Three deviations below the median: mild, four: strong; four above it, which chance answers have:
    mild.
    """
    table = np.asarray(answers, dtype=np.float64)
    values = np.where((~np.isnan(table)).sum(axis=1) >= least_items, spreads(table), np.nan)
    marked = np.zeros(len(table), dtype=np.int8)
    known = values[~np.isnan(values)]
    if len(known) < least:
        return Marked(marked, values)
    middle = np.median(known)
    deviation = 1.4826 * float(np.median(np.abs(known - middle)))
    if deviation > 0:
        away = np.where(np.isnan(values), 0.0, (values - middle) / deviation)
        mild, strong = SPREAD_DEVIATIONS
        marked[(away <= -mild) | (away >= strong)] = MILD
        marked[away <= -strong] = STRONG
    return Marked(marked, values)


def copies(prints: ArrayLike, owners: ArrayLike, people: int) -> NDArray[np.intp]:
    """Of how many of a person's texts somebody else has the same.

    Parameters
    ----------
    prints : shape (texts,), a number per text that equal texts share
    owners : shape (texts,), whose it is: a place among the people
    """
    marks, whose = np.asarray(prints), np.asarray(owners, dtype=np.intp)
    found = np.zeros(people, dtype=np.intp)
    if not len(marks):
        return found
    pairs = np.unique(np.stack([marks.astype(np.uint64), whose.astype(np.uint64)], axis=1), axis=0)
    _, which, times = np.unique(pairs[:, 0], return_inverse=True, return_counts=True)
    shared = pairs[times[which] > 1, 1].astype(np.intp)
    np.add.at(found, shared, 1)
    return found


def fingerprints(columns: Sequence[ArrayLike], people: int) -> NDArray[np.uint64]:
    """A number per person that two people share where all their answers are the same; by chance in 10¹⁹ never."""
    found = np.full(people, 14695981039346656037, dtype=np.uint64)
    for place, column in enumerate(columns):
        values = np.asarray(column)
        numbers = np.nan_to_num(values.astype(np.float64), nan=-99.5).view(np.uint64)
        found = (found ^ (numbers + np.uint64(place * 2654435761 + 1))) * np.uint64(1099511628211)
        found ^= found >> np.uint64(29)
    return found
