"""The figures a report opens with: marks, recommendation and constructs by role, beside those of the last wave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from surveyapp.analysis.code_tables import CodeTable
from surveyapp.analysis.columns import Column
from surveyapp.analysis.corrections import holm
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.design import Design
from surveyapp.analysis.moments import Split
from surveyapp.analysis.scales import share_of_items
from surveyapp.analysis.significance import score_tests, welch_tests
from surveyapp.instrument.model import Instrument, Level, Text, TrendEffect, Variable, VariableType
from surveyapp.reports.code_layouts import nets
from surveyapp.reports.grid import Figure, Grid, Group, Measure
from surveyapp.reports.rows import Stub, only, stub
from surveyapp.reports.sentences import Words
from surveyapp.reports.subjects import Subject, subject
from surveyapp.reports.tabulate import Tabulation
from surveyapp.reports.trends import construct_trend, variable_trend
from surveyapp.reports.verdicts import with_verdict
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.weights import asked_for, beside

NOTHING = Figure()


@dataclass(frozen=True, slots=True)
class _Indicator:
    """What is shown, and how it is found in the data of any wave; None where a wave has not got it."""

    id: str
    of: Callable[[WaveData], Subject | None]
    variable: Variable | None = None  # None: a construct


def key_figures(data: WaveData, previous: WaveData | None = None, weight: str = "") -> Grid:
    """The key figures of a wave: a line per indicator; by role, then by role of the last wave, then the differences.

    Shown are the outcomes that are marks (mean) or recommendations (score), and per construct of at least two
    five-point items the mean share of its items on which people gave one of the two highest answers (the two lowest for
    reversed items). Differences with the last wave are tested two-sided at 5 %, waves being independent: Welch for
    means, z for scores; Holm over the roles of one indicator. A difference has no p where nothing was tested: a base
    under 30, or a question that was worded differently. Each wave is weighted as its report is, or both by ``weight``.
    """
    indicators = tuple(_indicators(data.instrument))
    grid = Tabulation(data, ["role"], weight=asked_for(data, weight)).grid_of(
        *filter(None, (one.of(data) for one in indicators)), rows=_headline
    )
    return grid if previous is None else _beside(grid, indicators, data, previous, weight)


def _headline(
    chosen: Subject,
    column: Column,
    splits: tuple[Split, ...],
    instrument: Instrument,
    design: Design,
    table: CodeTable,
) -> Stub:
    """Of a recommendation its score, of others the mean; that of a construct is one of shares."""
    is_score = chosen.variable.type.traits.headline == "score"
    rows = only("score") if is_score else only("mean", None if chosen.derive is None else "share")
    return rows(chosen, column, splits, instrument, design, table)


def headline(
    one: Subject, data: WaveData, column: Column | None = None, design: Design | None = None
) -> tuple[float | None, str]:
    """What the key figures say of an outcome over some cases, and its unit; no value where nobody answered.

    Parameters
    ----------
    column : of these cases; absent: only the unit is wanted
    """
    column = one.column(data.dataset.take(slice(0))) if column is None else column
    kind = "score" if one.variable.type.traits.headline == "score" else "mean"
    made = stub(one, column, (), data.instrument, design or Design.plain(0))
    found = next(row for row in made.rows if row.measure.kind == kind)
    value = float(found.value[0])
    return None if np.isnan(value) else value, found.measure.unit


def _indicators(instrument: Instrument) -> Iterator[_Indicator]:
    for variable in instrument.variables.values():
        if variable.use == "outcome" and variable.type.traits.headline:
            yield _Indicator(variable.name, _by_name(variable.name), variable)
    for name in construct_items(instrument):
        yield _Indicator(name, _of_construct(name))


def score_variable(name: str, label: Text) -> Variable:
    """What nobody was asked: a number that is made of several questions."""
    return Variable(name, VariableType.NUMBER, Level.RATIO, label)


def construct_items(instrument: Instrument) -> dict[str, tuple[str, ...]]:
    """The constructs of the key figures, by id, each with the names of the items it is the share of."""
    found = {name: tuple(_items(name, instrument)) for name in instrument.constructs}
    return {name: items for name, items in found.items() if len(items) >= 2}


def _by_name(name: str) -> Callable[[WaveData], Subject | None]:
    def find(data: WaveData) -> Subject | None:
        return subject(name, data.instrument, data.dataset) if name in data.instrument.variables else None

    return find


def _of_construct(name: str) -> Callable[[WaveData], Subject | None]:
    def find(data: WaveData) -> Subject | None:
        items = _items(name, data.instrument)
        if len(items) < 2:
            return None

        def derive(cases: Dataset) -> Column:
            return share_of_items([cases.columns[item].coded for item in items], list(items.values()))

        return Subject(score_variable(name, data.instrument.constructs[name].label), {}, derive)

    return find


def _items(name: str, instrument: Instrument) -> dict[str, tuple[int, ...]]:
    """The construct's five-point items with the codes that count; none where a wave has not got it."""
    found: dict[str, tuple[int, ...]] = {}
    construct = instrument.constructs.get(name)
    for item in construct.items if construct is not None else ():
        variable = instrument.variables.get(item)
        if variable is None:
            continue
        groups = {code: members for code, _, members in nets(variable, instrument)}
        wanted = "bottom2" if construct is not None and item in construct.reversed else "top2"
        if wanted in groups:
            found[item] = groups[wanted]
    return found


