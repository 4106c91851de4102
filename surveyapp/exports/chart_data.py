"""What a chart shows, before anyone draws it: the native Excel chart and the SVG are made from the same object.

Suppressed groups are not in it at all: no chart, and no range behind a chart, holds or hides a figure of a group below
the threshold. Where there are groups to compare, they are drawn and not the total.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from surveyapp.exports.chart_axes import round_top
from surveyapp.exports.chart_groups import compared, groups_of, left_out_of, names_of, tone_of
from surveyapp.exports.chart_rows import answer_tones, answers, cells_of, first_row, mean_range, rows_of, shares
from surveyapp.exports.words import Words
from surveyapp.reports.table import Cell, Table, TableColumn, TableRow

MOST_BARS = 30  # more bars than this in one chart are not read but skimmed
MOST_ON_A_LINE = 8  # markers beside each other
MOST_LINES = 40  # lines below each other, each with its own figure
SHORT = 44  # characters of a header in a chart range


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One line of the chart, from top to bottom: an answer, a table, or a group under the table it belongs to."""

    label: str
    block: str = ""  # the table's title, where several lines stand under it
    tone: str = ""  # of the group the line is of; empty where the series are the groups

    @property
    def name(self) -> str:
        """The line named by itself, for a cell or a sentence."""
        return f"{self.block} · {self.label}" if self.block else self.label


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One colour of the chart; ``tone`` names the colour, the drawer decides what it looks like.

    Values are unrounded, None where a category was not put to this group. ``bases`` are the valid answers.
    """

    label: str
    tone: str  # total · group-1 … group-28 · agreement-1 … agreement-5 · level-1 … level-5
    values: tuple[float | None, ...]
    lows: tuple[float | None, ...] = ()
    highs: tuple[float | None, ...] = ()
    bases: tuple[int | None, ...] = ()
    key: str = ""  # of the column of the table whose figures these are; empty where a series is an answer


@dataclass(frozen=True, slots=True)
class ChartData:
    """One chart."""

    kind: str  # bars · points · stacked · profile · dots
    measure: str  # what the values are, in words
    unit: str  # share · mean · year
    lines: tuple[ChartLine, ...]
    series: tuple[ChartSeries, ...]
    minimum: float
    maximum: float
    left_out: str = ""  # in sentences, what the tables hold and the chart does not

    @property
    def categories(self) -> tuple[str, ...]:
        """The name of each line."""
        return tuple(line.name for line in self.lines)


def chart_data(tables: Sequence[Table], kind: str, words: Words) -> ChartData | None:
    """The chart of one table, or of several with the same banner; None when nothing may or can be shown.

    ``kind`` is the chart the instrument asks for: bars, stacked, profile or dots. Bars of more groups than can be read
    become points, a line for each answer with a marker for each group.
    """
    if not tables or kind not in _MAKERS:
        return None
    made = _MAKERS[kind](tables, words)
    if made is None or not made.lines or not made.series:
        return None
    return made


def default_kind(table: Table) -> str:
    """The chart that fits a table when nobody chose one: stacked for short ordered answers, bars otherwise."""
    chosen = table.extra.get("chart")
    if isinstance(chosen, str):
        return chosen
    codes = rows_of(table, "code")
    if first_row(table, "mean") is not None and (not codes or (not answers(table) and groups_of(table))):
        return "dots"  # a mark by role: ten bars for each of four roles show nobody who is higher
    is_ordered = any(first_row(table, *sign) is not None for sign in (("mean",), ("median",), ("net", "top2")))
    return "stacked" if is_ordered and len(answers(table)) in {2, 3, 4, 5} else "bars"


def shortened(text: str, length: int = SHORT) -> str:
    """The text cut to so many characters, with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _bars(tables: Sequence[Table], words: Words) -> ChartData | None:
    if len(tables) > 1:
        return _bars_of_statements(tables, words)
    table = tables[0]
    rows = shares(table)
    if not rows:
        return None
    columns = _beside(tables, len(rows))
    names = names_of(columns[0], words)
    series = tuple(
        _series(names[column.key], table, column, cells_of(table, column, rows), [column.n] * len(rows))
        for column in columns[0]
        if _all_known(cells_of(table, column, rows))
    )
    is_mean = rows[0].kind == "points"
    measure = words.pick(table.statistic(rows[0].kind)) or words("Share of respondents")
    labels = tuple(ChartLine(words.pick(row.label)) for row in rows)
    top = max((value for one in series for value in (*one.values, *one.highs) if value is not None), default=0.0)
    ends = mean_range(tables, "points") if is_mean else (0.0, round_top(top))
    left_out = left_out_of(tables, columns, words)
    return ChartData(
        _bars_kind(series, labels), measure, "mean" if is_mean else "share", labels, series, *ends, left_out
    )


