"""One respondent: a tree becomes nested closures once, and answers in microseconds ever after."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from surveyapp.instrument.conditions import nodes
from surveyapp.instrument.variables import NOT_ASKED, SKIPPED

Evaluator = Callable[[Mapping[str, Any], str, str], bool | None]
"""(answers, role, language) → true, false or None for unknown."""

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compiled(node: nodes.Node) -> Evaluator:
    """The tree as one callable."""
    match node:
        case nodes.And() | nodes.Or():
            return _settled([compiled(operand) for operand in node.operands], by=isinstance(node, nodes.Or))
        case nodes.Not():
            return _not(compiled(node.operand))
        case nodes.Holds():
            operand = compiled(node.operand)
            return lambda answers, role, language: operand(answers, role, language) is True
        case nodes.Always():
            value = node.value
            return lambda _answers, _role, _language: value
        case nodes.Audience():
            return _audience(node)
        case nodes.Comparison():
            return _comparison(node)
        case nodes.Membership():
            return _membership(node)
        case nodes.Given():
            return _given(node)
        case nodes.Counted():
            return _counted(node)
        case nodes.Chosen():
            return _chosen(node)


def _settled(operands: list[Evaluator], *, by: bool) -> Evaluator:
    """An *and* is settled by the first that is false, an *or* by the first that is true; else one unknown is enough."""

    def evaluate(answers: Mapping[str, Any], role: str, language: str) -> bool | None:
        result: bool | None = not by
        for operand in operands:
            found = operand(answers, role, language)
            if found is by:
                return by
            if found is None:
                result = None
        return result

    return evaluate


def _not(operand: Evaluator) -> Evaluator:
    def evaluate(answers: Mapping[str, Any], role: str, language: str) -> bool | None:
        found = operand(answers, role, language)
        return None if found is None else not found

    return evaluate


def _audience(node: nodes.Audience) -> Evaluator:
    values = frozenset(node.values)
    if node.subject == "role":
        return lambda _answers, role, _language: role in values
    if node.subject == "language":
        return lambda _answers, _role, language: language in values
    return lambda _answers, _role, _language: None  # no route knows it, which a check says; filters ask the mask


def _comparison(node: nodes.Comparison) -> Evaluator:
    name, number, compare = node.name, node.number, OPERATORS[node.operator]

    def evaluate(answers: Mapping[str, Any], _role: str, _language: str) -> bool | None:
        value = answers.get(name)
        if not isinstance(value, int | float) or value < 0:
            return None
        return bool(compare(value, number))

    return evaluate


def _membership(node: nodes.Membership) -> Evaluator:
    name, numbers = node.name, frozenset(node.numbers)
    missing = frozenset(nodes.MISSING_WORDS[word] for word in node.missing)
    otherwise = None if numbers else False

    def evaluate(answers: Mapping[str, Any], _role: str, _language: str) -> bool | None:
        value = answers.get(name, NOT_ASKED)
        if value is None:
            value = NOT_ASKED
        if not isinstance(value, int | float):
            return otherwise
        if value < 0:
            return True if value in missing else otherwise
        return value in numbers

    return evaluate


def _given(node: nodes.Given) -> Evaluator:
    name = node.name

    def state(answers: Mapping[str, Any]) -> int:
        value = answers.get(name)
        if value is None:
            return NOT_ASKED
        return value if isinstance(value, int) and value < 0 else 0

    if node.kind == "answered":
        return lambda answers, _role, _language: state(answers) not in (NOT_ASKED, SKIPPED)
    if node.kind == "valid":
        return lambda answers, _role, _language: state(answers) == 0
    return lambda answers, _role, _language: state(answers) != 0


def _counted(node: nodes.Counted) -> Evaluator:
    name, number, compare = node.name, node.number, OPERATORS[node.operator]

    def evaluate(answers: Mapping[str, Any], _role: str, _language: str) -> bool | None:
        value = answers.get(name)
        return bool(compare(len(value), number)) if isinstance(value, list | tuple) else None

    return evaluate


def _chosen(node: nodes.Chosen) -> Evaluator:
    name, codes, every = node.name, frozenset(node.codes), node.every

    def evaluate(answers: Mapping[str, Any], _role: str, _language: str) -> bool | None:
        value = answers.get(name)
        if not isinstance(value, list | tuple):
            return None
        return codes.issubset(value) if every else not codes.isdisjoint(value)

    return evaluate
