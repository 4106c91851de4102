"""Waves side by side beside a banner: one variable, for everyone and each group a column per wave.

What may be said of two waves is what trends say (`reports.trends`): what was put differently is shown and not tested,
what is not comparable stands empty, and so does a group of a banner that was not the same. Each wave's figures come out
of its own release.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from surveyapp.analysis.significance import Comparison, Rows, different
from surveyapp.errors import BadQuery
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.model import Instrument, TrendEffect
from surveyapp.instrument.nesting import nested_in
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.instrument.weighting import UNWEIGHTED
from surveyapp.reports.banners import LETTERS
from surveyapp.reports.code_layouts import nets
from surveyapp.reports.differences import rule_of
from surveyapp.reports.grid import Bases, Figure, Grid, Group, Item, Measure
from surveyapp.reports.sentences import Words, both
from surveyapp.reports.table_tests import tests_in_words
from surveyapp.reports.tabulate import Tabulation
from surveyapp.reports.trend_figures import NO_FIGURE
from surveyapp.reports.trends import series_note, variable_trend
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.weights import beside
from surveyapp.reports.year_findings import year_finding

OUTSIDE = Bases(asked=0, answered=0, valid=0, is_outside=True)
TESTS = {"code": Comparison.SHARE, "net": Comparison.SHARE, "first": Comparison.SHARE}
TESTS |= {"mean": Comparison.MEAN, "points": Comparison.MEAN, "score": Comparison.SCORE}
"""How a line is tested, by its kind; what has no error is not."""
HELD = (TrendEffect.CONTINUE, TrendEffect.INDICATIVE)
"""What a filter may ask of an earlier wave: with other codes it would leave other people."""


@dataclass(frozen=True, slots=True)
class _Wave:
    """One wave: its table, or why it has none, and how far it may be compared with the last."""

    data: WaveData
    grid: Grid | None
    effect: TrendEffect
    broken: frozenset[str]  # banners whose groups were others
    notes: tuple[Words, ...]

    @property
    def year(self) -> int:
        return self.data.instrument.wave.year

    @property
    def is_weighted(self) -> bool:
        return self.grid is not None and self.grid.weight != UNWEIGHTED


def year_table(
    data: WaveData,
    earlier: Sequence[WaveData],
    variable: str,
    by: Sequence[str] = (),
    filter: str | Condition | None = None,  # noqa: A002  the reader's word
    weight: str | None = None,
    *,
    only_released: bool = False,
) -> Grid:
    """The table of a variable with those of earlier waves beside it.

    Parameters
    ----------
    earlier :       the waves beside it; each is weighted by its own scheme of that name, or as its report is
    only_released : for who may not see cases: a wave whose plan does not hold these groups stays empty

    Raises
    ------
    BadQuery     as :func:`tabulate` of the last wave
    """
    now = Tabulation(data, by, filter, weight)
    grid = now.grid(variable)
    then = sorted(earlier, key=lambda one: one.instrument.wave.year)
    waves = [*(_earlier(one, now, variable, only_released) for one in then)]
    waves.append(_Wave(data, grid, TrendEffect.CONTINUE, frozenset(), ()))
    kept = [at for at, bases in enumerate(grid.bases[0]) if not bases.is_left_out]
    groups = [grid.groups[at] for at in kept]
    figures = [
        tuple(_figure(wave, measure, group, data.instrument) for group in groups for wave in waves)
        for measure in grid.measures
    ]
    bases = tuple(_bases(wave, group) for group in groups for wave in waves)
    pairs = _tested(bases, waves, variable, [group.banner for group in groups])
    lettered = _lettered(grid.measures, figures, bases, waves, pairs)
    alone = Tabulation(data, (), filter, weight).grid(variable, method=_method()).item
    made = replace(
        grid,
        items=(replace(alone, notes=tuple(_notes(waves, grid.item)), tests=(), not_shown=grid.item.not_shown),),
        groups=tuple(_columns(groups, waves)),
        figures=tuple(lettered),
        bases=(bases,),
    )
    return replace(made, finding=year_finding(made, pairs, len(waves)))


def _earlier(data: WaveData, now: Tabulation, name: str, only_released: bool) -> _Wave:
    year = str(data.instrument.wave.year)
    effect, broken = _effect(name, now.data.instrument, data.instrument), _broken(now, data.instrument)
    said = series_note(name, now.data.instrument, data.instrument)
    if effect is TrendEffect.BREAK:
        return _Wave(data, None, effect, broken, (said or both("Not asked in %(year)s.", year=year),))
    notes = [said] if said else []
    asked = [one for one in now.by if broken.isdisjoint(nested_in(one))]
    condition = now.filter.condition if now.filter else None
    weight = beside(data, now.scheme.id if now.scheme else UNWEIGHTED)
    made = None
    if condition is None or all(_effect(one, now.data.instrument, data.instrument) in HELD for one in condition.names):
        with suppress(BadQuery):
            made = Tabulation(data, asked, condition, weight)
    if made is None:
        return _Wave(data, None, effect, broken, (*notes, both("The filter cannot be used in %(year)s.", year=year)))
    if only_released and not made.is_released:
        return _Wave(
            data, None, effect, broken, (*notes, both("These groups are not in the plan of %(year)s.", year=year))
        )
    for one in dict.fromkeys(part for by in now.by for part in nested_in(by)):
        banner = series_note(one, now.data.instrument, data.instrument)
        if banner is not None:
            label = now.data.instrument.variables[one].label
            titled = {language: f"{label[language]}: {text}" for language, text in banner.items()}
            notes.append(titled)
    return _Wave(data, made.grid(name), effect, broken, tuple(notes))


def _effect(name: str, now: Instrument, then: Instrument) -> TrendEffect:
    if name in SYSTEM_VARIABLES:
        return TrendEffect.CONTINUE
    return variable_trend(name, now, then)[0] if name in now.variables else TrendEffect.BREAK


def _broken(now: Tabulation, then: Instrument) -> frozenset[str]:
    """Of the variables of its banners those whose groups were others in an earlier wave."""
    names = {part for by in now.by for part in nested_in(by)}
    return frozenset(name for name in names if _effect(name, now.data.instrument, then) is TrendEffect.BREAK)


def _place(wave: _Wave, group: Group) -> int | None:
    """The column of a group in a wave's own table."""
    if wave.grid is None:
        return None
    return next((at for at, one in enumerate(wave.grid.groups) if one.key == group.key), None)


