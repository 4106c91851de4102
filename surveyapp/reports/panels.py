"""How the figures of several items are set out: a column per group, or per statistic where there is one group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from surveyapp.catalogues import LANGUAGES
from surveyapp.reports.grid import KINDS, Bases, Figure, Grid, Group, Item, Line, Measure
from surveyapp.reports.sentences import Words
from surveyapp.reports.wording import base_titles

Cell = tuple[Measure, Figure]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a column: a group, or a statistic."""

    label: Words
    is_low: bool = False  # what its figures rest on is a low base


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One line: what it speaks of and a figure per column, None where it has no such statistic."""

    item: Item
    cells: tuple[Cell | None, ...]
    bases: Bases | None = None  # what the line rests on, where its columns are statistics


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one statistic under its name; without a name where each column is a statistic."""

    title: Words | None
    rows: tuple[PanelRow, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One table."""

    heads: tuple[Head, ...]
    blocks: tuple[Block, ...]
    foot: tuple[tuple[Words | None, tuple[Bases, ...]], ...] = ()
    """What each line rests on, where columns are groups; once and without a name where all rest on the same."""

    @property
    def rests_aside(self) -> bool:
        """Whether each line says for itself what it rests on, because its columns are statistics."""
        return not self.foot


def has_statistics_aside(grid: Grid) -> bool:
    """Whether each column is a statistic: of one group there are several of each item, as an analysis adds them."""
    return len(grid.groups) == 1 and any(one.kind not in KINDS for one in grid.measures)


def rests_on_one(grid: Grid) -> bool:
    """Whether several items all rest on the same answers."""
    return len(grid.bases) > 1 and all(one == grid.bases[0] for one in grid.bases)


def panels(grid: Grid) -> tuple[Panel, ...]:
    """The grid as tables to be read: one with a column per group, or of each kind of item one of its statistics."""
    if not has_statistics_aside(grid):
        return (_by_group(grid),)
    return tuple(_by_statistic(parts) for parts in _alike(grid.parts))


def statistic(measure: Measure) -> tuple[str, int | str]:
    """What tells one statistic from another."""
    return measure.kind, measure.code


def _by_group(grid: Grid) -> Panel:
    items = {item.variable: item for item in grid.items}
    low = [any(one.is_low for one in same) for same in zip(*grid.bases, strict=True)]
    found: dict[tuple[str, int | str], list[Line]] = {}
    for line in grid.lines:
        found.setdefault(statistic(line[0]), []).append(line)
    return Panel(
        tuple(Head(_head(group), is_low) for group, is_low in zip(grid.groups, low, strict=True)),
        tuple(
            Block(
                lines[0][0].label,
                tuple(
                    PanelRow(items[measure.item], tuple((measure, figure) for figure in figures))
                    for measure, figures in lines
                ),
            )
            for lines in found.values()
        ),
        tuple(_foot(grid)),
    )


def _head(group: Group) -> Words:
    """A group as it is called; "to 2026" with what goes there."""
    over = group.banner_label
    if group.banner != "change" or over is None:
        return group.label
    return {language: f"{over[language]} {group.label[language]}" for language in LANGUAGES}


def _foot(grid: Grid) -> Iterator[tuple[Words | None, tuple[Bases, ...]]]:
    if rests_on_one(grid):
        yield None, grid.bases[0]
        return
    titles = zip(*(base_titles(grid, language) for language in LANGUAGES), strict=True)
    for said, bases in zip(titles, grid.bases, strict=True):
        yield dict(zip(LANGUAGES, said, strict=True)), bases


def _alike(parts: Sequence[Grid]) -> Iterator[Sequence[Grid]]:
    """Items after each other that begin with the same statistic."""
    run: list[Grid] = []
    for part in parts:
        if run and statistic(run[0].measures[0]) != statistic(part.measures[0]):
            yield run
            run = []
        run.append(part)
    yield run


def _by_statistic(parts: Sequence[Grid]) -> Panel:
    measures = {statistic(measure): measure for part in parts for measure in part.measures}

    def row(part: Grid) -> PanelRow:
        cells = {statistic(measure): (measure, figures[0]) for measure, figures in part.lines}
        return PanelRow(part.item, tuple(cells.get(key) for key in measures), part.total)

    return Panel(
        tuple(Head(measure.label) for measure in measures.values()),
        (Block(None, tuple(row(part) for part in parts)),),
    )
