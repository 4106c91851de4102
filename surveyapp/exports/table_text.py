"""One table as tab-separated text, to paste into a sheet or a document: the figures as they are printed on the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from surveyapp.exports.flat_files import LIVE
from surveyapp.exports.words import Words, base_text
from surveyapp.reports.formatting import INDICATIVE, SUPPRESSED, count, figure_text, interval, p_text
from surveyapp.reports.grid import Bases, Figure, Grid, Line, Measure
from surveyapp.reports.panels import PanelRow, panels
from surveyapp.reports.sentences import in_both

_BREAKS = re.compile(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


def table_text(grid: Grid, lines: Sequence[Line], language: str) -> str:
    """The title, the columns, these lines of a grid of one item, what they rest on, and how they were made.

    A text that a spreadsheet would take for a formula has a ``'`` before it; a hidden figure is the dot it is
    everywhere, what is too imprecise a slash.
    """
    return _written(_rows(grid, lines, Words(language)))


def panels_text(grid: Grid, language: str) -> str:
    """The same of an analysis of several items: what it found, its tables as a page shows them, and its notes."""
    return _written(_panel_rows(grid, Words(language)))


def _written(rows: Iterable[Sequence[str]]) -> str:
    return "".join("\t".join(map(_cell, row)) + "\r\n" for row in rows)


def _panel_rows(grid: Grid, words: Words) -> Iterator[list[str]]:
    if grid.finding is not None:
        yield [words.pick(grid.finding)]
    for panel in panels(grid):
        aside = [words("n (valid answers)")] if panel.rests_aside else []
        yield ["", *(words.pick(head.label) for head in panel.heads), *aside]
        for block in panel.blocks:
            if block.title is not None:
                yield [words.pick(block.title)]
            for row in block.rows:
                yield from _panel_lines(row, words)
        for title, bases in panel.foot:
            yield [
                f"{words('n (valid answers)')}{': ' + words.pick(title) if title else ''}",
                *(_valid(one, words.language) for one in bases),
            ]
            yield from _marked([one.is_low for one in bases], words)
    for said in dict.fromkeys(words.pick(note) for item in grid.items for note in item.notes):
        yield [said]
    yield [f"{words('Base')}: {base_text(grid, words, words('differs per line, see n below'))}"]
    yield [words.pick(grid.items[0].method)]


def _panel_lines(row: PanelRow, words: Words) -> Iterator[list[str]]:
    """The figures of a line, which stay numbers where they are pasted, and below them how sure they are."""
    language = words.language
    rests = [] if row.bases is None else [row.bases]
    printed = ["" if one is None else _printed(one[1], one[0], words) for one in row.cells]
    yield [words.pick(row.item.title), *printed, *(_valid(one, language) for one in rests)]
    are_marked = [one is not None and one[1].is_marked for one in row.cells]
    yield from _marked([*are_marked, *(one.is_low for one in rests)], words)
    ends = ["" if one is None else interval(one[1], one[0].unit, language) for one in row.cells]
    tested = ["" if one is None or one[1].p is None else p_text(one[1].p, language) for one in row.cells]
    for name, said in ((words("95% interval"), ends), (words("p value"), tested)):
        if any(said):
            yield [name, *said]


def _rows(grid: Grid, lines: Sequence[Line], words: Words) -> Iterator[list[str]]:
    item = grid.item
    yield [words.pick(item.title)]
    yield [words.pick(item.question)]
    if grid.finding is not None:
        yield [words.pick(grid.finding)]
    banners = [words.pick(group.banner_label) for group in grid.groups]
    if any(banners):
        yield ["", *banners]
    yield ["", *(f"{words.pick(one.label)} {one.letter or ''}".strip() for one in grid.groups)]
    for measure, figures in lines:
        yield [_label(measure, words), *(_printed(one, measure, words) for one in figures)]
        yield from _marked([one.is_marked for one in figures], words)
        if any(one.letters for one in figures):
            yield [words("Significantly higher than"), *(one.letters for one in figures)]
    yield [words("n (valid answers)"), *(_valid(one, words.language) for one in grid.bases[0])]
    yield from _marked([one.is_low for one in grid.bases[0]], words)
    base = in_both(item.base)[words.language]
    restricted = grid.filter.condition[words.language] if grid.filter and grid.filter.condition else ""
    yield [f"{words('Base')}: {'; '.join(filter(None, (base, restricted)))}"]
    yield [words.pick(item.method)]
    if item.precision is not None:
        yield [words.pick(item.precision)]


def _marked(are_marked: Sequence[bool], words: Words) -> Iterator[list[str]]:
    """A line of marks under figures, which stay numbers where they are pasted."""
    if any(are_marked):
        yield [words("Indicative"), *(INDICATIVE if is_marked else "" for is_marked in are_marked)]


def _label(measure: Measure, words: Words) -> str:
    said = words.pick(measure.label)
    return said if measure.statistic is None else f"{said} · {words.pick(measure.statistic)}"


def _printed(figure: Figure, measure: Measure, words: Words) -> str:
    return words("not asked") if figure.bases.is_outside else figure_text(figure, measure.unit, words.language)


def _valid(bases: Bases, language: str) -> str:
    if bases.is_hidden:
        return SUPPRESSED
    return count(bases.valid, language)


def _cell(text: str) -> str:
    clean = _BREAKS.sub(" ", text)
    return f"'{clean}" if clean.startswith(LIVE) and not re.fullmatch(r"[+-][\d.,]+%?", clean) else clean