def _bases(wave: _Wave, group: Group) -> Bases:
    at = _place(wave, group)
    return OUTSIDE if wave.grid is None or at is None else replace(wave.grid.bases[0][at], is_left_out=False)


def _figure(wave: _Wave, measure: Measure, group: Group, now: Instrument) -> Figure:
    at = _place(wave, group)
    if wave.grid is None or at is None or not _is_same(measure, wave, now):
        return NO_FIGURE
    lines = (line for one, line in wave.grid.lines if (one.kind, one.code) == (measure.kind, measure.code))
    line = next(lines, None)
    return NO_FIGURE if line is None else replace(line[at], letters="", step=0, p=None)


def _is_same(measure: Measure, wave: _Wave, now: Instrument) -> bool:
    """Whether a line is of the same answers: where codes were others, a code that meant the same, or a net of such."""
    if wave.effect is not TrendEffect.RECODE or measure.kind not in ("code", "first", "net"):
        return True
    name, then = measure.item, wave.data.instrument
    if measure.kind == "net":
        members = [{str(code): codes for code, _, codes in nets(one.variables[name], one)} for one in (now, then)]
        return members[0].get(str(measure.code)) == members[1].get(str(measure.code))
    labels = [{one.code: one.label["nl"] for one in each.variables[name].categories} for each in (now, then)]
    return labels[0].get(int(measure.code)) == labels[1].get(int(measure.code))


def _tested(
    bases: Sequence[Bases], waves: Sequence[_Wave], name: str, banners: Sequence[str | None]
) -> list[tuple[int, int]]:
    """The pairs of waves, by their columns, that are tested within each group."""
    study = waves[-1].data.instrument.study
    width = len(waves)
    large = [not one.is_hidden and not one.is_outside and (one.valid or 0) >= study.low_base for one in bases]
    return [
        (group * width + one, group * width + other)
        for group, banner in enumerate(banners)
        for one, other in combinations(range(width), 2)
        if large[group * width + one]
        and large[group * width + other]
        and _may_be_tested(waves[one], waves[other], name, banner)
    ]


