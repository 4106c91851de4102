"""The lines of a table sheet, of one item or of several; pure, so that a test reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from surveyapp.catalogues import LANGUAGES
from surveyapp.exports import styles
from surveyapp.exports.words import Words
from surveyapp.instrument.model import SKIPPED
from surveyapp.reports.formatting import IMPRECISE, SUPPRESSED, month_day, p_text
from surveyapp.reports.grid import KINDS, Bases, Figure, Grid, Line, Measure
from surveyapp.reports.panels import rests_on_one
from surveyapp.reports.wording import base_titles

Value = float | int | str | date | None


@dataclass(frozen=True, slots=True)
class BodyLine:
    """One line: a label, a code, and per column a figure: ``.`` a hidden one, ``/`` one too imprecise, None none.

    ``part`` says what the figures are, for the defined names: pct, first, mean, points, sd, margin, p, missing, n.
    ``indicative`` tells of each figure whether it is, ``steps`` how far it lies from all others together.
    """

    part: str
    label: str
    cells: tuple[Value, ...] = ()
    code: int | str | None = None
    style: str = styles.SHARE
    number_format: str | None = None
    indicative: tuple[bool, ...] = ()
    steps: tuple[int, ...] = ()
    looks: tuple[tuple[str, str | None], ...] = ()  # style and format of each cell, where these differ along the line


P_FORMAT = {language: f'[<0.001]"{p_text(0.0, language).removeprefix("p ")}";0.000' for language in LANGUAGES}
"""A p-value: below a thousandth it is said to be that."""


def body(grid: Grid, words: Words) -> list[BodyLine]:
    """Every line from row 11 on: codes, nets, mean with margin, missing answers, and what is significantly higher."""
    lines = _one(grid, words) if len(grid.items) == 1 else _several(grid, words)
    return [*lines, *_letters(grid, words), *_apart(grid, words)]


def part_of(measure: Measure) -> tuple[str, str | None]:
    """What the figures of a measure are called in defined names, and their format."""
    part, style, number_format = _LOOKS.get(measure.kind) or _PLAIN.get(measure.unit, _MEAN)
    return part, number_format or _FORMATS.get(measure.unit) or _OWN.get(style)


def _one(grid: Grid, words: Words) -> list[BodyLine]:
    lines: list[BodyLine] = []
    *known, last = KINDS
    for kind in (*known, *dict.fromkeys(one.kind for one in grid.measures if one.kind not in KINDS), last):
        for at, (measure, figures) in enumerate(grid.of_kind(kind)):
            if at == 0 and measure.statistic is not None:
                lines.append(BodyLine("heading", words.pick(measure.statistic), style=styles.GROUP))
            lines.append(_line(measure, figures, words.pick(measure.label)))
            if _has_margin(measure, [figures]):
                lines.append(_margin_line(measure, figures, words("95% margin")))
    return lines


def value_of(figure: Figure, unit: str) -> Value:
    """What a cell holds of a figure: a score in points, a month as a day, ``.`` for what is hidden."""
    if figure.is_imprecise:
        return IMPRECISE
    return SUPPRESSED if figure.is_hidden else _VALUES.get(unit, _value)(figure)


def half_width(figure: Figure, unit: str) -> float | None:
    """Half of a figure's interval; of a score in points."""
    if figure.low is None or figure.high is None:
        return None
    return (figure.high - figure.low) / 2 * (100 if unit == "score" else 1)


def _line(measure: Measure, figures: Sequence[Figure], label: str) -> BodyLine:
    part, style, number_format = _LOOKS.get(measure.kind) or _PLAIN.get(measure.unit, _MEAN)
    cells = tuple(value_of(figure, measure.unit) for figure in figures)
    code = measure.code if measure.kind in {"code", "missing"} else None
    indicative = tuple(figure.is_indicative for figure in figures)
    steps = tuple(figure.step for figure in figures)
    look = number_format or _FORMATS.get(measure.unit)
    return BodyLine(part, label, cells, code, style, look, indicative, steps=steps)


