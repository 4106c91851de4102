"""A chart in one sentence, for who cannot see it."""

from __future__ import annotations

from surveyapp.exports.chart_data import ChartData
from surveyapp.exports.words import Words
from surveyapp.reports import formatting


def axis_end(value: float, language: str) -> str:
    """The round number an axis ends on, whole or with the decimals it has: 150, 2,5, 0,04."""
    decimals = next((places for places in range(4) if abs(value - round(value, places)) < 1e-9), 4)
    return formatting.mean(value, language, decimals)


def chart_sentence(data: ChartData, words: Words) -> str:
    """What the chart shows: how many lines, and for each series the highest and the lowest.

    Returns
    -------
    str     one or more sentences, with every name and figure as printed
    """
    several = len(data.categories) > 1
    parts = [
        words("{measure}, {count} lines.", measure=data.measure, count=len(data.categories))
        if several
        else words("{measure}.", measure=data.measure)
    ]
    for series in data.series:
        known = [(value, name) for value, name in zip(series.values, data.categories, strict=True) if value is not None]
        if not known:
            continue
        top, bottom = max(known), min(known)
        shown = {"series": series.label, "top": top[1], "high": formatting.printed(top[0], data.unit, words.language)}
        if len(known) == 1:
            # A line that is the group itself is said once: "Total: 1975", not "Total: Total 1975".
            once = top[1] == series.label
            parts.append(words("{series}: {high}.", **shown) if once else words("{series}: {top} {high}.", **shown))
            continue
        parts.append(
            words(
                "{series}: highest {top} ({high}), lowest {bottom} ({low}).",
                **shown,
                bottom=bottom[1],
                low=formatting.printed(bottom[0], data.unit, words.language),
            )
        )
    return " ".join([*parts, *([data.left_out] if data.left_out else [])])
