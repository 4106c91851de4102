"""A tree back as an expression: reading what is written gives the same tree."""

from __future__ import annotations

from surveyapp.instrument.conditions.nodes import (
    Always,
    And,
    Audience,
    Chosen,
    Comparison,
    Counted,
    Given,
    Holds,
    Membership,
    Node,
    Not,
    Or,
)
from surveyapp.instrument.conditions.signs import number_source


def source_of(tree: Node) -> str:
    """The expression of a tree, every part of a chain in brackets that needs them."""
    match tree:
        case Always():
            return "true" if tree.value else "false"
        case And():
            return " and ".join(_within(operand, Or) for operand in tree.operands)
        case Or():
            return " or ".join(_within(operand, And) for operand in tree.operands)
        case Not():
            return f"not {_within(tree.operand, And, Or)}"
        case Holds():
            return f"holds({source_of(tree.operand)})"
        case Comparison():
            return f"{tree.name} {tree.operator} {number_source(tree.number)}"
        case Membership():
            return f"{tree.name} in [{', '.join([*map(number_source, tree.numbers), *tree.missing])}]"
        case Given():
            return f"{tree.kind}({tree.name})"
        case Counted():
            return f"count({tree.name}) {tree.operator} {number_source(tree.number)}"
        case Chosen():
            return f"{'all_of' if tree.every else 'any_of'}({tree.name}, [{', '.join(map(number_source, tree.codes))}])"
        case Audience():
            return f"{tree.subject} in [{', '.join(map(repr, tree.values))}]"


def _within(tree: Node, *bracketed: type[And] | type[Or]) -> str:
    """A part of a longer expression."""
    written = source_of(tree)
    return f"({written})" if isinstance(tree, (And, Or)) and isinstance(tree, (*bracketed, type(tree))) else written