def _lettered(
    measures: Sequence[Measure],
    figures: Sequence[tuple[Figure, ...]],
    bases: Sequence[Bases],
    waves: Sequence[_Wave],
    pairs: Sequence[tuple[int, int]],
) -> Iterator[tuple[Figure, ...]]:
    """The lines with the letters of the waves that each figure is significantly higher than, within its group."""
    study, width = waves[-1].data.instrument.study, len(waves)
    for measure, line in zip(measures, figures, strict=True):
        test = TESTS.get(measure.kind)
        if test is None or not pairs:
            yield line
            continue
        numbers = [
            np.array([[np.nan if one is None else one for one in each]])
            for each in ([one.value for one in line], [one.se for one in line], [one.effective for one in bases])
        ]
        higher: dict[int, list[int]] = {}
        for _, above, below in different(Rows(test, *numbers), [[*pairs]], rule_of(study)):
            higher.setdefault(above, []).append(below)
        yield tuple(
            replace(one, letters="".join(LETTERS[below % width] for below in sorted(higher.get(at, ()))))
            for at, one in enumerate(line)
        )


def _may_be_tested(one: _Wave, other: _Wave, name: str, banner: str | None) -> bool:
    """Whether the question, and what divides the people, was the same to both, and both are weighted or neither."""
    if one.is_weighted is not other.is_weighted:
        return False
    names = (name, *nested_in(banner)) if banner else (name,)
    pair = other.data.instrument, one.data.instrument
    return all(_effect(each, *pair).is_comparable for each in names)


def _columns(groups: Sequence[Group], waves: Sequence[_Wave]) -> Iterator[Group]:
    is_several = len({group.banner for group in groups if group.banner}) > 1
    for group in groups:
        label = group.label
        if is_several and group.banner_label is not None:
            label = {at: f"{group.banner_label[at]}: {text}" for at, text in group.label.items()}
        for letter, wave in zip(LETTERS, waves, strict=False):
            said = {language: str(wave.year) for language in group.label}
            key = f"{group.key}@{wave.year}"
            yield Group(key, said, group.banner or "total", label, letter, year=wave.year)


def _notes(waves: Sequence[_Wave], now: Item) -> Iterator[Words]:
    """What is to be known of the last wave, of each wave by its year, and of its weights."""
    told = {note["en"] for note in tests_in_words(now.tests)}
    known = {note["en"] for note in now.notes} | told
    yield from (note for note in now.notes if note["en"] not in told)
    last = waves[-1].grid
    for wave in waves[:-1]:
        yield from wave.notes
        if wave.grid is None:
            continue
        own = {note["en"] for note in tests_in_words(wave.grid.item.tests)}
        for note in wave.grid.item.notes:
            if note["en"] not in known | own:
                yield {language: f"{wave.year}: {text}" for language, text in note.items()}
        if last is not None and wave.grid.weight != last.weight:
            if wave.grid.weight == UNWEIGHTED:
                yield both("%(year)s is unweighted: not tested against what is weighted.", year=str(wave.year))
            else:
                yield both("%(year)s is weighted by %(name)s.", year=str(wave.year), name=wave.grid.weight)


def _method() -> Words:
    return both(
        "Waves stand side by side within each group, as independent samples: a letter says that a figure is "
        "significantly higher than that of the wave with the letter; shares by z on the base that their error makes "
        "them worth, means by Welch’s t, corrected over all pairs of a line. What was worded differently is shown and "
        "not tested; what is not comparable stands empty."
    )


def chosen_waves(earlier: Sequence[WaveData], years: Sequence[str], now: int) -> tuple[WaveData, ...]:
    """Those of the earlier waves that were asked for; the year itself stands in the table anyway.

    Raises
    ------
    BadQuery     there is no such wave to lay beside it; the message names those there are
    """
    known = {str(one.instrument.wave.year): one for one in earlier}
    strange = [year for year in years if year not in known and year != str(now)]
    if strange:
        raise BadQuery(
            "There are no figures of %(year)s to lay beside these; there are of: %(known)s.",
            tuple(known),
            year=strange[0][:10],
            known=", ".join(known) or "–",
        )
    return tuple(one for year, one in known.items() if year in years)
