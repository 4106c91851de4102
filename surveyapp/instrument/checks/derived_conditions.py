"""Conditions on derived variables, said of what people answer: so that a proof over answers can try them.

What comes out is true for whoever the condition is true for, and for nobody else. It need not be false where the
condition is false: a missing answer makes both unknown in their own way. So everything is said twice, as what makes it
true and what makes it false.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions import nodes as n
from surveyapp.instrument.conditions.parse import condition_of
from surveyapp.instrument.types import Shape
from surveyapp.instrument.variables import Derivation, Portion, Variable, Way

COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
NEVER, NOT_ASKED = n.Always(False), "not_asked"


class _Unsaid(Exception):
    """There are no words for it: a score is a mean over several answers."""


def of_what_is_asked(condition: Condition, variables: Mapping[str, Variable]) -> Condition | None:
    """The same of the answers that derived variables are made of; None where there are no words for that."""
    tree = condition.tree
    try:
        while any(_derivation(name, variables) for name in n.names_of(tree)):  # what is derived may be derived of such
            tree = _true(tree, variables)
    except _Unsaid:
        return None
    return condition if tree is condition.tree else condition_of(tree, condition.source)


def _derivation(name: str, variables: Mapping[str, Variable]) -> Derivation | None:
    return variables[name].derivation if name in variables else None


def _true(node: n.Node, variables: Mapping[str, Variable]) -> n.Node:
    """What is true where the node is."""
    match node:
        case n.And(operands) | n.Or(operands):
            return type(node)(tuple(_true(one, variables) for one in operands))
        case n.Not(operand):
            return _false(operand, variables)
        case n.Holds(operand):
            return n.Holds(_true(operand, variables))
        case n.Always() | n.Audience():
            return node
    made = _derivation(node.name, variables)
    return node if made is None else _leaf_true(node, made, variables[made.sources[0]])


def _false(node: n.Node, variables: Mapping[str, Variable]) -> n.Node:
    """What is true where the node is false; unknown is neither."""
    match node:
        case n.And(operands):
            return n.Or(tuple(_false(one, variables) for one in operands))
        case n.Or(operands):
            return n.And(tuple(_false(one, variables) for one in operands))
        case n.Not(operand):
            return _true(operand, variables)
        case n.Holds(operand):
            return n.Not(n.Holds(_true(operand, variables)))
        case n.Always() | n.Audience():
            return n.Not(node)
    made = _derivation(node.name, variables)
    return n.Not(node) if made is None else _leaf_false(node, made, variables[made.sources[0]])


def _leaf_true(leaf: n.Leaf, made: Derivation, source: Variable) -> n.Node:
    if made.way is Way.SCORE or isinstance(leaf, n.Counted):
        raise _Unsaid
    match leaf:
        case n.Comparison() | n.Membership():
            inside = _placed([one for one in made.portions if _is_meant(leaf, one.code)], made, source)
            words = leaf.missing if isinstance(leaf, n.Membership) else ()
            missing: list[n.Node] = [n.Membership(source.name, (), words)] if words else []
            missing += [_unplaced(made, source)] if NOT_ASKED in words else []
            return n.Or((inside, *missing))
        case n.Given(kind="valid"):
            return _valid(made, source)
        case n.Given(kind="missing"):
            return n.Not(n.Holds(_valid(made, source)))
        case n.Given():
            return n.And((n.Given(source.name, "answered"), n.Not(n.Holds(_unplaced(made, source)))))
        case n.Chosen(codes=codes, every=every):
            groups: list[n.Node] = [_chosen(one, source) for one in made.portions if one.code in codes]
            return n.And((n.Given(source.name, "valid"), *groups)) if every else _any(groups)
    raise _Unsaid


def _leaf_false(leaf: n.Leaf, made: Derivation, source: Variable) -> n.Node:
    found = n.Not(n.Holds(_leaf_true(leaf, made, source)))
    is_known = isinstance(leaf, n.Given) or (isinstance(leaf, n.Membership) and not leaf.numbers)
    return found if is_known else n.And((_valid(made, source), found))


def _is_meant(leaf: n.Comparison | n.Membership, code: int) -> bool:
    if isinstance(leaf, n.Membership):
        return code in leaf.numbers
    return COMPARE[leaf.operator](code, leaf.number)


def _any(operands: Sequence[n.Node]) -> n.Node:
    return n.Or(tuple(operands)) if operands else NEVER


def _placed(portions: Sequence[Portion], made: Derivation, source: Variable) -> n.Node:
    """Whose answer belongs to one of these categories."""
    return _any([_band(one, made, source) if made.way is Way.BANDS else _chosen(one, source) for one in portions])


def _valid(made: Derivation, source: Variable) -> n.Node:
    """Who has a category; of nets whoever answered, since none may fit."""
    return n.Given(source.name, "valid") if made.way is Way.NETS else _placed(made.portions, made, source)


def _unplaced(made: Derivation, source: Variable) -> n.Node:
    """Whose answer belongs to no category: they count as not asked."""
    return n.And((n.Given(source.name, "valid"), n.Not(n.Holds(_valid(made, source)))))


def _band(portion: Portion, made: Derivation, source: Variable) -> n.Node:
    ends: list[n.Node] = [n.Given(source.name, "valid")]
    for end, sign, turned in ((portion.low, ">=", "<="), (portion.below, "<", ">")):
        if end is not None:
            born = None if made.year is None else made.year - end  # of an age of so much and more, that year or before
            ends.append(_compared(source.name, sign, end) if born is None else _compared(source.name, turned, born))
    return reduce(lambda one, other: n.And((one, other)), ends)


def _compared(name: str, sign: str, number: float) -> n.Node:
    return n.Comparison(name, sign, int(number) if number == int(number) else number)  # type: ignore[arg-type]  # one of them


def _chosen(portion: Portion, source: Variable) -> n.Node:
    if source.type.shape is Shape.CODE:
        return n.Membership(source.name, portion.codes, ())
    return n.Chosen(source.name, portion.codes, False)
