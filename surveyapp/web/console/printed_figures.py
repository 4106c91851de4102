"""A figure of the results as a page prints it, with what an eye and a screen reader must know of it."""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.reports import formatting
from surveyapp.reports.grid import Bases, Figure
from surveyapp.web.console.difference_words import apart

FIRM = 0.05


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed figure."""

    text: str
    interval: str = ""
    letters: str = ""
    step: int = 0  # −3..3: how far it lies from all others together, where it differs significantly
    said: str = ""  # the same in words, for who sees no shade
    tested: str = ""  # what a test of its own makes of it
    is_firm: bool = False  # that test says that it is one
    is_suppressed: bool = False
    is_not_asked: bool = False
    is_imprecise: bool = False
    is_indicative: bool = False  # where its column does not say so already
    is_low_base: bool = False  # a base that makes what rests on it indicative


NOTHING = Printed("")
"""Where a line has no such figure."""


def printed_figure(one: Figure, unit: str, language: str) -> Printed:
    """A figure of this unit."""
    return Printed(
        formatting.figure_text(one, unit, language),
        formatting.interval(one, unit, language),
        one.letters,
        one.step,
        apart(one.step),
        "" if one.p is None else formatting.p_text(one.p, language),
        one.p is not None and one.p < FIRM,
        one.is_hidden,
        one.bases.is_outside,
        one.is_imprecise,
        one.is_marked,
    )


def printed_base(one: Bases, text: str) -> Printed:
    """What figures rest on, put in words before it came here."""
    return Printed(text, is_suppressed=one.is_hidden, is_not_asked=one.is_outside, is_low_base=one.is_low)
