"""Every published figure as one line: the shape a pivot table, a script or the other sheets' check wants."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.words import Words
from surveyapp.reports.plan import ReportSheet
from surveyapp.reports.table import Cell, Table, TableColumn, TableRow

COLUMNS = (
    "study",
    "year",
    "table_id",
    "table_title",
    "variable",
    "row_kind",
    "row_code",
    "row_label",
    "banner_var",
    "banner_code",
    "banner_label",
    "value",
    "unit",
    "n_unweighted",
    "n_effective",
    "se",
    "margin95",
    "higher_than",
    "suppressed",
    "provisional",
    "break_in_series",
    "note",
)
_UNITS = {"code": "share", "first": "share", "net": "share", "missing": "count", "score": "share", "points": "mean"}


def long_lines(content: ReportContent, words: Words) -> Iterator[tuple[object, ...]]:
    """One tuple per published figure, in the order of :data:`COLUMNS`; a hidden figure is empty with suppressed 1."""
    for sheet in content.sheets:
        for table in sheet.tables:
            for at, column in enumerate(table.columns):
                yield from _column_lines(content, sheet, table, at, column, words)


def _column_lines(
    content: ReportContent, sheet: ReportSheet, table: Table, at: int, column: TableColumn, words: Words
) -> Iterator[tuple[object, ...]]:
    hidden = column.suppressed
    for kind, label, count in (
        ("n_unw", words("n (valid answers)"), column.n),
        ("n_w", words("n weighted"), column.n_weighted),
        ("n_eff", words("n effective"), column.n_effective),
    ):
        shown = None if hidden or column.is_outside else count
        if hidden or shown is not None:
            yield _line(content, sheet, table, column, words, (kind, None, label, shown, "count", hidden), Cell())
    for row in table.rows:
        cell = row.cells[at]
        concealed = hidden or cell.suppressed
        value = cell.count if row.kind == "missing" else cell.value
        if value is None and not concealed:
            continue
        figure = (row.kind, row.code, words.pick(row.label), None if concealed else value, _unit(row, table), concealed)
        yield _line(content, sheet, table, column, words, figure, Cell() if concealed else cell)


def _unit(row: TableRow, table: Table) -> str:
    if table.is_month and row.kind in {"median", "quartile"}:
        return "month"  # year * 100 + month
    return _UNITS.get(row.kind, "mean")


def _line(
    content: ReportContent,
    sheet: ReportSheet,
    table: Table,
    column: TableColumn,
    words: Words,
    figure: tuple[str, int | str | None, str, float | int | None, str, bool],
    cell: Cell,
) -> tuple[object, ...]:
    kind, code, label, value, unit, concealed = figure
    margin = None if cell.low is None or cell.high is None else (cell.high - cell.low) / 2
    return (
        content.study,
        content.year,
        sheet.id,
        words.pick(sheet.title),
        table.variable,
        kind,
        code,
        label,
        column.banner,
        column.key.partition(":")[2] or None,
        words.pick(column.label),
        value,
        unit,
        None if column.suppressed else column.n,
        None if column.suppressed else column.n_effective,
        cell.se,
        margin,
        cell.letters or None,
        int(concealed),
        int(not content.is_final),
        _break(table, words),
        words("Filter: {filter}", filter=words.pick(table.filter)) if table.filter else None,
    )


def _break(table: Table, words: Words) -> str | None:
    text = table.extra.get("break")
    return (words.pick(text) or None) if isinstance(text, dict) else None
