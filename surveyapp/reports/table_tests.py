"""Whether a division has to do with the answers at all: one test of all shares of a table.

Only columns take part that are shown and large enough to be tested, so that nothing follows of what is hidden: the
statistic is worked out of figures that stand in the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from surveyapp.analysis.columns import Column
from surveyapp.analysis.moments import Partition
from surveyapp.analysis.two_way_tables import Independence, independence, of_counts, of_sums
from surveyapp.catalogues import LANGUAGES
from surveyapp.reports import formatting
from surveyapp.reports.banners import Banner
from surveyapp.reports.differences import Columns
from surveyapp.reports.grid import TableTest
from surveyapp.reports.rows import Stub
from surveyapp.reports.sentences import Words, both, in_both


def table_tests(found: Stub, column: Column, columns: Columns) -> Iterator[TableTest]:
    """A test per banner whose groups nobody is in two of; none of what is no choice of one code."""
    start = 1
    for part in columns.parts:
        places = [start + group for group in range(part.split.size)]
        start += part.split.size
        taking = [at for at in places if columns.tested[at]]
        if found.table is not None and len(taking) > 1 and isinstance(part.split, Partition):
            made = _tested(found, column, columns, part, [at - places[0] for at in taking], taking)
            above, below = made.freedom
            yield TableTest(
                part.subject.name,
                in_both(part.subject.variable.label),
                len(taking),
                made.test,
                _or_none(made.statistic),
                (_or_none(above), _or_none(below)),
                _or_none(made.p),
                _or_none(made.cramers_v),
                made.n,
                made.reason,
            )


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _tested(
    found: Stub, column: Column, columns: Columns, part: Banner, groups: Sequence[int], places: Sequence[int]
) -> Independence:
    table, design = found.table, columns.design
    assert table is not None
    if not design.is_simple:
        assert isinstance(part.split, Partition)
        rows = np.where(column.coded >= 0, column.coded, np.nan)
        return independence(rows, np.where(np.isin(part.split.index, groups), part.split.index, np.nan), design)
    n = table.n[list(places)].T
    if design.relative is None:
        return of_counts(n)
    return of_sums(n, table.w[list(places)].T, table.w2[list(places)].T)


def tests_in_words(tests: Sequence[TableTest]) -> Iterator[Words]:
    """A sentence per test that could be made."""
    for one in tests:
        if one.p is None or one.statistic is None or one.cramers_v is None:
            continue
        name = both("Pearson’s chi-square") if one.test == "pearson" else both("Rao-Scott F")
        yield both(
            "By %(banner)s: %(test)s %(statistic)s, %(p)s; Cramér’s V %(v)s (0: no relation, 1: complete).",
            banner=one.label,
            test=name,
            statistic={language: formatting.mean(one.statistic, language, 2) for language in LANGUAGES},
            p={language: formatting.p_value(one.p, language) for language in LANGUAGES},
            v={language: formatting.mean(one.cramers_v, language, 2) for language in LANGUAGES},
        )
