"""The rows of a table: which figures a variable of each type gets, as arrays over the columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import (
    SKIPPED,
    AllocationColumn,
    ChoiceColumn,
    CodeColumn,
    Column,
    Floats,
    NumberColumn,
    RankColumn,
)
from surveyapp.analysis.crosstab import (
    Counts,
    Split,
    bases,
    code_counts,
    code_place,
    number_means,
    number_quantiles,
)
from surveyapp.analysis.estimates import (
    Means,
    means_of_codes,
    proportions,
    quantiles_of_codes,
    recommendation_scores,
)
from surveyapp.analysis.multiple import choice_counts, mean_amounts, ranking
from surveyapp.analysis.significance import Comparison
from surveyapp.instrument.model import Category, Instrument, Level, Variable, VariableType
from surveyapp.reports.sentences import both
from surveyapp.reports.subjects import Subject, region_codes, regions

Words = Mapping[str, str]
Head = tuple[int | str, Words, str]
"""Code, label and kind of a row."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One row over all columns, before disclosure control; arrays of shape (columns,)."""

    code: int | str
    label: Words
    kind: str
    value: Floats
    se: Floats | None = None
    low: Floats | None = None
    high: Floats | None = None
    count: Counts | None = None
    test: Comparison | None = None
    base: Floats | None = None  # what the test rests on


@dataclass(frozen=True, slots=True, eq=False)
class Stub:
    """The rows of one variable with the three bases of each column."""

    lines: tuple[Line, ...]
    asked: Counts
    answered: Counts
    valid: Counts


def stub(subject: Subject, column: Column, splits: tuple[Split, ...], instrument: Instrument) -> Stub:
    """The rows of a variable over these splits."""
    variable = subject.variable
    if variable.type is VariableType.REGION and isinstance(column, NumberColumn):
        column = CodeColumn(region_codes(column.values, column.missing))
        subject = Subject(variable, {category.code: category.code for category in regions()})
    highest = max((*subject.keys, 0))
    values = column.values if isinstance(column, CodeColumn) else column.missing
    counts = code_counts(values, splits, highest if isinstance(column, CodeColumn) else 0)
    asked, answered, valid = bases(counts)
    lines = _lines(subject, column, counts, valid, splits, instrument)
    missing = _missing(variable, counts, answered, instrument)
    return Stub((*lines, *missing), asked, answered, valid)


def _lines(
    subject: Subject,
    column: Column,
    counts: Counts,
    valid: Counts,
    splits: tuple[Split, ...],
    instrument: Instrument,
) -> Iterator[Line]:
    variable = subject.variable
    match column:
        case CodeColumn():
            categories = regions() if variable.type is VariableType.REGION else variable.categories
            yield from _coded(subject, categories, counts, valid, instrument)
        case NumberColumn():
            yield from _numbers(variable, column, splits)
        case ChoiceColumn():
            heads = [(category.code, category.label, "code") for category in variable.categories]
            yield from _shares(heads, choice_counts(column.chosen, splits), valid)
        case RankColumn():
            yield from _ranked(variable, column, valid, splits)
        case AllocationColumn():
            amounts = mean_amounts(column.amounts, column.missing == 0, splits)
            for place, category in enumerate(variable.categories):
                yield _mean(category.code, category.label, "points", _one(amounts, place))


def _coded(
    subject: Subject, categories: Sequence[Category], counts: Counts, valid: Counts, instrument: Instrument
) -> Iterator[Line]:
    variable = subject.variable
    codes = np.array([category.code for category in categories], dtype=np.intp)
    table = counts[:, codes + code_place(0)]
    heads: list[Head] = [(subject.keys[category.code], category.label, "code") for category in categories]
    hits = [table]
    for code, label, members in nets(variable, instrument):
        heads.append((code, label, "net"))
        hits.append(table[:, np.isin(codes, members)].sum(axis=1, keepdims=True))
    yield from _shares(heads, np.concatenate(hits, axis=1), valid)
    if variable.type is VariableType.RECOMMENDATION:
        high = counts[:, code_place(9) : code_place(10) + 1].sum(axis=1)
        low = counts[:, code_place(0) : code_place(6) + 1].sum(axis=1)
        score, base = recommendation_scores(high, low, valid), valid.astype(np.float64)
        figures = score.value, score.se, score.low, score.high
        yield Line("score", both("Recommendation score"), "score", *figures, None, Comparison.SCORE, base)
    if variable.level is Level.SCORE:
        found = means_of_codes(table, codes)
        yield _mean("mean", both("Mean"), "mean", found)
        yield Line("sd", both("Standard deviation"), "sd", found.sd)
    if variable.level is Level.ORDINAL:
        order = np.argsort(codes)
        yield Line("median", both("Median"), "median", quantiles_of_codes(table[:, order], codes[order], 0.5))


