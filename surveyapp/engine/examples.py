"""Examples in messages: what somebody could have typed instead. Always inside the question's own limits, and written as
the language writes it, so that whoever copies one is never refused."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

from surveyapp.engine.numbers import decimal_sign
from surveyapp.instrument.model import NumberRange

USUAL = 85
"""The example where it fits: an hourly rate, a percentage, a number of people."""
USUAL_YEAR = 1987
USUAL_MONTHS_YEAR = 2024
"""The years where they fit: of a beginning or a birth, and of a month."""
ROUND_TO = 5
"""Other examples are multiples of this where the range has one."""


def example_number(limits: NumberRange, language: str) -> str:
    """A plausible number of this question with the decimals it takes: 85,50 · 85.50 · 30."""
    low, high = _plausible(limits)
    exact = Decimal(1).scaleb(-limits.decimals)
    if limits.decimals:
        value = Decimal(_whole(low, high)) + Decimal("0.5")
        if value > high:
            value = ((low + high) / 2).quantize(exact, ROUND_HALF_UP)
    else:
        value = Decimal(_whole(low, high))
    return format(value.quantize(exact), "f").replace(".", decimal_sign(language))


def example_year(limits: NumberRange, usual: int = USUAL_YEAR) -> int:
    """A year this question takes: the usual one, or the nearest to it."""
    low, high = _plausible(limits, usual)
    return int(min(max(Decimal(usual), low), high))


def _plausible(limits: NumberRange, usual: int = USUAL) -> tuple[Decimal, Decimal]:
    """What is neither refused nor asked back. An end that is open lies beyond the usual example."""
    lows = [end for end in (limits.minimum, limits.warn_below) if end is not None]
    highs = [end for end in (limits.maximum, limits.warn_above) if end is not None]
    low = Decimal(repr(max([0, *lows])))
    high = Decimal(repr(min(highs))) if highs else max(low, Decimal(usual)) + 1
    return low, high


def _whole(low: Decimal, high: Decimal) -> int:
    if low <= USUAL <= high:
        return USUAL
    middle = int((low + high) / 2)
    rounded = middle - middle % ROUND_TO
    return rounded if low <= rounded <= high and rounded else max(middle, math.ceil(low))
