"""What a chart shows, before anyone draws it: the native Excel chart and the SVG are made from the same object.

Suppressed groups are not in it at all: no chart, and no range behind a chart, holds or hides a figure of a group below
the threshold. Where there are groups to compare, they are drawn and not the total.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from surveyapp.exports.chart_axes import round_top
from surveyapp.exports.chart_groups import compared, groups_of, left_out_of, names_of, tone_of
from surveyapp.exports.chart_rows import answer_tones, answers, figures_at, first_line, mean_line, mean_range, shares
from surveyapp.exports.words import Words
from surveyapp.reports.grid import KINDS, Figure, Grid, Line

MOST_BARS = 30  # more bars than this in one chart are not read but skimmed
MOST_ON_A_LINE = 8  # markers beside each other
MOST_LINES = 40  # lines below each other, each with its own figure
SHORT = 44  # characters of a header in a chart range
NO_FIGURE = Figure()


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One line of the chart, from top to bottom: an answer, an item, or a group under the item it belongs to."""

    label: str
    block: str = ""  # the item's title, where several lines stand under it
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
    key: str = ""  # of the group whose figures these are; empty where a series is an answer


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
    left_out: str = ""  # in sentences, what the grid holds and the chart does not

    @property
    def categories(self) -> tuple[str, ...]:
        """The name of each line."""
        return tuple(line.name for line in self.lines)


def chart_data(grid: Grid, kind: str, words: Words) -> ChartData | None:
    """The chart of a grid; None when nothing may or can be shown.

    ``kind`` is the chart the instrument asks for: bars, stacked, profile or dots. Bars of more groups than can be read
    become points, a line for each answer with a marker for each group.
    """
    if kind not in _MAKERS:
        return None
    made = _MAKERS[kind](_without_differences(grid), words)
    if made is None or not made.lines or not made.series:
        return None
    return made


def _without_differences(grid: Grid) -> Grid:
    """The grid without what its groups differ by: that has another scale than they have."""
    kept = [at for at, group in enumerate(grid.groups) if not group.is_difference]
    if len(kept) == len(grid.groups):
        return grid
    return replace(
        grid,
        groups=tuple(grid.groups[at] for at in kept),
        figures=tuple(tuple(line[at] for at in kept) for line in grid.figures),
        bases=tuple(tuple(line[at] for at in kept) for line in grid.bases),
    )


def default_kind(grid: Grid) -> str:
    """The chart that fits when nobody chose one: stacked for short ordered answers, bars otherwise."""
    if grid.look.chart is not None:
        return grid.look.chart
    part = grid.parts[0]
    codes = part.of_kind("code")
    if mean_line(part) is not None and (not codes or (not answers(part) and groups_of(part)[0])):
        return "dots"  # a mark by role: ten bars for each of four roles show nobody who is higher
    is_ordered = any(first_line(part, *sign) is not None for sign in (("mean",), ("median",), ("net", "top2")))
    return "stacked" if is_ordered and len(answers(part)) in {2, 3, 4, 5} else "bars"


