"""What waves side by side found, in a sentence: how everyone together changed since the last wave that was tested."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from surveyapp.analysis.significance import Pair
from surveyapp.catalogues import LANGUAGES
from surveyapp.instrument.weighting import UNWEIGHTED
from surveyapp.reports import formatting
from surveyapp.reports.finding_words import measured, said
from surveyapp.reports.grid import Figure, Grid, Group, Line
from surveyapp.reports.sentences import Words, both, in_both
from surveyapp.reports.table_findings import UNSAID, headline


def year_finding(grid: Grid, pairs: Collection[Pair], width: int) -> Words | None:
    """What became of the whole, whose waves are the first columns; None where nothing was tested.

    Parameters
    ----------
    pairs : of columns that were tested, the earlier wave first
    width : how many waves there are
    """
    now = width - 1
    then = max((one for one, other in pairs if other == now and one < now), default=None)
    if then is None:
        return None
    item = grid.item
    lines = headline([line for line in grid.lines if line[0].unit not in UNSAID], item)
    if not lines:
        return None
    is_one = lines[0][0].kind in ("mean", "score")
    if is_one:
        lines = lines[:1]
    tested = [line for line in lines if all(line[1][at].se is not None for at in (then, now))]
    changed = [line for line in tested if _is_change(line, grid.groups, then, now)]
    if not (changed or (is_one and tested)):
        return None
    measure, figures = max(changed or tested, key=lambda line: _size(line[1], then, now))
    text = _told(
        {
            "what": measured(measure, item.title),
            "was": said(figures[then], measure),
            "then": in_both(grid.groups[then].label),
            "is": said(figures[now], measure),
            "now": in_both(grid.groups[now].label),
        },
        is_change=bool(changed),
    )
    parts = [text]
    if len(grid.groups) > width:
        label = in_both(grid.groups[0].banner_label or {})
        parts = [{language: f"{label[language]}: {text[language]}" for language in LANGUAGES}]
    if grid.weight != UNWEIGHTED:
        parts.append(both("These figures are weighted."))
    return {language: " ".join(one[language] for one in parts) for language in LANGUAGES}


def _told(values: dict[str, Words], *, is_change: bool) -> Words:
    if is_change:
        return both("“%(what)s” went from %(was)s in %(then)s to %(is)s in %(now)s: significant.", **values)
    return both("“%(what)s” went from %(was)s in %(then)s to %(is)s in %(now)s: not significant.", **values)


def _is_change(line: Line, groups: Sequence[Group], then: int, now: int) -> bool:
    """Whether a letter of one wave stands beside the other, and rounding leaves something of the difference."""
    measure, figures = line
    printed = {formatting.printed(figures[at].value, measure.unit, "en") for at in (then, now)}
    higher, lower = (now, then) if _rise(figures, then, now) > 0 else (then, now)
    return len(printed) > 1 and (groups[lower].letter or "-") in figures[higher].letters


def _size(figures: tuple[Figure, ...], then: int, now: int) -> float:
    return abs(_rise(figures, then, now))


def _rise(figures: tuple[Figure, ...], then: int, now: int) -> float:
    return (figures[now].value or 0.0) - (figures[then].value or 0.0)
