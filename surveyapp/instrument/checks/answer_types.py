"""L: a variable's type, level, range and code list fit each other."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.errors import Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.definition import CodeListEntry, VariableEntry
from surveyapp.numerals import counted

RESERVED_FROM = 90
"""Codes from here are for "none of these", "other" and the like; gaps before them are meant."""
NUMBERS = frozenset({"number", "year", "month", "region"})
LEVELS_OF = {
    "single": {"nominal", "ordinal", "score"},
    "multiple": {"nominal"},
    "mark": {"ordinal", "score"},
    "recommendation": {"ordinal", "score"},
    "consent": {"nominal"},
    "ranking": {"nominal", "ordinal"},
    "allocation": {"ratio", "nominal"},
    "number": {"ratio"},
    "year": {"ratio", "ordinal"},
    "month": {"ordinal"},
    "region": {"nominal"},
    "short_text": {"text"},
    "long_text": {"text"},
}


def _list_of(context: Context, entry: VariableEntry) -> CodeListEntry | None:
    found = context.code_lists.get(entry.codes) if entry.codes else None
    return found[1] if found else None


@check(
    "L003",
    "error",
    "files",
    title=("De codes zijn niet die van een rapportcijfer.", "The codes are not those of a mark."),
    fix=("Noem een codelijst met de codes 1 tot en met 10.", "Name a code list with the codes 1 to 10."),
)
def mark_not_one_to_ten(context: Context) -> Iterator[Found]:
    """A mark runs from 1 to 10."""
    yield from _scale_of(context, "mark", list(range(1, 11)))


@check(
    "L004",
    "error",
    "files",
    title=("De codes zijn niet die van een aanbeveling.", "The codes are not those of a recommendation."),
    fix=("Noem een codelijst met de codes 0 tot en met 10.", "Name a code list with the codes 0 to 10."),
)
def recommendation_not_zero_to_ten(context: Context) -> Iterator[Found]:
    """A recommendation runs from 0 to 10."""
    yield from _scale_of(context, "recommendation", list(range(11)))


def _scale_of(context: Context, kind: str, wanted: list[int]) -> Iterator[Found]:
    for name, entry in context.registry.items():
        codes = _list_of(context, entry)
        if entry.type == kind and codes is not None and [category.code for category in codes.categories] != wanted:
            yield Found(
                context.variable_place(name, "codes"),
                name,
                f"De lijst ‘{entry.codes}’ van ‘{name}’ loopt niet van {wanted[0]} tot en met {wanted[-1]}.",
                f"The list '{entry.codes}' of '{name}' does not run from {wanted[0]} to {wanted[-1]}.",
            )


@check(
    "L005",
    "error",
    "files",
    title=("Het aantal keuzes kan niet.", "The number of choices is impossible."),
    fix=("Maak min_choices ≤ max_choices ≤ het aantal categorieën.", "Make min_choices ≤ max_choices ≤ categories."),
)
def impossible_choices(context: Context) -> Iterator[Found]:
    """``min_choices`` and ``max_choices`` fit each other, the list and the type."""
    for name, entry in context.registry.items():
        codes = _list_of(context, entry)
        size = len(codes.categories) if codes else 0
        most = size if entry.max_choices is None else entry.max_choices
        stated = entry.min_choices > 0 or entry.max_choices is not None
        if stated and (entry.type != "multiple" or entry.min_choices > most or most > size):
            yield Found(
                context.variable_place(name, "max_choices" if entry.max_choices is not None else "min_choices"),
                name,
                f"‘{name}’ vraagt {entry.min_choices} tot {counted(most, 'keuze', 'keuzes')} "
                f"uit {counted(size, 'categorie', 'categorieën')} ({entry.type}).",
                f"'{name}' asks for {entry.min_choices} to {counted(most, 'choice', 'choices')} "
                f"of {counted(size, 'category', 'categories')} ({entry.type}).",
            )


@check(
    "L006",
    "error",
    "files",
    title=("Het aantal plaatsen kan niet.", "The number of places is impossible."),
    fix=(
        "Zet ranks alleen bij ranking en niet boven het aantal categorieën.",
        "Use ranks for ranking only, within the list.",
    ),
)
def impossible_ranks(context: Context) -> Iterator[Found]:
    """``ranks`` is for rankings and at most the number of categories."""
    for name, entry in context.registry.items():
        codes = _list_of(context, entry)
        size = len(codes.categories) if codes else 0
        if entry.ranks and (entry.type != "ranking" or entry.ranks > size):
            yield Found(
                context.variable_place(name, "ranks"),
                name,
                f"‘{name}’ vraagt {counted(entry.ranks, 'plaats', 'plaatsen')} "
                f"bij {counted(size, 'categorie', 'categorieën')} ({entry.type}).",
                f"'{name}' asks for {counted(entry.ranks, 'place', 'places')} "
                f"with {counted(size, 'category', 'categories')} ({entry.type}).",
            )


@check(
    "L007",
    "error",
    "instrument",
    title=("Het bereik van een getal kan niet.", "The range of a number is impossible."),
    fix=(
        "Maak min ≤ warn_below ≤ warn_above ≤ max, alleen bij getallen.",
        "Make min ≤ warn_below ≤ warn_above ≤ max, for numbers only.",
    ),
)
def impossible_range(context: Context) -> Iterator[Found]:
    """The hard bounds enclose the soft ones, min is below max, and only numbers have a range."""
    for name, variable in context.variables.items():
        number = variable.number
        if number is None or variable.other_of is not None:
            continue
        bounds = [number.minimum, number.warn_below, number.warn_above, number.maximum]
        stated = [bound for bound in bounds if bound is not None]
        if stated != sorted(stated) or variable.type not in NUMBERS or (number.minimum or 0) < 0:
            yield Found(
                _bound_place(context, name, bounds) if name in context.registry else variable.place or context.place(),
                name,
                f"Het bereik van ‘{name}’ ({variable.type}) sluit niet: {_shown(bounds)}.",
                f"The range of '{name}' ({variable.type}) does not fit: {_shown(bounds)}.",
            )


_BOUNDS = ("min", "warn_below", "warn_above", "max")


def _bound_place(context: Context, name: str, bounds: list[float | None]) -> Place:
    """Where the first bound stands that is not in order with those before it, or the range as a whole."""
    written = context.registry[name].range
    highest: float | None = None
    for key, bound in zip(_BOUNDS, bounds, strict=True):
        if bound is not None and highest is not None and bound < highest:
            # The later of the two, or the first where the later is not written but comes from the type.
            is_written = written is not None and getattr(written, key) is not None
            return context.variable_place(name, "range", key if is_written else "min")
        highest = bound if bound is not None else highest
    return context.variable_place(name, "range")


def _shown(bounds: list[float | None]) -> str:
    return " · ".join("-" if bound is None else f"{bound:g}" for bound in bounds)


@check(
    "L010",
    "warning",
    "files",
    title=("De uiteinden van een schaal hebben geen naam.", "The ends of a scale have no name."),
    fix=("Voeg low en high toe aan de codelijst.", "Add low and high to the code list."),
)
def ends_without_name(context: Context) -> Iterator[Found]:
    """Marks and recommendations show only digits; the ends say which way they run."""
    for name, entry in context.registry.items():
        codes = _list_of(context, entry)
        if entry.type in ("mark", "recommendation") and codes and (codes.low is None or codes.high is None):
            yield Found(
                context.code_list_place(entry.codes or ""),
                name,
                f"De schaal van ‘{name}’ zegt niet wat laag en hoog is.",
                f"The scale of '{name}' does not say what is low and high.",
            )


@check(
    "L012",
    "error",
    "files",
    title=("Het meetniveau past niet bij het type.", "The level does not fit the type."),
    fix=("Laat level weg of kies er een die past.", "Leave level out or choose one that fits."),
)
def level_unfit(context: Context) -> Iterator[Found]:
    """A mean needs a score or a ratio; a list of names has none."""
    for name, entry in context.registry.items():
        if entry.level is not None and entry.level not in LEVELS_OF[entry.type]:
            yield Found(
                context.variable_place(name, "level"),
                name,
                f"‘{name}’ is {entry.type} en kan niet {entry.level} zijn.",
                f"'{name}' is {entry.type} and cannot be {entry.level}.",
            )


@check(
    "L013",
    "error",
    "files",
    title=("Een score rust op een lijst zonder volgorde.", "A score rests on a list without order."),
    fix=("Zet ordered: true bij de lijst, of kies nominal.", "Set ordered: true for the list, or choose nominal."),
)
def score_without_order(context: Context) -> Iterator[Found]:
    """Ordinal and score variables of type single have an ordered list."""
    for name, entry in context.registry.items():
        codes = _list_of(context, entry)
        if entry.type == "single" and entry.level in ("ordinal", "score") and codes and not codes.ordered:
            yield Found(
                context.variable_place(name, "level"),
                name,
                f"‘{name}’ is {entry.level}, maar de lijst ‘{entry.codes}’ heeft geen volgorde.",
                f"'{name}' is {entry.level}, but the list '{entry.codes}' has no order.",
            )


@check(
    "L016",
    "warning",
    "files",
    title=("Een getal heeft geen grenzen.", "A number has no bounds."),
    fix=("Geef range met min en max.", "Give range with min and max."),
)
def number_without_bounds(context: Context) -> Iterator[Found]:
    """A typing error of three digits moves a mean more than ten cases."""
    for name, entry in context.registry.items():
        bounds = entry.range
        if entry.type in ("number", "year") and (bounds is None or bounds.min is None or bounds.max is None):
            yield Found(
                context.variable_place(name), name, f"‘{name}’ heeft geen min en max.", f"'{name}' has no min and max."
            )


@check(
    "L017",
    "hint",
    "files",
    title=("Een getal heeft geen eenheid.", "A number has no unit."),
    fix=("Voeg unit toe, zoals jaren of euro per uur.", "Add unit, such as years or euros an hour."),
)
def number_without_unit(context: Context) -> Iterator[Found]:
    """The unit stands beside the field and on the axis of the chart."""
    for name, entry in context.registry.items():
        if entry.type == "number" and entry.unit is None:
            yield Found(context.variable_place(name), name, f"‘{name}’ heeft geen eenheid.", f"'{name}' has no unit.")


@check(
    "L018",
    "warning",
    "files",
    title=("Buiten meerkeuze sluit een categorie uit.", "A category excludes outside a multiple choice."),
    fix=("Haal exclusive weg of maak er multiple van.", "Remove exclusive or make it multiple."),
)
def exclusive_without_several(context: Context) -> Iterator[Found]:
    """``exclusive`` means something where any number of answers may be chosen: not in a single choice or a ranking."""
    multiple = {entry.codes for entry in context.registry.values() if entry.type == "multiple"}
    for name, entry in context.registry.items():
        codes = _list_of(context, entry)
        if entry.type in ("single", "ranking") and entry.codes not in multiple and codes is not None:
            for index, category in enumerate(codes.categories):
                if category.exclusive:
                    yield Found(
                        context.code_list_place(entry.codes or "", "categories", index, "exclusive"),
                        name,
                        f"‘{category.key}’ sluit uit, maar ‘{name}’ is geen meerkeuze ({entry.type}).",
                        f"'{category.key}' excludes, but '{name}' is no multiple choice ({entry.type}).",
                    )


@check(
    "L019",
    "warning",
    "instrument",
    title=("Een vaste slotcategorie wordt mee geschud.", "A category that belongs last is shuffled."),
    fix=("Zet anchored: true bij deze categorie.", "Set anchored: true for this category."),
)
def last_category_shuffled(context: Context) -> Iterator[Found]:
    """ "Other" and "none of these" stay last in a random order."""
    for question in context.questions:
        if question.is_randomised:
            for index, category in enumerate(question.variable.categories):
                if (category.other or category.exclusive) and not category.anchored:
                    yield Found(
                        context.code_list_place(question.variable.scale or "", "categories", index, "anchored"),
                        question.name,
                        f"‘{category.key}’ kan bovenaan komen te staan.",
                        f"'{category.key}' may come out on top.",
                    )


@check(
    "L020",
    "warning",
    "instrument",
    title=("Een geordende lijst wordt geschud.", "An ordered list is shuffled."),
    fix=("Haal randomise weg.", "Remove randomise."),
)
def scale_shuffled(context: Context) -> Iterator[Found]:
    """From low to high is an order that respondents need."""
    for question in context.questions:
        scale = context.scale_of(question.variable)
        if question.is_randomised and scale is not None and scale.is_ordered:
            yield Found(
                context.cause(question.place, "randomise"),
                question.name,
                f"De antwoorden van ‘{question.name}’ lopen van laag naar hoog en worden geschud.",
                f"The answers of '{question.name}' run from low to high and are shuffled.",
            )