def nets(variable: Variable, instrument: Instrument) -> tuple[tuple[str, Words, tuple[int, ...]], ...]:
    """The groups of codes that are shown together: code of the row, label, codes."""
    codes = tuple(category.code for category in variable.categories)
    if variable.type is VariableType.MARK:
        return (
            ("high_marks", both("8 or higher"), tuple(code for code in codes if code >= 8)),
            ("low_marks", both("Below 6"), tuple(code for code in codes if code < 6)),
        )
    if variable.type is VariableType.RECOMMENDATION:
        return (
            ("promoters", both("Promoters (9 or 10)"), tuple(code for code in codes if code >= 9)),
            ("passives", both("Passives (7 or 8)"), tuple(code for code in codes if 7 <= code <= 8)),
            ("detractors", both("Detractors (0 to 6)"), tuple(code for code in codes if code <= 6)),
        )
    scale = instrument.scales.get(variable.scale) if variable.scale else None
    if scale is None or not scale.is_ordered or len(codes) != 5 or variable.type is not VariableType.SINGLE:
        return ()
    ordered = sorted(codes, reverse=scale.is_descending)
    return (
        ("top2", both("Highest two"), tuple(ordered[-2:])),
        ("bottom2", both("Lowest two"), tuple(ordered[:2])),
    )


def _numbers(variable: Variable, column: NumberColumn, splits: tuple[Split, ...]) -> Iterator[Line]:
    # A month is stored as year * 100 + month: an order, not an amount.
    is_month = variable.type is VariableType.MONTH
    if not is_month:
        found = number_means(column.values, splits)
        yield _mean("mean", both("Mean"), "mean", found)
        yield Line("sd", both("Standard deviation"), "sd", found.sd)
    low, middle, high = number_quantiles(column.values, splits, (0.25, 0.5, 0.75), observed=is_month)
    yield Line("median", both("Median"), "median", middle)
    yield Line("q1", both("First quartile"), "quartile", low)
    yield Line("q3", both("Third quartile"), "quartile", high)


def _ranked(variable: Variable, column: RankColumn, valid: Counts, splits: tuple[Split, ...]) -> Iterator[Line]:
    found = ranking(column.codes, column.places, column.missing == 0, splits)
    for kind, hits in (("code", found.among), ("first", found.first)):
        yield from _shares([(category.code, category.label, kind) for category in variable.categories], hits, valid)
    for place, category in enumerate(variable.categories):
        yield _mean(category.code, category.label, "points", _one(found.points, place))


def _missing(variable: Variable, counts: Counts, answered: Counts, instrument: Instrument) -> Iterator[Line]:
    """A row per missing code: those offered or found, and what was skipped, which is no share of who answered."""
    offered = {code.code: code.label for code in variable.missing}
    for missing in instrument.missing.values():
        here = counts[:, code_place(missing.code)]
        if missing.code == SKIPPED:
            yield Line(missing.code, missing.label, "missing", np.full(len(here), np.nan), count=here)
        elif missing.offered and (missing.code in offered or here[0] > 0):
            with np.errstate(invalid="ignore"):
                shares = here / answered.astype(np.float64)
            yield Line(missing.code, offered.get(missing.code, missing.label), "missing", shares, count=here)


def _shares(heads: Sequence[Head], hits: Counts, valid: Counts) -> Iterator[Line]:
    """A row per head; ``hits`` has shape (columns, heads)."""
    found, base = proportions(hits, valid[:, None]), valid.astype(np.float64)
    for place, (code, label, kind) in enumerate(heads):
        value, se = found.value[:, place], found.se[:, place]
        low, high = found.low[:, place], found.high[:, place]
        yield Line(code, label, kind, value, se, low, high, hits[:, place], Comparison.SHARE, base)


def _mean(code: int | str, label: Words, kind: str, found: Means) -> Line:
    return Line(code, label, kind, found.value, found.se, found.low, found.high, None, Comparison.MEAN, found.base)


def _one(found: Means, place: int) -> Means:
    return Means(*(getattr(found, name)[:, place] for name in ("value", "sd", "se", "low", "high", "base")))
