"""From an expression's text to a :class:`Condition`."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal, cast

from surveyapp.errors import ConditionError
from surveyapp.instrument.conditions import nodes
from surveyapp.instrument.conditions.evaluate import Evaluator, compiled
from surveyapp.instrument.conditions.signs import refuse_foreign_signs
from surveyapp.instrument.near import nearest
from surveyapp.instrument.system_variables import FORMER_NAMES, SYSTEM_VARIABLES

MAXIMUM_LENGTH = 500
MAXIMUM_DEPTH = 20
MAXIMUM_NUMBER = 10**12  # beyond this a float no longer holds every whole number we compare with
WORDS = frozenset(
    {"answered", "valid", "missing", "count", "any_of", "all_of", "holds", "true", "false"}
    | {*SYSTEM_VARIABLES, *FORMER_NAMES}
    | {"and", "or", "not", "in"}
    | set(nodes.MISSING_WORDS)
)
"""Words of the language; no variable may bear one of these names."""

MISSING = ", ".join(nodes.MISSING_WORDS)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Condition:
    """One parsed expression; equal sources are equal conditions.

    ``names`` are the variables it reads (those of the system apart). ``evaluate`` answers for one respondent; the
    mask over all cases is :func:`surveyapp.instrument.conditions.mask.mask`, the sentence
    :func:`surveyapp.instrument.conditions.sentence.sentence`, the type check
    :func:`surveyapp.instrument.conditions.typing.type_faults`.
    """

    source: str
    tree: nodes.Node = field(repr=False, compare=False)
    names: frozenset[str] = field(compare=False)

    @cached_property
    def _evaluator(self) -> Evaluator:
        return compiled(self.tree)

    def __getstate__(self) -> dict[str, object]:
        # The compiled closures cannot be copied to another process; they are made again there.
        return {"source": self.source, "tree": self.tree, "names": self.names}

    def evaluate(self, answers: Mapping[str, Any], *, role: str, language: str) -> bool | None:
        """True, False, or None for unknown.

        ``answers`` maps variable names to stored values (codes, numbers, lists of codes, texts; negative integers are
        missing codes). A name that is absent counts as not asked (-8).
        """
        return self._evaluator(answers, role, language)


@lru_cache(maxsize=4096)
def parse_condition(source: str) -> Condition:
    """Read an expression. Raises ConditionError: the text is not of the language; ``offset`` tells where."""
    if len(source) > MAXIMUM_LENGTH:
        raise ConditionError(
            "The condition has %(n)s characters; %(most)s is the limit.",
            MAXIMUM_LENGTH,
            n=len(source),
            most=MAXIMUM_LENGTH,
        )
    text = source.replace("\n", " ").replace("\t", " ").rstrip()
    start = len(text) - len(text.lstrip())
    text = text.lstrip()
    if not text:
        raise ConditionError("The condition is empty.")
    refuse_foreign_signs(text, start)
    try:
        body = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        at = error.offset - 1 if error.offset else len(text)  # without a place, it ends too early
        raise ConditionError("Something is missing here, or stands here that does not fit.", start + at) from None
    except (ValueError, RecursionError, MemoryError):
        raise ConditionError("The condition cannot be read.", start) from None
    tree = _Reader(start).node(body, 1)
    return condition_of(tree, source.strip())


def condition_of(tree: nodes.Node, source: str) -> Condition:
    """A condition around a tree that was built, not read; ``source`` must mean the same."""
    return Condition(source, tree, nodes.names_of(tree))


class _Reader:
    """Walks Python's tree and lets only our own short list of nodes through."""

    def __init__(self, start: int) -> None:
        self.start = start

    def refuse(self, message: str, node: ast.AST, **values: object) -> ConditionError:
        return ConditionError(message, self.at(node), **values)

    def at(self, node: ast.AST) -> int:
        return self.start + int(getattr(node, "col_offset", 0))

    def node(self, node: ast.AST, depth: int) -> nodes.Node:
        if depth > MAXIMUM_DEPTH:
            raise self.refuse("The condition is nested deeper than %(most)s.", node, most=MAXIMUM_DEPTH)
        if isinstance(node, ast.BoolOp):
            operands = tuple(self.node(value, depth + 1) for value in node.values)
            return nodes.And(operands) if isinstance(node.op, ast.And) else nodes.Or(operands)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return nodes.Not(self.node(node.operand, depth + 1))
        if isinstance(node, ast.Compare):
            return self.comparison(node)
        if isinstance(node, ast.Call):
            return self.call(node, depth)
        if isinstance(node, ast.Name) and node.id in ("true", "false"):
            return nodes.Always(node.id == "true")
        if isinstance(node, ast.Name):
            raise self.refuse(
                "‘%(name)s’ alone is no condition; compare it, or write answered(%(name)s).", node, name=node.id
            )
        raise self.refuse("This does not belong in a condition.", node)

    def comparison(self, node: ast.Compare) -> nodes.Node:
        sides = [node.left, *node.comparators]
        parts = tuple(
            self.pair(left, _OPERATORS[type(operator)], right)
            if type(operator) in _OPERATORS
            else self._no_operator(right)
            for left, operator, right in zip(sides, node.ops, sides[1:], strict=False)
        )
        return parts[0] if len(parts) == 1 else nodes.And(parts)

    def _no_operator(self, node: ast.AST) -> nodes.Node:
        raise self.refuse("Use ==, !=, <, <=, >, >=, in or not in.", node)

    def pair(self, left: ast.expr, operator: str, right: ast.expr) -> nodes.Node:
        if operator in ("in", "not in"):
            found = self.membership(left, right)
            return nodes.Not(found) if operator == "not in" else found
        if self.is_subject(right) and not self.is_subject(left):
            left, right, operator = right, left, _TURNED[operator]
        if not self.is_subject(left) or self.is_subject(right):
            raise self.refuse("Compare one variable with one code, number or word.", left)
        negated, operator = operator == "!=", "==" if operator == "!=" else operator
        found = self.against_value(left, cast("nodes.Operator", operator), right)
        return nodes.Not(found) if negated else found

    def against_value(self, left: ast.expr, operator: nodes.Operator, right: ast.expr) -> nodes.Node:
        offset = self.at(left)
        if isinstance(left, ast.Call):
            return nodes.Counted(self.counted(left), operator, self.number(right), offset)
        name = self.name(left)
        if name in SYSTEM_VARIABLES:
            if operator != "==":
                raise self.refuse("‘%(name)s’ has no order; use ==, != or in.", left, name=name)
            return nodes.Audience(name, (self.word(right),), offset)
        if isinstance(right, ast.Name):
            if operator != "==":
                raise self.refuse("A missing code has no order; use == or !=.", right)
            return nodes.Membership(name, (), (self.missing_word(right),), offset)
        self.refuse_word(left, right)
        return nodes.Comparison(name, operator, self.number(right), offset)

    def refuse_word(self, left: ast.expr, *values: ast.expr) -> None:
        """A word beside what looks like a system variable: it is the name that is wrong."""
        for value in values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and isinstance(left, ast.Name):
                meant = nearest(left.id, SYSTEM_VARIABLES)
                if meant is not None:
                    raise self.refuse("There is no ‘%(name)s’; write ‘%(meant)s’.", left, name=left.id, meant=meant)

    def membership(self, left: ast.expr, right: ast.expr) -> nodes.Node:
        if not isinstance(right, ast.List | ast.Tuple) or not right.elts:
            raise self.refuse("After ‘in’ comes a list such as [1, 2].", right)
        name = self.name(left)
        if name in SYSTEM_VARIABLES:
            words = tuple(self.word(element) for element in right.elts)
            return nodes.Audience(name, words, self.at(left))
        self.refuse_word(left, *right.elts)
        missing = tuple(self.missing_word(element) for element in right.elts if isinstance(element, ast.Name))
        numbers = tuple(self.number(element) for element in right.elts if not isinstance(element, ast.Name))
        return nodes.Membership(name, numbers, missing, self.at(left))

    def call(self, node: ast.Call, depth: int) -> nodes.Node:
        function = self.function(node)
        if function == "holds":
            self.arguments(node, 1)
            return nodes.Holds(self.node(node.args[0], depth + 1))
        if function in ("answered", "valid", "missing"):
            self.arguments(node, 1)
            kind = cast("Literal['answered', 'valid', 'missing']", function)
            return nodes.Given(self.variable(node.args[0]), kind, self.at(node))
        if function in ("any_of", "all_of"):
            self.arguments(node, 2)
            codes = node.args[1]
            if not isinstance(codes, ast.List | ast.Tuple) or not codes.elts:
                raise self.refuse("%(name)s takes a list such as [1, 2].", codes, name=function)
            numbers = tuple(self.number(element) for element in codes.elts)
            return nodes.Chosen(self.variable(node.args[0]), numbers, function == "all_of", self.at(node))
        if function == "count":
            raise self.refuse("Compare the count, such as count(x) >= 2.", node)
        raise self.refuse("There is no function ‘%(name)s’.", node, name=function)

    def counted(self, node: ast.Call) -> str:
        if self.function(node) != "count":
            raise self.refuse("Only count(…) can be compared.", node)
        self.arguments(node, 1)
        return self.variable(node.args[0])

    def function(self, node: ast.Call) -> str:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise self.refuse("This does not belong in a condition.", node)
        return node.func.id

    def arguments(self, node: ast.Call, wanted: int) -> None:
        if len(node.args) != wanted:
            raise self.refuse(
                "‘%(name)s’ takes another number of arguments: %(wanted)s.",
                node,
                name=self.function(node),
                wanted=wanted,
            )

    def is_subject(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) or (isinstance(node, ast.Name) and node.id not in nodes.MISSING_WORDS)

    def name(self, node: ast.expr) -> str:
        if not isinstance(node, ast.Name):
            raise self.refuse("A variable’s name belongs here.", node)
        name = FORMER_NAMES.get(node.id, node.id)
        if name in SYSTEM_VARIABLES:
            return name
        return self.variable(node)

    def variable(self, node: ast.expr) -> str:
        if not isinstance(node, ast.Name) or node.id in WORDS or not _NAME.fullmatch(node.id):
            raise self.refuse("A variable’s name belongs here.", node)
        return node.id

    def missing_word(self, node: ast.Name) -> str:
        if node.id not in nodes.MISSING_WORDS:
            raise self.refuse(
                "‘%(name)s’ is no missing code; use %(words)s.",
                node,
                name=node.id,
                words=MISSING,
            )
        return node.id

    def number(self, node: ast.expr) -> int | float:
        if isinstance(node, ast.UnaryOp):
            raise self.refuse(
                "Codes are never negative; a missing code is written %(words)s.",
                node,
                words=MISSING,
            )
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse("A number belongs here.", node)
        if value > MAXIMUM_NUMBER:
            raise self.refuse("This number is too large.", node)
        return value

    def word(self, node: ast.expr) -> str:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            raise self.refuse("A word in quotation marks belongs here.", node)
        return node.value


def conjunction(*conditions: Condition | None) -> Condition | None:
    """All of these at once; None stands for "always"."""
    present = [condition for condition in conditions if condition is not None]
    if len(present) < 2:
        return present[0] if present else None
    operands = [node for condition in present for node in nodes.parts(condition.tree)]
    source = " and ".join(f"({condition.source})" for condition in present)
    return condition_of(nodes.And(tuple(operands)), source)


def unless(condition: Condition) -> Condition:
    """True whenever ``condition`` is not true: an unknown condition ends nothing."""
    return condition_of(nodes.Not(nodes.Holds(condition.tree)), f"not holds({condition.source})")
