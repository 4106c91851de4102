"""What a figure is fit for; without what computes, as every page that prints figures knows the word."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What a figure is fit for."""

    RELIABLE = "reliable"
    INDICATIVE = "indicative"
    NOT_SHOWN = "not shown"


VERDICTS = tuple(Verdict)
"""From the best to the worst."""
