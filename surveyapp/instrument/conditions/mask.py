"""All cases at once: the same tree over columns, in numpy.

A property test holds this module and :mod:`~surveyapp.instrument.conditions.evaluate` equal.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from surveyapp.instrument.conditions import nodes
from surveyapp.instrument.conditions.evaluate import OPERATORS
from surveyapp.instrument.conditions.parse import Condition
from surveyapp.instrument.variables import NOT_ASKED, SKIPPED

Bools = NDArray[np.bool_]
_Pair = tuple[Bools, Bools]  # where it is true, where it is false; neither means unknown


class Columns(Protocol):
    """What a mask needs to know of the cases; every array has one entry per case, shape (n,).

    Whoever builds the columns sets answers that lie off the path to not asked (-8).
    """

    def __len__(self) -> int:
        """How many cases there are."""

    def codes(self, name: str) -> NDArray[np.integer[Any]]:
        """Of any variable: a negative entry is its missing code; otherwise the code, or 0 where codes make no sense."""

    def numbers(self, name: str) -> NDArray[Any]:
        """Of a coded or number variable: the code or number; a negative entry is a missing code."""

    def chosen(self, name: str, code: int) -> Bools:
        """Of a multiple choice or ranking: whether the code was chosen; False where the answer is missing."""

    def count(self, name: str) -> NDArray[np.integer[Any]]:
        """Of a multiple choice or ranking: how many codes were chosen; 0 where the answer is missing."""

    def has(self, system_variable: str, value: str) -> Bools:
        """Whether the role, language, source or device of the case is this one."""


def mask(condition: Condition, columns: Columns) -> NDArray[np.int8]:
    """Per case 1 for true, 0 for false, -1 for unknown; shape (n,)."""
    true, false = _pair(condition.tree, columns)
    result = np.full(len(columns), -1, dtype=np.int8)
    result[true] = 1
    result[false] = 0
    return result


def is_true(condition: Condition | None, columns: Columns) -> Bools:
    """Who belongs to a base or a filter: only where the condition is true; everyone without a condition."""
    if condition is None:
        return np.ones(len(columns), dtype=np.bool_)
    return _pair(condition.tree, columns)[0]


def _pair(node: nodes.Node, columns: Columns) -> _Pair:
    if isinstance(node, nodes.And | nodes.Or):
        true, false = _pair(node.operands[0], columns)
        for operand in node.operands[1:]:
            other_true, other_false = _pair(operand, columns)
            if isinstance(node, nodes.And):
                true, false = true & other_true, false | other_false
            else:
                true, false = true | other_true, false & other_false
        return true, false
    if isinstance(node, nodes.Not):
        true, false = _pair(node.operand, columns)
        return false, true
    if isinstance(node, nodes.Holds):
        true, _ = _pair(node.operand, columns)
        return true, ~true
    if isinstance(node, nodes.Always):
        yes = np.full(len(columns), node.value, dtype=np.bool_)
        return yes, ~yes
    if isinstance(node, nodes.Audience):
        return _audience(node, columns)
    return _leaf(node, columns)


def _audience(node: nodes.Audience, columns: Columns) -> _Pair:
    true: Bools = np.zeros(len(columns), dtype=np.bool_)
    for value in node.values:
        true = true | columns.has(node.subject, value)
    return true, ~true


def _leaf(
    node: nodes.Comparison | nodes.Membership | nodes.Given | nodes.Counted | nodes.Chosen, columns: Columns
) -> _Pair:
    if isinstance(node, nodes.Comparison):
        values = columns.numbers(node.name)
        return _known(OPERATORS[node.operator](values, node.number), values >= 0)
    if isinstance(node, nodes.Membership):
        return _membership(node, columns)
    if isinstance(node, nodes.Given):
        state = columns.codes(node.name)
        if node.kind == "answered":
            true = (state != NOT_ASKED) & (state != SKIPPED)
        else:
            true = state >= 0 if node.kind == "valid" else state < 0
        return true, ~true
    valid = columns.codes(node.name) >= 0
    if isinstance(node, nodes.Counted):
        return _known(OPERATORS[node.operator](columns.count(node.name), node.number), valid)
    true = np.full(len(columns), node.every, dtype=np.bool_)
    for code in node.codes:
        if code != int(code):  # no such code; nobody chose it
            here: Bools = np.zeros(len(columns), dtype=np.bool_)
        else:
            here = columns.chosen(node.name, int(code))
        true = true & here if node.every else true | here
    return _known(true, valid)


def _membership(node: nodes.Membership, columns: Columns) -> _Pair:
    missing = [nodes.MISSING_WORDS[word] for word in node.missing]
    if not node.numbers:
        true = np.isin(columns.codes(node.name), missing)
        return true, ~true
    values = columns.numbers(node.name)
    valid = values >= 0
    listed = np.isin(values, list(node.numbers))
    true = np.where(valid, listed, np.isin(values, missing))
    return true, valid & ~listed


def _known(found: Bools, valid: Bools) -> _Pair:
    return found & valid, ~found & valid
