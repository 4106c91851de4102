"""L: a variable's type, level, range and code list fit each other."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.errors import Counted, Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, Function, check
from surveyapp.instrument.definition import VariableEntry
from surveyapp.instrument.types import Shape, VariableType


def scale_of(kind: VariableType) -> Function:
    """The check that the list of this type has the codes of its scale, from the first to the last."""
    wanted = kind.traits.scale

    def found(context: Context) -> Iterator[Found]:
        """Every variable of the type with another list."""
        for name, entry in context.registry.items():
            codes = context.codes_of(entry)
            if entry.type == kind and codes is not None and tuple(each.code for each in codes.categories) != wanted:
                yield Found(entry.at("codes"), name, codes=entry.codes, low=wanted[0], high=wanted[-1])

    return found


check(
    "L003",
    "The codes are not those of a mark.",
    "The list '%(codes)s' of '%(name)s' does not run from %(low)s to %(high)s.",
    "Name a code list with the codes 1 to 10.",
)(scale_of(VariableType.MARK))
check(
    "L004",
    "The codes are not those of a recommendation.",
    "The list '%(codes)s' of '%(name)s' does not run from %(low)s to %(high)s.",
    "Name a code list with the codes 0 to 10.",
)(scale_of(VariableType.RECOMMENDATION))


@check(
    "L005",
    "The number of choices is impossible.",
    "'%(name)s' asks for %(least)s to %(most)s of %(size)s (%(type)s).",
    "Make min_choices ≤ max_choices ≤ categories.",
)
def impossible_choices(context: Context) -> Iterator[Found]:
    """``min_choices`` and ``max_choices`` fit each other, the list and the type."""
    for name, entry in context.registry.items():
        codes = context.codes_of(entry)
        size = len(codes.categories) if codes else 0
        most = size if entry.max_choices is None else entry.max_choices
        stated = entry.min_choices > 0 or entry.max_choices is not None
        if stated and (entry.traits.shape is not Shape.CHOICE or entry.min_choices > most or most > size):
            yield Found(
                entry.at("max_choices" if entry.max_choices is not None else "min_choices"),
                name,
                least=entry.min_choices,
                most=Counted(most, "choice", "choices"),
                size=Counted(size, "category", "categories"),
                type=entry.type,
            )


@check(
    "L006",
    "The number of places is impossible.",
    "'%(name)s' asks for %(ranks)s with %(size)s (%(type)s).",
    "Use ranks for ranking only, within the list.",
)
def impossible_ranks(context: Context) -> Iterator[Found]:
    """``ranks`` is for rankings and at most the number of categories."""
    for name, entry in context.registry.items():
        codes = context.codes_of(entry)
        size = len(codes.categories) if codes else 0
        if entry.ranks and (entry.traits.shape is not Shape.RANKING or entry.ranks > size):
            yield Found(
                entry.at("ranks"),
                name,
                ranks=Counted(entry.ranks, "place", "places"),
                size=Counted(size, "category", "categories"),
                type=entry.type,
            )


@check(
    "L007",
    "The range of a number is impossible.",
    "The range of '%(name)s' (%(type)s) does not fit: %(bounds)s.",
    "Make min ≤ warn_below ≤ warn_above ≤ max, for numbers only.",
)
def impossible_range(context: Context) -> Iterator[Found]:
    """The hard bounds enclose the soft ones, min is below max, and only numbers have a range."""
    for name, variable in context.variables.items():
        number = variable.number
        if number is None or variable.other_of is not None:
            continue
        bounds = [number.minimum, number.warn_below, number.warn_above, number.maximum]
        stated = [bound for bound in bounds if bound is not None]
        if stated != sorted(stated) or variable.type.shape is not Shape.NUMBER or (number.minimum or 0) < 0:
            entry = context.registry.get(name)
            yield Found(
                _bound_place(entry, bounds) if entry else variable.place or context.place(),
                name,
                type=variable.type,
                bounds=_shown(bounds),
            )


_BOUNDS = ("min", "warn_below", "warn_above", "max")


def _bound_place(entry: VariableEntry, bounds: list[float | None]) -> Place:
    """Where the first bound stands that is not in order with those before it, or the range as a whole."""
    written = entry.range
    highest: float | None = None
    for key, bound in zip(_BOUNDS, bounds, strict=True):
        if bound is not None and highest is not None and bound < highest:
            # The later of the two, or the first where the later is not written but comes from the type.
            is_written = written is not None and getattr(written, key) is not None
            return entry.at("range", key if is_written else "min")
        highest = bound if bound is not None else highest
    return entry.at("range")


def _shown(bounds: list[float | None]) -> str:
    return " · ".join("-" if bound is None else f"{bound:g}" for bound in bounds)


@check(
    "L010",
    "The ends of a scale have no name.",
    "The scale of '%(name)s' does not say what is low and high.",
    "Add low and high to the code list.",
    level="warning",
)
def ends_without_name(context: Context) -> Iterator[Found]:
    """Marks and recommendations show only digits; the ends say which way they run."""
    for name, entry in context.registry.items():
        codes = context.codes_of(entry)
        if entry.traits.scale and codes and (codes.low is None or codes.high is None):
            yield Found(codes.at(), name)


@check(
    "L012",
    "The level does not fit the type.",
    "'%(name)s' is %(type)s and cannot be %(level)s.",
    "Leave level out or choose one that fits.",
)
def level_unfit(context: Context) -> Iterator[Found]:
    """A mean needs a score or a ratio; a list of names has none."""
    for name, entry in context.registry.items():
        if entry.level is not None and entry.level not in entry.traits.levels:
            yield Found(entry.at("level"), name, type=entry.type, level=entry.level)


@check(
    "L013",
    "A score rests on a list without order.",
    "'%(name)s' is %(level)s, but the list '%(codes)s' has no order.",
    "Set ordered: true for the list, or choose nominal.",
)
def score_without_order(context: Context) -> Iterator[Found]:
    """Ordinal and score variables of type single have an ordered list."""
    for name, entry in context.registry.items():
        codes = context.codes_of(entry)
        if entry.traits.level_of_ordered and entry.level in ("ordinal", "score") and codes and not codes.ordered:
            yield Found(entry.at("level"), name, level=entry.level, codes=entry.codes)


@check(
    "L016", "A number has no bounds.", "'%(name)s' has no min and max.", "Give range with min and max.", level="warning"
)
def number_without_bounds(context: Context) -> Iterator[Found]:
    """A typing error of three digits moves a mean more than ten cases."""
    for name, entry in context.registry.items():
        bounds = entry.range
        if entry.traits.limits_of_range and (bounds is None or bounds.min is None or bounds.max is None):
            yield Found(entry.at(), name)


@check(
    "L017",
    "A number has no unit.",
    "'%(name)s' has no unit.",
    "Add unit, such as years or euros an hour.",
    level="hint",
)
def number_without_unit(context: Context) -> Iterator[Found]:
    """The unit stands beside the field and on the axis of the chart."""
    for name, entry in context.registry.items():
        if entry.traits.is_amount and entry.unit is None:
            yield Found(entry.at(), name)


@check(
    "L018",
    "A category excludes outside a multiple choice.",
    "'%(key)s' excludes, but '%(name)s' is no multiple choice (%(type)s).",
    "Remove exclusive or make it multiple.",
    level="warning",
)
def exclusive_without_several(context: Context) -> Iterator[Found]:
    """``exclusive`` means something where any number of answers may be chosen: not in a single choice or a ranking."""
    multiple = {entry.codes for entry in context.registry.values() if entry.traits.shape is Shape.CHOICE}
    for name, entry in context.registry.items():
        codes = context.codes_of(entry)
        if entry.type in ("single", "ranking") and entry.codes not in multiple and codes is not None:
            for category in codes.categories:
                if category.exclusive:
                    yield Found(category.at("exclusive"), name, key=category.key, type=entry.type)


@check(
    "L019",
    "A category that belongs last is shuffled.",
    "'%(key)s' may come out on top.",
    "Set anchored: true for this category.",
    level="warning",
)
def last_category_shuffled(context: Context) -> Iterator[Found]:
    """ "Other" and "none of these" stay last in a random order."""
    for question in context.questions:
        if question.is_randomised:
            codes = context.code_lists.get(question.variable.scale or "")
            for category in codes.categories if codes else ():
                if (category.other or category.exclusive) and not category.anchored:
                    yield Found(category.at("anchored"), question.name, key=category.key)


@check(
    "L020",
    "An ordered list is shuffled.",
    "The answers of '%(name)s' run from low to high and are shuffled.",
    "Remove randomise.",
    level="warning",
)
def scale_shuffled(context: Context) -> Iterator[Found]:
    """From low to high is an order that respondents need."""
    for question in context.questions:
        scale = context.scale_of(question.variable)
        if question.is_randomised and scale is not None and scale.is_ordered:
            yield Found(context.cause(question.place, "randomise"), question.name)
