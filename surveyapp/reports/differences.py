"""Which columns of a table differ, and how large the difference is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

import numpy as np

from surveyapp.analysis.column_comparison import GroupFigures, group_figures, rows_of
from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.corrections import Correction
from surveyapp.analysis.design import Design
from surveyapp.analysis.moments import Overlapping, Split
from surveyapp.analysis.significance import Comparison, ComparisonRule, Mode, Pair, Rows, different, pairs_of
from surveyapp.instrument.model import Study
from surveyapp.reports.banners import Banner, families
from surveyapp.reports.case_values import belonging
from surveyapp.reports.rows import Row, Stub

HIGHER, LOWER = "▲", "▼"
STEPS = (0.2, 0.5, 0.8)
"""From where a difference is small, middling and large (Cohen 1988, for h of shares and d of means)."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands beside the figures of one row, a text and a step per column."""

    letters: tuple[str, ...]
    steps: tuple[int, ...]  # −3..3: how far the column lies from the rest; 0 where no test says that it differs


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a table: the total, the groups of each banner and, where those are tested against it, the rest.

    ``tested`` says of each group and the total whether it takes part: shown, and large enough.
    """

    parts: tuple[Banner, ...]
    splits: tuple[Split, ...]  # those of the parts, and of the rests
    letters: tuple[str, ...]
    tested: Bools
    design: Design
    rule: ComparisonRule
    is_against_rest: bool = False
    _kept: dict[str, Bools] = field(default_factory=dict, repr=False)

    @property
    def width(self) -> int:
        """Columns that are shown."""
        return len(self.letters)

    @cached_property
    def families(self) -> list[list[Pair]]:
        """The pairs that are compared, together as often as we look in one row."""
        groups = families(self.parts)
        if not self.is_against_rest:
            return [pairs for pairs in pairs_of(groups, self.tested) if pairs]
        rest = self.width - 1
        apart = [[(at, at + rest) for at in group if self.tested[at]] for group in groups]
        return [pairs for pairs in apart if pairs and self.tested[0]]

    @property
    def are_apart(self) -> bool:
        """Whether no two columns that are compared share anybody, nor anything of how they were drawn."""
        return self.design.is_simple and (self.is_against_rest or not any(part.is_overlapping for part in self.parts))

    @property
    def belongs(self) -> Bools:
        """Who belongs to each column."""
        if "belongs" not in self._kept:
            self._kept["belongs"] = belonging(self.splits, self.design.n)
        return self._kept["belongs"]


def rule_of(study: Study) -> ComparisonRule:
    """How a study has columns compared."""
    return ComparisonRule(Mode(study.tests), Correction(study.correction), study.significance)


def rests(splits: Sequence[Split]) -> tuple[Split, ...]:
    """Per banner, for each of its groups everyone outside it."""
    return tuple(
        Overlapping(np.stack([~split.members(group) for group in range(split.size)], axis=1)) for split in splits
    )


def marks(found: Stub, columns: Columns) -> Mapping[int, Marks]:
    """Per tested row, by its place, what stands beside its figures."""
    made: dict[int, Marks] = {}
    if not columns.families:
        return made
    for test, alike in groupby(range(len(found.rows)), key=lambda place: found.rows[place].test):
        block = list(alike)
        lines = [found.rows[place] for place in block]
        if test is None or (not columns.are_apart and any(one.of_case is None for one in lines)):
            continue
        pairs = list(different(_rows(lines, test, columns), columns.families, columns.rule))
        for at, place in enumerate(block):
            differ = [(higher, lower) for row, higher, lower in pairs if row == at]
            made[place] = Marks(_letters(differ, columns), _steps(lines[at], test, found.weighted, differ, columns))
    return made


def _rows(lines: Sequence[Row], test: Comparison, columns: Columns) -> Rows:
    value, se, n = (np.array([getattr(row, name) for row in lines]) for name in ("value", "se", "base"))
    has_spread = all(row.spread is not None for row in lines)
    spread = np.array([row.spread for row in lines]) if has_spread else None
    if columns.are_apart:
        return Rows(test, value, se, n, spread)
    shared = rows_of([_figures(row, test, columns) for row in lines], test)
    return Rows(test, value, se, n, spread, shared.correlation, shared.overlap, shared.freedom)


def _figures(row: Row, test: Comparison, columns: Columns) -> GroupFigures:
    assert row.of_case is not None
    return group_figures(row.of_case(), columns.belongs, columns.design, test)


def _letters(differ: Sequence[Pair], columns: Columns) -> tuple[str, ...]:
    if columns.is_against_rest:
        said = {}
        for higher, lower in differ:
            said[min(higher, lower)] = HIGHER if higher < lower else LOWER
        return tuple(said.get(at, "") for at in range(columns.width))
    between = " " if any(len(letter) > 1 for letter in columns.letters) else ""
    lowers = [sorted(lower for higher, lower in differ if higher == at) for at in range(columns.width)]
    return tuple(between.join(columns.letters[lower] for lower in each) for each in lowers)


def _steps(row: Row, test: Comparison, weighted: Floats, differ: Sequence[Pair], columns: Columns) -> tuple[int, ...]:
    """How far each column that differs from another lies from the rest, in steps of Cohen's h or d."""
    steps = [0] * columns.width
    if not columns.tested[0]:
        return tuple(steps)
    for at in {at for pair in differ for at in pair if at < columns.width}:
        left = weighted[0] - weighted[at]
        if left > 1e-9 * weighted[0]:
            rest = (weighted[0] * row.value[0] - weighted[at] * row.value[at]) / left
            size = _size(float(row.value[at]), float(rest), test, row)
            steps[at] = int(np.sign(size)) * sum(abs(size) >= step for step in STEPS)
    return tuple(steps)


def _size(value: float, rest: float, test: Comparison, row: Row) -> float:
    if test is Comparison.SHARE:
        turned = [2 * np.arcsin(np.sqrt(min(max(one, 0.0), 1.0))) for one in (value, rest)]
        return float(turned[0] - turned[1])
    spread = float(row.spread[0]) if row.spread is not None else np.nan
    return (value - rest) / spread if spread > 0 else 0.0
