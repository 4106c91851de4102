"""A condition of ours as an expression of XLSForm that is true for exactly the same respondents.

XPath knows only true and false, and takes an empty answer for the empty text; ours stay unknown there. So every node is
translated twice: when is it surely true, and when is it surely false. ``not (a == 2)`` becomes
``${a} != '' and ${a} != '2'``, because an unanswered ``a`` shows nothing here either.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from surveyapp.instrument.conditions import nodes
from surveyapp.instrument.conditions.evaluate import OPERATORS
from surveyapp.instrument.types import Shape
from surveyapp.instrument.variables import Variable
from surveyapp.instrument.xlsform.form import CannotCarry

_OPPOSITE = {"==": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True, slots=True)
class XPath:
    """An expression with how tightly it binds: 1 or, 2 and, 3 a comparison or function. ``constant`` is known now."""

    text: str
    binds: int = 3
    constant: bool | None = None


TRUE, FALSE = XPath("true()", constant=True), XPath("false()", constant=False)


@dataclass(frozen=True, slots=True)
class ToXPath:
    """Translates for one form: the variables in it, the names of their choices, and the role it is for."""

    variables: Mapping[str, Variable]
    role: str
    missing: Mapping[str, Collection[str]]  # per variable the missing codes its list of choices offers
    use_keys: bool = False

    def true(self, node: nodes.Node) -> XPath:
        """When the node is surely true."""
        if isinstance(node, nodes.And):
            return both([self.true(operand) for operand in node.operands])
        if isinstance(node, nodes.Or):
            return either([self.true(operand) for operand in node.operands])
        if isinstance(node, nodes.Not):
            return self.false(node.operand)
        if isinstance(node, nodes.Holds):
            return self.true(node.operand)
        if isinstance(node, nodes.Always):
            return TRUE if node.value else FALSE
        if isinstance(node, nodes.Audience):
            return self.audience(node)
        variable = self.variables.get(node.name)
        if variable is None:  # not asked of this role
            return TRUE if isinstance(node, nodes.Given) and node.kind == "missing" else FALSE
        if isinstance(node, nodes.Given):
            return self.given(variable, node.kind)
        if isinstance(node, nodes.Membership):
            equal = [self.equal(variable, number) for number in node.numbers]
            return either([*equal, *(self.is_missing(variable, word) for word in node.missing)])
        if isinstance(node, nodes.Comparison):
            return self.comparison(variable, node.operator, node.number)
        if isinstance(node, nodes.Counted):
            said = XPath(f"count-selected(${{{node.name}}}) {_xpath(node.operator)} {node.number}")
            # XPath counts none where nothing was chosen and one where that is "don't know"; here both are unknown.
            compare = OPERATORS[node.operator]
            is_known = not (self.missing.get(node.name) and compare(1, node.number))
            is_bare = is_known and not compare(0, node.number)
            return said if is_bare else both([self.given(variable, "valid"), said])
        chosen = [self.equal(variable, code) for code in node.codes]
        return both(chosen) if node.every else either(chosen)

    def false(self, node: nodes.Node) -> XPath:
        """When the node is surely false."""
        if isinstance(node, nodes.And):
            return either([self.false(operand) for operand in node.operands])
        if isinstance(node, nodes.Or):
            return both([self.false(operand) for operand in node.operands])
        if isinstance(node, nodes.Not):
            return self.true(node.operand)
        if isinstance(node, nodes.Holds):
            return self.untrue(node.operand)
        if isinstance(node, nodes.Always | nodes.Audience):
            return opposite(self.true(node))
        variable = self.variables.get(node.name)
        if variable is None:
            if isinstance(node, nodes.Given):
                return opposite(self.true(node))
            # ``x == dk`` is false, not unknown, when x was not asked.
            is_false = isinstance(node, nodes.Membership) and not node.numbers and "not_asked" not in node.missing
            return TRUE if is_false else FALSE
        if isinstance(node, nodes.Given):
            return self.ungiven(variable, node.kind)
        if isinstance(node, nodes.Membership) and not node.numbers:
            return opposite(self.true(node))
        valid = self.given(variable, "valid")
        if isinstance(node, nodes.Comparison):
            if node.operator != "==":
                return self.comparison(variable, _OPPOSITE[node.operator], node.number)
            return both([valid, opposite_of_equal(self.equal(variable, node.number))])
        if isinstance(node, nodes.Membership):
            return both([valid, *(opposite_of_equal(self.equal(variable, number)) for number in node.numbers)])
        if isinstance(node, nodes.Counted):
            said = f"count-selected(${{{node.name}}}) {_xpath(_OPPOSITE[node.operator])} {node.number}"
            return both([valid, XPath(said)])
        return both([valid, opposite(self.true(node))])

    def untrue(self, node: nodes.Node) -> XPath:
        """When the node is not true: false or unknown."""
        if isinstance(node, nodes.Comparison | nodes.Counted) and node.name in self.variables:
            said = self.true(node)
            if isinstance(node, nodes.Comparison) and node.operator == "==":
                return opposite_of_equal(said)
            if isinstance(node, nodes.Counted) and said.binds == 3:
                return XPath(f"count-selected(${{{node.name}}}) {_xpath(_OPPOSITE[node.operator])} {node.number}")
            return opposite(said)
        return opposite(self.true(node))

    def audience(self, node: nodes.Audience) -> XPath:
        """The role is known when the form is made; the language is not."""
        if node.subject != "role":
            raise CannotCarry(f"a condition on the respondent's {node.subject}")
        return TRUE if self.role in node.values else FALSE

    def given(self, variable: Variable, kind: str) -> XPath:
        """Answered, validly answered, or missing."""
        there = XPath(f"${{{variable.name}}} != ''")
        if kind == "answered":
            return there
        absent = [opposite_of_equal(self.is_missing(variable, word)) for word in self.missing.get(variable.name, ())]
        return both([there, *absent]) if kind == "valid" else self.ungiven(variable, "valid")

    def ungiven(self, variable: Variable, kind: str) -> XPath:
        """Not answered, not validly answered, or not missing."""
        if kind == "missing":
            return self.given(variable, "valid")
        empty = XPath(f"${{{variable.name}}} = ''")
        words = self.missing.get(variable.name, ()) if kind == "valid" else ()
        return either([empty, *(self.is_missing(variable, word) for word in words)])

    def is_missing(self, variable: Variable, word: str) -> XPath:
        """This missing code was chosen."""
        if word in ("not_asked", "skipped"):
            raise CannotCarry(f"'{variable.name} == {word}': XLSForm does not tell skipped from not asked")
        if word not in self.missing.get(variable.name, ()):
            return FALSE
        return self.choice(variable, word)

    def choice(self, variable: Variable, name: str) -> XPath:
        """This choice was made."""
        if variable.type.shape.is_several:
            return XPath(f"selected(${{{variable.name}}}, '{name}')")
        return XPath(f"${{{variable.name}}} = '{name}'")

    def equal(self, variable: Variable, number: float) -> XPath:
        """The answer is this code or number."""
        if not variable.categories:
            return XPath(f"${{{variable.name}}} = {number}")
        for category in variable.categories:
            if category.code == number:
                return self.choice(variable, category.key if self.use_keys else str(category.code))
        return FALSE

    def comparison(self, variable: Variable, operator: str, number: float) -> XPath:
        """The answer against a number."""
        if operator == "==":
            return self.equal(variable, number)
        if self.use_keys and variable.type.shape is Shape.CODE:
            hits = [each.code for each in variable.categories if OPERATORS[operator](each.code, number)]
            return either([self.equal(variable, code) for code in hits])
        return XPath(f"${{{variable.name}}} {operator} {number}")


def _xpath(operator: str) -> str:
    return "=" if operator == "==" else operator


def both(parts: list[XPath]) -> XPath:
    """All of them."""
    if any(part.constant is False for part in parts):
        return FALSE
    return _joined([part for part in parts if part.constant is None], "and", 2, TRUE)


def either(parts: list[XPath]) -> XPath:
    """One of them."""
    if any(part.constant is True for part in parts):
        return TRUE
    return _joined([part for part in parts if part.constant is None], "or", 1, FALSE)


def opposite(part: XPath) -> XPath:
    """Not this."""
    if part.constant is not None:
        return FALSE if part.constant else TRUE
    return XPath(f"not({part.text})")


def opposite_of_equal(part: XPath) -> XPath:
    """Not this, written with ``!=`` where it is one equation."""
    if part.constant is None and part.binds == 3 and part.text.startswith("${") and "} = " in part.text:
        return XPath(part.text.replace("} = ", "} != ", 1))
    return opposite(part)


def _joined(parts: list[XPath], word: str, binds: int, nothing: XPath) -> XPath:
    unique = list(dict.fromkeys(parts))
    if not unique:
        return nothing
    if len(unique) == 1:
        return unique[0]
    said = [f"({part.text})" if part.binds < binds else part.text for part in unique]
    return XPath(f" {word} ".join(said), binds)
