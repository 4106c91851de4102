"""How far the figures of a table can be trusted: a verdict on each, and figures that are made with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.design import Design
from surveyapp.analysis.precision import PrecisionRule, verdict_places, worst_of
from surveyapp.analysis.significance import Comparison
from surveyapp.analysis.verdict import VERDICTS, Verdict
from surveyapp.instrument.model import Study
from surveyapp.reports.differences import Marks
from surveyapp.reports.grid import Bases, Figure, Item
from surveyapp.reports.rows import Row, Stub
from surveyapp.reports.sentences import Words, both

_, INDICATIVE, NOT_SHOWN = VERDICTS
SHARE = Comparison.SHARE
BY_PLACE = np.array(VERDICTS, dtype=object)
LEAST_BASE = PrecisionRule().least_base
HIDDEN = Figure(is_hidden=True, bases=Bases(is_hidden=True))


def precision_rule(low_base: int) -> PrecisionRule:
    """The rule of a study: what it calls a low base is indicative, a third of it (ten at most) the least to show."""
    return PrecisionRule(base=low_base, least_base=min(LEAST_BASE, low_base // 3))


def freedom_of(valid: Bools, members: Sequence[Bools], found: Stub, design: Design) -> Floats:
    """Degrees of freedom of each column: its valid answers less one, of a design of strata its units less these."""
    if design.is_simple:
        return found.valid.astype(np.float64) - 1
    return np.array([design.freedom(who & valid) for who in members], dtype=np.float64)


def base_verdicts(found: Stub, freedom: Floats, rule: PrecisionRule) -> list[Verdict | None]:
    """What each column is fit for; None where it rests on nobody."""
    places = verdict_places(found.effective, freedom, rule=rule).tolist()
    return [VERDICTS[at] if n else None for at, n in zip(places, found.valid.tolist(), strict=True)]


def judged_figures(
    found: Stub, bases: Sequence[Bases], freedom: Floats, marked: Mapping[int, Marks], rule: PrecisionRule
) -> Iterator[tuple[Figure, ...]]:
    """The figures of each row, without what is hidden and what is too imprecise.

    The width of an interval counts for shares of people, for which its bounds were made; of other figures the base and
    the degrees of freedom decide.
    """
    # Without figures: hidden, or of a group that was not asked.
    empty = [HIDDEN if one.is_hidden else Figure(bases=one) if one.is_outside else None for one in bases]
    of_columns = [one.precision for one in bases]
    of_shares = iter(_share_verdicts(found, freedom, rule))
    counts: list[Verdict | None] = [None] * len(bases)
    for place, row in enumerate(found.rows):
        verdicts = counts if row.measure.unit == "count" else next(of_shares) if _has_width(row) else of_columns
        yield _figures(row, bases, empty, marked.get(place), verdicts)


def _has_width(row: Row) -> bool:
    return row.test is SHARE and row.low is not None and row.high is not None


def _share_verdicts(found: Stub, freedom: Floats, rule: PrecisionRule) -> list[list[Verdict | None]]:
    rows = [row for row in found.rows if _has_width(row)]
    if not rows:
        return []
    width = np.array([row.high for row in rows]) - np.array([row.low for row in rows])
    verdicts: list[list[Verdict | None]] = BY_PLACE[verdict_places(found.effective, freedom, width, rule=rule)].tolist()
    return verdicts


def _figures(
    row: Row,
    bases: Sequence[Bases],
    empty: Sequence[Figure | None],
    marked: Marks | None,
    verdicts: Sequence[Verdict | None],
) -> tuple[Figure, ...]:
    width = len(bases)
    values, errors, lows, highs, tests = (
        _numbers(array, width) for array in (row.value, row.se, row.low, row.high, row.p)
    )
    counts: Sequence[int | None] = row.count.tolist() if row.count is not None else [None] * width
    letters, steps = (marked.letters, marked.steps) if marked else ([""] * width, [0] * width)
    if None in values:
        pairs = zip(values, verdicts, strict=True)
        verdicts = [None if value is None else verdict for value, verdict in pairs]
    if NOT_SHOWN in verdicts:
        empty = [
            nothing or (Figure(bases=base, precision=verdict) if verdict is NOT_SHOWN else None)
            for nothing, base, verdict in zip(empty, bases, verdicts, strict=True)
        ]
    return tuple(
        nothing or Figure(value, se, low, high, count, letter, p, step, False, base, verdict)
        for nothing, value, se, low, high, count, letter, step, p, base, verdict in zip(
            empty, values, errors, lows, highs, counts, letters, steps, tests, bases, verdicts, strict=True
        )
    )


def _numbers(array: Floats | None, width: int) -> list[float | None]:
    """Numbers as Python's own; what does not exist as None."""
    if array is None:
        return [None] * width
    return [None if value != value else value for value in np.asarray(array, dtype=np.float64).tolist()]


def with_verdict(figure: Figure, *sides: Figure) -> Figure:
    """A difference with the verdict on what it is made of: nothing but this where one of the sides is too imprecise."""
    if any(side.is_imprecise for side in sides):
        return Figure(bases=figure.bases, precision=NOT_SHOWN)
    return replace(figure, precision=worst_of(*(side.precision for side in sides)))


def noted(item: Item, line: Sequence[Figure], study: Study) -> Item:
    """An item with the rule, where figures were laid beside its own that it speaks of."""
    note = None if item.precision is not None else precision_note([line], [one.bases for one in line], study)
    return item if note is None else replace(item, notes=(*item.notes, note), precision=note)


def precision_note(figures: Iterable[Sequence[Figure]], bases: Sequence[Bases], study: Study) -> Words | None:
    """The rule with its numbers, where it says something of these figures or what they rest on."""
    lines = tuple(figures)
    is_held_back = any(one.precision is NOT_SHOWN for line in lines for one in line)
    is_marked = any(one.precision is INDICATIVE for line in lines for one in line)
    if not is_held_back and not is_marked and not any(one.is_low for one in bases):
        return None
    rule = precision_rule(study.low_base)
    numbers = {
        "base": study.low_base,
        "freedom": rule.freedom,
        "width": int(100 * rule.width),
        "least": int(rule.least_base),
    }
    if not is_held_back:
        return both(
            "Figures marked ° are indicative: an effective base under %(base)s, fewer than %(freedom)s degrees of "
            "freedom, or a share whose interval is %(width)s points or wider. Groups under %(base)s are not tested.",
            **numbers,
        )
    return both(
        "Figures marked ° are indicative: an effective base under %(base)s, fewer than %(freedom)s degrees of "
        "freedom, or a share whose interval is %(width)s points or wider. Where / stands, the figure is too imprecise "
        "to be shown: an effective base under %(least)s, or no degrees of freedom. Groups under %(base)s are not "
        "tested.",
        **numbers,
    )
