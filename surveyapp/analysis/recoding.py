"""One column made of others: bands of a number, merged codes, nets, the mean of several steps.

A missing code is what it was: who was not asked the one was not asked the other. What has no place in the new column
(a number in no band, a code that nobody merged) becomes not asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from surveyapp.analysis.columns import NOT_ASKED, ChoiceColumn, CodeColumn, Codes, Column, NumberColumn
from surveyapp.analysis.scales import asked_scores


def banded(
    column: Column, bands: Mapping[int, tuple[float | None, float | None]], *, age_in: int | None = None
) -> CodeColumn:
    """The band of each number, as a code.

    Parameters
    ----------
    bands :  per code the number from which it holds and the one below which it does; None: without an end there
    age_in : the numbers are years of birth, and the bands of the age in this year

    References
    ----------
    Ages under 35, 35 to under 50, 50 and more in 2026 of 1992, 1991, 1976 and a missing -3: 1, 2, 3, -3 (by hand).
    """
    missing = column.missing
    numbers = column.numbers.astype(np.float64)
    values = numbers if age_in is None else age_in - numbers
    found = np.full(len(missing), NOT_ASKED, dtype=np.int16)
    for code, (low, below) in bands.items():
        here = missing == 0
        if low is not None:
            here &= values >= low
        if below is not None:
            here &= values < below
        found[here] = code
    return CodeColumn(np.where(missing < 0, missing, found).astype(np.int16))


def merged(column: Column, groups: Mapping[int, Sequence[int]]) -> CodeColumn:
    """The group of each code, as a code.

    Parameters
    ----------
    groups : per new code the old ones

    References
    ----------
    1 alone and 2 with 3, of 3, 1, 2, -2 and 9: 2, 1, 2, -2, -8 (by hand).
    """
    codes = column.coded
    found = np.where(codes < 0, codes, np.int16(NOT_ASKED)).astype(np.int16)
    for code, old in groups.items():
        found[np.isin(codes, list(old))] = code
    return CodeColumn(found)


def netted(column: Column, nets: Mapping[int, Sequence[int]]) -> ChoiceColumn:
    """Per net who chose one of its codes at least; a valid answer may be in several nets, or in none.

    Parameters
    ----------
    nets : per new code the old ones

    References
    ----------
    Nets {1, 2} and {2, 3} of a choice of 2, of 1 and of 4: both, the first, none (by hand).
    """
    missing = column.missing
    chosen = np.zeros((len(missing), len(nets)), dtype=np.bool_)
    for place, old in enumerate(nets.values()):
        for code in old:
            chosen[:, place] |= column.chosen_by(code)
    return ChoiceColumn(tuple(nets), chosen & (missing == 0)[:, None], missing)


def mean_steps(items: Sequence[Codes], ends: Sequence[tuple[int, int]]) -> NumberColumn:
    """Per person the mean of valid steps, each put on 0 to 100.

    Parameters
    ----------
    items : codes per item, each of shape (n,)
    ends :  per item the code that counts 0 and the one that counts 100

    Returns
    -------
    NumberColumn     not asked (-8) for who was asked fewer than two items, skipped (-9) for who gave valid answers to
                     fewer than two thirds of them, or to one alone

    References
    ----------
    The mean of valid items with a minimum, as psych's scoreItems. 4, 5 and a missing one of 1 to 5: 87.5 (by hand).
    """
    answers = np.stack([np.asarray(one, dtype=np.float64) for one in items], axis=1)
    worst, best = (np.array(side, dtype=np.float64) for side in zip(*ends, strict=True))
    return asked_scores(np.where(answers >= 0, (answers - worst) / (best - worst) * 100, np.nan), answers != NOT_ASKED)
