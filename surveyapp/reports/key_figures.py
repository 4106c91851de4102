"""The figures a report opens with: marks, recommendation and constructs by role, beside those of the last wave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from surveyapp.analysis.columns import CodeColumn, Column
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.scales import share_of_items
from surveyapp.analysis.significance import ALPHA, holm, score_tests, welch_tests
from surveyapp.instrument.compare import Change, difference
from surveyapp.instrument.model import Construct, Instrument, Level, TrendEffect, Variable, VariableType
from surveyapp.reports.rows import nets
from surveyapp.reports.sentences import both
from surveyapp.reports.subjects import Subject, subject
from surveyapp.reports.table import Cell, Table, TableColumn
from surveyapp.reports.tabulate import Tabulation
from surveyapp.reports.trends import items_effect
from surveyapp.reports.wave_data import WaveData

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure of one role, unrounded; everything is None below the threshold.

    ``difference`` is value minus last wave's. ``is_significant`` is None where nothing was tested: no last wave, a base
    under 30, or a question that was worded differently.
    """

    id: str  # name of the variable or construct
    label: Words
    role: str
    group: Words
    unit: str  # mark · share · score
    value: float | None
    se: float | None
    low: float | None
    high: float | None
    n: int | None
    is_suppressed: bool = False
    previous: float | None = None
    previous_n: int | None = None
    previous_year: int | None = None
    difference: float | None = None
    is_significant: bool | None = None
    note: Words | None = None


@dataclass(frozen=True, slots=True)
class _Indicator:
    """What is shown, and how it is found in the data of any wave; None where a wave has not got it."""

    id: str
    label: Words
    unit: str
    row: str
    of: Callable[[WaveData], Subject | None]
    variable: Variable | None = None  # None: a construct


def key_figures(data: WaveData, previous: WaveData | None = None) -> tuple[KeyFigure, ...]:
    """The key figures of a wave, by indicator and role.

    Shown are the outcomes that are marks (mean) or recommendations (score), and per construct of at least two
    five-point items the mean share of its items on which people gave one of the two highest answers (the two lowest for
    reversed items). Differences with the last wave are tested two-sided at 5 %, waves being independent: Welch for
    means, z for scores; Holm over the roles of one indicator.
    """
    now = Tabulation(data, ["role"])
    then = Tabulation(previous, ["role"]) if previous is not None else None
    return tuple(figure for indicator in _indicators(data.instrument) for figure in _figures(indicator, now, then))


def _indicators(instrument: Instrument) -> Iterator[_Indicator]:
    for variable in instrument.variables.values():
        if variable.use != "outcome":
            continue
        if variable.type is VariableType.MARK:
            yield _Indicator(variable.name, variable.label, "mark", "mean", _by_name(variable.name), variable)
        elif variable.type is VariableType.RECOMMENDATION:
            yield _Indicator(variable.name, variable.label, "score", "score", _by_name(variable.name), variable)
    for construct in instrument.constructs.values():
        if len(_items(construct, instrument)) >= 2:
            yield _Indicator(construct.id, construct.label, "share", "mean", _of_construct(construct.id))


def construct_items(instrument: Instrument) -> dict[str, tuple[str, ...]]:
    """The constructs of the key figures, by id, each with the names of the items it is the share of."""
    found = {name: tuple(_items(construct, instrument)) for name, construct in instrument.constructs.items()}
    return {name: items for name, items in found.items() if len(items) >= 2}


def _by_name(name: str) -> Callable[[WaveData], Subject | None]:
    def find(data: WaveData) -> Subject | None:
        return subject(name, data.instrument, data.dataset) if name in data.instrument.variables else None

    return find


def _of_construct(name: str) -> Callable[[WaveData], Subject | None]:
    def find(data: WaveData) -> Subject | None:
        construct = data.instrument.constructs.get(name)
        items = _items(construct, data.instrument) if construct is not None else {}
        if construct is None or len(items) < 2:
            return None

        def derive(cases: Dataset) -> Column:
            columns = [cases.columns[item] for item in items]
            codes = [column.values for column in columns if isinstance(column, CodeColumn)]
            return share_of_items(codes, list(items.values()))

        return Subject(Variable(name, VariableType.NUMBER, Level.RATIO, construct.label), {}, derive)

    return find


