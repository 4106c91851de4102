"""How a sentence about a table names a line, a group and a figure: as they are printed there."""

from __future__ import annotations

from collections.abc import Sequence

from surveyapp.catalogues import LANGUAGES
from surveyapp.reports import formatting
from surveyapp.reports.grid import Figure, Group, Measure
from surveyapp.reports.sentences import Words, both, in_both, joined, quoted

MOST_NAMED = 3


Of = tuple[Group, Figure]
"""A group with its figure."""


def measured(measure: Measure, of: Words | None = None) -> Words:
    """What a line is called, of several questions with the question in front.

    What is measured stands with it where the label does not tell. A mean or a score of a question is called as the
    question is.
    """
    if of is not None and measure.kind in ("mean", "score"):
        return of
    parts = [measure.label] if measure.statistic is None else [measure.label, measure.statistic]
    label = {language: " · ".join(one[language] for one in parts) for language in LANGUAGES}
    return label if of is None else {language: f"{of[language]}: {label[language]}" for language in LANGUAGES}


def named(group: Group) -> Words:
    """A role is people and needs no quotation marks; of other groups the label is what somebody answered."""
    label = in_both(group.label)
    return label if group.banner == "role" else quoted([label])


def with_value(group: Group, figure: Figure, measure: Measure) -> Words:
    """A group with its figure behind it."""
    name, value = named(group), said(figure, measure)
    return {language: f"{name[language]} ({value[language]})" for language in LANGUAGES}


def said(figure: Figure, measure: Measure) -> Words:
    """The figure as it is printed, the mark of an indicative one included."""
    mark = formatting.INDICATIVE if figure.is_marked else ""
    return {language: formatting.figure_text(figure, measure.unit, language) + mark for language in LANGUAGES}


def listed(parts: Sequence[Words]) -> Words:
    """Three of them at most, and word of it where there are more."""
    if len(parts) <= MOST_NAMED:
        return joined(parts)
    named = {language: ", ".join(one[language] for one in parts[:MOST_NAMED]) for language in LANGUAGES}
    return both("%(some)s and others", some=named)


def largest_difference(what: Words, higher: Of, lower: Of, measure: Measure) -> Words:
    """On which line it is, and what both sides come to."""
    return both(
        "the largest significant difference is on %(what)s: %(value)s for %(one)s against %(least)s for %(other)s.",
        what=quoted([what]),
        value=said(higher[1], measure),
        one=named(higher[0]),
        least=said(lower[1], measure),
        other=named(lower[0]),
    )


def marks_given(one: Of, other: Of, measure: Measure, *, is_different: bool) -> Words:
    """Of two roles which mark each gives."""
    values = {
        "one": named(one[0]),
        "value": said(one[1], measure),
        "other": named(other[0]),
        "least": said(other[1], measure),
    }
    if is_different:
        return both("%(one)s give %(value)s, %(other)s %(least)s; the difference is significant.", **values)
    return both("%(one)s give %(value)s, %(other)s %(least)s; the difference is not significant.", **values)
