"""L, B, C: what passes for sense and gives wrong figures: codes that do not rise, limits nothing heeds, mixed lists."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.conditions.nodes import Comparison, Membership, leaves
from surveyapp.instrument.definition import RangeEntry
from surveyapp.instrument.variables import Variable, VariableType

LIMITS_OF = {
    "range": frozenset({"number", "year", "month"}),
    "unit": frozenset({"number", "allocation"}),
    "max_characters": frozenset({"short_text", "long_text"}),
    "min_choices": frozenset({"multiple"}),
    "max_choices": frozenset({"multiple"}),
    "ranks": frozenset({"ranking"}),
}
"""Which types heed which limit; a limit on any other type would be written and never held."""
NUMBER_ONLY = ("decimals", "warn_below", "warn_above")
EARLIEST, LATEST = 1800, 2200
"""Years that a limit may name; what lies outside is a month, a number of years, or a slip."""
STACKED = frozenset({"frequencies", "multiple", "ranking", "numbers"})
"""Kinds of table whose variables stand under the row labels of the first; statements and phases have B004."""


@check(
    "L021",
    "error",
    "files",
    title=("De codes van een geordende lijst lopen niet op.", "The codes of an ordered list do not rise."),
    fix=(
        "Zet de categorieën op volgorde van hun codes; wat een hogere code betekent, zegt descending.",
        "Put the categories in the order of their codes; what a higher code means is said by descending.",
    ),
)
def codes_not_rising(context: Context) -> Iterator[Found]:
    """Means, medians, highest two and lowest two go by the codes; the order that is read must be the same."""
    for name, (file, entry) in context.code_lists.items():
        codes = [category.code for category in entry.categories]
        for index in range(1, len(codes)) if entry.ordered else ():
            if codes[index] < codes[index - 1]:
                yield Found(
                    file.place("code_lists", name, "categories", index, "code"),
                    name,
                    f"In de geordende lijst ‘{name}’ staat code {codes[index]} na code {codes[index - 1]}.",
                    f"In the ordered list '{name}' code {codes[index]} stands after code {codes[index - 1]}.",
                )
                break


@check(
    "L022",
    "error",
    "files",
    title=("Een grens hoort niet bij het type.", "A limit does not belong to the type."),
    fix=("Haal de grens weg of kies een ander type.", "Remove the limit or choose another type."),
)
def limit_unheeded(context: Context) -> Iterator[Found]:
    """Every limit that is written is held: none stands where its type does not look at it."""
    for name, entry in context.registry.items():
        for limit, types in LIMITS_OF.items():
            if limit in entry.model_fields_set and getattr(entry, limit) and entry.type not in types:
                yield Found(
                    context.variable_place(name, limit),
                    name,
                    f"‘{limit}’ doet niets bij ‘{name}’ ({entry.type}).",
                    f"'{limit}' does nothing for '{name}' ({entry.type}).",
                )
        if entry.range is None or entry.type not in LIMITS_OF["range"]:
            continue
        for limit in NUMBER_ONLY:
            allowed = entry.type == "number" or (entry.type == "year" and limit != "decimals")
            if getattr(entry.range, limit) and not allowed:
                yield Found(
                    context.variable_place(name, "range", limit),
                    name,
                    f"‘{limit}’ doet niets bij ‘{name}’ ({entry.type}).",
                    f"'{limit}' does nothing for '{name}' ({entry.type}).",
                )


@check(
    "L023",
    "error",
    "files",
    title=("Een grens is geen jaartal.", "A limit is no year."),
    fix=(
        "Schrijf bij year en month hele jaren, zoals 2020 of wave_year - 2; de maand daarbinnen is vrij.",
        "Write whole years for year and month, such as 2020 or wave_year - 2; the month within them is free.",
    ),
)
def limit_no_year(context: Context) -> Iterator[Found]:
    """The limits of a year and of a month are years: 202001 would let nobody answer."""
    for name, entry in context.registry.items():
        if entry.range is None or entry.type not in ("year", "month"):
            continue
        for limit, value in _bounds(entry.range):
            if not isinstance(value, str) and not (value == int(value) and EARLIEST <= value <= LATEST):
                yield Found(
                    context.variable_place(name, "range", limit),
                    name,
                    f"{value:g} is geen jaartal; ‘{name}’ is van het type {entry.type}.",
                    f"{value:g} is no year; '{name}' is of type {entry.type}.",
                )


def _bounds(entry: RangeEntry) -> Iterator[tuple[str, float | str]]:
    for limit in ("min", "max"):
        value = getattr(entry, limit)
        if value is not None:
            yield limit, value


@check(
    "C011",
    "error",
    "files",
    title=("Een maand wordt vergeleken met wat geen maand is.", "A month is compared with what is no month."),
    fix=(
        "Schrijf jaar en maand achter elkaar: 202603 is maart 2026.",
        "Write year and month together: 202603 is March 2026.",
    ),
)
def compared_with_no_month(context: Context) -> Iterator[Found]:
    """A month is stored as year * 100 + month; beside 2026 every month is greater."""
    months = {name for name, entry in context.registry.items() if entry.type == "month"}
    for use, condition in context.readable() if months else ():
        for leaf in leaves(condition.tree):
            if not isinstance(leaf, Comparison | Membership) or leaf.name not in months:
                continue
            for number in leaf.numbers if isinstance(leaf, Membership) else (leaf.number,):
                year, month = divmod(number, 100)
                if number >= 0 and not (EARLIEST <= year <= LATEST and month in range(1, 13)):
                    yield Found(
                        use.place,
                        use.name,
                        f"‘{use.name}’ vergelijkt de maand ‘{leaf.name}’ met {number:g}.",
                        f"'{use.name}' compares the month '{leaf.name}' with {number:g}.",
                    )


@check(
    "B011",
    "error",
    "instrument",
    title=(
        "Eén tabel stapelt variabelen met verschillende antwoorden.",
        "One table stacks variables that differ in answers.",
    ),
    fix=("Maak er een tabel per codelijst van.", "Make it a table for each code list."),
)
def lists_differ(context: Context) -> Iterator[Found]:
    """The rows of a table bear the labels of its first variable, so its other variables must mean the same by them."""
    file = context.tables_file
    for index, table in enumerate(context.instrument.tables if context.instrument and file else ()):
        variables = [context.variables[name] for name in table.variables if name in context.variables]
        if file is None or table.kind not in STACKED or not variables:
            continue
        for place, variable in enumerate(variables):
            if _rows(variable) != _rows(variables[0]):
                yield Found(
                    file.place("tables", index, "variables", place),
                    table.id,
                    f"‘{variable.name}’ heeft in ‘{table.id}’ andere antwoorden dan ‘{variables[0].name}’.",
                    f"'{variable.name}' has other answers in '{table.id}' than '{variables[0].name}'.",
                )
                break


def _rows(variable: Variable) -> Hashable:
    """What the rows of its table mean; numbers have the same rows whatever they count."""
    if variable.categories:
        return tuple((category.code, tuple(category.label.items())) for category in variable.categories)
    return "region" if variable.type is VariableType.REGION else "number"
