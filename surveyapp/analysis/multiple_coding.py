"""How far two coders agree who may each give an answer several codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.estimates import LEVEL
from surveyapp.analysis.kappa import Agreement, coder_agreement
from surveyapp.errors import AnalysisError, NotEnoughData


@dataclass(frozen=True, slots=True)
class PooledAgreement:
    """The agreement of two coders over all codes, and of each code by itself.

    ``observed`` and ``expected`` are means over the codes, on 0..1; ``identical`` is the share of answers that got the
    very same codes. ``kappa`` and what belongs to it are NaN where nobody gave any code.
    """

    kappa: float
    se: float
    low: float
    high: float
    observed: float
    expected: float
    identical: float
    answers: int
    by_code: tuple[Agreement, ...]


def pooled_agreement(one: NDArray[np.bool_], other: NDArray[np.bool_], *, level: float = LEVEL) -> PooledAgreement:
    """Pooled kappa: each code is a yes or no of its own, and observed and expected agreement are averaged over codes.

    Parameters
    ----------
    one, other : bool, shape (answers, codes), which codes each gave; answers that only one of them coded left out
    level :      of the intervals

    Returns
    -------
    PooledAgreement     kappa = (o - e) / (1 - e) of the means; its error by the delta method over answers, so codes of
                        one answer may hang together. Of one code it is Cohen's kappa with the usual error

    Raises
    ------
    NotEnoughData     there is no answer
    AnalysisError     the shapes differ

    References
    ----------
    De Vries, Elliott, Kanouse & Teleki (2008), Using pooled kappa to summarize interrater agreement across many items,
    Field Methods 20(3). The twelve answers of `tests/analysis/test_kappa.py`: kappa 0.58, error 0.1513 (R).
    """
    first, second = np.asarray(one, dtype=np.bool_), np.asarray(other, dtype=np.bool_)
    if first.shape != second.shape or first.ndim != 2:
        raise AnalysisError("Both coders need a table of answers by codes of one shape.")
    n = len(first)
    if n == 0:
        raise NotEnoughData("No answer was coded by both.")
    by_code = tuple(
        coder_agreement(first[:, at], second[:, at], categories=(0, 1), level=level) for at in range(first.shape[1])
    )
    identical = float((first == second).all(axis=1).mean())
    a, b = first.mean(axis=0), second.mean(axis=0)
    agree: Floats = (first == second).mean(axis=1)
    observed, expected = float(agree.mean()), float((a * b + (1 - a) * (1 - b)).mean())
    if expected >= 1:  # neither gave any code, or both gave every one of them to all
        nothing = float("nan")
        return PooledAgreement(nothing, nothing, nothing, nothing, observed, expected, identical, n, by_code)
    kappa = (observed - expected) / (1 - expected)
    moved: Floats = ((first - a) * (2 * b - 1) + (second - b) * (2 * a - 1)).mean(axis=1)
    influence = ((agree - observed) * (1 - expected) - (1 - observed) * moved) / (1 - expected) ** 2
    se = float(np.sqrt((influence**2).mean() / n))
    margin = float(ndtri(0.5 + level / 2)) * se
    return PooledAgreement(
        kappa,
        se,
        max(kappa - margin, -1.0),
        min(kappa + margin, 1.0),
        observed,
        expected,
        identical,
        n,
        by_code,
    )


def code_table(given: Sequence[Sequence[int]], codes: Sequence[int]) -> Bools:
    """Codes that were given, one list per answer, as a table of answers by codes."""
    at = {code: place for place, code in enumerate(codes)}
    table: Bools = np.zeros((len(given), len(codes)), dtype=np.bool_)
    for row, listed in enumerate(given):
        table[row, [at[code] for code in listed if code in at]] = True
    return table
