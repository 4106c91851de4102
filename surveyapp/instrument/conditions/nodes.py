"""The tree of a parsed expression: ten small classes, one meaning each.

``!=`` is ``Not`` of ``Comparison``; ``not in`` is ``Not`` of ``Membership``; a chain ``5 <= x < 8`` is an ``And``.
``offset`` is the position in the source, for messages; it does not count when trees are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

Operator = Literal["==", "<", "<=", ">", ">="]
MISSING_WORDS = {"na": -1, "dk": -2, "refused": -3, "not_asked": -8, "skipped": -9}
"""The words an expression uses for the missing codes."""


@dataclass(frozen=True, slots=True)
class Always:
    """``true`` or ``false``."""

    value: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    operand: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of them: false as soon as one is false, unknown when the rest is unknown."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of them: true as soon as one is true, unknown when the rest is unknown."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """``holds(…)``: true when the expression is true, false when it is false or unknown. Never unknown."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Comparison:
    """A code or number against a number; unknown when the answer is missing."""

    name: str
    operator: Operator
    number: int | float
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Membership:
    """``x in [1, 2, dk]``, and ``x == dk`` as the list of one.

    A missing answer is found among ``missing`` or, when there are ``numbers``, unknown.
    """

    name: str
    numbers: tuple[int | float, ...]
    missing: tuple[str, ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Given:
    """``answered(x)``, ``valid(x)`` or ``missing(x)``; never unknown."""

    name: str
    kind: Literal["answered", "valid", "missing"]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Counted:
    """``count(x) >= 2``: how many codes were chosen; unknown when the answer is missing."""

    name: str
    operator: Operator
    number: int | float
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Chosen:
    """``any_of(x, [..])`` or, with ``every``, ``all_of(x, [..])``; unknown when the answer is missing."""

    name: str
    codes: tuple[int | float, ...]
    every: bool
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Audience:
    """A system variable of the case, such as its ``role`` or ``source``, is one of these; never unknown."""

    subject: str
    values: tuple[str, ...]
    offset: int = field(default=0, compare=False)


Leaf = Comparison | Membership | Given | Counted | Chosen
"""Nodes that read a variable."""
Node = Always | Not | And | Or | Holds | Audience | Leaf


def parts(node: Node) -> tuple[Node, ...]:
    """What all must hold: the operands of an *and*, or the node alone."""
    return node.operands if isinstance(node, And) else (node,)


def joint(operands: Sequence[Node]) -> Node | None:
    """All of these at once; None where there are none."""
    if len(operands) > 1:
        return And(tuple(operands))
    return operands[0] if operands else None


def leaves(node: Node) -> Iterator[Leaf | Audience]:
    """Every node that reads a variable or a system variable, from left to right."""
    if isinstance(node, And | Or):
        for operand in node.operands:
            yield from leaves(operand)
    elif isinstance(node, Not | Holds):
        yield from leaves(node.operand)
    elif not isinstance(node, Always):
        yield node


def names_of(node: Node) -> frozenset[str]:
    """The variables a tree reads."""
    return frozenset(leaf.name for leaf in leaves(node) if not isinstance(leaf, Audience))


def system_names(node: Node) -> frozenset[str]:
    """The system variables a tree reads."""
    return frozenset(leaf.subject for leaf in leaves(node) if isinstance(leaf, Audience))
