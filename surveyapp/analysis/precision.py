"""How far a figure can be trusted: a verdict by a stated rule, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import Floats, Ints
from surveyapp.analysis.verdict import VERDICTS, Verdict


@dataclass(frozen=True, slots=True)
class PrecisionRule:
    """Below ``base``, from ``width`` on or below ``freedom`` a figure is indicative; past the other bounds not shown.

    The bounds of "indicative" are those at which the National Center for Health Statistics holds a proportion back or
    looks at it again: an effective base of 30, an interval 0.30 wide, 8 degrees of freedom. Here such a figure is shown
    and said to be indicative, down to a third of the base and twice the width.

    References
    ----------
    Parker et al. (2017), National Center for Health Statistics Data Presentation Standards for Proportions, Vital and
    Health Statistics 2(175).
    """

    base: float = 30
    least_base: float = 10
    width: float = 0.30
    most_width: float = 0.60
    freedom: int = 8
    least_freedom: int = 1


@dataclass(frozen=True, slots=True)
class Precision:
    """The verdict on one figure; of a reliable one there is no reason to give."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


def precision_of(
    effective: float,
    low: float,
    high: float,
    freedom: float,
    *,
    span: float = 1.0,
    rule: PrecisionRule = PrecisionRule(),
) -> Precision:
    """What a figure is fit for, by its effective base, the width of its interval and its degrees of freedom.

    Parameters
    ----------
    effective : effective base
    low, high : its interval; NaN: it has none
    freedom :   degrees of freedom of its error
    span :      from the least to the most the figure can be, 1 for a share, 9 for a mark of 1 to 10: widths are parts
                of it

    Raises
    ------
    ValueError     a span that is not above 0
    """
    if not span > 0:
        raise ValueError("The span of a figure is above 0.")
    width = (high - low) / span
    if width != width:
        return Precision(Verdict.NOT_SHOWN, ("it has no interval",))
    worst, against = Verdict.RELIABLE, []
    for is_past, is_far, reason in (
        (effective < rule.base, effective < rule.least_base, f"an effective base of {effective:.1f}"),
        (width >= rule.width, width >= rule.most_width, f"an interval over {100 * width:.0f}% of what it can be"),
        (freedom < rule.freedom, freedom < rule.least_freedom, f"{freedom:.0f} degrees of freedom"),
    ):
        if is_past or is_far:
            against.append(reason)
            worst = Verdict.NOT_SHOWN if is_far or worst is Verdict.NOT_SHOWN else Verdict.INDICATIVE
    return Precision(worst, tuple(against))


def verdict_places(
    effective: Floats, freedom: Floats, width: Floats | None = None, *, rule: PrecisionRule = PrecisionRule()
) -> Ints:
    """The verdicts on many figures at once, as places in :data:`VERDICTS`.

    Parameters
    ----------
    effective : effective bases
    freedom :   degrees of freedom
    width :     of intervals, as parts of what the figures can be, of a shape that goes with the others; NaN or absent:
                base and freedom alone decide, as of a median
    """
    is_past = (effective < rule.base) | (freedom < rule.freedom)
    is_far = (effective < rule.least_base) | (freedom < rule.least_freedom)
    if width is not None:
        is_past, is_far = is_past | (width >= rule.width), is_far | (width >= rule.most_width)
    places: Ints = np.where(is_far, 2, np.where(is_past, 1, 0))
    return places


def worst_of(*verdicts: Verdict | None) -> Verdict | None:
    """What a figure that is made of several is fit for; None where one of them has no verdict."""
    if None in verdicts:
        return None
    return max((one for one in verdicts if one is not None), key=VERDICTS.index)
