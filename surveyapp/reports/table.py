"""The one object behind every figure: page, book, chart and JSON are all drawn from it.

Values are unrounded; shares are 0..1. A column's ``n`` counts the valid answers its shares and mean rest on. A
suppressed cell has no value, no count and no error anywhere in the object: what must not be shown is not here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from surveyapp.reports.sentences import both, in_both

STATISTICS: Mapping[str, Mapping[str, str]] = {
    "code": both("Chosen, in any place"),
    "first": both("In first place"),
    "points": both("Mean points"),
    "missing": both("Not in the shares (counts)"),
}
"""What stands above the rows of a kind whose labels alone do not tell what they are; see :meth:`Table.statistic`."""


@dataclass(frozen=True, slots=True)
class Base:
    """Who the figures speak of, in words (per language) and in the three counts, after the filter."""

    text: Mapping[str, str]
    asked: int | None  # None: suppressed
    answered: int | None
    valid: int | None
    condition: Mapping[str, str] | None = None  # what the filter asks besides the roles, which ``text`` names


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One group of the banner. ``key`` is "total" or "<variable>:<code>"."""

    key: str
    label: Mapping[str, str]
    banner: str | None = None  # variable of the banner; None for the total
    banner_label: Mapping[str, str] | None = None
    letter: str | None = None
    n: int | None = None  # valid answers; None: suppressed
    n_weighted: float | None = None
    n_effective: float | None = None
    asked: int | None = None
    answered: int | None = None
    suppressed: bool = False
    low_base: bool = False
    is_left_out: bool = False  # the filter leaves nobody of this group

    @property
    def is_outside(self) -> bool:
        """Whether nobody of this group was asked: its figures are empty, which is not the same as zero."""
        return self.banner is not None and not self.suppressed and self.asked == 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure with its error and interval; all None when suppressed or not defined."""

    value: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    count: int | None = None
    letters: str = ""
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row. ``kind`` says what the value is.

    code (share) · net (share; ``code`` is top2, bottom2, high_marks, low_marks, promoters, passives or detractors) ·
    missing (count in ``count``, share of answered in ``value``; skipped has no share) · mean · sd · median · quartile ·
    score (recommendation, −1..1) · first (share that ranked it first) · points (ranking, allocation)
    """

    code: int | str
    label: Mapping[str, str]
    kind: str
    cells: tuple[Cell, ...]

    @property
    def public_kind(self) -> str:
        """The kind in the JSON, where each net is a kind of its own."""
        return str(self.code) if self.kind == "net" else self.kind


@dataclass(frozen=True, slots=True)
class Table:
    """One variable over a banner."""

    variable: str
    title: Mapping[str, str]
    question: Mapping[str, str]
    base: Base
    filter: Mapping[str, str] | None  # sentence per language, None without filter
    weight: str  # "none", or the name of the weighting
    method: Mapping[str, str]  # the method line per language
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[Mapping[str, str], ...] = ()
    study: str = ""
    year: int = 0
    instrument_hash: str = ""
    stand: str = ""  # ISO moment the data stand at
    kind: str = "frequencies"
    id: str | None = None  # the report's permanent table id
    extra: Mapping[str, object] = field(default_factory=dict)
    is_made_up: bool = False  # robots answered, to look around in

    @property
    def decimals(self) -> int:
        """With how many decimals a mean of it is printed: a year has none."""
        return 0 if self.extra.get("type") == "year" else 1

    def statistic(self, kind: str) -> Mapping[str, str] | None:
        """What the rows of a kind are a figure of, where that must be said: a ranking has the same labels three times.

        Page, book, chart, command and JSON say it in these words.
        """
        if kind == "code" and not any(row.kind == "first" for row in self.rows):
            return None
        return STATISTICS.get(kind)

    @property
    def is_month(self) -> bool:
        """Whether its median and quartiles are months (year * 100 + month), printed as such."""
        return self.extra.get("type") == "month"

    def as_dict(self) -> dict[str, object]:
        """The public JSON of ``surveyapp table --json`` (names and order as in docs/statistics.md)."""
        return {
            "id": self.id,
            "study": self.study,
            "year": self.year,
            "variable": self.variable,
            "title": in_both(self.title),
            "question": in_both(self.question),
            "base": {
                "text": in_both(self.base.text),
                "asked": self.base.asked,
                "answered": self.base.answered,
                "valid": self.base.valid,
            },
            "filter": in_both(self.filter) if self.filter else None,
            "weight": self.weight,
            "method": in_both(self.method),
            "stand": self.stand,
            "instrument": self.instrument_hash,
            "columns": [
                {
                    "key": column.key,
                    "label": in_both(column.label),
                    "banner": column.banner,
                    "letter": column.letter,
                    "n": column.n,
                    "n_weighted": column.n_weighted,
                    "n_effective": column.n_effective,
                    "asked": column.asked,
                    "answered": column.answered,
                    "suppressed": column.suppressed,
                    "not_asked": column.is_outside,
                    "low_base": column.low_base,
                }
                for column in self.columns
            ],
            "rows": [
                {
                    "code": row.code,
                    "label": in_both(row.label),
                    "kind": row.public_kind,
                    "statistic": in_both(said) if (said := self.statistic(row.kind)) else None,
                    "cells": [
                        {
                            "value": cell.value,
                            "se": cell.se,
                            "low": cell.low,
                            "high": cell.high,
                            "count": cell.count,
                            "letters": cell.letters,
                            "suppressed": cell.suppressed,
                        }
                        for cell in row.cells
                    ],
                }
                for row in self.rows
            ],
            "notes": [in_both(note) for note in self.notes],
            "made_up": self.is_made_up,
        }


def drawn(tables: Sequence[Table]) -> tuple[Table, ...]:
    """Tables that stand together, without the columns of groups that their filter leaves nobody of.

    A table in which everything is hidden keeps silent about who is left; what another of them shows, all may leave out.
    """
    out = {column.key for table in tables for column in table.columns if column.is_left_out}
    return tuple(_without(table, out) for table in tables) if out else tuple(tables)


def _without(table: Table, out: set[str]) -> Table:
    kept = [place for place, column in enumerate(table.columns) if column.key not in out]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(replace(row, cells=tuple(row.cells[place] for place in kept)) for row in table.rows),
    )
