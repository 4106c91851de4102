"""What an analysis found, in one sentence in Dutch and English.

A sentence says no more than a test carries: "differ" and "lower" stand only where a test on the corrected level says
so, and where none does the sentence says that too. What is hidden, or rests on a base too low to be tested, is not in
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isnan

from surveyapp.analysis.alpha import FIT_TO_PRINT, FIT_WITH_CARE, Reliability
from surveyapp.analysis.corrections import holm
from surveyapp.analysis.drivers import Importance
from surveyapp.analysis.profiles import Profile
from surveyapp.analysis.significance import ALPHA
from surveyapp.catalogues import LANGUAGES
from surveyapp.reports.formatting import between, printed
from surveyapp.reports.grid import Figure, Measure
from surveyapp.reports.sentences import Words, both, joined
from surveyapp.reports.tabulate import Tabulation

MOST_NAMED = 3


def scale_finding(found: Reliability, label: Words) -> Words:
    """Whether the items measure one thing, by both ends of alpha's interval."""
    alpha = _said(found.alpha, "coefficient")
    interval = _between(found.low, found.high, "coefficient")
    if isnan(found.low):
        return both("“%(scale)s”: alpha is %(alpha)s.", scale=label, alpha=alpha)
    if found.low >= FIT_TO_PRINT:
        return both(
            "The items of “%(scale)s” go together well: alpha is %(alpha)s (%(interval)s), also at its low end "
            "0.70 or more.",
            scale=label,
            alpha=alpha,
            interval=interval,
        )
    if found.high < FIT_WITH_CARE:
        return both(
            "The items of “%(scale)s” do not make one scale: alpha is %(alpha)s (%(interval)s), also at its "
            "high end below "
            "0.60.",
            scale=label,
            alpha=alpha,
            interval=interval,
        )
    return both(
        "How well the items of “%(scale)s” go together is not certain: alpha is %(alpha)s (%(interval)s).",
        scale=label,
        alpha=alpha,
        interval=interval,
    )


def driver_finding(found: Importance, outcome: Words, labels: Sequence[Words], tabulation: Tabulation) -> Words | None:
    """Which drivers have a coefficient of their own, and how much all of them explain."""
    if found.n < tabulation.data.instrument.study.low_base:
        return None
    adjusted = holm([driver.p for driver in found.drivers]).tolist()
    ranked = sorted(range(len(found.drivers)), key=lambda at: -found.drivers[at].importance)
    firm = [at for at in ranked if adjusted[at] < ALPHA]
    r2 = _said(found.r2, "share")
    if not firm:
        return both(
            "None of these questions has a significant coefficient of its own for “%(outcome)s”; together they explain "
            "%(r2)s of its differences.",
            outcome=outcome,
            r2=r2,
        )
    named = firm[:MOST_NAMED]
    listed = joined(
        [
            {
                language: f"“{labels[at][language]}” ({printed(found.drivers[at].importance, 'share', language)})"
                for language in LANGUAGES
            }
            for at in named
        ]
    )
    top, rest = found.drivers[ranked[0]], [found.drivers[at] for at in ranked[1:]]
    is_first = bool(rest) and ranked[0] in firm and top.low > max(driver.high for driver in rest)
    values = {"outcome": outcome, "drivers": listed, "r2": r2}
    if len(firm) == 1:
        return both(
            "For “%(outcome)s” only %(drivers)s has a significant coefficient of its own; all questions "
            "together explain "
            "%(r2)s of its differences.",
            **values,
        )
    if is_first:
        return both(
            "“%(outcome)s” goes first with %(drivers)s: the first weighs significantly more than any other; "
            "all questions "
            "together explain %(r2)s of its differences.",
            **values,
        )
    return both(
        "“%(outcome)s” goes most with %(drivers)s, each with a significant coefficient of its own; which of "
        "them weighs "
        "most is not certain. All questions together explain %(r2)s of its differences.",
        **values,
    )


def profile_finding(
    courses: Iterable[tuple[Words, Mapping[str, Words], Profile]], tabulation: Tabulation
) -> Words | None:
    """Of each view what happens from the first phase to the last."""
    least = tabulation.data.instrument.study.low_base
    said: list[Words] = []
    for label, phases, course in courses:
        one = course.whole.difference
        if one.n < least or isnan(one.adjusted):
            continue
        ends = {"view": label, "first": phases[course.whole.first], "last": phases[course.whole.second]}
        size = _said(abs(one.value), "mean")
        if one.adjusted >= ALPHA:
            said.append(both("%(view)s: from “%(first)s” to “%(last)s” no significant difference.", **ends))
        elif one.value < 0:
            said.append(both("%(view)s: from “%(first)s” to “%(last)s” %(size)s points lower.", size=size, **ends))
        else:
            said.append(both("%(view)s: from “%(first)s” to “%(last)s” %(size)s points higher.", size=size, **ends))
    if not said:
        return None
    return {language: " ".join(one[language] for one in said) for language in LANGUAGES}


