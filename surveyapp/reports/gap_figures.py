"""Gaps: what two sides say of the same thing, and whether the difference is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import nan

import numpy as np

from surveyapp.analysis.columns import NOT_ASKED, Bools, Column, Floats, NumberColumn
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.differences import Contrast, Mean, corrected, mean_difference, mean_of, share_difference
from surveyapp.analysis.promoters import signs
from surveyapp.errors import BadQuery
from surveyapp.instrument.model import Instrument, Role, TableDefinition, Variable
from surveyapp.reports.case_numbers import Scored, amounts, scored
from surveyapp.reports.code_layouts import nets
from surveyapp.reports.findings import gap_finding
from surveyapp.reports.grid import Bases, Figure, Grid, Group
from surveyapp.reports.modelled import ModelItem, ModelLine, Point, grid_of_model, tested, weights_of
from surveyapp.reports.sentences import Words, both
from surveyapp.reports.tabulate import Tabulation
from surveyapp.reports.verdicts import with_verdict

MOST_GAPS = 60


@dataclass(frozen=True, slots=True)
class Mirrored:
    """One question as both sides were asked it: the same, or its mirror of what is usual."""

    variable: Variable
    unit: str
    number: Callable[[Dataset], Floats]
    mirror: Variable | None = None


def planned_gaps(tabulation: Tabulation, planned: TableDefinition) -> Grid:
    """The sheet of gaps between the questions of the plan."""
    return gap_grid(tabulation, planned.variables)


def gap_grid(tabulation: Tabulation, names: Sequence[str] = ()) -> Grid:
    """Per question the mean of each role, and the difference of every other role with the first.

    Parameters
    ----------
    tabulation : over the banner of roles
    names :      the questions; none: all that were put to two roles or more and judge something

    Raises
    ------
    BadQuery     no such variable, one without order, or none that two roles were asked
    """
    instrument = tabulation.data.instrument
    if tabulation.by != ("role",):
        raise BadQuery("Gaps are between roles: break down by role alone.")
    questions = [mirrored(name, instrument) for name in names or mirrored_in(instrument)]
    if not questions or len(instrument.roles) < 2:
        raise BadQuery("No question of this wave was put to two roles.")
    if len(questions) > MOST_GAPS:
        raise BadQuery("These are %(many)s questions; choose %(most)s at most.", many=len(questions), most=MOST_GAPS)
    members = list(tabulation.members())
    values = [one.number(tabulation.cases) for one in questions]
    items = [_item(one, number, members, tabulation) for one, number in zip(questions, values, strict=True)]
    grid = grid_of_model(tabulation, items, _method())
    return _with_differences(grid, questions, values, members, tabulation)


def mirrored_in(instrument: Instrument) -> tuple[str, ...]:
    """The outcomes and drivers that two roles or more were asked, or asked as each other's mirror; each pair once."""
    found: list[str] = []
    for name, one in instrument.variables.items():
        if one.use not in ("outcome", "driver") or not one.is_scored:
            continue
        universe = instrument.universes.get(name)
        roles = set(universe.by_role) if universe is not None else set()
        mirror = instrument.universes.get(one.mirror or "")
        if one.mirror in found:
            continue
        if len(roles) > 1 or (mirror is not None and roles | set(mirror.by_role) > roles):
            found.append(name)
    return tuple(found[:MOST_GAPS])


def mirrored(name: str, instrument: Instrument) -> Mirrored:
    """A question with its mirror, where this wave has one."""
    one = scored(name, instrument)
    if one.variable.type.traits.headline == "score":
        return Mirrored(one.variable, "score", lambda cases: signs(one.numbers(cases)))
    other = instrument.variables.get(one.variable.mirror or "")
    if other is None or not other.is_scored:
        return Mirrored(one.variable, one.unit, one.numbers)
    hits = [_hits(scored(each.name, instrument), instrument) for each in (one.variable, other)]
    if any(hit is None for hit in hits):
        return Mirrored(one.variable, one.unit, one.numbers)

    def number(cases: Dataset) -> Floats:
        first, second = (hit(cases) for hit in hits if hit is not None)
        return np.where(np.isnan(first), second, first)

    return Mirrored(one.variable, "share", number, other)


def _hits(one: Scored, instrument: Instrument) -> Callable[[Dataset], Floats] | None:
    """Whether it is so, as 1 or 0: yes, or one of the two highest answers of five."""
    if one.counted is not None:
        return one.numbers
    high = next((codes for code, _, codes in nets(one.variable, instrument) if code == "top2"), None)
    if high is None:
        return None

    def number(cases: Dataset) -> Floats:
        column = cases.columns[one.variable.name]
        return np.where(column.missing == 0, np.isin(column.coded, high), np.nan).astype(np.float64)

    return number


