"""K: the items of a construct can be added up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.definition import ConstructEntry
from surveyapp.instrument.types import Level
from surveyapp.instrument.variables import Variable

MEASURED = frozenset({"outcome", "driver"})
"""Kinds of construct whose items become a score."""


def _constructs(context: Context) -> Iterator[tuple[ConstructEntry, tuple[Variable, ...]]]:
    """Every construct with those of its items that are in the wave."""
    for entry in context.study.constructs:
        yield entry, tuple(context.variables[name] for name in entry.items if name in context.variables)


def first_other(variables: Sequence[Variable]) -> Variable | None:
    """The first that is answered on another scale than the first of all."""
    return next((each for each in variables if _scale(each) != _scale(variables[0])), None)


def scales_of(variables: Sequence[Variable]) -> str:
    """The scales that variables are answered on, as a message shows them."""
    return ", ".join(sorted({_scale(each) for each in variables}))


def _scale(variable: Variable) -> str:
    return variable.scale or variable.type.value


@check(
    "K001",
    "A construct has one item.",
    "'%(name)s' has one item; that makes no scale.",
    "Add items, or leave items empty.",
    level="warning",
)
def one_item(context: Context) -> Iterator[Found]:
    """Reliability needs at least two items."""
    for construct in context.study.constructs:
        if len(construct.items) == 1:
            yield Found(construct.at("items"), construct.id)


@check(
    "K002",
    "The items of a construct have different scales.",
    "'%(name)s' mixes the scales %(scales)s.",
    "Give all items the same code list.",
)
def scales_differ(context: Context) -> Iterator[Found]:
    """A mean of items needs one response format."""
    for construct, items in _constructs(context):
        if (other := first_other(items)) is not None:
            place = construct.at("items", construct.items.index(other.name))
            yield Found(place, construct.id, scales=scales_of(items))


@check(
    "K004",
    "An item of a scale is no score.",
    "'%(name)s' in '%(construct)s' is %(level)s.",
    "Give it level score, or remove it.",
)
def item_no_score(context: Context) -> Iterator[Found]:
    """Items that are added up are scores or numbers."""
    for construct, items in _constructs(context):
        for item in items:
            if item.level not in (Level.SCORE, Level.RATIO):
                place = construct.at("items", construct.items.index(item.name))
                yield Found(place, item.name, construct=construct.id, level=item.level)


@check(
    "K005",
    "No role is asked a construct's items together.",
    "No role gets two items of '%(name)s'.",
    "Ask at least two items of the same role.",
    level="warning",
)
def never_together(context: Context) -> Iterator[Found]:
    """A scale needs people who answered at least two of its items."""
    for construct, items in _constructs(context):
        names = {item.name for item in items}
        together = max((len(names & set(found.questions)) for found in context.questionnaires.values()), default=2)
        if len(names) > 1 and together < 2:
            yield Found(construct.at("items"), construct.id)


@check(
    "K006",
    "Construct and variable contradict each other.",
    "'%(name)s' names '%(named)s', but is an item of '%(construct)s'.",
    "Name the construct that has it as an item.",
)
def disagreement(context: Context) -> Iterator[Found]:
    """An item's own ``construct`` is the one that lists it."""
    for construct in context.study.constructs:
        for name in construct.items:
            entry = context.registry.get(name)
            if entry is not None and entry.construct_id != construct.id:
                yield Found(entry.at("construct"), name, named=entry.construct_id, construct=construct.id)


@check(
    "K007",
    "An outcome or driver belongs to no construct.",
    "'%(name)s' (%(use)s) names no construct.",
    "Name a construct.",
    level="warning",
)
def measured_without_construct(context: Context) -> Iterator[Found]:
    """What is analysed says what it measures."""
    for name, entry in context.registry.items():
        if entry.use in MEASURED and entry.construct_id is None:
            yield Found(entry.at(), name, use=entry.use)
