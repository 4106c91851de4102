"""What a chart shows, before anyone draws it: the native Excel chart and the SVG are made from the same object.

Suppressed groups are not in it at all: no chart, and no range behind a chart, holds or hides a figure of a group below
the threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.exports.chart_axes import nice, round_ends, round_top
from surveyapp.exports.chart_groups import charted_columns, groups_of, left_out_of, names_of, tone_of
from surveyapp.exports.words import Words
from surveyapp.reports.table import Cell, Table, TableColumn, TableRow

MOST_BARS = 30  # more bars than this in one chart are not read but skimmed
MOST_STACKED = 7  # answers a bar can be cut into
SHORT = 44  # characters of a header in a chart range


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

    kind: str  # bars · stacked · profile · dots
    measure: str  # what the values are, in words
    unit: str  # share · mean · year · score
    categories: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    minimum: float
    maximum: float
    left_out: str = ""  # in a sentence, the groups of the table that are not drawn


def chart_data(tables: Sequence[Table], kind: str, words: Words) -> ChartData | None:
    """The chart of one table, or of several with the same banner; None when nothing may or can be shown.

    ``kind`` is the chart the instrument asks for: bars, stacked, profile or dots.
    """
    if not tables or kind not in _MAKERS:
        return None
    made = _MAKERS[kind](tables, words)
    if made is None or not made.categories or not made.series:
        return None
    return made


def default_kind(table: Table) -> str:
    """The chart that fits a table when nobody chose one: stacked for short ordered answers, bars otherwise."""
    chosen = table.extra.get("chart")
    if isinstance(chosen, str):
        return chosen
    codes = _rows(table, "code")
    if _first(table, "mean") is not None and (not codes or (not _answers(table) and len(groups_of(table)) > 1)):
        return "dots"  # a mark by role: ten bars for each of four roles show nobody who is higher
    is_ordered = any(_first(table, *sign) is not None for sign in (("mean",), ("median",), ("net", "top2")))
    return "stacked" if is_ordered and len(_answers(table)) in {2, 3, 4, 5} else "bars"


def shortened(text: str, length: int = SHORT) -> str:
    """The text cut to so many characters, with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _bars(tables: Sequence[Table], words: Words) -> ChartData | None:
    if len(tables) > 1:
        return _bars_of_statements(tables, words)
    table = tables[0]
    rows = _shares(table)
    columns = _columns_for_bars(table, rows)
    series = tuple(_series(table, column, rows, words) for column in columns if _all_known(_cells(table, column, rows)))
    left_out = left_out_of(table, columns, words)
    top = max((value for one in series for value in (*one.values, *one.highs) if value is not None), default=0.0)
    labels = tuple(words.pick(row.label) for row in rows)
    if rows and rows[0].kind == "points":
        return ChartData("bars", words("Mean points"), "mean", labels, series, 0.0, nice(top) or 1.0, left_out)
    return ChartData("bars", words("Share of respondents"), "share", labels, series, 0.0, round_top(top), left_out)


def _bars_of_statements(tables: Sequence[Table], words: Words) -> ChartData | None:
    row = _first(tables[0], "net", "top2") or next(iter(_shares(tables[0])), None)
    if row is None:
        return None
    found = [(table, _first(table, row.kind, row.code)) for table in tables]
    return _by_group(found, "bars", words.pick(row.label), "share", 0.0, 1.0, words)


def _profile(tables: Sequence[Table], words: Words) -> ChartData | None:
    found = [(table, _first(table, "mean")) for table in tables]
    low, high = _mean_range(tables)
    return _by_group(found, "profile", words("Mean"), "mean", low, high, words)