def _item(one: Mirrored, number: Floats, members: Sequence[Bools], tabulation: Tabulation) -> ModelItem:
    def base(cases: Dataset) -> Column:
        missing = cases.columns[one.variable.name].missing
        if one.mirror is None:
            return NumberColumn(one.number(cases), missing)
        other = cases.columns[one.mirror.name].missing
        return amounts(one.number(cases), (missing != NOT_ASKED) | (other != NOT_ASKED))

    means = [mean_of(number[who], weights_of(tabulation, who)) for who in members]
    notes: tuple[Words, ...] = ()
    if one.mirror is not None:
        notes = (
            both(
                "“%(question)s”: the share of yes of who was asked that, of others the share that answers with "
                "one of the "
                "two highest to “%(mirror)s”.",
                question=one.variable.label,
                mirror=one.mirror.label,
            ),
        )
    line = ModelLine(
        "mean",
        one.unit if one.unit in ("share", "score") else "mean",  # what is measured otherwise stands under its own head
        {"share": both("Share"), "score": both("Recommendation score")}.get(one.unit, both("Mean")),
        one.unit,
        [_point(mean) for mean in means],
    )
    return ModelItem(one.variable, base, (line,), notes)


def _point(mean: Mean) -> Point:
    return Point(mean.value, mean.low, mean.high, se=mean.se)


def _with_differences(
    grid: Grid,
    questions: Sequence[Mirrored],
    values: Sequence[Floats],
    members: Sequence[Bools],
    tabulation: Tabulation,
) -> Grid:
    """The figures with those of every other role less those of the first, each role's differences as one family."""
    first, *others = [at for at, group in enumerate(grid.groups) if group.banner is not None]
    roles = {f"role:{role.id}": role for role in tabulation.data.instrument.roles}
    columns = []
    for at in others:
        sides = [(line[first], line[at]) for line in grid.figures]
        found = [
            _difference(one, number, members[first], members[at], tabulation)
            for one, number in zip(questions, values, strict=True)
        ]
        # What is not shown is not one of those that are compared.
        found = [
            replace(one, p=nan) if any(side.is_imprecise for side in pair) else one
            for one, pair in zip(found, sides, strict=True)
        ]
        columns.append([_figure(*pair) for pair in zip(corrected(found), sides, strict=True)])
    groups = tuple(_group(grid.groups[at], grid.groups[first]) for at in others)
    figures = tuple((*line, *(column[row] for column in columns)) for row, line in enumerate(grid.figures))
    finding = gap_finding(
        [one.variable.label for one in questions],
        [one.unit for one in questions],
        _sides(grid, first, others, roles),
        figures,
    )
    return replace(
        grid,
        groups=(*grid.groups, *groups),
        figures=figures,
        bases=tuple((*bases, *(column[row].bases for column in columns)) for row, bases in enumerate(grid.bases)),
        finding=finding,
    )


def _difference(one: Mirrored, number: Floats, first: Bools, second: Bools, tabulation: Tabulation) -> Contrast:
    a, b = number[first], number[second]
    make = share_difference if one.unit == "share" else mean_difference
    found = make(a, b, weights_of(tabulation, first), weights_of(tabulation, second))
    least = min(int((~np.isnan(a)).sum()), int((~np.isnan(b)).sum()))
    return replace(found, p=tested(found.p, least, tabulation))


def _figure(found: Contrast, sides: tuple[Figure, Figure]) -> Figure:
    """Hidden where one of the sides is; none where one was not asked."""
    if any(side.is_hidden for side in sides):
        return Figure(is_hidden=True, bases=Bases(is_hidden=True))
    if any(side.value is None and not side.is_imprecise for side in sides):
        return Figure(bases=Bases(asked=0, answered=0, valid=0, is_outside=True))
    low, high, p, se = (None if x != x else x for x in (found.low, found.high, found.adjusted, found.se))
    bases = min((side.bases for side in sides), key=lambda one: one.valid or 0)
    return with_verdict(Figure(found.value, se, low, high, p=p, bases=bases), *sides)


def _group(of: Group, first: Group) -> Group:
    label = both("%(role)s less %(first)s", role=of.label, first=first.label)
    return replace(of, key=f"{of.key}-{first.key}", label=label, letter=None, is_difference=True)


def _sides(
    grid: Grid, first: int, others: Sequence[int], roles: dict[str, Role]
) -> Iterator[tuple[int, int, int, Words, Words]]:
    """Of each pair: its two columns, the column of the difference, and both in the plural."""
    for number, at in enumerate(others):
        one, other = roles.get(grid.groups[first].key), roles.get(grid.groups[at].key)
        if one is not None and other is not None:
            yield first, at, len(grid.groups) + number, one.plural, other.plural


def _method() -> Words:
    return both(
        "The difference with the first role: means by Welch’s t test with its 95%% interval, shares by the "
        "pooled z test "
        "(five or more expected) with Newcombe’s; Holm over the questions of two roles. "
        "The base under a difference is the smaller of both."
    )
