"""K: the items of a construct can be added up."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.model import Construct
from surveyapp.instrument.variables import Level, Variable

MEASURED = frozenset({"outcome", "driver"})
"""Kinds of construct whose items become a score."""


def _constructs(context: Context) -> Iterator[tuple[int, Construct, tuple[Variable, ...]]]:
    if context.instrument is not None:
        for index, construct in enumerate(context.instrument.constructs.values()):
            yield index, construct, tuple(context.variables[name] for name in construct.items)


@check(
    "K001",
    "warning",
    "files",
    title=("Een construct heeft één item.", "A construct has one item."),
    fix=("Voeg items toe, of laat items leeg.", "Add items, or leave items empty."),
)
def one_item(context: Context) -> Iterator[Found]:
    """Reliability needs at least two items."""
    for index, construct in enumerate(context.study.constructs):
        if len(construct.items) == 1:
            yield Found(
                context.study_file.place("constructs", index, "items"),
                construct.id,
                f"‘{construct.id}’ heeft één item; daar is geen schaal van te maken.",
                f"'{construct.id}' has one item; that makes no scale.",
            )


@check(
    "K002",
    "error",
    "instrument",
    title=(
        "De items van een construct hebben verschillende schalen.",
        "The items of a construct have different scales.",
    ),
    fix=("Geef alle items dezelfde codelijst.", "Give all items the same code list."),
)
def scales_differ(context: Context) -> Iterator[Found]:
    """A mean of items needs one response format."""
    for index, construct, items in _constructs(context):
        scales = sorted({item.scale or item.type.value for item in items})
        if len(scales) > 1:
            usual = items[0].scale or items[0].type.value
            other = next(number for number, item in enumerate(items) if (item.scale or item.type.value) != usual)
            yield Found(
                context.study_file.place("constructs", index, "items", other),
                construct.id,
                f"‘{construct.id}’ mengt de schalen {', '.join(scales)}.",
                f"'{construct.id}' mixes the scales {', '.join(scales)}.",
            )


@check(
    "K003",
    "error",
    "files",
    title=("Een item hoort bij twee constructen.", "An item belongs to two constructs."),
    fix=("Kies één construct.", "Choose one construct."),
)
def item_in_two(context: Context) -> Iterator[Found]:
    """Two scales with a common item correlate by construction."""
    owner: dict[str, str] = {}
    for index, construct in enumerate(context.study.constructs):
        for number, name in enumerate(construct.items):
            if name in owner:
                yield Found(
                    context.study_file.place("constructs", index, "items", number),
                    name,
                    f"‘{name}’ hoort al bij ‘{owner[name]}’.",
                    f"'{name}' belongs to '{owner[name]}' already.",
                )
            owner.setdefault(name, construct.id)


@check(
    "K004",
    "error",
    "instrument",
    title=("Een item van een schaal is geen score.", "An item of a scale is no score."),
    fix=("Geef het item level score, of haal het uit het construct.", "Give it level score, or remove it."),
)
def item_no_score(context: Context) -> Iterator[Found]:
    """Items that are added up are scores or numbers."""
    for index, construct, items in _constructs(context):
        for number, item in enumerate(items):
            if item.level not in (Level.SCORE, Level.RATIO):
                yield Found(
                    context.study_file.place("constructs", index, "items", number),
                    item.name,
                    f"‘{item.name}’ in ‘{construct.id}’ is {item.level}.",
                    f"'{item.name}' in '{construct.id}' is {item.level}.",
                )


@check(
    "K005",
    "warning",
    "instrument",
    title=(
        "De items van een construct worden geen rol samen gevraagd.",
        "No role is asked a construct's items together.",
    ),
    fix=("Vraag ten minste twee items aan dezelfde rol.", "Ask at least two items of the same role."),
)
def never_together(context: Context) -> Iterator[Found]:
    """A scale needs people who answered at least two of its items."""
    for index, construct, items in _constructs(context):
        names = {item.name for item in items}
        together = max((len(names & set(found.questions)) for found in context.questionnaires.values()), default=2)
        if len(names) > 1 and together < 2:
            yield Found(
                context.study_file.place("constructs", index, "items"),
                construct.id,
                f"Geen rol krijgt twee items van ‘{construct.id}’.",
                f"No role gets two items of '{construct.id}'.",
            )


@check(
    "K006",
    "error",
    "files",
    title=("Construct en variabele spreken elkaar tegen.", "Construct and variable contradict each other."),
    fix=("Noem bij de variabele het construct dat haar als item heeft.", "Name the construct that has it as an item."),
)
def disagreement(context: Context) -> Iterator[Found]:
    """An item's own ``construct`` is the one that lists it."""
    for construct in context.study.constructs:
        for name in construct.items:
            entry = context.registry.get(name)
            if entry is not None and entry.construct_id != construct.id:
                yield Found(
                    context.variable_place(name, "construct"),
                    name,
                    f"‘{name}’ noemt ‘{entry.construct_id}’, maar is een item van ‘{construct.id}’.",
                    f"'{name}' names '{entry.construct_id}', but is an item of '{construct.id}'.",
                )


@check(
    "K007",
    "warning",
    "files",
    title=("Een uitkomst of drijfveer hoort bij geen construct.", "An outcome or driver belongs to no construct."),
    fix=("Noem een construct.", "Name a construct."),
)
def measured_without_construct(context: Context) -> Iterator[Found]:
    """What is analysed says what it measures."""
    for name, entry in context.registry.items():
        if entry.use in MEASURED and entry.construct_id is None:
            yield Found(
                context.variable_place(name),
                name,
                f"‘{name}’ ({entry.use}) noemt geen construct.",
                f"'{name}' ({entry.use}) names no construct.",
            )
