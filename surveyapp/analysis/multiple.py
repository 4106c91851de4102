"""Questions with several answers: multiple response, rankings, points to divide.

The base is always people: those who gave a valid answer. Shares of a multiple response may add up to more than 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import Bools, Codes, Floats
from surveyapp.analysis.crosstab import number_means
from surveyapp.analysis.design import Design
from surveyapp.analysis.estimates import Means
from surveyapp.analysis.moments import Moments, Split, banner_moments, moments


def choice_moments(chosen: Bools, splits: tuple[Split, ...], design: Design) -> Moments:
    """Who chose each code, per column.

    Parameters
    ----------
    chosen : shape (n, k), False where there is no valid answer

    Returns
    -------
    shape (columns, k)
    """
    who, codes = np.nonzero(chosen)
    return moments(codes, chosen.shape[1], tuple(split.take(who) for split in splits), design.take(who))


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """What came of a ranking, shape (columns, codes)."""

    first: Moments  # named it first
    among: Moments  # named it at any of the places asked for
    points: Means  # first of three 3 points, second 2, third 1, not named 0


def ranking(codes: tuple[int, ...], places: Codes, valid: Bools, splits: tuple[Split, ...], design: Design) -> Ranking:
    """Moments and mean points of a ranking of the first few.

    Parameters
    ----------
    places : shape (n, r), the code at each place, -1 for an empty one
    valid :  shape (n,), who gave a ranking: the base of the mean points

    References
    ----------
    Points fall with the place: r for the first of r places, 1 for the last (Borda count over the places asked for).
    """
    width, at_place = places.shape[1], np.ascontiguousarray(places.T)
    tables = []
    for code in codes:
        given = np.zeros(len(places), dtype=np.int16)
        for points, here in zip(range(width, 0, -1), at_place, strict=True):
            given += np.int16(points) * (here == code)
        tables.append(np.where(valid, given + np.int16(1), np.int16(0)))
    counts = banner_moments(tables, width + 2, splits, design).each(lambda sums: sums[:, 1:])

    def beside(of_all: NDArray[Any]) -> NDArray[Any]:
        return of_all.reshape(len(codes), -1).T

    means = counts.means(np.arange(width + 1))
    fields = (means.value, means.sd, means.se, means.low, means.high, means.base)
    return Ranking(
        counts.each(lambda sums: beside(sums[:, width])),
        counts.each(lambda sums: beside(sums[:, 1:].sum(axis=1))),
        Means(*map(beside, fields)),
    )


def mean_amounts(amounts: Floats, valid: Bools, splits: tuple[Split, ...], design: Design) -> Means:
    """Mean of the points given to each code, shape (columns, codes), over those who divided them."""
    return _side_by_side([number_means(np.where(valid, here, np.nan), splits, design) for here in amounts.T])


def _side_by_side(columns: list[Means]) -> Means:
    fields = ("value", "sd", "se", "low", "high", "base")
    return Means(*(np.stack([getattr(column, name) for column in columns], axis=1) for name in fields))
