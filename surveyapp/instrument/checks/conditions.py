"""C: what a condition compares exists and is of the kind it is compared with."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, Function, check
from surveyapp.instrument.conditions.nodes import (
    Always,
    Audience,
    Chosen,
    Comparison,
    Leaf,
    Membership,
    leaves,
    system_names,
)
from surveyapp.instrument.conditions.typing import type_faults
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES

LONG = 200
AFTERWARDS = frozenset({"filter", "quality"})
"""Conditions that are read when all answers are there: they steer nobody's route."""


def of_kind(*kinds: str) -> Function:
    """The check that conditions have no fault of these kinds; the fault says what is wrong."""

    def found(context: Context) -> Iterator[Found]:
        """Of every condition that can be read its faults."""
        for use, condition in context.readable():
            for fault in type_faults(condition, context.book):
                if fault.kind in kinds:
                    yield Found(use.place, f"{use.name}: {fault.name}", fault.why, instead=fault.near)

    return found


check("C001", "A condition names a code that does not exist.", "", "Use a code of the variable's list.")(
    of_kind("unknown_code")
)
# Single answers are compared, multiple answers are counted and searched.
check(
    "C002",
    "One answer is treated as several.",
    "",
    "Use == and in for one answer, any_of, all_of and count for several.",
)(of_kind("one_answer", "several_answers"))
# Words of a respondent never steer the route.
check("C003", "A condition rests on an open answer.", "", "Use a question with codes.")(of_kind("open_text"))
check("C004", "A missing code is never offered.", "", "Offer the code, or use missing(…).")(
    of_kind("missing_not_offered")
)
# ``>=`` on a nominal list depends on how the codes happen to be numbered.
check("C005", "A condition orders what has no order.", "", "Name the codes meant with in [..].")(of_kind("no_order"))


@check(
    "C006",
    "A condition names an unknown role, language or device.",
    "The route cannot rest on '%(variable)s'; only a filter can.",
    "Use a role or language of study.yaml; source and device belong in filters only.",
)
def unknown_audience(context: Context) -> Iterator[Found]:
    """``role == '…'``, ``language == '…'``, and in filters ``source == '…'`` and ``device == '…'``."""
    yield from of_kind("unknown_role", "unknown_language", "unknown_device")(context)
    for use, condition in context.readable():
        for name in sorted(system_names(condition.tree)) if use.kind not in AFTERWARDS else ():
            if not SYSTEM_VARIABLES[name].is_routing:
                yield Found(use.place, use.name, variable=name)


@check(
    "C007",
    "The route depends on the language.",
    "'%(name)s' is not asked in every language.",
    "Ask every language the same questions.",
    level="warning",
)
def route_by_language(context: Context) -> Iterator[Found]:
    """Two languages with different questions are two surveys; figures may not be added up."""
    for use, condition in context.readable():
        if use.kind not in AFTERWARDS and "language" in system_names(condition.tree):
            yield Found(use.place, use.name)


@check(
    "C008",
    "A condition is very long.",
    "The condition of '%(name)s' has %(many)s characters.",
    "Divide it between the page and the question.",
    level="hint",
)
def long_condition(context: Context) -> Iterator[Found]:
    """Beyond 200 characters nobody reads the sentence made of it."""
    for use in context.conditions:
        if len(use.value) > LONG:
            yield Found(use.place, use.name, many=len(use.value))


@check(
    "C009",
    "A condition is always or never true as written.",
    "'%(name)s' has the condition '%(source)s'.",
    "Write the condition that was meant; without one it goes for everybody.",
    level="warning",
)
def constant_condition(context: Context) -> Iterator[Found]:
    """``true`` or ``false`` written out: something that was switched off and forgotten."""
    for use, condition in context.readable():
        if isinstance(condition.tree, Always):
            yield Found(use.place, use.name, source=use.value)


@check(
    "C010",
    "A condition waits for a retired code.",
    "Code %(code)s of '%(variable)s' is retired and no longer offered.",
    "Take the code out of the condition, or retired away.",
    level="warning",
)
def retired_code(context: Context) -> Iterator[Found]:
    """A retired category is offered to nobody, so no answer of this wave has its code."""
    for use, condition in context.readable():
        for leaf in leaves(condition.tree):
            if isinstance(leaf, Audience) or leaf.name not in context.book.variables:
                continue
            retired = {found.code for found in context.book.variables[leaf.name].categories if found.retired}
            for code in sorted(_named(leaf) & retired):
                yield Found(use.place, f"{use.name}: {leaf.name}", code=f"{code:g}", variable=leaf.name)


def _named(leaf: Leaf) -> frozenset[float]:
    """The codes an expression names one by one; ``>=`` names none."""
    if isinstance(leaf, Comparison):
        return frozenset([leaf.number]) if leaf.operator == "==" else frozenset()
    if isinstance(leaf, Membership):
        return frozenset(leaf.numbers)
    return frozenset(leaf.codes) if isinstance(leaf, Chosen) else frozenset()