def _dots(tables: Sequence[Table], words: Words) -> ChartData | None:
    """Means with intervals, one line per figure and group; the groups asked about a figure differ per figure."""
    low, high = _mean_range(tables)
    labels: list[str] = []
    points: list[tuple[TableColumn, str, Cell]] = []
    left_out = ""
    for table in tables:
        row = _first(table, "mean") or _first(table, "score")
        if row is None:
            continue
        columns = charted_columns(table, with_total=not groups_of(table))
        left_out = left_out or left_out_of(table, columns, words)
        names = names_of(columns, words)
        for column in columns:
            cell = row.cells[table.columns.index(column)]
            if cell.value is None:
                continue
            group = names[column.key]
            labels.append(f"{words.pick(table.title)} · {group}" if len(tables) > 1 else group)
            points.append((column, tone_of(table, column), cell))
    heads = {column.key: (column, tone) for column, tone, _ in reversed(points)}
    named = names_of([column for column, _ in heads.values()], words)
    series = tuple(
        ChartSeries(
            named[key],
            heads[key][1],
            tuple(cell.value if column.key == key else None for column, _, cell in points),
            tuple(cell.low if column.key == key else None for column, _, cell in points),
            tuple(cell.high if column.key == key else None for column, _, cell in points),
            tuple(column.n if column.key == key else None for column, _, _ in points),
            key,
        )
        for key in dict.fromkeys(column.key for column, _, _ in points)
    )
    unit = "mean" if tables[0].decimals else "year"
    return ChartData("dots", words("Mean"), unit, tuple(labels), series, low, high, left_out)


def _stacked(tables: Sequence[Table], words: Words) -> ChartData | None:
    first = tables[0]
    rows = _answers(first)
    tones = _answer_tones(len(rows), first)
    if not tones:
        return _bars(tables, words)
    lines: list[tuple[str, tuple[Cell, ...], int | None]] = []
    left_out = ""
    for table in tables:
        same = _answers(table)
        if len(same) != len(rows):
            continue
        columns = charted_columns(table, with_total=True) if len(tables) == 1 else list(table.columns[:1])
        left_out = left_out or left_out_of(table, columns, words)
        names = names_of(columns, words)
        for column in columns:
            cells = _cells(table, column, same)
            if _all_known(cells):
                label = names[column.key] if len(tables) == 1 else words.pick(table.title)
                lines.append((label, cells, column.n))
    series = tuple(
        ChartSeries(
            words.pick(row.label),
            tones[position],
            tuple(cells[position].value for _, cells, _ in lines),
            bases=tuple(n for _, _, n in lines),
        )
        for position, row in enumerate(rows)
    )
    labels = tuple(label for label, _, _ in lines)
    if len(tables) > 1:
        labels = _without_common_start(labels)
    if not lines:
        return None
    return ChartData("stacked", words("Share of respondents"), "share", labels, series, 0.0, 1.0, left_out)


_MAKERS = {"bars": _bars, "stacked": _stacked, "profile": _profile, "dots": _dots}


def _by_group(
    found: Sequence[tuple[Table, TableRow | None]],
    kind: str,
    measure: str,
    unit: str,
    low: float,
    high: float,
    words: Words,
) -> ChartData | None:
    """Categories are tables, series are groups; what was not put to a group stays open."""
    lines = [(table, row) for table, row in found if row is not None]
    if not lines:
        return None
    columns = {column.key: (table, column) for table, _ in lines for column in charted_columns(table)}
    if not columns:
        columns = {column.key: (table, column) for table, _ in lines for column in table.columns[:1]}
    left_out = next((said for table, _ in lines if (said := left_out_of(table, charted_columns(table), words))), "")
    names = names_of([column for _, column in columns.values()], words)
    series = []
    for key, (owner, column) in columns.items():
        cells = [row.cells[at] if (at := _position(table, key)) is not None else Cell() for table, row in lines]
        bases = [table.columns[at].n if (at := _position(table, key)) is not None else None for table, _ in lines]
        if any(cell.value is not None for cell in cells):
            series.append(
                ChartSeries(
                    names[key],
                    tone_of(owner, column),
                    tuple(cell.value for cell in cells),
                    tuple(cell.low for cell in cells),
                    tuple(cell.high for cell in cells),
                    tuple(bases),
                    key,
                )
            )
    kept = [at for at in range(len(lines)) if any(one.values[at] is not None for one in series)]
    labels = _without_common_start([words.pick(lines[at][0].title) for at in kept])
    return ChartData(kind, measure, unit, labels, tuple(_picked(one, kept) for one in series), low, high, left_out)


