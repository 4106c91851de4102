"""The lines of a table sheet, from one table or from several with the same banner; pure, so that a test reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from surveyapp.exports import styles
from surveyapp.exports.words import Words
from surveyapp.instrument.model import SKIPPED
from surveyapp.reports.formatting import month_day
from surveyapp.reports.table import Cell, Table, TableRow

SUPPRESSED = "."
"""What stands where a figure may not be shown (the convention of Statistics Netherlands)."""
Figure = Callable[[Cell], float | int | date | None]


@dataclass(frozen=True, slots=True)
class BodyLine:
    """One line: a label, a code, and per column a figure, ``.`` for a hidden one or None for none.

    ``part`` says what the figures are, for the defined names: pct, first, mean, points, sd, margin, missing, n.
    """

    part: str
    label: str
    cells: tuple[float | int | str | date | None, ...] = ()
    code: int | str | None = None
    style: str = styles.SHARE
    number_format: str | None = None


def body(tables: Sequence[Table], words: Words) -> list[BodyLine]:
    """Every line from row 11 on: codes, nets, mean with margin, missing answers, and what is significantly higher."""
    lines = _one(tables[0], words) if len(tables) == 1 else _several(tables, words)
    return [*lines, *_letters(tables, words)]


def _one(table: Table, words: Words) -> list[BodyLine]:
    lines: list[BodyLine] = []
    for kind in ("code", "first", "points", "net", "mean", "sd", "median", "quartile", "score"):
        for at, row in enumerate(row for row in table.rows if row.kind == kind):
            if at == 0 and (said := table.statistic(kind)) is not None:
                lines.append(BodyLine("heading", words.pick(said), style=styles.GROUP))
            lines.append(_line(row, table, words.pick(row.label), words))
            if kind in {"mean", "score"}:
                lines.append(_margin_line(row, table, words))
    missing = [row for row in table.rows if row.kind == "missing"]
    if missing:
        lines.append(BodyLine("heading", words.pick(table.statistic("missing")), style=styles.GROUP))
        lines += [_missing_line(row, table, words.pick(row.label)) for row in missing]
    return lines


def _line(row: TableRow, table: Table, label: str, words: Words) -> BodyLine:
    part, style, number_format, figure = _LOOKS.get(row.kind, _LOOKS["code"])
    code = row.code if row.kind == "code" else None
    if part == "mean" and row.kind != "score" and not table.decimals:
        number_format = "0"
    if part == "mean" and table.is_month:
        number_format, figure = styles.MONTH_FORMAT, _month
    return BodyLine(part, label, _figures(row, table, figure), code, style, number_format)


def _value(cell: Cell) -> float | None:
    return cell.value


def _month(cell: Cell) -> date | None:
    return None if cell.value is None else month_day(cell.value)


def _points(cell: Cell) -> float | None:
    return None if cell.value is None else cell.value * 100


_LOOKS: dict[str, tuple[str, str, str | None, Figure]] = {
    "code": ("pct", styles.SHARE, None, _value),
    "first": ("first", styles.SHARE, None, _value),
    "points": ("points", styles.MEAN, "0.00", _value),
    "net": ("pct", styles.NET, None, _value),
    "mean": ("mean", styles.MEAN, None, _value),
    "median": ("mean", styles.MEAN, None, _value),
    "quartile": ("mean", styles.MEAN, None, _value),
    "sd": ("sd", styles.MARGIN, "0.0", _value),
    "score": ("mean", styles.MEAN, styles.POINTS_FORMAT, _points),
}
"""Kind of row → what it is called in defined names, its style, its format, and the figure shown."""


def _margin_line(row: TableRow, table: Table, words: Words) -> BodyLine:
    scale = 100 if row.kind == "score" else 1
    number_format = '"±"0' if row.kind == "score" else None

    def margin(cell: Cell) -> float | None:
        return None if cell.low is None or cell.high is None else (cell.high - cell.low) / 2 * scale

    return BodyLine("margin", words("95% margin"), _figures(row, table, margin), None, styles.MARGIN, number_format)


def _missing_line(row: TableRow, table: Table, label: str) -> BodyLine:
    return BodyLine("missing", label, _figures(row, table, lambda cell: cell.count), row.code, styles.COUNT)


def _several(tables: Sequence[Table], words: Words) -> list[BodyLine]:
    """Blocks, one per statistic: each line of a block is one of the variables."""
    lines: list[BodyLine] = []
    for key in _statistics(tables):
        found = [(table, row) for table in tables if (row := _row(table, key)) is not None]
        if key[0] == "missing":
            heading = words("{label} (counts)", label=words.pick(found[0][1].label))
            made = [_missing_line(row, table, words.pick(table.title)) for table, row in found]
        else:
            heading = words.pick(found[0][1].label)
            made = [_line(row, table, words.pick(table.title), words) for table, row in found]
        lines.append(BodyLine("heading", heading, style=styles.GROUP))
        for one in made:
            style = styles.MEAN if one.style == styles.NET else one.style  # no rule above each line of a block
            number_format = styles.SHARE_FORMAT if one.style == styles.NET else one.number_format
            lines.append(BodyLine(one.part, one.label, one.cells, None, style, number_format))
        if key[0] in {"mean", "score"}:
            lines.append(BodyLine("heading", words("95% margin"), style=styles.GROUP))
            for table, row in found:
                line = _margin_line(row, table, words)
                lines.append(
                    BodyLine("margin", words.pick(table.title), line.cells, None, line.style, line.number_format)
                )
    lines.append(BodyLine("heading", words("n (valid answers)"), style=styles.GROUP))
    not_asked = words("not asked")
    # Of whom nothing of this was asked, the head of the column says so once; a single line says it for itself.
    outside = [all(column.is_outside for column in same) for same in zip(*(t.columns for t in tables), strict=True)]
    for table in tables:
        counts = tuple(
            SUPPRESSED if column.suppressed else column.n if not column.is_outside else None if is_all else not_asked
            for column, is_all in zip(table.columns, outside, strict=True)
        )
        lines.append(BodyLine("n", words.pick(table.title), counts, None, styles.COUNT))
    return lines


def _statistics(tables: Sequence[Table]) -> list[tuple[str, int | str]]:
    """What the tables have to say, as read: means, then nets; the codes only where nothing sums up.

    Spread and skipped answers of each line stand in the long list; here they would drown the rest.
    """
    keys = dict.fromkeys((row.kind, row.code) for table in tables for row in table.rows)
    sums = [key for key in keys if key[0] in {"net", "mean", "median", "quartile", "score"}]
    shown = sums or [key for key in keys if key[0] == "code"]
    means_first = sorted(shown, key=lambda key: {"mean": 0, "score": 0, "median": 1, "quartile": 2}.get(key[0], 3))
    return [*means_first, *(key for key in keys if key[0] == "missing" and key[1] != SKIPPED)]


def _letters(tables: Sequence[Table], words: Words) -> list[BodyLine]:
    shown = set(_statistics(tables))
    rows = [
        (table, row)
        for table in tables
        for row in table.rows
        if any(cell.letters for cell in row.cells) and (len(tables) == 1 or (row.kind, row.code) in shown)
    ]
    if not rows:
        return []
    lines = [BodyLine("heading", words("Significantly higher than"), style=styles.GROUP)]
    for table, row in rows:
        label = words.pick(row.label)
        if (said := table.statistic(row.kind)) is not None:
            label = f"{label} · {words.pick(said)}"
        if len(tables) > 1:
            label = f"{words.pick(table.title)} · {label}"
        cells = tuple(None if cell.suppressed else cell.letters or None for cell in row.cells)
        lines.append(BodyLine("letters", label, cells, row.code if row.kind == "code" else None, styles.LETTER))
    return lines


def _figures(row: TableRow, table: Table, figure: Figure) -> tuple[float | int | str | date | None, ...]:
    return tuple(
        SUPPRESSED if cell.suppressed or column.suppressed else figure(cell)
        for cell, column in zip(row.cells, table.columns, strict=True)
    )


def _row(table: Table, key: tuple[str, int | str]) -> TableRow | None:
    return next((row for row in table.rows if (row.kind, row.code) == key), None)
