"""Rounding as a reader expects it: half away from zero, on the number as it is written.

Python rounds 2.5 to 2 and sees 7.65 as 7.6500000000000003; a report must print 3 and 7.7 everywhere. Figures stay
unrounded until they are printed; this is the only place that rounds them.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def half_up(value: float, decimals: int = 0) -> Decimal:
    """The value with so many decimals, halves away from zero, never a negative zero.

    The shortest decimal that stands for the number is rounded, after computing noise beyond the twelfth significant
    digit is dropped: 0.1 + 0.2 counts as 0.3 and 1.0049999999999999 as 1.005.

    Raises
    ------
    ValueError     the value is not a finite number

    References
    ----------
    Excel's ROUND: 2.5 → 3, -2.5 → -3, 1.005 at two decimals → 1.01.
    """
    number = Decimal(format(value, ".12g"))
    if not number.is_finite():
        raise ValueError(f"{value} cannot be rounded.")
    rounded = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded
