"""A filter of a table: read, checked against the codebook, put in words, and taken apart for disclosure control."""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.analysis.columns import Bools
from surveyapp.analysis.dataset import Dataset
from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import BadQuery, ConditionError
from surveyapp.instrument.conditions import Condition, parse_condition
from surveyapp.instrument.conditions.codebook import PlainCodebook
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.conditions.nodes import And, Audience, Not, names_of
from surveyapp.instrument.conditions.sentence import clause
from surveyapp.instrument.conditions.typing import type_faults
from surveyapp.instrument.model import Instrument
from surveyapp.reports.subjects import unknown


@dataclass(frozen=True, slots=True)
class Filter:
    """Who a table is about. ``terms`` are the conditions it joins by "and": leaving one out gives a wider table.

    ``roles`` are those it leaves, None for all; ``rest`` says what it asks besides, None where it asks nothing else.
    """

    source: str
    terms: tuple[Condition, ...]
    sentence: dict[str, str]
    roles: frozenset[str] | None = None
    rest: dict[str, str] | None = None

    def masks(self, cases: Dataset) -> list[Bools]:
        """Per term, for whom it is true."""
        return [is_true(term, cases) for term in self.terms]


def codebook(instrument: Instrument) -> PlainCodebook:
    """What sentences and type checks need to know of an instrument."""
    study = instrument.study
    return PlainCodebook(instrument.variables, instrument.missing, study.roles, study.languages)


def read_filter(source: str | Condition | None, instrument: Instrument) -> Filter | None:
    """The filter an expression stands for; None without one.

    Raises
    ------
    BadQuery     it cannot be read, or does not fit the codebook
    """
    if source is None or (isinstance(source, str) and not source.strip()):
        return None
    try:
        condition = parse_condition(source) if isinstance(source, str) else source
    except ConditionError as error:
        raise BadQuery(
            "The filter cannot be read at position %(place)s: %(why)s", place=error.offset + 1, why=error
        ) from error
    book = codebook(instrument)
    for fault in type_faults(condition, book):
        if fault.kind == "unknown_variable":
            raise unknown(fault.name, instrument)
        raise BadQuery(
            "The filter does not fit at position %(place)s: %(why)s",
            place=fault.offset + 1,
            why={"en": fault.en, "nl": fault.nl},
        )
    tree = condition.tree
    operands = tree.operands if isinstance(tree, And) else (tree,)
    terms = tuple(Condition(condition.source, operand, names_of(operand)) for operand in operands)
    named = [_roles(term, instrument) for term in terms]
    others = tuple(operand for operand, of_role in zip(operands, named, strict=True) if of_role is None)
    known = [of_role for of_role in named if of_role is not None]
    rest = others[0] if len(others) == 1 else And(others)
    return Filter(
        condition.source,
        terms,
        _words(condition, instrument),
        frozenset.intersection(*known) if known else None,
        _words(Condition(condition.source, rest, names_of(rest)), instrument) if others else None,
    )


def _roles(term: Condition, instrument: Instrument) -> frozenset[str] | None:
    """The roles a term leaves; None where it asks something else."""
    tree, is_negated = term.tree, False
    while isinstance(tree, Not):
        tree, is_negated = tree.operand, not is_negated
    if not (isinstance(tree, Audience) and tree.subject == "role"):
        return None
    return frozenset(role.id for role in instrument.study.roles if (role.id in tree.values) != is_negated)


def _words(condition: Condition, instrument: Instrument) -> dict[str, str]:
    book = codebook(instrument)
    return {language: clause(condition, language, book) for language in LANGUAGES}