def _beside(grid: Grid, indicators: Sequence[_Indicator], now: WaveData, then: WaveData, weight: str) -> Grid:
    """The figures with those of the last wave, and their differences, tested where the question is the same."""
    least = then.instrument.study.low_base
    trends = [_trend(one, now, then) for one in indicators]
    known = {
        one.id: chosen
        for one, (effect, _) in zip(indicators, trends, strict=True)
        if effect is not TrendEffect.BREAK and (chosen := one.of(then)) is not None
    }
    old = Tabulation(then, ["role"], weight=beside(then, weight)).grid_of(*known.values(), rows=_headline)
    before = dict(zip(known, old.figures, strict=True))
    place = {group.key: at for at, group in enumerate(old.groups)}
    roles = [at for at, group in enumerate(grid.groups) if group.banner is not None]
    figures = []
    for measure, line, (effect, _) in zip(grid.measures, grid.figures, trends, strict=True):
        of_roles, row = [line[at] for at in roles], before.get(measure.item)
        keys = [grid.groups[at].key for at in roles]
        last = [row[place[key]] if row is not None and key in place else NOTHING for key in keys]
        pairs = list(zip(of_roles, last, strict=True))
        p = holm([_p_value(*pair, measure, least) if effect.is_comparable else np.nan for pair in pairs]).tolist()
        figures.append((*line, *last, *(_difference(*pair, one) for pair, one in zip(pairs, p, strict=True))))
    return replace(
        grid,
        items=tuple(replace(item, series_break=note) for item, (_, note) in zip(grid.items, trends, strict=True)),
        groups=(*grid.groups, *_groups(grid, roles, then), *_groups(grid, roles, then, is_difference=True)),
        figures=tuple(figures),
        bases=tuple(tuple(one.bases for one in line) for line in figures),
    )


def _groups(grid: Grid, roles: Sequence[int], then: WaveData, *, is_difference: bool = False) -> Iterator[Group]:
    year = then.instrument.wave.year
    for at in roles:
        group = grid.groups[at]
        key = f"{group.key}{'-' if is_difference else '@'}{year}"
        yield replace(group, key=key, year=year, is_difference=is_difference)


def _difference(now: Figure, then: Figure, p: float) -> Figure:
    if now.is_hidden or then.is_hidden:
        return Figure(is_hidden=True)
    if now.is_imprecise or then.is_imprecise:
        return with_verdict(Figure(), now, then)
    if now.value is None or then.value is None:
        return Figure()
    return with_verdict(Figure(now.value - then.value, p=None if np.isnan(p) else p), now, then)


def _p_value(now: Figure, then: Figure, measure: Measure, least: int) -> float:
    """Two-sided; NaN where nothing can be tested."""
    n, before = now.bases.valid or 0, then.bases.valid or 0
    if now.value is None or then.value is None or now.se is None or then.se is None or min(n, before) < least:
        return float("nan")
    if measure.unit == "score":
        return float(score_tests(now.value, then.value, now.se, then.se))
    return float(welch_tests(now.value, then.value, now.se, then.se, n, before))


def _trend(indicator: _Indicator, now: WaveData, then: WaveData) -> tuple[TrendEffect, Words | None]:
    """What may be said of the difference with that wave, and why not more."""
    if indicator.variable is not None:
        return variable_trend(indicator.id, now.instrument, then.instrument)
    items, before = _items(indicator.id, now.instrument), _items(indicator.id, then.instrument)
    return construct_trend(items, before, now.instrument, then.instrument)
