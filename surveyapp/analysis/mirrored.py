"""Gaps: the same questions put to two groups, and how far their answers lie apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from surveyapp.analysis.columns import Bools
from surveyapp.analysis.differences import Contrast, Mean, corrected, mean_difference, mean_of
from surveyapp.analysis.matrices import Matrix, Named, Weights
from surveyapp.errors import UnfitData


@dataclass(frozen=True, slots=True)
class Gap:
    """One question, as both groups answered it."""

    name: str
    first: Mean
    second: Mean
    difference: Contrast  # second less first


def gaps(
    answers: Named, first: ArrayLike, second: ArrayLike, weights: Weights = None, *, level: float = 0.95
) -> tuple[Gap, ...]:
    """Mean of each question in two groups that share nobody, and the difference between them.

    Parameters
    ----------
    answers : by name, each of shape (n,); NaN is missing
    first :   shape (n,), who is in the first group
    second :  shape (n,), who is in the second
    weights : above 0, shape (n,); absent: every case counts 1

    Returns
    -------
    one per question, tested by Welch and corrected by Holm over all of them (``adjusted``)

    Raises
    ------
    UnfitData     somebody is in both groups

    References
    ----------
    Welch (1947); Holm (1979). R's ``t.test`` and ``p.adjust``, see the test.
    """
    data = Matrix.of(answers, weights)
    one, other = (_members(who, data.n) for who in (first, second))
    if (one & other).any():
        raise UnfitData(
            "People who are in both groups: %(n)s. A gap is between two that share nobody.", n=int((one & other).sum())
        )
    a, b = data.take(one), data.take(other)
    sides = [
        (mean_of(x, a.design, level=level), mean_of(y, b.design, level=level))
        for x, y in zip(a.values.T, b.values.T, strict=True)
    ]
    found = corrected(
        [mean_difference(x, y, a.design, b.design, level=level) for x, y in zip(a.values.T, b.values.T, strict=True)]
    )
    return tuple(
        Gap(name, left, right, difference)
        for name, (left, right), difference in zip(data.names, sides, found, strict=True)
    )


def _members(who: ArrayLike, n: int) -> Bools:
    found = np.asarray(who)
    if found.dtype != np.bool_ or found.shape != (n,):
        raise UnfitData("A group says true or false of each case; there are %(n)s.", n=n)
    return found
