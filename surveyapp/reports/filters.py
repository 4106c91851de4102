"""A filter of a table: read, checked against the codebook, and put in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from surveyapp.analysis.columns import Bools
from surveyapp.analysis.dataset import Dataset
from surveyapp.catalogues import LANGUAGES, told
from surveyapp.errors import BadQuery, ConditionError
from surveyapp.instrument.conditions import Condition, parse_condition
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.conditions.nodes import And, Audience, Node, Not, names_of
from surveyapp.instrument.conditions.typing import type_faults
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.near import do_you_mean
from surveyapp.reports.filter_words import codebook, sentences
from surveyapp.reports.released_filters import named_filter
from surveyapp.reports.subjects import unknown


@dataclass(frozen=True, slots=True)
class Filter:
    """Who a table is about.

    ``roles`` are those it leaves, None for all; ``rest`` says what it asks besides, None where it asks nothing else.
    """

    source: str  # as it was asked for: an expression, or the name of a filter of the plan
    condition: Condition
    sentence: dict[str, str]
    roles: frozenset[str] | None = None
    rest: dict[str, str] | None = None

    def mask(self, cases: Dataset) -> Bools:
        """For whom it is true."""
        return is_true(self.condition, cases)


def read_filter(
    source: str | Condition | None, instrument: Instrument, sources: Collection[str] | None = None
) -> Filter | None:
    """The filter that an expression, or the name of a filter of the plan, stands for; None without one.

    ``sources`` are those of the wave's cases: an expression that names another is refused. The plan may name a source
    by which nobody came yet.

    Raises
    ------
    BadQuery     it cannot be read, or does not fit the codebook
    """
    if source is None or (isinstance(source, str) and not source.strip()):
        return None
    named = named_filter(source.strip(), instrument) if isinstance(source, str) else None
    asked = source.strip() if isinstance(source, str) else source.source
    source = source if named is None else named.condition
    try:
        condition = parse_condition(source) if isinstance(source, str) else source
    except ConditionError as error:
        raise BadQuery(
            "The filter cannot be read at position %(place)s: %(why)s", place=error.offset + 1, why=error
        ) from error
    book = codebook(instrument)
    for fault in type_faults(condition, book, sources if isinstance(source, str) else None):
        if fault.kind == "unknown_variable":
            raise unknown(fault.name, instrument)
        raise BadQuery(
            "The filter does not fit at position %(place)s: %(why)s",
            place=fault.offset + 1,
            why={language: _meant(told(fault.why, language), fault.near, language) for language in LANGUAGES},
        )
    tree = condition.tree
    operands = tree.operands if isinstance(tree, And) else (tree,)
    of_roles = [_roles(operand, instrument) for operand in operands]
    others = tuple(operand for operand, of_role in zip(operands, of_roles, strict=True) if of_role is None)
    known = [of_role for of_role in of_roles if of_role is not None]
    rest = others[0] if len(others) == 1 else And(others)
    return Filter(
        asked,
        condition,
        sentences(condition, instrument),
        frozenset.intersection(*known) if known else None,
        sentences(Condition(condition.source, rest, names_of(rest)), instrument) if others else None,
    )


def _meant(text: str, near: str | None, language: str) -> str:
    return text if near is None else f"{text.removesuffix('.')}{do_you_mean(near, language)}?"


def _roles(tree: Node, instrument: Instrument) -> frozenset[str] | None:
    """The roles a part of a filter leaves; None where it asks something else."""
    is_negated = False
    while isinstance(tree, Not):
        tree, is_negated = tree.operand, not is_negated
    if not (isinstance(tree, Audience) and tree.subject == "role"):
        return None
    return frozenset(role.id for role in instrument.study.roles if (role.id in tree.values) != is_negated)