def _without_common_start(labels: Sequence[str]) -> tuple[str, ...]:
    """Satisfied: brief, Satisfied: selection → brief, selection: what all share says nothing in a chart."""
    start, colon, _ = labels[0].partition(": ") if labels else ("", "", "")
    if len(labels) > 1 and colon and all(label.startswith(start + colon) for label in labels):
        return tuple(label[len(start) + 2 :] for label in labels)
    return tuple(labels)


def _picked(series: ChartSeries, kept: Sequence[int]) -> ChartSeries:
    return ChartSeries(
        series.label,
        series.tone,
        tuple(series.values[at] for at in kept),
        tuple(series.lows[at] for at in kept),
        tuple(series.highs[at] for at in kept),
        tuple(series.bases[at] for at in kept),
        series.key,
    )


def _series(table: Table, column: TableColumn, rows: Sequence[TableRow], words: Words) -> ChartSeries:
    cells = _cells(table, column, rows)
    return ChartSeries(
        words.pick(column.label),
        tone_of(table, column),
        tuple(cell.value for cell in cells),
        tuple(cell.low for cell in cells),
        tuple(cell.high for cell in cells),
        tuple(column.n for _ in cells),
        column.key,
    )


def _columns_for_bars(table: Table, rows: Sequence[TableRow]) -> Sequence[TableColumn]:
    groups = [column for column in charted_columns(table) if _all_known(_cells(table, column, rows))]
    if len(groups) >= 2 and len(groups) * len(rows) <= MOST_BARS:
        return groups
    return table.columns[:1]


def _answers(table: Table) -> list[TableRow]:
    """What a stacked bar is cut into, from low to high: the codes, or the nets of a long scale that make the whole."""
    codes = _rows(table, "code")
    if len(codes) <= MOST_STACKED:
        return codes[::-1] if table.extra.get("descending") else codes
    nets = {row.code: row for row in _rows(table, "net")}
    return [nets[code] for code in ("detractors", "passives", "promoters") if code in nets]


def _answer_tones(count: int, table: Table) -> list[str]:
    if _is_maturity(table) and count <= 5:
        return [f"level-{step}" for step in range(1, count + 1)]
    steps = {2: (5, 1), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}.get(count, ())
    return [f"agreement-{step}" for step in steps]


def _is_maturity(table: Table) -> bool:
    """Steps of one thing, each of which holds the one before: not two sides with a middle."""
    return str(table.extra.get("scale", "")).startswith("maturity") or table.extra.get("construct") == "maturity"


def _shares(table: Table) -> list[TableRow]:
    return _rows(table, "code") or _rows(table, "points") or _rows(table, "net")


def _rows(table: Table, kind: str) -> list[TableRow]:
    return [row for row in table.rows if row.kind == kind]


def _first(table: Table, kind: str, code: int | str | None = None) -> TableRow | None:
    return next((row for row in table.rows if row.kind == kind and code in {None, row.code}), None)


def _cells(table: Table, column: TableColumn, rows: Sequence[TableRow]) -> tuple[Cell, ...]:
    at = table.columns.index(column)
    return tuple(row.cells[at] for row in rows)


def _position(table: Table, key: str) -> int | None:
    return next((at for at, column in enumerate(table.columns) if column.key == key), None)


def _all_known(cells: Sequence[Cell]) -> bool:
    return bool(cells) and all(cell.value is not None and not cell.suppressed for cell in cells)


def _mean_range(tables: Sequence[Table]) -> tuple[float, float]:
    """The scale the means stand on: the codes' own ends, so that a difference is not blown up.

    A number has no ends of its own: from zero to the highest end of an interval, so that none is cut off.
    """
    codes = [row.code for table in tables for row in _rows(table, "code") if isinstance(row.code, int)]
    if codes:
        return float(min(codes)), float(max(codes))
    cells = [cell for table in tables for row in _rows(table, "mean") for cell in row.cells]
    drawn = [value for cell in cells for value in (cell.value, cell.low, cell.high) if value is not None]
    low, high = min(drawn, default=0.0), max(drawn, default=0.0)
    if not tables[0].decimals:
        return round_ends(low, high)  # a year: nought is no beginning
    return -nice(-low) if low < 0 else 0.0, nice(high) or 1.0
