"""The two pictures of the fieldwork page as coordinates: completes so far per role, and bars per day.

Text in a picture is never smaller than the page's small text: the pictures keep their width on the smallest phone, and
the bars come in a narrow form that shows the last fortnight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from surveyapp.fieldwork.earlier_progress import EarlierWave
from surveyapp.fieldwork.figures import DayCounts, GroupCounts
from surveyapp.web.languages import translate, translate_plural
from surveyapp.web.rendering import day, whole

FORTNIGHT = 14


@dataclass(frozen=True, slots=True)
class SoFar:
    """Completes of one role so far: a line, the ground under it, and the target."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    target_y: float | None
    line: str
    area: str
    end_x: float
    end_y: float
    first: str
    last: str
    sentence: str
    marks: tuple[tuple[float, str], ...] = ()
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A round of messages: on which day it began to go, and what it is called."""

    label: str
    day: date
    name: str
    address: str


def so_far(
    group: GroupCounts,
    name: str,
    days: Sequence[DayCounts],
    marks: Sequence[Mark] = (),
    earlier: EarlierWave | None = None,
) -> SoFar | None:
    """The picture of one role; None before there are two days to draw a line between.

    The wave before is drawn for as many days of its fieldwork; a message that went before anybody began stands at the
    first day.
    """
    if len(days) < 2:
        return None
    width, height, left, right, top, bottom = 280, 144 if marks else 128, 2, 272, 20, 104
    values = [one.so_far.get(group.key, 0) for one in days]
    before = _before(group.key, len(values), earlier)
    most = max(*values, *before, group.target or 0, 1)

    def across(place: int) -> float:
        return left + (right - left) * place / (len(values) - 1)

    def path(heights: Sequence[int]) -> str:
        return " L".join(
            f"{across(place):.1f} {bottom - (bottom - top) * value / most:.1f}" for place, value in enumerate(heights)
        )

    points = [(across(place), bottom - (bottom - top) * value / most) for place, value in enumerate(values)]
    drawn = path(values)
    ends = {"name": name, "n": whole(values[-1]), "day": day(days[-1].day), "target": whole(group.target or 0)}
    sentence = (
        translate_plural(
            "%(name)s: %(n)s questionnaire sent by %(day)s, target %(target)s",
            "%(name)s: %(n)s questionnaires sent by %(day)s, target %(target)s",
            values[-1],
            **ends,
        )
        if group.target
        else translate_plural(
            "%(name)s: %(n)s questionnaire sent by %(day)s",
            "%(name)s: %(n)s questionnaires sent by %(day)s",
            values[-1],
            **ends,
        )
    )
    if earlier is not None and before:
        sentence += "; " + translate("%(year)s had %(n)s after as many days", year=earlier.year, n=whole(before[-1]))
    return SoFar(
        width,
        height,
        left,
        right,
        bottom,
        round(bottom - (bottom - top) * group.target / most, 1) if group.target else None,
        f"M{drawn}",
        f"M{left} {bottom} L{drawn} L{points[-1][0]:.1f} {bottom} Z",
        round(points[-1][0], 1),
        round(points[-1][1], 1),
        day(days[0].day, form="d MMM"),
        day(days[-1].day, form="d MMM"),
        sentence,
        tuple(
            (round(across(max(0, place)), 1), mark.label)
            for mark in marks
            if (place := (mark.day - days[0].day).days) < len(values)
        ),
        f"M{path(before)}" if len(before) > 1 else "",
    )


def _before(role: str, many: int, earlier: EarlierWave | None) -> list[int]:
    """The first days of the wave before; after its last one it stays where it was."""
    known = [one.get(role, 0) for one in earlier.so_far] if earlier is not None else []
    return [known[min(place, len(known) - 1)] for place in range(many)] if any(known) else []


@dataclass(frozen=True, slots=True)
class Bar:
    """One day."""

    x: float
    begun_y: float
    begun_height: float
    complete_y: float
    complete_height: float
    label: str


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line across with its value."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Begun and sent per day."""

    kind: str
    width: int
    height: int
    thick: float
    bars: tuple[Bar, ...]
    lines: tuple[GridLine, ...]
    sentence: str


def day_bars(days: Sequence[DayCounts]) -> tuple[Bars, ...]:
    """The same days twice: all of them for a wide page, the last fortnight for a phone."""
    return (_bars("wide-only", days, 960), _bars("narrow-only", days[-FORTNIGHT:], 280)) if days else ()


def _bars(kind: str, days: Sequence[DayCounts], width: int) -> Bars:
    height, top, bottom, margin = 180, 22, 150, 44
    ticks = round_ticks(max(max(max(one.begun, one.complete) for one in days), 1))
    most = ticks[-1]
    step = (width - margin) / max(len(days), FORTNIGHT)
    thick = max(2.0, step * 0.7)

    def tall(value: int) -> float:
        return (bottom - top) * value / most

    every = max(1, -(-70 // max(1, int(step))))  # a label needs some 70 units
    bars = tuple(
        Bar(
            round(place * step, 1),
            round(bottom - tall(one.begun), 1),
            round(tall(one.begun), 1),
            round(bottom - tall(one.complete), 1),
            round(tall(one.complete), 1),
            day(one.day, form="d MMM") if place % every == 0 else "",
        )
        for place, one in enumerate(days)
    )
    lines = tuple(GridLine(round(bottom - tall(value), 1), whole(value)) for value in ticks)
    busiest = max(days, key=lambda one: one.complete)
    return Bars(
        kind,
        width,
        height,
        round(thick, 1),
        bars,
        lines,
        translate(
            "Begun and sent per day from %(first)s to %(last)s; most answers were sent on %(busiest)s: %(n)s",
            first=day(days[0].day),
            last=day(days[-1].day),
            busiest=day(busiest.day),
            n=whole(busiest.complete),
        ),
    )


def round_ticks(value: int) -> tuple[int, ...]:
    """Nought and the round numbers up to the first that is not below ``value``: at most five, 130 → 0, 50, 100, 150."""
    tick = next(step * 10**power for power in range(12) for step in (1, 2, 5) if value <= 4 * step * 10**power)
    return tuple(range(0, -(-value // tick) * tick + 1, tick))
