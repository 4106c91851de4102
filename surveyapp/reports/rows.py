"""The rows of a table: which figures a variable of each type gets, as arrays over the columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from surveyapp.analysis.code_tables import CodeTable
from surveyapp.analysis.column_comparison import group_figures
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
from surveyapp.analysis.crosstab import code_place, number_means, number_quantiles
from surveyapp.analysis.design import Design
from surveyapp.analysis.estimates import Estimate, Means, quantiles_of_codes, recommendation_scores
from surveyapp.analysis.moments import Counts, Moments, Split
from surveyapp.analysis.multiple import choice_moments, mean_amounts, ranking
from surveyapp.analysis.significance import Comparison
from surveyapp.instrument.model import Category, Instrument, Level, Variable
from surveyapp.reports import case_values
from surveyapp.reports.case_values import CaseValues, belonging
from surveyapp.reports.code_layouts import as_codes, categories_of, nets, tables
from surveyapp.reports.grid import Measure
from surveyapp.reports.sentences import Words, both, in_both
from surveyapp.reports.subjects import Subject

Head = tuple[int | str, Words, str]
"""Code, label and kind of a row."""
CHOSEN, FIRST, POINTS = both("Chosen, in any place"), both("In first place"), both("Mean points")
MISSING = both("Not in the shares (counts)")


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One measure over all columns, before disclosure control; arrays of shape (columns,)."""

    measure: Measure
    value: Floats
    se: Floats | None = None
    low: Floats | None = None
    high: Floats | None = None
    count: Counts | None = None  # people, never weighted
    test: Comparison | None = None
    base: Floats | None = None  # what the test rests on: valid answers, where weighted their effective number
    spread: Floats | None = None  # of a mean or score, the standard deviation of what is measured of a case
    of_case: CaseValues | None = None  # of a tested row, what it measures of each case
    p: Floats | None = None  # of a figure that is tested by itself, such as a step


@dataclass(frozen=True, slots=True, eq=False)
class Stub:
    """The rows of one variable with the three bases of each column, the valid one also weighted and effective."""

    rows: tuple[Row, ...]
    asked: Counts
    answered: Counts
    valid: Counts
    weighted: Floats
    effective: Floats
    table: Moments | None = None  # of a variable that picks one of its codes: its cells

    def first(self, width: int) -> Stub:
        """The first columns of it."""
        rows = tuple(_narrowed(row, width) for row in self.rows)
        asked, answered, valid = (counts[:width] for counts in (self.asked, self.answered, self.valid))
        return replace(
            self, rows=rows, asked=asked, answered=answered, valid=valid,
            weighted=self.weighted[:width], effective=self.effective[:width],
        )  # fmt: skip


RowsOf = Callable[[Subject, Column, tuple[Split, ...], Instrument, Design, CodeTable], Stub]
"""What makes the rows of a variable over some splits, of its table there."""


def stub(
    subject: Subject,
    column: Column,
    splits: tuple[Split, ...],
    instrument: Instrument,
    design: Design | None = None,
    table: CodeTable | None = None,
) -> Stub:
    """The rows of a variable over these splits; without a design nothing is weighted."""
    design = design or Design.plain(len(column.coded))
    found = table or tables([subject], [column], splits, instrument, design)[0]
    chosen, coded = as_codes(subject, column)
    rows = tuple(_rows(chosen, coded, found, splits, instrument, design.alone()))
    if not design.is_simple:
        rows = with_errors(rows, splits, design)
    made = _stub((*rows, *_missing(subject.variable, found, instrument)), found)
    if not isinstance(coded, CodeColumn):
        return made
    codes = np.array([code for code in chosen.keys if code >= 0], dtype=np.intp)
    return replace(made, table=found.counts.each(lambda sums: sums[:, codes + code_place(0)]))


def counted(
    subject: Subject,
    column: Column,
    splits: tuple[Split, ...],
    instrument: Instrument,
    design: Design,
    table: CodeTable,
) -> Stub:
    """What the figures of a variable rest on, without any."""
    return _stub((), table)


def _stub(rows: tuple[Row, ...], table: CodeTable) -> Stub:
    valid = table.valid
    weighted, effective = valid.w[:, 0].astype(np.float64), _base(valid)
    return Stub(rows, table.asked.n[:, 0], table.answered.n[:, 0], valid.n[:, 0], weighted, effective)