def _items(construct: Construct, instrument: Instrument) -> dict[str, tuple[int, ...]]:
    """The construct's five-point items with the codes that count."""
    found: dict[str, tuple[int, ...]] = {}
    for name in construct.items:
        variable = instrument.variables.get(name)
        if variable is None:
            continue
        groups = {code: members for code, _, members in nets(variable, instrument)}
        wanted = "bottom2" if name in construct.reversed else "top2"
        if wanted in groups:
            found[name] = groups[wanted]
    return found


def _figures(indicator: _Indicator, now: Tabulation, then: Tabulation | None) -> Iterator[KeyFigure]:
    chosen = indicator.of(now.data)
    if chosen is None:
        return
    table = now.table_of(chosen)
    figures = [
        _figure(indicator, column, cell)
        for column, cell in _cells(table, indicator.row)
        if column.suppressed or column.asked
    ]
    if then is not None:
        figures = _compared(indicator, figures, now.data, then)
    yield from figures


def _cells(table: Table, kind: str) -> list[tuple[TableColumn, Cell]]:
    row = next(row for row in table.rows if row.kind == kind)
    return [pair for pair in zip(table.columns, row.cells, strict=True) if pair[0].banner is not None]


def _figure(indicator: _Indicator, column: TableColumn, cell: Cell) -> KeyFigure:
    return KeyFigure(
        id=indicator.id,
        label=indicator.label,
        role=column.key.removeprefix("role:"),
        group=column.label,
        unit=indicator.unit,
        value=cell.value,
        se=cell.se,
        low=cell.low,
        high=cell.high,
        n=column.n,
        is_suppressed=column.suppressed,
    )


def _compared(indicator: _Indicator, figures: list[KeyFigure], now: WaveData, then: Tabulation) -> list[KeyFigure]:
    """The figures with those of the last wave, tested where the question is the same."""
    chosen = indicator.of(then.data)
    effect, note = _trend(indicator, now, then.data)
    if chosen is None or effect is TrendEffect.BREAK:
        return [replace(figure, note=note) for figure in figures]
    before = {
        column.key.removeprefix("role:"): _figure(indicator, column, cell)
        for column, cell in _cells(then.table_of(chosen), indicator.row)
    }
    is_comparable = effect in (TrendEffect.CONTINUE, TrendEffect.RECODE)
    pairs = [(figure, before.get(figure.role)) for figure in figures]
    p_values = np.array([_p_value(figure, old, then) if is_comparable else np.nan for figure, old in pairs])
    compared: list[KeyFigure] = []
    for (figure, old), p in zip(pairs, holm(p_values), strict=True):
        if old is None or old.value is None:
            compared.append(replace(figure, note=note))
            continue
        compared.append(
            replace(
                figure,
                previous=old.value,
                previous_n=old.n,
                previous_year=then.data.instrument.wave.year,
                difference=None if figure.value is None else figure.value - old.value,
                is_significant=None if np.isnan(p) else bool(p < ALPHA),
                note=note,
            )
        )
    return compared


def _p_value(now: KeyFigure, then: KeyFigure | None, old: Tabulation) -> float:
    """Two-sided; NaN where nothing can be tested."""
    least = old.data.instrument.study.low_base
    if then is None or now.se is None or then.se is None or now.value is None or then.value is None:
        return float("nan")
    if (now.n or 0) < least or (then.n or 0) < least:
        return float("nan")
    if now.unit == "score":
        return float(score_tests(now.value, then.value, now.se, then.se))
    return float(welch_tests(now.value, then.value, now.se, then.se, now.n or 0, then.n or 0))


def _trend(indicator: _Indicator, now: WaveData, then: WaveData) -> tuple[TrendEffect, Words | None]:
    """What may be said of the difference with that wave, and why not more."""
    variable = indicator.variable
    if variable is None:
        both_waves = [wave.instrument.constructs.get(indicator.id) for wave in (now, then)]
        items = [_items(one, wave.instrument) if one else {} for one, wave in zip(both_waves, (now, then), strict=True)]
        if items[0] != items[1]:
            return TrendEffect.BREAK, both("This construct was measured with other items in the last wave.")
        return items_effect([*items[0]], now.instrument, then.instrument)
    if variable.name not in then.instrument.variables:
        return TrendEffect.BREAK, None
    found = difference(variable.name, then.instrument, now.instrument)
    if found.effect in (TrendEffect.CONTINUE, TrendEffect.RECODE):
        return found.effect, None
    reason = next(iter(found.reasons), None)
    return found.effect, reason if found.effect is TrendEffect.BREAK or found.changes == (Change.MEASURED,) else both(
        "Not tested: put differently or to others in the last wave."
    )
