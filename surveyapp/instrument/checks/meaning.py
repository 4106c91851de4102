"""L, B, C: what passes for sense and gives wrong figures: codes that do not rise, limits nothing heeds, mixed lists."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import pairwise

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.conditions.nodes import Comparison, Membership, leaves
from surveyapp.instrument.variables import Variable

LIMITS = ("range", "unit", "max_characters", "min_choices", "max_choices", "ranks")
LIMITS_OF_RANGE = ("decimals", "warn_below", "warn_above")
"""Limits that only some types heed; on any other type one would be written and never held."""
EARLIEST, LATEST = 1800, 2200
"""Years that a limit may name; what lies outside is a month, a number of years, or a slip."""
STACKED = frozenset({"frequencies", "multiple", "ranking", "numbers"})
"""Kinds of table whose variables stand under the row labels of the first; statements and phases have B004."""


@check(
    "L021",
    "The codes of an ordered list do not rise.",
    "In the ordered list '%(name)s' code %(code)s stands after code %(before)s.",
    "Put the categories in the order of their codes; what a higher code means is said by descending.",
)
def codes_not_rising(context: Context) -> Iterator[Found]:
    """Means, medians, highest two and lowest two go by the codes; the order that is read must be the same."""
    for name, entry in context.code_lists.items():
        for before, after in pairwise(entry.categories) if entry.ordered else ():
            if after.code < before.code:
                yield Found(after.at("code"), name, code=after.code, before=before.code)
                break


@check(
    "L022",
    "A limit does not belong to the type.",
    "'%(limit)s' does nothing for '%(name)s' (%(type)s).",
    "Remove the limit or choose another type.",
)
def limit_unheeded(context: Context) -> Iterator[Found]:
    """Every limit that is written is held: none stands where its type does not look at it."""
    for name, entry in context.registry.items():
        traits = entry.traits
        for limit in LIMITS:
            if limit in entry.model_fields_set and getattr(entry, limit) and limit not in traits.limits:
                yield Found(entry.at(limit), name, limit=limit, type=entry.type)
        if entry.range is None or "range" not in traits.limits:
            continue
        for limit in LIMITS_OF_RANGE:
            if getattr(entry.range, limit) and limit not in traits.limits_of_range:
                yield Found(entry.at("range", limit), name, limit=limit, type=entry.type)


@check(
    "L023",
    "A limit is no year.",
    "%(value)s is no year; '%(name)s' is of type %(type)s.",
    "Write whole years for year and month, such as 2020 or wave_year - 2; the month within them is free.",
)
def limit_no_year(context: Context) -> Iterator[Found]:
    """The limits of a year and of a month are years: 202001 would let nobody answer."""
    for name, entry in context.registry.items():
        if entry.range is None or not entry.traits.has_years:
            continue
        for limit, value in (("min", entry.range.min), ("max", entry.range.max)):
            if isinstance(value, int | float) and not (value == int(value) and EARLIEST <= value <= LATEST):
                yield Found(entry.at("range", limit), name, value=f"{value:g}", type=entry.type)


@check(
    "C011",
    "A month is compared with what is no month.",
    "'%(name)s' compares the month '%(variable)s' with %(number)s.",
    "Write year and month together: 202603 is March 2026.",
)
def compared_with_no_month(context: Context) -> Iterator[Found]:
    """A month is stored as year * 100 + month; beside 2026 every month is greater."""
    months = {name for name, entry in context.registry.items() if entry.traits.is_month}
    for use, condition in context.readable() if months else ():
        for leaf in leaves(condition.tree):
            if not isinstance(leaf, Comparison | Membership) or leaf.name not in months:
                continue
            for number in leaf.numbers if isinstance(leaf, Membership) else (leaf.number,):
                year, month = divmod(number, 100)
                if number >= 0 and not (EARLIEST <= year <= LATEST and month in range(1, 13)):
                    yield Found(use.place, use.name, variable=leaf.name, number=f"{number:g}")


@check(
    "B011",
    "One table stacks variables that differ in answers.",
    "'%(variable)s' has other answers in '%(name)s' than '%(first)s'.",
    "Make it a table for each code list.",
)
def lists_differ(context: Context) -> Iterator[Found]:
    """The rows of a table bear the labels of its first variable, so its other variables must mean the same by them."""
    for entry, table in context.tables:
        variables = [context.variables[name] for name in table.variables if name in context.variables]
        for variable in variables if table.kind in STACKED else ():
            if _rows(variable) != _rows(variables[0]):
                place = context.shown_place(entry, variable.name)
                yield Found(place, table.id, variable=variable.name, first=variables[0].name)
                break


def _rows(variable: Variable) -> Hashable:
    """What the rows of its table mean; numbers have the same rows whatever they count."""
    if variable.categories:
        return tuple((category.code, tuple(category.label.items())) for category in variable.categories)
    return "region" if variable.type.traits.is_region else "number"
