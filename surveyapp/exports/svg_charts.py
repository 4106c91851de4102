"""Charts as inline SVG for the console and the public pages.

One drawing serves every width: positions across are percentages, heights and letters are pixels, so nothing shrinks on
a phone. Colours come from ``static/css/charts.css`` by class; there is no style attribute and no script, as the content
security policy wants. The drawing carries a title and a sentence that tells what it shows.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from hashlib import blake2s
from pathlib import Path
from textwrap import wrap

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from surveyapp.exports.chart_axes import ticks
from surveyapp.exports.chart_data import ChartData, ChartLine, ChartSeries, chart_data, default_kind
from surveyapp.exports.chart_marks import colour_of, key, marker
from surveyapp.exports.chart_words import axis_end, chart_sentence
from surveyapp.exports.svg_shapes import LETTERS, Bar, Drawing, Entry, Label, Line, Point
from surveyapp.exports.words import Words
from surveyapp.reports.formatting import between, count, half_up, printed
from surveyapp.reports.grid import Grid

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "charts"
LABEL_LINE = 17
BAR_ROOM = 84.0  # per cent of the width; the rest is for the figure after the longest bar
WRAPPED_AT = 38  # characters of a label that fit 290 pixels
WRAPPED_BESIDE = 19  # of one with a figure and its interval beside it, in a reader's own wider spacing too
SMALLEST_PRINTED = 0.05  # a narrower segment has no room for its figure
_DARK = frozenset({"agreement-1", "agreement-5", "level-4", "level-5"})


def chart_svg(grid: Grid, language: str, kind: str | None = None) -> Markup:
    """The chart of a grid as safe markup; empty when there is nothing to show.

    Parameters
    ----------
    kind : bars, stacked, profile or dots; absent: what fits
    """
    words = Words(language)
    data = chart_data(grid, kind or default_kind(grid), words)
    if data is None:
        return Markup("")
    title = words.pick(grid.item.title) if len(grid.items) == 1 else data.measure
    return Markup(_template().render(drawing=draw(data, title, words), marker=marker, key=key))  # noqa: S704  autoescaped


def draw(data: ChartData, title: str, words: Words) -> Drawing:
    """Where everything of a chart goes."""
    name = blake2s(repr((data, title, words.language)).encode(), digest_size=5).hexdigest()
    drawing = Drawing(data.kind, f"chart-{name}", title, chart_sentence(data, words), data.measure, data.left_out)
    _DRAWERS[data.kind](data, drawing, words.language)
    # Dots and the ends of a profile bear their names; a single group is named as well, the total alone needs no key.
    if data.kind not in ("dots", "profile") and [one.tone for one in data.series] != ["total"]:
        drawing.legend = [Entry(one.label, one.tone) for one in data.series]
    return drawing


def _draw_bars(data: ChartData, drawing: Drawing, language: str) -> None:
    y = 0
    height = 16 if len(data.series) > 1 else 18
    for at, line in enumerate(data.lines):
        y = _label(drawing, line, y)
        for series in data.series:
            value = series.values[at]
            if value is None:
                continue
            end = _across(value, data) * BAR_ROOM / 100
            drawing.bars.append(Bar(colour_of(series.tone), 0, y, _percent(end), height))
            last = _whisker(drawing, series, at, y + height // 2, data, BAR_ROOM) or end
            if len(data.series) > 1:
                drawing.points.append(Point(series.tone, _percent(end), y + height // 2))
            shown = printed(value, data.unit, language)
            drawing.texts.append(Label(shown, _percent(max(last, end)), y + height - 4, "chart-value", dx=10))
            y += height + 3
        y += 9
    drawing.lines.insert(0, Line("chart-axis", 0, 0, 0, y))
    drawing.height = y


def _draw_points(data: ChartData, drawing: Drawing, language: str) -> None:
    """A line for each answer with a marker for each group: what many bars would hide."""
    y = 0
    for at, line in enumerate(data.lines):
        y = _label(drawing, line, y)
        drawing.lines.append(Line("chart-axis", 3, 97, y + 9, y + 9))
        for series in data.series[::-1]:  # the first group lies on top
            value = series.values[at]
            if value is not None:
                place = _percent(3 + _across(value, data) * 0.94)
                drawing.points.append(Point(series.tone, place, y + 9))
        y += 26
    y += LABEL_LINE
    _scale(drawing, data, y, language, 3, 97)
    drawing.height = y + 8


def _draw_stacked(data: ChartData, drawing: Drawing, language: str) -> None:
    y = 0
    for at, line in enumerate(data.lines):
        y = _block(drawing, data, at, y)
        base = data.series[0].bases[at] if data.series[0].bases else None
        y = _label(drawing, line, y, f"n = {count(base, language)}" if base is not None else "")
        start = 0.0
        for series in data.series:
            value = series.values[at] or 0.0
            drawing.bars.append(Bar(colour_of(series.tone), _percent(start), y, _percent(value * 100), 26))
            if value >= SMALLEST_PRINTED:
                ink = "chart-on-dark" if series.tone in _DARK else "chart-on-light"
                shown = printed(value, data.unit, language).rstrip("%")
                middle = _percent(start + value * 50)
                drawing.texts.append(Label(shown, middle, y + 18, ink, anchor="middle"))
            start += value * 100
        y += 26 + 12
    drawing.height = y


def _draw_profile(data: ChartData, drawing: Drawing, language: str) -> None:
    """Phases from top to bottom, the mean across: the shape that keeps its labels on a narrow screen."""
    room = 94.0  # the markers at the ends need some, too
    places: list[int] = []
    y = 0
    for line in data.lines:
        y = _label(drawing, line, y)
        places.append(y + 9)
        drawing.lines.append(Line("chart-axis", 3, 3 + room, y + 9, y + 9))
        y += 30
    for series in data.series:
        x = [None if value is None else _percent(3 + _across(value, data) * room / 100) for value in series.values]
        for at in range(1, len(x)):
            first, second = x[at - 1], x[at]
            if first is not None and second is not None:
                css = f"chart-path chart-path-{colour_of(series.tone)}"
                drawing.whiskers.append(Line(css, first, second, places[at - 1], places[at]))
        drawing.points += [Point(series.tone, place, places[at]) for at, place in enumerate(x) if place is not None]
    for series in data.series:  # the direct labels, under the last phase each group was asked about
        known = [at for at, value in enumerate(series.values) if value is not None]
        value = series.values[known[-1]]
        if value is None:
            continue
        y += LABEL_LINE
        shown = f"{series.label}: {printed(value, data.unit, language)}"
        drawing.points.append(Point(series.tone, 3, y - 5))
        drawing.texts.append(Label(shown, 3, y, "chart-quiet", dx=12))
    y += LABEL_LINE + 6
    _scale(drawing, data, y, language, 3, 3 + room)
    drawing.height = y + 8


def _draw_dots(data: ChartData, drawing: Drawing, language: str) -> None:
    room = 94.0
    y = 0
    for at, line in enumerate(data.lines):
        y = _block(drawing, data, at, y)
        for series in data.series:
            value = series.values[at]
            if value is None:
                continue
            y = _label(drawing, replace(line, tone=""), y, _with_interval(series, at, data, language), WRAPPED_BESIDE)
            drawing.lines.append(Line("chart-axis", 3, 3 + room, y + 9, y + 9))
            _whisker(drawing, series, at, y + 9, data, room, 3)
            place = _percent(3 + _across(value, data) * room / 100)
            drawing.points.append(Point(series.tone, place, y + 9))
            y += 30
    y += LABEL_LINE
    _scale(drawing, data, y, language, 3, 3 + room)
    drawing.height = y + 8


_DRAWERS = {
    "bars": _draw_bars,
    "points": _draw_points,
    "stacked": _draw_stacked,
    "profile": _draw_profile,
    "dots": _draw_dots,
}


def _block(drawing: Drawing, data: ChartData, at: int, y: int) -> int:
    """The title that several lines stand under, above the first of them; where what follows begins."""
    block = data.lines[at].block
    if not block or (at and data.lines[at - 1].block == block):
        return y
    y += 10 if at else 0
    for text in _wrapped(block, WRAPPED_AT):
        drawing.texts.append(Label(text, 0, y + LETTERS, "chart-block"))
        y += LABEL_LINE
    return y + 2


def _wrapped(text: str, at: int) -> list[str]:
    """The text in lines of so many characters; a word is never broken, a longer one stands out."""
    return wrap(text, at, break_long_words=False) or [""]


def _label(drawing: Drawing, line: ChartLine, y: int, figures: str = "", wrapped_at: int = WRAPPED_AT) -> int:
    """A line's name above its bar, in as many rows as it needs, after its group's marker; where the bar begins.

    Figures stand beside the name, or on a row of their own where they leave no room for its longest word.
    """
    if figures:
        drawing.texts.append(Label(figures, 100, y + LETTERS, "chart-quiet", anchor="end"))
        beside = WRAPPED_AT - len(figures) - 2
        if beside < max(map(len, line.label.split()), default=0):
            y += LABEL_LINE
        else:
            wrapped_at = min(wrapped_at, beside)
    if line.tone:
        drawing.points.append(Point(line.tone, 0, y + LETTERS - 5, 6))
    for text in _wrapped(line.label, wrapped_at):
        drawing.texts.append(Label(text, 0, y + LETTERS, dx=18 if line.tone else 0))
        y += LABEL_LINE
    return y + 2


def _whisker(
    drawing: Drawing, series: ChartSeries, at: int, y: int, data: ChartData, room: float, left: float = 0.0
) -> float | None:
    """The interval as a line; its right end in per cent."""
    if not series.lows or not series.highs:
        return None
    low, high = series.lows[at], series.highs[at]
    if low is None or high is None:
        return None
    ends = [left + _across(bound, data) * room / 100 for bound in (low, high)]
    for css in ("chart-halo", "chart-whisker"):  # the halo keeps it visible on a dark bar
        drawing.whiskers.append(Line(css, _percent(ends[0]), _percent(ends[1]), y, y))
    return ends[1]


def _with_interval(series: ChartSeries, at: int, data: ChartData, language: str) -> str:
    value, low, high = series.values[at], series.lows[at], series.highs[at]
    shown = printed(value, data.unit, language)
    if low is None or high is None:
        return shown
    return f"{shown} ({between(printed(low, data.unit, language), printed(high, data.unit, language), language)})"


def _scale(drawing: Drawing, data: ChartData, y: int, language: str, left: float, right: float) -> None:
    """The ends of the axis and round places between them, with the decimals they need and no more."""
    rows = [line for line in drawing.lines if line.y1 == line.y2]
    for value in ticks(data.minimum, data.maximum, data.unit):
        place = _percent(left + _across(value, data) * (right - left) / 100)
        anchor = {data.minimum: "start", data.maximum: "end"}.get(value, "middle")
        shown = printed(value, data.unit, language) if data.unit == "share" else axis_end(value, language)
        drawing.texts.append(Label(shown, place, y, "chart-quiet", anchor=anchor))
        drawing.lines += [Line("chart-axis", place, place, row.y1 - 4, row.y1 + 4) for row in rows]


def _across(value: float, data: ChartData) -> float:
    span = data.maximum - data.minimum or 1.0
    return min(100.0, max(0.0, (value - data.minimum) / span * 100))


def _percent(value: float) -> float:
    return float(half_up(value, 2))


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("chart.svg")
