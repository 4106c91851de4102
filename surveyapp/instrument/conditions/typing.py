"""Whether an expression fits the codebook: what is compared exists and is of the kind it is compared with."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import ConditionError, Word
from surveyapp.instrument.conditions.codebook import Codebook
from surveyapp.instrument.conditions.nodes import (
    Audience,
    Chosen,
    Comparison,
    Counted,
    Given,
    Leaf,
    Membership,
    leaves,
)
from surveyapp.instrument.conditions.parse import Condition
from surveyapp.instrument.near import nearest
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES, value_label, values_of
from surveyapp.instrument.types import Level, Shape
from surveyapp.instrument.variables import Variable


@dataclass(frozen=True, slots=True)
class TypeFault:
    """One thing that does not fit.

    ``kind`` is one of unknown_variable, unknown_code, not_a_number, several_answers, one_answer, open_text,
    missing_not_offered, no_order, unknown_role, unknown_language, unknown_source, unknown_device.
    ``why`` says it in words.
    """

    kind: str
    name: str
    why: ConditionError
    near: str | None = None  # the name that was probably meant

    @property
    def offset(self) -> int:
        """The position in the expression."""
        return self.why.offset


def type_faults(condition: Condition, book: Codebook, sources: Collection[str] | None = None) -> tuple[TypeFault, ...]:
    """Every place where the expression does not fit the codebook, from left to right; empty when all is well.

    ``sources`` are those of a wave, where its data are at hand; without them any source may be named.
    """
    return tuple(
        TypeFault(kind, leaf.subject if isinstance(leaf, Audience) else leaf.name, why, near)
        for leaf in leaves(condition.tree)
        for kind, why, near in _faults(leaf, book, sources)
    )


Fault = tuple[str, ConditionError, str | None]
"""What does not fit of one leaf: the kind, why, and the name that was probably meant."""


def _faults(leaf: Leaf | Audience, book: Codebook, sources: Collection[str] | None) -> Iterator[Fault]:
    if isinstance(leaf, Audience):
        yield from _audience_faults(leaf, book, sources)
        return
    variable = book.variables.get(leaf.name)
    if variable is None:
        why = ConditionError(
            "The condition reads '%(name)s', but there is no such variable.", leaf.offset, name=leaf.name
        )
        near = nearest(leaf.name, (*SYSTEM_VARIABLES, *book.variables))
        yield "unknown_variable", why, near
    elif variable.type.shape is Shape.TEXT:
        why = ConditionError("'%(name)s' is an open answer; no condition may rest on it.", leaf.offset, name=leaf.name)
        yield "open_text", why, None
    elif isinstance(leaf, Counted | Chosen):
        if not variable.type.shape.is_list:
            why = ConditionError(
                "'%(name)s' has one answer; use == or in instead of count, any_of or all_of.",
                leaf.offset,
                name=leaf.name,
            )
            yield "one_answer", why, None
        elif isinstance(leaf, Chosen):
            yield from _code_faults(leaf.codes, variable, leaf.offset)
    elif not isinstance(leaf, Given):
        yield from _value_faults(leaf, variable, book)


def _audience_faults(leaf: Audience, book: Codebook, sources: Collection[str] | None) -> Iterator[Fault]:
    known = sources if leaf.subject == "source" else values_of(leaf.subject, book)
    if known is None:
        return
    options = {language: _values_in(leaf.subject, known, language, book) for language in LANGUAGES}
    for value in leaf.values:
        if value not in known:
            why = ConditionError(
                "There is no %(thing)s '%(value)s'; there are: %(known)s.",
                leaf.offset,
                thing=_THINGS[leaf.subject],
                value=value,
                known=options,
            )
            yield f"unknown_{leaf.subject}", why, nearest(value, known)


def _values_in(name: str, known: Collection[str], language: str, book: Codebook) -> str:
    """Values of a system variable, each with what it means where that is another word."""
    labels = ((value, value_label(name, value, book)[language]) for value in sorted(known))
    return ", ".join(value if label == value else f"{value} ({label})" for value, label in labels) or "–"


_THINGS = {
    "role": Word("role"),
    "language": Word("language"),
    "source": Word("source"),
    "device": Word("device"),
}


def _value_faults(leaf: Comparison | Membership, variable: Variable, book: Codebook) -> Iterator[Fault]:
    numbers = leaf.numbers if isinstance(leaf, Membership) else (leaf.number,)
    if isinstance(leaf, Membership):
        yield from _missing_faults(leaf, variable, book)
    if not numbers or variable.type.shape is Shape.NUMBER:
        return
    if variable.type.shape is not Shape.CODE:
        why = ConditionError("'%(name)s' can have several answers; use any_of or all_of.", leaf.offset, name=leaf.name)
        yield "several_answers", why, None
        return
    yield from _code_faults(numbers, variable, leaf.offset)
    if isinstance(leaf, Comparison) and leaf.operator != "==" and variable.level == Level.NOMINAL:
        why = ConditionError(
            "The codes of '%(name)s' have no order; name the codes meant with in [..].", leaf.offset, name=leaf.name
        )
        yield "no_order", why, None


def _missing_faults(leaf: Membership, variable: Variable, book: Codebook) -> Iterator[Fault]:
    offered = {code.key for code in variable.missing}
    for word in leaf.missing:
        known = book.missing.get(word)
        if word not in offered and (known is None or known.offered):
            why = ConditionError(
                "'%(name)s' does not offer '%(word)s', so this never happens.", leaf.offset, name=leaf.name, word=word
            )
            yield "missing_not_offered", why, None


def _code_faults(numbers: tuple[int | float, ...], variable: Variable, offset: int) -> Iterator[Fault]:
    for number in numbers:
        if number not in variable.codes:
            known = {language: _codes_in(variable, language) for language in LANGUAGES}
            why = ConditionError(
                "'%(name)s' has no code %(code)s; there are: %(known)s.",
                offset,
                name=variable.name,
                code=f"{number:g}",
                known=known,
            )
            yield "unknown_code", why, None


def _codes_in(variable: Variable, language: str) -> str:
    """The codes of a variable, each with what it means."""
    said = (
        f"{each.code} ({each.short[language]})" if each.short[language] != str(each.code) else str(each.code)
        for each in variable.categories
    )
    return ", ".join(said)
