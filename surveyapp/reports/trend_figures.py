"""Trends: figures of one question over the waves, and whether a change is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from math import isnan, nan

from scipy.special import ndtri

from surveyapp.analysis.code_tables import CodeTable
from surveyapp.analysis.columns import Column
from surveyapp.analysis.corrections import holm
from surveyapp.analysis.design import Design
from surveyapp.analysis.moments import Split
from surveyapp.analysis.significance import score_tests, welch_tests
from surveyapp.errors import BadQuery
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.model import Instrument, TableDefinition, TrendEffect, Variable
from surveyapp.instrument.weighting import UNWEIGHTED
from surveyapp.reports.banners import LETTERS
from surveyapp.reports.case_numbers import scored
from surveyapp.reports.driver_figures import outcomes_in
from surveyapp.reports.findings import trend_finding
from surveyapp.reports.grid import Bases, Figure, Grid, Group, Item
from surveyapp.reports.rows import Stub, only
from surveyapp.reports.sentences import Words, both
from surveyapp.reports.subjects import Subject
from surveyapp.reports.tabulate import Tabulation
from surveyapp.reports.trends import series_note, variable_trend
from surveyapp.reports.verdicts import noted, with_verdict
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.weights import beside

NO_FIGURE = Figure(bases=Bases(asked=0, answered=0, valid=0, is_outside=True))
BROKEN = (TrendEffect.BREAK,)


def planned_trend(tabulation: Tabulation, planned: TableDefinition) -> Grid:
    """The sheet of a trend: the questions of the plan, for everyone or for its filter."""
    return trend_grid(tabulation, planned.variables)


def trend_grid(tabulation: Tabulation, names: Sequence[str] = ()) -> Grid:
    """Per question its mean or score in every wave, and the changes from each to the next that has the question.

    Parameters
    ----------
    tabulation : of the last wave, without a banner; its ``earlier`` are the waves before it
    names :      the questions; none: the outcomes

    Raises
    ------
    BadQuery     no such variable, one without order, or a breakdown beside the waves
    """
    now = tabulation.data
    chosen = [scored(name, now.instrument) for name in names or _outcomes(now.instrument)]
    if tabulation.by:
        raise BadQuery("A trend has the waves side by side: leave out the breakdown.")
    condition = tabulation.filter.condition if tabulation.filter else None
    waves = [*sorted(tabulation.earlier, key=lambda data: data.instrument.wave.year), now]
    grids = [_grid(data, [one.variable for one in chosen], condition, tabulation) for data in waves]
    unlike = frozenset(_unlike(tabulation))
    lines = [
        _line(
            one.variable, [None if grid is None else _figure(grid, one.variable.name) for grid in grids], waves, unlike
        )
        for one in chosen
    ]
    last = grids[-1]
    assert last is not None
    measures = tuple(next(measure for measure in last.measures if measure.item == one.variable.name) for one in chosen)
    alone = tuple(_apart(tabulation))
    items = tuple(
        noted(_noted(item, (*notes, *alone)), line, now.instrument.study)
        for item, (line, notes) in zip(last.items, lines, strict=True)
    )
    figures = tuple(line for line, _ in lines)
    return replace(
        last,
        items=items,
        measures=measures,
        groups=tuple(_groups(waves)),
        has_letters=False,
        figures=figures,
        bases=tuple(tuple(one.bases for one in line) for line in figures),
        finding=trend_finding(
            [item.title for item in items], measures, [str(data.instrument.wave.year) for data in waves], figures
        ),
    )


def _apart(tabulation: Tabulation) -> Iterator[Words]:
    """What sets the wave apart from those before it, whatever is asked of it."""
    if not tabulation.earlier:
        yield both("No earlier wave has figures to lay beside these.")
    unlike = _unlike(tabulation)
    if unlike:
        years = ", ".join(str(year) for year in unlike)
        yield both("Unweighted, without a weighting of their own: the figures of %(years)s.", years=years)


def _unlike(tabulation: Tabulation) -> list[int]:
    """The years that stay unweighted beside a weighted one: what is between them may be the weighting's doing."""
    scheme = tabulation.scheme
    if scheme is None:
        return []
    return [one.instrument.wave.year for one in tabulation.earlier if beside(one, scheme.id) in (None, UNWEIGHTED)]


def _outcomes(instrument: Instrument) -> tuple[str, ...]:
    return tuple(name for name in outcomes_in(instrument) if instrument.variables[name].type.traits.headline)


