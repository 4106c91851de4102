"""A: what a definition says of the quality of answers can be told from the answers of this wave."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.near import nearest
from surveyapp.instrument.quality_definition import QualityEntry
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES


def _entry(context: Context) -> QualityEntry:
    found = context.questionnaire.quality if context.questionnaire else None
    return found or QualityEntry()


@check(
    "A001",
    "An attention item is not asked in this wave.",
    "'%(name)s' is to show attention, but no page asks it.",
    "Ask it in the questionnaire, or take it out of attention.",
)
def attention_not_asked(context: Context) -> Iterator[Found]:
    """Attention items are questions of the wave."""
    for at, one in enumerate(_entry(context).attention):
        if context.instrument is not None and one.variable not in context.used:
            yield Found(context.place("quality", "attention", at, "variable"), one.variable)


@check(
    "A002",
    "An attention item has no right answer, or nothing but right ones.",
    "Of '%(name)s' the right answers are to be: %(codes)s.",
    "Name codes of its list; at least one other code must be there to go wrong with.",
)
def attention_codes(context: Context) -> Iterator[Found]:
    """The right answers are codes of the question, and not all of them."""
    for at, one in enumerate(_entry(context).attention):
        variable = context.variables.get(one.variable)
        if variable is None or one.variable not in context.used:
            continue
        there = set(variable.codes) if variable.type.picks_one or variable.is_scored else set()
        if not set(one.codes) <= there or set(one.codes) == there:
            place = context.place("quality", "attention", at, "codes")
            yield Found(place, one.variable, codes=", ".join(map(str, one.codes)))


@check(
    "A003",
    "An impossible combination rests on what this wave does not ask.",
    "'%(name)s' rests on '%(variable)s', which %(year)s does not ask.",
    "Ask it in the questionnaire, or take it out of the condition.",
)
def impossible_not_asked(context: Context) -> Iterator[Found]:
    """What an impossible combination speaks of is in the wave."""
    for at, one in enumerate(_entry(context).impossible):
        if context.instrument is None:
            return
        for name in sorted(parse_condition(one.condition).names):
            if name not in context.variables and name not in SYSTEM_VARIABLES:
                place = context.place("quality", "impossible", at, "if")
                near = nearest(name, context.variables)
                yield Found(place, one.id, instead=near, variable=name, year=context.year)