def _value(figure: Figure) -> float | None:
    return figure.value


def _month(figure: Figure) -> date | None:
    return None if figure.value is None else month_day(figure.value)


def _points(figure: Figure) -> float | None:
    return None if figure.value is None else figure.value * 100


_Look = tuple[str, str, str | None]
_LOOKS: dict[str, _Look] = {
    "code": ("pct", styles.SHARE, None),
    "first": ("first", styles.SHARE, None),
    "points": ("points", styles.MEAN, "0.00"),
    "net": ("pct", styles.NET, None),
    "sd": ("sd", styles.MARGIN, "0.0"),
    "missing": ("missing", styles.COUNT, None),
}
"""Kind → what its lines are called in defined names, their style and format, where its unit does not tell."""
_PLAIN: dict[str, _Look] = {"share": ("pct", styles.SHARE, None), "count": ("n", styles.COUNT, None)}
_MEAN: _Look = ("mean", styles.MEAN, None)
_OWN = {styles.MEAN: styles.MEAN_FORMAT, styles.SHARE: styles.SHARE_FORMAT, styles.NET: styles.SHARE_FORMAT}
_FORMATS = {"year": "0", "coefficient": "0.00", "month": styles.MONTH_FORMAT, "score": styles.POINTS_FORMAT}
_MARGINS = {"score": '"±"0', "share": '"±"0%', "coefficient": '"±"0.00'}
_VALUES: dict[str, Callable[[Figure], Value]] = {
    "count": lambda figure: figure.count,
    "month": _month,
    "score": _points,
}


def _has_margin(measure: Measure, lines: Sequence[Sequence[Figure]]) -> bool:
    """Whether lines say how sure their figures are: means, and what an analysis adds with an interval.

    A share of answers is judged by its n.
    """
    if measure.kind in {"mean", "score"}:
        return True
    return measure.kind not in KINDS and any(one.low is not None for figures in lines for one in figures)


def _margin_line(measure: Measure, figures: Sequence[Figure], label: str) -> BodyLine:
    cells = tuple(SUPPRESSED if figure.is_hidden else half_width(figure, measure.unit) for figure in figures)
    return BodyLine("margin", label, cells, None, styles.MARGIN, _MARGINS.get(measure.unit))


def _several(grid: Grid, words: Words) -> list[BodyLine]:
    """Blocks, one per statistic: each line of a block is one of the items."""
    lines: list[BodyLine] = []
    titles = {item.variable: words.pick(item.title) for item in grid.items}
    for key in _statistics(grid):
        found = [line for line in grid.lines if _key(line) == key]
        first, _ = found[0]
        heading = words.pick(first.label)
        if first.kind == "missing":
            heading = words("{label} (counts)", label=heading[:1].upper() + heading[1:])
        lines.append(BodyLine("heading", heading, style=styles.GROUP))
        for measure, figures in found:
            one = _line(measure, figures, titles[measure.item])
            style = styles.MEAN if one.style == styles.NET else one.style  # no rule above each line of a block
            number_format = styles.SHARE_FORMAT if one.style == styles.NET else one.number_format
            lines.append(replace(one, code=None, style=style, number_format=number_format))
        if _has_margin(first, [figures for _, figures in found]):
            margins = [_margin_line(measure, figures, titles[measure.item]) for measure, figures in found]
            lines += _block(words("95% margin"), margins)
        tests = [_p_line(figures, titles[measure.item], words.language) for measure, figures in found]
        lines += _block(words("p value"), tests)
    return [*lines, *_counts(grid, words)]