def _grid(data: WaveData, variables: Sequence[Variable], condition: Condition | None, now: Tabulation) -> Grid | None:
    """The figures of one wave; None where it cannot be filtered so."""
    known = [
        one.name for one in variables if one.name in data.instrument.variables and one.name in data.dataset.columns
    ]
    if data is now.data:
        made = now
    else:
        try:
            made = Tabulation(
                data,
                (),
                condition,
                beside(data, now.scheme.id if now.scheme else UNWEIGHTED),
                partials=now.partials and not now.data.is_imported,
            )
        except BadQuery:
            return None
    if not known:
        return None
    kinds = {one.name: only(_kind(one)) for one in variables}

    def rows(
        chosen: Subject,
        column: Column,
        splits: tuple[Split, ...],
        instrument: Instrument,
        design: Design,
        table: CodeTable,
    ) -> Stub:
        return kinds[chosen.name](chosen, column, splits, instrument, design, table)

    return made.grid(*known, rows=rows, method=_method())


def _kind(variable: Variable) -> str:
    if variable.type.traits.headline == "score":
        return "score"
    return "mean" if len(variable.codes) != 2 else "code"


def _figure(grid: Grid, name: str) -> Figure | None:
    return next((line[0] for measure, line in grid.lines if measure.item == name), None)


def _line(
    variable: Variable, found: Sequence[Figure | None], waves: Sequence[WaveData], unlike: frozenset[int]
) -> tuple[tuple[Figure, ...], tuple[Words, ...]]:
    """The figures of each wave and the changes, and what must be known of them."""
    notes: list[Words] = []
    shown: list[Figure] = []
    now = waves[-1].instrument
    for one, data in zip(found, waves, strict=True):
        effect = TrendEffect.CONTINUE
        if data is not waves[-1]:
            effect, _ = variable_trend(variable.name, now, data.instrument)
            note = series_note(variable.name, now, data.instrument)
            if note is not None and one is not None:
                notes.append(note)
        # What cannot be compared at all does not stand beside the others.
        shown.append(NO_FIGURE if one is None or effect in BROKEN else one)
    pairs = [_pair(variable, at, shown, waves, unlike) for at in range(1, len(waves))]
    adjusted = holm([p for _, p in pairs]).tolist()
    changes = [figure if isnan(p) else replace(figure, p=p) for (figure, _), p in zip(pairs, adjusted, strict=True)]
    return (*shown, *changes), tuple({note["en"]: note for note in notes}.values())


def _pair(
    variable: Variable, at: int, shown: Sequence[Figure], waves: Sequence[WaveData], unlike: frozenset[int]
) -> tuple[Figure, float]:
    """The change to a wave from the last before it that has the question; p is NaN where nothing is tested."""
    before = next((back for back in range(at - 1, -1, -1) if shown[back] is not NO_FIGURE), None)
    if before is None or shown[at] is NO_FIGURE:
        return NO_FIGURE, nan
    then, now = shown[before], shown[at]
    if then.is_hidden or now.is_hidden:
        return Figure(is_hidden=True, bases=Bases(is_hidden=True)), nan
    bases = min((then.bases, now.bases), key=lambda one: one.valid or 0)
    if then.is_imprecise or now.is_imprecise:
        return with_verdict(Figure(bases=bases), then, now), nan
    if then.value is None or now.value is None:
        return NO_FIGURE, nan
    effect, _ = variable_trend(variable.name, waves[at].instrument, waves[before].instrument)
    value = now.value - then.value
    least = waves[at].instrument.study.low_base
    weighed_alike = (waves[before].instrument.wave.year in unlike) == (waves[at].instrument.wave.year in unlike)
    if not effect.is_comparable or not weighed_alike or then.se is None or now.se is None or (bases.valid or 0) < least:
        return with_verdict(Figure(value, bases=bases), then, now), nan
    se = (then.se**2 + now.se**2) ** 0.5
    margin = float(ndtri(0.975)) * se
    sides = now.value, then.value, now.se, then.se
    if _kind(variable) == "mean":
        p = float(welch_tests(*sides, now.bases.effective or 0.0, then.bases.effective or 0.0))
    else:
        p = float(score_tests(*sides))
    return with_verdict(Figure(value, se, value - margin, value + margin, bases=bases), then, now), p


def _noted(item: Item, notes: Sequence[Words]) -> Item:
    return replace(item, notes=(*item.notes, *notes), series_break=next(iter(notes), None))


def _groups(waves: Sequence[WaveData]) -> Iterator[Group]:
    years = [data.instrument.wave.year for data in waves]
    label = both("Wave")
    for letter, year in zip(LETTERS, years, strict=False):
        yield Group(f"wave:{year}", {"nl": str(year), "en": str(year)}, "wave", label, letter, year=year)
    change = both("Change")
    for before, year in pairwise(years):
        said = both("to %(year)s", year=str(year))
        yield Group(f"wave:{year}-{before}", said, "change", change, year=year, is_difference=True)


def _method() -> Words:
    return both(
        "A change is the difference with the last wave before it that has the question: waves are independent samples, "
        "means by Welch’s t test, scores and shares by z, with 95%% intervals; Holm over the changes of one question. "
        "What was worded differently, or is weighted on one side alone, is shown and not tested; "
        "what is not comparable stands empty. "
        "The base under a change is the smaller of both."
    )
