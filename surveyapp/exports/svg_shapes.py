"""What a drawing is made of: bars, lines, markers and texts with their places, before the template writes them."""

from __future__ import annotations

from dataclasses import dataclass, field

LETTERS = 13  # pixels


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; ``x`` and ``width`` in per cent, ``y`` and ``height`` in pixels."""

    tone: str
    x: float
    y: int
    width: float
    height: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line; x in per cent, y in pixels."""

    css: str
    x1: float
    x2: float
    y1: int
    y2: int


@dataclass(frozen=True, slots=True)
class Point:
    """A marker."""

    tone: str
    x: float
    y: int
    dx: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """A text; ``dx`` moves it by pixels from its place in per cent."""

    content: str
    x: float
    y: int
    css: str = "chart-label"
    dx: int = 0
    anchor: str = "start"
    size: int = LETTERS


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend."""

    label: str
    tone: str


@dataclass(slots=True)
class Drawing:
    """What the template draws, in the order it is drawn."""

    kind: str
    id: str
    title: str
    sentence: str
    measure: str
    left_out: str = ""
    height: int = 0
    legend: list[Entry] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    whiskers: list[Line] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    texts: list[Label] = field(default_factory=list)
