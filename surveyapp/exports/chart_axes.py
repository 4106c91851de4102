"""The ends of an axis: round numbers around the data."""

from __future__ import annotations

from math import ceil, floor, log10

MOST_TICKS = 4  # steps on an axis


def nice(top: float) -> float:
    """The round number at or above ``top`` that ends an axis of a number: 123.5 → 150, 8.2 → 10; 0 for nothing."""
    if top <= 0:
        return 0.0
    power = 10.0 ** floor(log10(top))
    return next((step * power for step in _STEPS if step * power >= top), 10 * power)


_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


def round_ends(low: float, high: float) -> tuple[float, float]:
    """The round numbers around two values, on ticks of 1, 2 or 5 (times ten, a hundred …), at most five of them."""
    tick = 1.0
    for tick in (step * 10.0**power for power in range(12) for step in (1, 2, 5)):
        if ceil(high / tick) - floor(low / tick) <= MOST_TICKS:
            break
    first, last = floor(low / tick) * tick, ceil(high / tick) * tick
    return first, max(last, first + tick)


def round_top(top: float) -> float:
    """The end of a share axis: the next tenth, at least a fifth and at most the whole."""
    tenths = -(-top * 10 // 1)
    return min(1.0, max(0.2, float(tenths) / 10))


_EVEN, _NEAR = (1.0, 2.0, 2.5, 3.0, 5.0), 1e-9


def ticks(low: float, high: float, unit: str) -> list[float]:
    """The ends of an axis and the round places that part it evenly: 1, 4, 7, 10; the ends alone where nothing does.

    Parameters
    ----------
    unit : share · mean · year; a share is printed in whole per cent and a year whole, so no place lies between
    """
    whole = {"share": 100.0, "year": 1.0}.get(unit)
    for parts in (5, 4, 6, 3, 7, 2):
        step = (high - low) / parts
        size = step / 10.0 ** floor(log10(step)) if step > 0 else 0.0
        is_printed = whole is None or abs(step * whole - round(step * whole)) < _NEAR
        if is_printed and any(abs(size - even) < _NEAR for even in _EVEN):
            return [low, *(low + step * part for part in range(1, parts)), high]
    return [low, high]
