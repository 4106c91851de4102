"""C: what a condition compares exists and is of the kind it is compared with."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
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


def _of_kind(context: Context, *kinds: str) -> Iterator[Found]:
    for use, condition in context.readable():
        for fault in type_faults(condition, context.book):
            if fault.kind in kinds:
                yield Found(use.place, f"{use.name}: {fault.name}", fault.nl, fault.en, fault.near)


@check(
    "C001",
    "error",
    "files",
    title=("Een voorwaarde noemt een code die er niet is.", "A condition names a code that does not exist."),
    fix=("Gebruik een code uit de lijst van de variabele.", "Use a code of the variable's list."),
)
def unknown_code(context: Context) -> Iterator[Found]:
    """Codes in comparisons, lists, any_of and all_of."""
    yield from _of_kind(context, "unknown_code")


@check(
    "C002",
    "error",
    "files",
    title=("Een voorwaarde behandelt één antwoord als meer, of andersom.", "One answer is treated as several."),
    fix=(
        "Gebruik == en in bij één antwoord, any_of, all_of en count bij meer.",
        "Use == and in for one answer, any_of, all_of and count for several.",
    ),
)
def one_or_several(context: Context) -> Iterator[Found]:
    """Single answers are compared, multiple answers are counted and searched."""
    yield from _of_kind(context, "one_answer", "several_answers")


@check(
    "C003",
    "error",
    "files",
    title=("Een voorwaarde rust op een open antwoord.", "A condition rests on an open answer."),
    fix=("Gebruik een vraag met codes.", "Use a question with codes."),
)
def open_answer(context: Context) -> Iterator[Found]:
    """Words of a respondent never steer the route."""
    yield from _of_kind(context, "open_text")


@check(
    "C004",
    "error",
    "files",
    title=("Een voorwaarde wacht op een missende code die niet wordt aangeboden.", "A missing code is never offered."),
    fix=("Bied de code aan bij de variabele, of gebruik missing(…).", "Offer the code, or use missing(…)."),
)
def missing_code_not_offered(context: Context) -> Iterator[Found]:
    """``x == dk`` needs ``missing: [dk]`` at x."""
    yield from _of_kind(context, "missing_not_offered")


@check(
    "C005",
    "error",
    "files",
    title=("Een voorwaarde ordent wat geen volgorde heeft.", "A condition orders what has no order."),
    fix=("Noem de bedoelde codes met in [..].", "Name the codes meant with in [..]."),
)
def order_without_order(context: Context) -> Iterator[Found]:
    """``>=`` on a nominal list depends on how the codes happen to be numbered."""
    yield from _of_kind(context, "no_order")


@check(
    "C006",
    "error",
    "files",
    title=(
        "Een voorwaarde noemt een onbekende rol, taal of apparaat.",
        "A condition names an unknown role, language or device.",
    ),
    fix=(
        "Gebruik een rol of taal uit study.yaml; bron en apparaat horen alleen in filters.",
        "Use a role or language of study.yaml; source and device belong in filters only.",
    ),
)
def unknown_audience(context: Context) -> Iterator[Found]:
    """``role == '…'``, ``language == '…'``, and in filters ``source == '…'`` and ``device == '…'``."""
    yield from _of_kind(context, "unknown_role", "unknown_language", "unknown_device")
    for use, condition in context.readable():
        for name in sorted(system_names(condition.tree)) if use.kind != "filter" else ():
            if not SYSTEM_VARIABLES[name].is_routing:
                yield Found(
                    use.place,
                    use.name,
                    f"De route kan niet rusten op ‘{name}’; dat kan alleen een filter.",
                    f"The route cannot rest on '{name}'; only a filter can.",
                )


@check(
    "C007",
    "warning",
    "files",
    title=("De route hangt af van de taal.", "The route depends on the language."),
    fix=("Stel elke taal dezelfde vragen.", "Ask every language the same questions."),
)
def route_by_language(context: Context) -> Iterator[Found]:
    """Two languages with different questions are two surveys; figures may not be added up."""
    for use, condition in context.readable():
        if use.kind != "filter" and "language" in system_names(condition.tree):
            yield Found(
                use.place,
                use.name,
                f"‘{use.name}’ wordt niet in elke taal gevraagd.",
                f"'{use.name}' is not asked in every language.",
            )


@check(
    "C008",
    "hint",
    "files",
    title=("Een voorwaarde is erg lang.", "A condition is very long."),
    fix=("Verdeel haar over pagina en vraag.", "Divide it between the page and the question."),
)
def long_condition(context: Context) -> Iterator[Found]:
    """Beyond 200 characters nobody reads the sentence made of it."""
    for use in context.conditions:
        if len(use.source) > LONG:
            yield Found(
                use.place,
                use.name,
                f"De voorwaarde van ‘{use.name}’ heeft {len(use.source)} tekens.",
                f"The condition of '{use.name}' has {len(use.source)} characters.",
            )


@check(
    "C009",
    "warning",
    "files",
    title=("Een voorwaarde is altijd of nooit waar.", "A condition is always or never true as written."),
    fix=(
        "Schrijf de bedoelde voorwaarde; zonder voorwaarde geldt het voor iedereen.",
        "Write the condition that was meant; without one it goes for everybody.",
    ),
)
def constant_condition(context: Context) -> Iterator[Found]:
    """``true`` or ``false`` written out: something that was switched off and forgotten."""
    for use, condition in context.readable():
        if isinstance(condition.tree, Always):
            yield Found(
                use.place,
                use.name,
                f"‘{use.name}’ heeft als voorwaarde ‘{use.source}’.",
                f"'{use.name}' has the condition '{use.source}'.",
            )


@check(
    "C010",
    "warning",
    "files",
    title=("Een voorwaarde wacht op een vervallen code.", "A condition waits for a retired code."),
    fix=(
        "Haal de code uit de voorwaarde, of haal retired weg.",
        "Take the code out of the condition, or retired away.",
    ),
)
def retired_code(context: Context) -> Iterator[Found]:
    """A retired category is offered to nobody, so no answer of this wave has its code."""
    for use, condition in context.readable():
        for leaf in leaves(condition.tree):
            if isinstance(leaf, Audience) or leaf.name not in context.book.variables:
                continue
            retired = {found.code for found in context.book.variables[leaf.name].categories if found.retired}
            for code in sorted(_named(leaf) & retired):
                yield Found(
                    use.place,
                    f"{use.name}: {leaf.name}",
                    f"Code {code:g} van ‘{leaf.name}’ is vervallen en wordt niet meer aangeboden.",
                    f"Code {code:g} of '{leaf.name}' is retired and no longer offered.",
                )


def _named(leaf: Leaf) -> frozenset[float]:
    """The codes an expression names one by one; ``>=`` names none."""
    if isinstance(leaf, Comparison):
        return frozenset([leaf.number]) if leaf.operator == "==" else frozenset()
    if isinstance(leaf, Membership):
        return frozenset(leaf.numbers)
    return frozenset(leaf.codes) if isinstance(leaf, Chosen) else frozenset()