def only(kind: str, unit: str | None = None) -> RowsOf:
    """The row of one kind alone; of this unit instead of its own."""

    def rows(
        subject: Subject,
        column: Column,
        splits: tuple[Split, ...],
        instrument: Instrument,
        design: Design,
        table: CodeTable,
    ) -> Stub:
        found = stub(subject, column, splits, instrument, design, table)
        row = next(row for row in found.rows if row.measure.kind == kind)
        measure = row.measure if unit is None else replace(row.measure, unit=unit)
        return replace(found, rows=(replace(row, measure=measure),))

    return rows


def _rows(
    subject: Subject,
    column: Column,
    table: CodeTable,
    splits: tuple[Split, ...],
    instrument: Instrument,
    design: Design,
) -> Iterator[Row]:
    variable, valid = subject.variable, table.valid
    match column:
        case CodeColumn():
            yield from _coded(subject, column, table, splits, instrument, design)
        case NumberColumn():
            yield from _numbers(variable, column, splits, design)
        case ChoiceColumn():
            heads = [(category.code, category.label, "code") for category in variable.categories]
            cases = [case_values.chosen(column, place) for place in range(len(heads))]
            yield from shares(variable, heads, choice_moments(column.chosen, splits, design), valid, cases)
        case RankColumn():
            yield from _ranked(variable, column, valid, splits, design)
        case AllocationColumn():
            amounts = mean_amounts(column.amounts, column.missing == 0, splits, design)
            for place, category in enumerate(variable.categories):
                yield _points(variable, category, _one(amounts, place), case_values.amount(column, place))


def _coded(
    subject: Subject,
    column: CodeColumn,
    table: CodeTable,
    splits: tuple[Split, ...],
    instrument: Instrument,
    design: Design,
) -> Iterator[Row]:
    variable, counts, valid = subject.variable, table.counts, table.valid
    categories = categories_of(variable)
    heads: list[Head] = [(subject.keys[category.code], category.label, "code") for category in categories]
    cases = [case_values.one_of(column.values, [category.code]) for category in categories]
    for code, label, members in nets(variable, instrument):
        heads.append((code, label, "net"))
        cases.append(case_values.one_of(column.values, members))
    yield from _shares(variable, heads, table.hits, table.shares, valid, cases)
    if variable.type.traits.headline == "score":
        high = counts.together(slice(code_place(9), code_place(10) + 1))
        low = counts.together(slice(code_place(0), code_place(6) + 1))
        squares = (high.w2, low.w2, valid.w2) if valid.is_weighted else None
        score = recommendation_scores(high.w, low.w, valid.w, squares=squares)
        value, se, low_end, high_end = (array[:, 0] for array in (score.value, score.se, score.low, score.high))
        measure = _measure(variable, "score", "score", both("Recommendation score"), "score")
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.sqrt(((high.w + low.w) / valid.w)[:, 0] - value**2)
        of_case = case_values.score_of(column.values)
        yield Row(measure, value, se, low_end, high_end, None, Comparison.SCORE, _base(valid), spread, of_case)
    if table.means is not None:
        of_case = case_values.the_code(column.values)
        yield from _mean_and_spread(variable, table.means, variable.type.traits.unit, of_case)
    if variable.level is Level.ORDINAL:
        codes = np.sort([category.code for category in categories])
        if design.weights is None:
            median = quantiles_of_codes(counts.n[:, codes + code_place(0)], codes, 0.5)
        else:
            values = np.where(np.isin(column.values, codes), column.values, np.nan)
            median = number_quantiles(values, splits, (0.5,), design)[0]
        yield Row(_measure(variable, "median", "median", both("Median"), "mean"), median)


def _numbers(variable: Variable, column: NumberColumn, splits: tuple[Split, ...], design: Design) -> Iterator[Row]:
    is_month, unit = variable.type.traits.is_month, variable.type.traits.unit
    if not is_month:
        found = number_means(column.values, splits, design)
        yield from _mean_and_spread(variable, found, unit, case_values.the_number(column))
    low, middle, high = number_quantiles(column.values, splits, (0.25, 0.5, 0.75), design, observed=is_month)
    yield Row(_measure(variable, "median", "median", both("Median"), unit), middle)
    yield Row(_measure(variable, "quartile", "q1", both("First quartile"), unit), low)
    yield Row(_measure(variable, "quartile", "q3", both("Third quartile"), unit), high)


