"""The markers of groups: one pair of a colour and a shape for each, in charts, legends, cards and heads of columns."""

from __future__ import annotations

from markupsafe import Markup

MARKERS = ("circle", "square", "triangle", "diamond", "plus", "cross", "star")
"""Group n takes colour n of four and marker n of seven, round and round: 28 pairs before one comes back."""
COLOURS = 4
_OUTLINES = {
    "circle": '<circle class="chart-fill chart-{tone}" r="5.5"/>',
    "square": '<rect class="chart-fill chart-{tone}" x="-5" y="-5" width="10" height="10"/>',
    "triangle": '<path class="chart-fill chart-{tone}" d="M0-6 6 5H-6z"/>',
    "diamond": '<path class="chart-fill chart-{tone}" d="M0-6.5 6.5 0 0 6.5-6.5 0z"/>',
    "plus": '<path class="chart-fill chart-{tone}" d="M-2-6.5H2V-2H6.5V2H2V6.5H-2V2H-6.5V-2H-2z"/>',
    "cross": '<path class="chart-fill chart-{tone}" transform="rotate(45)" d="M-2-7H2V-2H7V2H2V7H-2V2H-7V-2H-2z"/>',
    "star": '<path class="chart-fill chart-{tone}" d="M0-7 2-2 7-2 3 1 4 6 0 3-4 6-3 1-7-2-2-2z"/>',
}


def shape_of(tone: str) -> str:
    """The marker of a tone; an answer's key is a square, as its segment is."""
    family, _, step = tone.partition("-")
    if family == "group":
        return MARKERS[(int(step) - 1) % len(MARKERS)]
    return "circle" if tone == "total" else "square"


def colour_of(tone: str) -> str:
    """The tone whose colour in charts.css a tone takes."""
    family, _, step = tone.partition("-")
    return f"group-{(int(step) - 1) % COLOURS + 1}" if family == "group" else tone


def marker(tone: str) -> Markup:
    """A tone's marker around the origin, 14 pixels across, to stand in a drawing."""
    return Markup(_OUTLINES[shape_of(tone)]).format(tone=colour_of(tone))  # noqa: S704  our own outlines; tone escaped


def key(tone: str) -> Markup:
    """A tone's marker as a small picture of its own beside a name, which says what it stands for."""
    drawn = '<svg class="chart-key" width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">{}</svg>'
    return Markup(drawn).format(marker(tone))  # noqa: S704
