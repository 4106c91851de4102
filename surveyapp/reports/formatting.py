"""How figures are printed, in Dutch and English: the one place for pages, books' texts and charts.

Values come unrounded and are rounded here, halves away from zero. What may not be shown is :data:`SUPPRESSED`; what
says too little to be shown is :data:`IMPRECISE`, what does not exist an empty string.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date, format_datetime

from surveyapp.clock import local
from surveyapp.reports.grid import Figure


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


SUPPRESSED = "."
"""What stands where a figure may not be shown (the convention of Statistics Netherlands)."""
IMPRECISE = "/"
"""What stands where a figure says too little to be shown (the convention of Destatis, Germany's statistical office)."""
INDICATIVE = "°"
"""What marks an indicative figure, and a base that makes all figures above it so."""
_LEAST_GROUPED = 10_000


def share(value: float | None, language: str, decimals: int = 0) -> str:
    """0.4712 → 47%."""
    return "" if value is None else f"{_number(half_up(value * 100, decimals), language)}%"


def mean(value: float | None, language: str, decimals: int = 1) -> str:
    """7.6543 → 7,7 in Dutch, 7.7 in English; four digits stay together, so that a year of birth reads as a year."""
    if value is None:
        return ""
    rounded = half_up(value, decimals)
    return _number(rounded, language, grouped=abs(rounded) >= _LEAST_GROUPED)


def p_value(value: float, language: str) -> str:
    """A p-value: p = 0,034 in Dutch, p = 0.034 in English, p < 0.001 below that."""
    if value < 0.001:
        return "p < " + _number(Decimal("0.001"), language)
    return "p = " + _number(half_up(value, 3), language)


def count(value: int | None, language: str) -> str:
    """1003 → 1.003 in Dutch, 1,003 in English."""
    return "" if value is None else _number(Decimal(value), language)


def score(value: float | None, language: str) -> str:
    """A recommendation score on -100..100, with its sign: 0.3 → +30."""
    if value is None:
        return ""
    rounded = half_up(value * 100)
    return ("+" if rounded > 0 else "") + _number(rounded, language)


def day(when: datetime, language: str) -> str:
    """The day of a moment on the study's clock: 23 november 2026."""
    return format_datetime(local(when), "d MMMM yyyy", locale=language)


def date_in_words(when: date, language: str) -> str:
    """A day that has no hour: 23 november 2026."""
    return format_date(when, "d MMMM yyyy", locale=language)


def weekday(when: date, language: str) -> str:
    """A day of these weeks: maandag 23 november."""
    return format_date(when, "EEEE d MMMM", locale=language)


def moment(when: datetime, language: str) -> str:
    """A moment on the study's clock: 23 november 2026 15:04."""
    return format_datetime(local(when), "d MMMM yyyy HH:mm", locale=language)


def month_day(value: float) -> date:
    """The first day of a month, which is stored as year * 100 + month."""
    year, number = divmod(int(value), 100)
    return date(year, number, 1)


def month(value: float | None, language: str) -> str:
    """A month in words, never a number: 202508 → aug 2025 in Dutch, Aug 2025 in English."""
    return "" if value is None else format_date(month_day(value), "MMM yyyy", locale=language)


def printed(value: float | None, unit: str, language: str) -> str:
    """A value of a unit of `Measure`: 76%, 7,6, +30, 1974, aug 2025."""
    if unit == "share":
        return share(value, language)
    if unit == "score":
        return score(value, language)
    if unit == "month":
        return month(value, language)
    return mean(value, language, {"year": 0, "coefficient": 2}.get(unit, 1))


def p_text(value: float, language: str) -> str:
    """What a test says: 0.0337 → p = 0.034, and below a thousandth p < 0.001."""
    least = 0.001
    return f"p {'<' if value < least else '='} {_number(half_up(max(value, least), 3), language)}"


def interval(figure: Figure, unit: str, language: str) -> str:
    """A figure's interval: 7,4–7,6, and −12 tot +2 where a dash would stand beside a sign; empty without one."""
    if figure.low is None or figure.high is None:
        return ""
    low, high = printed(figure.low, unit, language), printed(figure.high, unit, language)
    return between(low.rstrip("%"), high, language)


def between(low: str, high: str, language: str) -> str:
    """Two printed ends as one text."""
    if any(sign in low + high for sign in "−+"):
        return f"{low} {'tot' if language == 'nl' else 'to'} {high}"
    return f"{low}–{high}"


def figure_text(figure: Figure, unit: str, language: str) -> str:
    """A figure of this unit as it is printed."""
    if figure.is_hidden:
        return SUPPRESSED
    if figure.is_imprecise:
        return IMPRECISE
    return count(figure.count, language) if unit == "count" else printed(figure.value, unit, language)


def _number(value: Decimal, language: str, *, grouped: bool = True) -> str:
    english = (f"{value:,f}" if grouped else f"{value:f}").replace("-", "−")
    return english if language != "nl" else english.translate(str.maketrans(",.", ".,"))