def _ranked(
    variable: Variable, column: RankColumn, valid: Moments, splits: tuple[Split, ...], design: Design
) -> Iterator[Row]:
    found = ranking(column.codes, column.places, column.missing == 0, splits, design)
    places = ("code", found.among, CHOSEN, case_values.named), ("first", found.first, FIRST, case_values.named_first)
    for kind, hits, said, at in places:
        heads = [(category.code, category.label, kind) for category in variable.categories]
        yield from shares(variable, heads, hits, valid, [at(column, code) for code in column.codes], said)
    for place, category in enumerate(variable.categories):
        of_case = case_values.rank_points(column, category.code)
        yield _points(variable, category, _one(found.points, place), of_case)


def _missing(variable: Variable, table: CodeTable, instrument: Instrument) -> Iterator[Row]:
    """A row per missing code: those offered or found, and what was skipped, which is no share of who answered."""
    offered = {code.code: code.label for code in variable.missing}
    counts, base = table.counts, table.answered.w[:, 0].astype(np.float64)
    for missing in instrument.missing.values():
        place = code_place(missing.code)
        here = counts.n[:, place]
        if missing.code == SKIPPED:
            value: Floats = np.full(len(here), np.nan)
        elif missing.offered and (missing.code in offered or here[0] > 0):
            with np.errstate(invalid="ignore"):
                value = counts.w[:, place] / base
        else:
            continue
        label = offered.get(missing.code, missing.label)
        yield Row(_measure(variable, "missing", missing.code, label, "count", MISSING), value, count=here)


def shares(
    variable: Variable,
    heads: Sequence[Head],
    hits: Moments,
    valid: Moments,
    cases: Sequence[CaseValues] = (),
    statistic: Words | None = None,
) -> Iterator[Row]:
    """A row per head; ``hits`` has a place for each, and ``cases`` what is measured of each case,
    without which groups that share people are not tested."""
    yield from _shares(variable, heads, hits, hits.shares(valid), valid, cases, statistic)


def _shares(
    variable: Variable,
    heads: Sequence[Head],
    hits: Moments,
    found: Estimate,
    valid: Moments,
    cases: Sequence[CaseValues] = (),
    statistic: Words | None = None,
) -> Iterator[Row]:
    base = _base(valid)
    for place, (code, label, kind) in enumerate(heads):
        value, se = found.value[:, place], found.se[:, place]
        low, high = found.low[:, place], found.high[:, place]
        measure = _measure(variable, kind, code, label, "share", statistic)
        yield Row(
            measure,
            value,
            se,
            low,
            high,
            hits.n[:, place],
            Comparison.SHARE,
            base,
            None,
            cases[place] if cases else None,
        )


def _base(valid: Moments) -> Floats:
    """What tests of shares and scores rest on."""
    return valid.effective[:, 0]


def _measure(
    variable: Variable, kind: str, code: int | str, label: Words, unit: str, statistic: Words | None = None
) -> Measure:
    return Measure(variable.name, kind, code, in_both(label), unit, statistic)


def _mean_and_spread(variable: Variable, found: Means, unit: str, of_case: CaseValues) -> Iterator[Row]:
    yield _mean(_measure(variable, "mean", "mean", both("Mean"), unit), found, of_case)
    yield Row(_measure(variable, "sd", "sd", both("Standard deviation"), "mean"), found.sd)


def _points(variable: Variable, category: Category, found: Means, of_case: CaseValues) -> Row:
    return _mean(_measure(variable, "points", category.code, category.label, "mean", POINTS), found, of_case)


def _mean(measure: Measure, found: Means, of_case: CaseValues) -> Row:
    return Row(
        measure, found.value, found.se, found.low, found.high, None, Comparison.MEAN, found.base, found.sd, of_case
    )


def _one(found: Means, place: int) -> Means:
    return Means(*(getattr(found, name)[:, place] for name in ("value", "sd", "se", "low", "high", "base")))


def with_errors(rows: Sequence[Row], splits: tuple[Split, ...], design: Design) -> tuple[Row, ...]:
    """The rows with the errors of a design with strata, clusters or a population."""
    belongs = belonging(splits, design.n)
    made = []
    for row in rows:
        if row.test is not None and row.of_case is not None:
            found = group_figures(row.of_case(), belongs, design, row.test)
            row = replace(row, se=found.se, low=found.low, high=found.high)
        made.append(row)
    return tuple(made)


def _narrowed(row: Row, width: int) -> Row:
    se, low, high = (None if one is None else one[:width] for one in (row.se, row.low, row.high))
    count = None if row.count is None else row.count[:width]
    return replace(row, value=row.value[:width], se=se, low=low, high=high, count=count)
