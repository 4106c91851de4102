"""Which rows of a table a chart takes, in which order and tones, and the axis its means stand on."""

from __future__ import annotations

from collections.abc import Sequence

from surveyapp.exports.chart_axes import nice, round_ends
from surveyapp.reports.table import Cell, Table, TableColumn, TableRow

MOST_STACKED = 7  # answers a bar can be cut into


def rows_of(table: Table, kind: str) -> list[TableRow]:
    """The rows of a kind."""
    return [row for row in table.rows if row.kind == kind]


def first_row(table: Table, kind: str, code: int | str | None = None) -> TableRow | None:
    """The first row of a kind, or the one of this code."""
    return next((row for row in table.rows if row.kind == kind and code in {None, row.code}), None)


def cells_of(table: Table, column: TableColumn, rows: Sequence[TableRow]) -> tuple[Cell, ...]:
    """The figures of a column in these rows."""
    at = table.columns.index(column)
    return tuple(row.cells[at] for row in rows)


def shares(table: Table) -> list[TableRow]:
    """What bars are drawn of: the answers, the points of an allocation, or nets."""
    return rows_of(table, "code") or rows_of(table, "points") or rows_of(table, "net")


def answers(table: Table) -> list[TableRow]:
    """What a stacked bar is cut into, from low to high: the codes, or the nets of a long scale that make the whole."""
    codes = rows_of(table, "code")
    if len(codes) <= MOST_STACKED:
        return codes[::-1] if table.extra.get("descending") else codes
    nets = {row.code: row for row in rows_of(table, "net")}
    return [nets[code] for code in ("detractors", "passives", "promoters") if code in nets]


def answer_tones(count: int, table: Table) -> list[str]:
    """The tones of so many answers: steps of agreement, or of a level."""
    if _is_maturity(table) and count <= 5:
        return [f"level-{step}" for step in range(1, count + 1)]
    steps = {2: (5, 1), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}.get(count, ())
    return [f"agreement-{step}" for step in steps]


def _is_maturity(table: Table) -> bool:
    """Steps of one thing, each of which holds the one before: not two sides with a middle."""
    return str(table.extra.get("scale", "")).startswith("maturity") or table.extra.get("construct") == "maturity"


def mean_range(tables: Sequence[Table], kind: str = "mean") -> tuple[float, float]:
    """The scale means stand on: the codes' own ends, so that a difference is not blown up.

    A number has no ends of its own: from zero to the highest end of an interval, so that none is cut off.
    """
    codes = [row.code for table in tables for row in rows_of(table, "code") if isinstance(row.code, int)]
    if codes and kind == "mean":
        return float(min(codes)), float(max(codes))
    cells = [cell for table in tables for row in rows_of(table, kind) for cell in row.cells]
    drawn = [value for cell in cells for value in (cell.value, cell.low, cell.high) if value is not None]
    low, high = min(drawn, default=0.0), max(drawn, default=0.0)
    if not tables[0].decimals:
        return round_ends(low, high)  # a year: nought is no beginning
    return -nice(-low) if low < 0 else 0.0, nice(high) or 1.0
