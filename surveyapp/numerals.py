"""Whole numbers: read from outside, with a bound, and said before what they count.

An address, a form and a command have one reader.

Python reads a number of any length, Unicode's digits and signs; a database column, a table's index and Python's own
limit of 4,300 digits do not go along, and what is no number of ours is then a fault of ours. Answers have a reader of
their own (`engine.numbers`), which tells people what is wrong with theirs.
"""

from __future__ import annotations

from datetime import date

MOST = 999_999_999
"""The largest number that is read unless more is asked for: it fits the smallest whole-number column there is."""
YEARS = range(1000, 10_000)
"""Years a wave can have; outside it nothing is looked for."""


def whole_number(text: str | None, *, least: int = 0, most: int = MOST) -> int | None:
    """The number these digits spell; None when they spell none, or none in these bounds.

    Parameters
    ----------
    text : digits 0 to 9 only: no sign, blank or grouping
    """
    if not text or len(text) > len(str(most)) or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if least <= number <= most else None


def calendar_day(text: str) -> date | None:
    """The day that is written as 2026-11-30; None when there is none, or none in a year a wave can have.

    The days at both ends of the calendar have no midnight in every zone, and no day after them.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text and found.year in YEARS[:-1] else None


def counted(number: int, one: str, many: str) -> str:
    """A number before what it counts, for texts that stand in no catalogue: "1 case", "2 cases"."""
    return f"{number} {one if number == 1 else many}"