def shortened(text: str, length: int = SHORT) -> str:
    """The text cut to so many characters, with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _bars(grid: Grid, words: Words) -> ChartData | None:
    if len(grid.items) > 1:
        return _bars_of_statements(grid, words)
    lines = shares(grid)
    if not lines:
        return None
    (places,) = _beside(grid, len(lines))
    series = tuple(
        _series(grid, at, name, figures_at(lines, at))
        for at, name in names_of(grid, places, words).items()
        if _all_known(figures_at(lines, at))
    )
    first, _ = lines[0]
    is_mean = first.kind == "points"
    measure = words.pick(first.statistic) or words("Share of respondents")
    labels = tuple(ChartLine(words.pick(measure.label)) for measure, _ in lines)
    top = max((value for one in series for value in (*one.values, *one.highs) if value is not None), default=0.0)
    ends = mean_range((grid,), lines) if is_mean else (0.0, round_top(top))
    unit, left_out = "mean" if is_mean else "share", left_out_of(grid, [places], words)
    return ChartData(_bars_kind(series, labels), measure, unit, labels, series, *ends, left_out)


def _beside(grid: Grid, lines: int) -> list[list[int]]:
    """The groups of series beside each other: bars as long as there are few, else so many markers to a line."""

    def fits(count: int) -> bool:
        each = -(-count // len(grid.items))
        return each * lines <= MOST_BARS or each <= MOST_ON_A_LINE

    return compared(grid, fits)


def _bars_kind(series: Sequence[ChartSeries], lines: Sequence[ChartLine]) -> str:
    return "bars" if len(series) * len(lines) <= MOST_BARS or len(series) == 1 else "points"


def _bars_of_statements(grid: Grid, words: Words) -> ChartData | None:
    first = grid.parts[0]
    line = first_line(first, "net", "top2") or next(iter(shares(first)), None)
    if line is None:
        return None
    measure, _ = line
    found = [(part, same) for part in grid.parts if (same := first_line(part, measure.kind, measure.code))]
    ends = (0.0, 1.0)
    if measure.kind not in KINDS:  # of an analysis, which no share has to be compared with
        known = [
            end for _, (_, figures) in found for one in figures for end in (one.value, one.high) if end is not None
        ]
        ends = 0.0, round_top(max(known, default=0.0))
    made = _by_group(grid, found, words.pick(measure.label), "share", ends, words)
    return replace(made, kind=_bars_kind(made.series, made.lines)) if made else None


def _views(grid: Grid, words: Words) -> ChartData | None:
    """The views of a profile as lines over the phases: of everyone, or of the one group of a narrower grid."""
    lines = [line for line in grid.lines if line[0].kind == "view"]
    titles = {item.variable: words.pick(item.title) for item in grid.items}
    phases: list[str] = []
    for code in dict.fromkeys(measure.code for measure, _ in lines):
        before = 0
        for title in (titles[measure.item] for measure, _ in lines if measure.code == code):
            if title not in phases:  # what only this view speaks of stands behind what comes before it here
                phases.insert(before, title)
            before = phases.index(title) + 1
    series = []
    for number, code in enumerate(dict.fromkeys(measure.code for measure, _ in lines), 1):
        found = {titles[measure.item]: figures[0] for measure, figures in lines if measure.code == code}
        label = next(words.pick(measure.label) for measure, _ in lines if measure.code == code)
        at = [found.get(phase, NO_FIGURE) for phase in phases]
        if any(one.value is not None for one in at):
            made = _series(grid, 0, label, at)
            series.append(replace(made, tone=f"group-{number}", key=str(code)))
    labels = tuple(map(ChartLine, phases))
    return ChartData("profile", words("Mean, 0 to 100"), "mean", labels, tuple(series), 0.0, 100.0)


def _profile(grid: Grid, words: Words) -> ChartData | None:
    if any(measure.kind == "view" for measure in grid.measures):
        return _views(grid, words)
    found = [(part, line) for part in grid.parts if (line := first_line(part, "mean"))]
    ends = mean_range(grid.parts, [line for _, line in found])
    return _by_group(grid, found, words("Mean"), "mean", ends, words)


def _dots(grid: Grid, words: Words) -> ChartData | None:
    """Means with intervals, one line per figure and group; the groups asked about a figure differ per figure."""
    found = [(part, line) for part in grid.parts if (line := mean_line(part))]
    units = {line[0].unit for _, line in found}
    if not found or ("share" in units and len(units) > 1):  # on no one axis
        return None
    every = len(found)
    found = [one for one in found if one[1][0].unit != "score"]  # from −100 to 100, beside means of another scale
    if not found:
        return None
    kept = grid.of(*(part.item for part, _ in found))
    drawn = compared(kept, lambda count: count <= MOST_LINES)
    points: list[tuple[ChartLine, Grid, int, Figure]] = []
    titles = _without_common_start([words.pick(item.title) for item in kept.items])
    for (part, (_, figures)), title, places in zip(found, titles, drawn, strict=True):
        for at, name in names_of(kept, places, words).items():
            if figures[at].value is not None:
                points.append((_line(name, title, tone_of(kept.groups, at), kept), part, at, figures[at]))
    names = names_of(kept, dict.fromkeys(at for _, _, at, _ in points), words)
    series = tuple(
        _series(kept, at, name, [figure if here == at else NO_FIGURE for _, _, here, figure in points])
        for at, name in names.items()
    )
    first, _ = found[0][1]
    unit = first.unit if first.unit in ("year", "share", "score") and first.kind != "score" else "mean"
    measure = words("Mean") if first.kind in {"mean", "score"} else words.pick(first.label)
    ends = mean_range(kept.parts, [line for _, line in found])
    lines = tuple(line for line, *_ in points)
    left_out = left_out_of(kept, drawn, words)
    if len(found) < every:
        left_out = f"{words('What is measured otherwise is in the table.')} {left_out}".strip()
    return ChartData("dots", measure, unit, lines, series, *ends, left_out)


def _stacked(grid: Grid, words: Words) -> ChartData | None:
    parts = grid.parts
    rows = answers(parts[0])
    tones = answer_tones(len(rows), parts[0])
    if not tones:
        return _bars(grid, words)
    kept = grid.of(*(part.item for part in parts if len(answers(part)) == len(rows)))
    drawn = compared(kept, lambda count: count <= MOST_LINES)
    titles = _without_common_start([words.pick(item.title) for item in kept.items])
    found: list[tuple[ChartLine, tuple[Figure, ...]]] = []
    for part, title, places in zip(kept.parts, titles, drawn, strict=True):
        for at, name in names_of(kept, places, words).items():
            figures = figures_at(answers(part), at)
            if _all_known(figures):
                found.append((_line(name, title, tone_of(kept.groups, at), kept), figures))
    series = tuple(
        ChartSeries(
            words.pick(measure.label),
            tones[position],
            tuple(figures[position].value for _, figures in found),
            bases=tuple(figures[position].bases.valid for _, figures in found),
        )
        for position, (measure, _) in enumerate(rows)
    )
    lines = tuple(line for line, _ in found)
    said, left_out = words("Share of respondents"), left_out_of(kept, drawn, words)
    return ChartData("stacked", said, "share", lines, series, 0.0, 1.0, left_out)


_MAKERS: Mapping[str, Callable[[Grid, Words], ChartData | None]] = {
    "bars": _bars,
    "stacked": _stacked,
    "profile": _profile,
    "dots": _dots,
}


def _line(group: str, title: str, tone: str, grid: Grid) -> ChartLine:
    """A group under its item; the item itself where only its total is drawn, the group itself where there is one."""
    is_one = len(grid.items) == 1
    if tone == "total":
        return ChartLine(group if is_one else title)
    return ChartLine(group, "" if is_one else title, tone)


def _by_group(
    grid: Grid, found: Sequence[tuple[Grid, Line]], measure: str, unit: str, ends: tuple[float, float], words: Words
) -> ChartData | None:
    """Lines are items, series are groups; what was not put to a group stays open."""
    if not found:
        return None
    kept = grid.of(*(part.item for part, _ in found))
    drawn = _beside(kept, len(found))
    places = list(dict.fromkeys(at for some in drawn for at in some))
    if any(kept.groups[at].banner for at in places):
        places = [at for at in places if kept.groups[at].banner]  # also where an item has no group to show
    lines = [line for _, line in found]
    series = [_series(kept, at, name, figures_at(lines, at)) for at, name in names_of(kept, places, words).items()]
    series = [one for one in series if any(value is not None for value in one.values)]
    shown = [at for at in range(len(found)) if any(one.values[at] is not None for one in series)]
    labels = _without_common_start([words.pick(kept.items[at].title) for at in shown])
    picked = tuple(_picked(one, shown) for one in series)
    left_out = left_out_of(kept, drawn, words)
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


def _series(grid: Grid, at: int, name: str, figures: Sequence[Figure]) -> ChartSeries:
    return ChartSeries(
        name,
        tone_of(grid.groups, at),
        tuple(figure.value for figure in figures),
        tuple(figure.low for figure in figures),
        tuple(figure.high for figure in figures),
        tuple(figure.bases.valid for figure in figures),
        grid.groups[at].key,
    )


def _all_known(figures: Sequence[Figure]) -> bool:
    return bool(figures) and all(figure.value is not None for figure in figures)