def _counts(grid: Grid, words: Words) -> list[BodyLine]:
    """What each line rests on; nothing where all rest on the same, which the head of the sheet says."""
    if rests_on_one(grid):
        return []
    lines = [BodyLine("heading", words("n (valid answers)"), style=styles.GROUP)]
    # Of whom nothing of this was asked, the head of the column says so once; a single line says it for itself.
    outside = [all(one.is_outside for one in same) for same in zip(*grid.bases, strict=True)]
    for title, bases in zip(base_titles(grid, words.language), grid.bases, strict=True):
        counts = tuple(_count(one, is_all, words) for one, is_all in zip(bases, outside, strict=True))
        lines.append(BodyLine("n", title, counts, None, styles.COUNT))
    return lines


def _block(heading: str, lines: Sequence[BodyLine]) -> list[BodyLine]:
    """The lines that have something to say, under their heading; nothing where none has."""
    said = [one for one in lines if any(cell is not None for cell in one.cells)]
    return [BodyLine("heading", heading, style=styles.GROUP), *said] if said else []


def _p_line(figures: Sequence[Figure], label: str, language: str) -> BodyLine:
    """What the test of each figure says, corrected as the method line tells."""
    cells = tuple(None if figure.is_hidden else figure.p for figure in figures)
    return BodyLine("p", label, cells, None, styles.MARGIN, P_FORMAT[language])


def _count(bases: Bases, is_said: bool, words: Words) -> Value:
    if bases.is_hidden:
        return SUPPRESSED
    if bases.is_outside:
        return None if is_said else words("not asked")
    return bases.valid


def _key(line: Line) -> tuple[str, int | str]:
    return line[0].kind, line[0].code


def _statistics(grid: Grid) -> list[tuple[str, int | str]]:
    """What the items have to say, as read: means, then nets; the codes only where nothing sums up.

    Spread and skipped answers of each line stand in the long list; here they would drown the rest.
    """
    keys = dict.fromkeys(map(_key, grid.lines))
    sums = [key for key in keys if key[0] not in {"code", "first", "points", "sd", "missing"}]
    shown = sums or [key for key in keys if key[0] == "code"]
    means_first = sorted(shown, key=lambda key: {"mean": 0, "score": 0, "median": 1, "quartile": 2}.get(key[0], 3))
    return [*means_first, *(key for key in keys if key[0] == "missing" and key[1] != SKIPPED)]


def _letters(grid: Grid, words: Words) -> list[BodyLine]:
    lines = _beside(grid, words, "letters", styles.LETTER, lambda one: one.letters)
    return [BodyLine("heading", words("Significantly higher than"), style=styles.GROUP), *lines] if lines else []


def _apart(grid: Grid, words: Words) -> list[BodyLine]:
    """What the shades say, for who sees none."""
    said = {
        -3: words("much lower"),
        -2: words("lower"),
        -1: words("a bit lower"),
        1: words("a bit higher"),
        2: words("higher"),
        3: words("much higher"),
    }
    lines = _beside(grid, words, "apart", styles.MARGIN, lambda one: said.get(one.step))
    heading = words("Compared with all others together")
    return [BodyLine("heading", heading, style=styles.GROUP), *lines] if lines else []


def _beside(grid: Grid, words: Words, part: str, style: str, of: Callable[[Figure], str | None]) -> list[BodyLine]:
    """What is said of the figures that are shown, a line for each measure of which anything is."""
    shown, is_one = set(_statistics(grid)), len(grid.items) == 1
    titles = {item.variable: words.pick(item.title) for item in grid.items}
    lines: list[BodyLine] = []
    for measure, figures in grid.lines:
        cells = tuple(of(one) or None for one in figures)
        if any(cells) and (is_one or (measure.kind, measure.code) in shown):
            label = words.pick(measure.label)
            if measure.statistic is not None:
                label = f"{label} · {words.pick(measure.statistic)}"
            if not is_one:
                label = f"{titles[measure.item]} · {label}"
            lines.append(BodyLine(part, label, cells, measure.code if measure.kind == "code" else None, style))
    return lines