def gap_finding(
    labels: Sequence[Words],
    units: Sequence[str],
    sides: Iterable[tuple[int, int, int, Words, Words]],
    figures: Sequence[Sequence[Figure]],
) -> Words | None:
    """Of each other role on how many questions it differs from the first, and on which most; of one what both say."""
    said: list[Words] = []
    parts: list[Words] = []
    against: Words = {}
    for first, second, gap, one, other in sides:
        compared = [row for row, line in enumerate(figures) if line[gap].p is not None]
        if not compared:
            continue
        if len(labels) == 1:
            said.append(_single(figures[0], units[0], first, second, gap, one, other))
            continue
        against = one
        firm = [row for row in compared if (figures[row][gap].p or 0.0) < ALPHA]
        if not firm:
            parts.append(both("%(other)s on none of %(all)s", other=other, all=len(compared)))
            continue
        most = max(firm, key=lambda row: _size(figures[row][gap], units[row]))
        parts.append(
            both(
                "%(other)s on %(n)s of %(all)s, most on “%(most)s” (%(theirs)s against %(ours)s)",
                other=other,
                all=len(compared),
                n=len(firm),
                most=labels[most],
                theirs=_said(figures[most][second].value, units[most]),
                ours=_said(figures[most][first].value, units[most]),
            )
        )
    if parts:
        listed = {language: "; ".join(one[language] for one in parts) for language in LANGUAGES}
        said.append(
            both("Questions on which others differ significantly from %(one)s: %(parts)s.", one=against, parts=listed)
        )
    if not said:
        return None
    return {language: " ".join(_capital(one[language]) for one in said) for language in LANGUAGES}


def _single(line: Sequence[Figure], unit: str, first: int, second: int, gap: int, one: Words, other: Words) -> Words:
    values = {
        "other": other,
        "one": one,
        "theirs": _said(line[second].value, unit),
        "ours": _said(line[first].value, unit),
    }
    is_firm = (line[gap].p or 0.0) < ALPHA
    if unit != "mark":
        if is_firm:
            return both("%(other)s come to %(theirs)s, %(one)s to %(ours)s; the difference is significant.", **values)
        return both("%(other)s come to %(theirs)s, %(one)s to %(ours)s; the difference is not significant.", **values)
    if is_firm:
        return both("%(other)s give %(theirs)s, %(one)s %(ours)s; the difference is significant.", **values)
    return both("%(other)s give %(theirs)s, %(one)s %(ours)s; the difference is not significant.", **values)


def trend_finding(
    labels: Sequence[Words],
    measures: Sequence[Measure],
    years: Sequence[str],
    figures: Sequence[Sequence[Figure]],
) -> Words | None:
    """Of each question the last change that was tested."""
    said: list[Words] = []
    for label, measure, line in zip(labels, measures, figures, strict=True):
        for at in range(len(years) - 1, 0, -1):
            change = line[len(years) + at - 1]
            if change.p is None or change.value is None:
                continue
            before = next(back for back in range(at - 1, -1, -1) if line[back].value is not None)
            values: dict[str, Words | str | int] = {
                "what": label,
                "was": _said(line[before].value, measure.unit),
                "then": years[before],
                "is": _said(line[at].value, measure.unit),
                "now": years[at],
            }
            if change.p < ALPHA:
                said.append(
                    both("“%(what)s” went from %(was)s in %(then)s to %(is)s in %(now)s: significant.", **values)
                )
            else:
                said.append(
                    both("“%(what)s” went from %(was)s in %(then)s to %(is)s in %(now)s: not significant.", **values)
                )
            break
    if not said:
        return None
    return {language: " ".join(one[language] for one in said[:MOST_NAMED]) for language in LANGUAGES}


def _size(gap: Figure, unit: str) -> float:
    """How large a difference is beside others of the same kind: shares and means have units of their own."""
    value = abs(gap.value or 0.0)
    return value * 4 if unit == "share" else value


def _said(value: float | None, unit: str) -> Words:
    return {language: printed(value, unit, language) for language in LANGUAGES}


def _between(low: float, high: float, unit: str) -> Words:
    return {
        language: between(printed(low, unit, language), printed(high, unit, language), language)
        for language in LANGUAGES
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