def _beside(tables: Sequence[Table], lines: int) -> list[list[TableColumn]]:
    """The groups of series beside each other: bars as long as there are few, else so many markers to a line."""

    def fits(count: int) -> bool:
        each = -(-count // len(tables))
        return each * lines <= MOST_BARS or each <= MOST_ON_A_LINE

    return compared(tables, fits)


def _bars_kind(series: Sequence[ChartSeries], lines: Sequence[ChartLine]) -> str:
    return "bars" if len(series) * len(lines) <= MOST_BARS or len(series) == 1 else "points"


def _bars_of_statements(tables: Sequence[Table], words: Words) -> ChartData | None:
    row = first_row(tables[0], "net", "top2") or next(iter(shares(tables[0])), None)
    if row is None:
        return None
    made = _by_group(tables, row.kind, row.code, words.pick(row.label), "share", (0.0, 1.0), words)
    return replace(made, kind=_bars_kind(made.series, made.lines)) if made else None


def _profile(tables: Sequence[Table], words: Words) -> ChartData | None:
    return _by_group(tables, "mean", None, words("Mean"), "mean", mean_range(tables), words)


def _dots(tables: Sequence[Table], words: Words) -> ChartData | None:
    """Means with intervals, one line per figure and group; the groups asked about a figure differ per figure."""
    kept = [(table, row) for table in tables if (row := first_row(table, "mean") or first_row(table, "score"))]
    columns = compared([table for table, _ in kept], lambda count: count <= MOST_LINES)
    points: list[tuple[ChartLine, Table, TableColumn, Cell]] = []
    titles = _without_common_start([words.pick(table.title) for table, _ in kept])
    for (table, row), title, chosen in zip(kept, titles, columns, strict=True):
        names = names_of(chosen, words)
        for column in chosen:
            cell = row.cells[table.columns.index(column)]
            if cell.value is not None:
                points.append((_line(names[column.key], title, tone_of(table, column), kept), table, column, cell))
    names = names_of(list({column.key: column for _, _, column, _ in points}.values()), words)
    series = tuple(
        _series(
            name,
            *next((table, column) for _, table, column, _ in points if column.key == key),
            [cell if column.key == key else Cell() for _, _, column, cell in points],
            [column.n if column.key == key else None for _, _, column, _ in points],
        )
        for key, name in names.items()
    )
    unit = "mean" if tables[0].decimals else "year"
    lines = tuple(line for line, *_ in points)
    left_out = left_out_of(tables, columns, words)
    return ChartData("dots", words("Mean"), unit, lines, series, *mean_range(tables), left_out)


def _stacked(tables: Sequence[Table], words: Words) -> ChartData | None:
    rows = answers(tables[0])
    tones = answer_tones(len(rows), tables[0])
    if not tones:
        return _bars(tables, words)
    kept = [table for table in tables if len(answers(table)) == len(rows)]
    columns = compared(kept, lambda count: count <= MOST_LINES)
    titles = _without_common_start([words.pick(table.title) for table in kept])
    found: list[tuple[ChartLine, tuple[Cell, ...], int | None]] = []
    for table, title, chosen in zip(kept, titles, columns, strict=True):
        names = names_of(chosen, words)
        for column in chosen:
            cells = cells_of(table, column, answers(table))
            if _all_known(cells):
                found.append((_line(names[column.key], title, tone_of(table, column), kept), cells, column.n))
    series = tuple(
        ChartSeries(
            words.pick(row.label),
            tones[position],
            tuple(cells[position].value for _, cells, _ in found),
            bases=tuple(n for _, _, n in found),
        )
        for position, row in enumerate(rows)
    )
    lines = tuple(line for line, _, _ in found)
    measure, left_out = words("Share of respondents"), left_out_of(kept, columns, words)
    return ChartData("stacked", measure, "share", lines, series, 0.0, 1.0, left_out)


_MAKERS: Mapping[str, Callable[[Sequence[Table], Words], ChartData | None]] = {
    "bars": _bars,
    "stacked": _stacked,
    "profile": _profile,
    "dots": _dots,
}


def _line(group: str, title: str, tone: str, all_: Sequence[object]) -> ChartLine:
    """A group under its table; the table itself where only its total is drawn, the group itself in a single table."""
    if tone == "total":
        return ChartLine(title if len(all_) > 1 else group)
    return ChartLine(group, title if len(all_) > 1 else "", tone)


def _by_group(
    tables: Sequence[Table],
    kind: str,
    code: int | str | None,
    measure: str,
    unit: str,
    ends: tuple[float, float],
    words: Words,
) -> ChartData | None:
    """Lines are tables, series are groups; what was not put to a group stays open."""
    found: list[tuple[Table, TableRow]] = [(t, row) for t in tables if (row := first_row(t, kind, code)) is not None]
    kept = [table for table, _ in found]
    columns = _beside(kept, len(kept)) if kept else []
    heads = {column.key: (table, column) for table, some in zip(kept, columns, strict=True) for column in some}
    if any(column.banner for _, column in heads.values()):
        heads.pop("total", None)  # of a table none of whose groups may be shown
    names = names_of([column for _, column in heads.values()], words)
    series = []
    for key, (owner, column) in heads.items():
        cells = [row.cells[at] if (at := _position(table, key)) is not None else Cell() for table, row in found]
        bases = [table.columns[at].n if (at := _position(table, key)) is not None else None for table in kept]
        if any(cell.value is not None for cell in cells):
            series.append(_series(names[key], owner, column, cells, bases))
    shown = [at for at in range(len(kept)) if any(one.values[at] is not None for one in series)]
    labels = _without_common_start([words.pick(kept[at].title) for at in shown])
    left_out = left_out_of(kept, columns, words)
    picked = tuple(_picked(one, shown) for one in series)
    return ChartData("profile", measure, unit, tuple(map(ChartLine, labels)), picked, *ends, left_out)


def _without_common_start(labels: Sequence[str]) -> tuple[str, ...]:
    """Satisfied: brief, Satisfied: selection → brief, selection: what all share says nothing in a chart."""
    start, colon, _ = labels[0].partition(": ") if labels else ("", "", "")
    if len(labels) > 1 and colon and all(label.startswith(start + colon) for label in labels):
        return tuple(label[len(start) + 2 :] for label in labels)
    return tuple(labels)


def _picked(series: ChartSeries, kept: Sequence[int]) -> ChartSeries:
    return replace(
        series,
        values=tuple(series.values[at] for at in kept),
        lows=tuple(series.lows[at] for at in kept),
        highs=tuple(series.highs[at] for at in kept),
        bases=tuple(series.bases[at] for at in kept),
    )


def _series(
    name: str, table: Table, column: TableColumn, cells: Sequence[Cell], bases: Sequence[int | None]
) -> ChartSeries:
    return ChartSeries(
        name,
        tone_of(table, column),
        tuple(cell.value for cell in cells),
        tuple(cell.low for cell in cells),
        tuple(cell.high for cell in cells),
        tuple(bases),
        column.key,
    )


def _position(table: Table, key: str) -> int | None:
    return next((at for at, column in enumerate(table.columns) if column.key == key), None)


def _all_known(cells: Sequence[Cell]) -> bool:
    return bool(cells) and all(cell.value is not None and not cell.suppressed for cell in cells)
