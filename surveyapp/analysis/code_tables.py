"""Many variables over the same columns in one calculation: cases, shares and means of their codes, with their errors.

A sheet holds tens of variables over one banner. Variables with the same codes are summed one after another into one
array, and then bases, shares, errors and means of all of them are one calculation each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import LOWEST_CODE, NOT_ASKED, Codes, Floats
from surveyapp.analysis.design import Design
from surveyapp.analysis.estimates import Estimate, Means
from surveyapp.analysis.moments import Moments, Split, banner_moments


@dataclass(frozen=True, slots=True)
class CodeLayout:
    """What is counted of a variable's codes.

    Attributes
    ----------
    codes :    those with a share of their own, in the order of the table
    nets :     codes that also have a share together
    has_mean : whether the codes are numbers
    highest :  the highest code there can be, also of those without a share
    """

    codes: tuple[int, ...] = ()
    nets: tuple[tuple[int, ...], ...] = ()
    has_mean: bool = False
    highest: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Together:
    """Variables of one layout, one after another: every array has a row per variable and column."""

    counts: Moments
    asked: Moments
    answered: Moments
    valid: Moments
    hits: Moments
    shares: Estimate
    means: Means | None


@dataclass(frozen=True, slots=True, eq=False)
class CodeTable:
    """One variable over the columns, the total first: its rows of what was calculated of many."""

    _whole: _Together
    _rows: slice

    @property
    def counts(self) -> Moments:
        """Shape (columns, highest + 10): place ``code + 9`` holds a code, missing ones included."""
        return self._of(self._whole.counts)

    @property
    def asked(self) -> Moments:
        """Who was asked, shape (columns, 1)."""
        return self._of(self._whole.asked)

    @property
    def answered(self) -> Moments:
        """Who answered, shape (columns, 1)."""
        return self._of(self._whole.answered)

    @property
    def valid(self) -> Moments:
        """Whose answer counts in shares and means, shape (columns, 1)."""
        return self._of(self._whole.valid)

    @property
    def hits(self) -> Moments:
        """Shape (columns, codes and then nets)."""
        return self._of(self._whole.hits)

    @property
    def shares(self) -> Estimate:
        """Of the valid answers, shape (columns, codes and then nets)."""
        found, rows = self._whole.shares, self._rows
        return Estimate(found.value[rows], found.se[rows], found.low[rows], found.high[rows])

    @property
    def means(self) -> Means | None:
        """Shape (columns,); None where codes are no numbers."""
        found, rows = self._whole.means, self._rows
        if found is None:
            return None
        return Means(*(one[rows] for one in (found.value, found.sd, found.se, found.low, found.high, found.base)))

    def _of(self, sums: Moments) -> Moments:
        return sums.each(lambda every: every[self._rows])


def code_tables(
    values: Sequence[Codes], layouts: Sequence[CodeLayout], splits: tuple[Split, ...], design: Design
) -> list[CodeTable]:
    """The tables of some variables, in their order.

    Parameters
    ----------
    values :  per variable one code per case, missing codes from -9
    layouts : per variable what is counted of it
    design :  with weights or without; its errors are those of cases drawn one by one

    Raises
    ------
    DesignRefused     the design has strata, clusters or a population

    References
    ----------
    As :func:`proportions` and :func:`means_of_codes`, whose numbers these are.
    """
    places: dict[CodeLayout, list[int]] = {}
    for at, layout in enumerate(layouts):
        places.setdefault(layout, []).append(at)
    found: dict[int, CodeTable] = {}
    columns = 1 + sum(split.size for split in splits)
    for layout, here in places.items():
        together = _together([values[at] for at in here], layout, splits, design)
        found |= {at: CodeTable(together, slice(n * columns, (n + 1) * columns)) for n, at in enumerate(here)}
    return [found[at] for at in range(len(values))]


def _together(values: Sequence[Codes], layout: CodeLayout, splits: tuple[Split, ...], design: Design) -> _Together:
    tables = [codes - np.int16(LOWEST_CODE) for codes in values]
    counts = banner_moments(tables, layout.highest - LOWEST_CODE + 1, splits, design)
    summed = _summed(layout)

    def sums(every: NDArray[Any]) -> NDArray[Any]:
        # One product with a matrix of noughts and ones is all sums over codes at once, and of cases exact.
        return (every.astype(np.float64) @ summed).astype(every.dtype)

    found = counts.each(sums)
    asked, answered, valid, hits, table = (
        found.each(lambda every: every[:, here])  # noqa: B023  used at once
        for here in (slice(0, 1), slice(1, 2), slice(2, 3), slice(3, None), slice(3, 3 + len(layout.codes)))
    )
    means = table.means(np.array(layout.codes)) if layout.has_mean else None
    return _Together(counts, asked, answered, valid, hits, hits.shares(valid), means)


@lru_cache(maxsize=256)
def _summed(layout: CodeLayout) -> Floats:
    """Which places are in each base (asked, answered, valid: as :func:`crosstab.bases`), code and net."""
    places = np.arange(LOWEST_CODE, layout.highest + 1)
    groups = [(places != NOT_ASKED), (places > NOT_ASKED), (places >= 0)]
    groups += [np.isin(places, one) for one in (*([code] for code in layout.codes), *layout.nets)]
    return np.stack(groups, axis=1).astype(np.float64)
