"""A tree back as an expression: reading what is written gives the same tree."""

from __future__ import annotations

from surveyapp.instrument.conditions import nodes
from surveyapp.instrument.conditions.signs import number_source


def source_of(tree: nodes.Node) -> str:
    """The expression of a tree, every part of a chain in brackets that needs them."""
    match tree:
        case nodes.Always():
            return "true" if tree.value else "false"
        case nodes.And():
            return " and ".join(_within(operand, nodes.Or) for operand in tree.operands)
        case nodes.Or():
            return " or ".join(_within(operand, nodes.And) for operand in tree.operands)
        case nodes.Not():
            return f"not {_within(tree.operand, nodes.And, nodes.Or)}"
        case nodes.Holds():
            return f"holds({source_of(tree.operand)})"
        case nodes.Comparison():
            return f"{tree.name} {tree.operator} {number_source(tree.number)}"
        case nodes.Membership():
            return f"{tree.name} in [{', '.join([*map(number_source, tree.numbers), *tree.missing])}]"
        case nodes.Given():
            return f"{tree.kind}({tree.name})"
        case nodes.Counted():
            return f"count({tree.name}) {tree.operator} {number_source(tree.number)}"
        case nodes.Chosen():
            return f"{'all_of' if tree.every else 'any_of'}({tree.name}, [{', '.join(map(number_source, tree.codes))}])"
        case nodes.Audience():
            return f"{tree.subject} in [{', '.join(map(repr, tree.values))}]"


def _within(tree: nodes.Node, *bracketed: type[nodes.And] | type[nodes.Or]) -> str:
    """A part of a longer expression."""
    written = source_of(tree)
    return (
        f"({written})"
        if isinstance(tree, (nodes.And, nodes.Or)) and isinstance(tree, (*bracketed, type(tree)))
        else written
    )
