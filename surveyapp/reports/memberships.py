"""A filter as groups of variables: which values of which variable, told by its form and not by who is in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from surveyapp.instrument.conditions.nodes import And, Audience, Comparison, Membership, Node

Memberships = Mapping[str, frozenset[int | str]]
"""The values of each variable; who has one of them of every variable is in it."""


def memberships_of(tree: Node) -> Memberships | None:
    """What a tree says, None when it says something else or names a variable twice."""
    found: dict[str, frozenset[int | str]] = {}
    values: Collection[int | float | str]
    for part in tree.operands if isinstance(tree, And) else (tree,):
        match part:
            case Audience():
                name, values = part.subject, part.values
            case Membership(missing=()):
                name, values = part.name, part.numbers
            case Comparison(operator="=="):
                name, values = part.name, (part.number,)
            case _:
                return None
        codes = frozenset(value for value in values if isinstance(value, int | str))
        if name in found or not codes or len(codes) < len(values):
            return None
        found[name] = codes
    return found


def within(parts: Memberships, name: str, value: int | str) -> Memberships:
    """One group of a variable among these."""
    return {**parts, name: parts.get(name, frozenset([value])) & {value}}
