"""The columns of a table: the total and, side by side, the groups of each banner variable."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from surveyapp.analysis.columns import LOWEST_CODE, ChoiceColumn, CodeColumn, Ints, NumberColumn
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.moments import Overlapping, Partition, Split
from surveyapp.errors import BadQuery
from surveyapp.instrument.model import Category, Instrument
from surveyapp.reports.grid import Group
from surveyapp.reports.sentences import both
from surveyapp.reports.subjects import Subject, in_words, region_codes, regions, subject, variables_in_words

MAXIMUM_COLUMNS = 80
LETTERS = string.ascii_uppercase + string.ascii_lowercase


@dataclass(frozen=True, slots=True, eq=False)
class Banner:
    """The groups of one variable."""

    subject: Subject
    categories: tuple[Category, ...]
    split: Split

    @property
    def is_overlapping(self) -> bool:
        """Whether someone can belong to several groups."""
        return isinstance(self.split, Overlapping)

    def people(self) -> tuple[int, ...]:
        """How many cases each group has."""
        return tuple(int(self.split.members(group).sum()) for group in range(self.split.size))


def banners(names: Sequence[str], instrument: Instrument, cases: Dataset) -> tuple[Banner, ...]:
    """The banners of a table over these cases.

    Raises
    ------
    BadQuery     no such variable, one that cannot divide cases into groups, the same one twice, or too many columns
    """
    if len(set(names)) < len(names):
        twice = (name for name in dict.fromkeys(names) if names.count(name) > 1)
        raise BadQuery(
            "A banner variable stands more than once: %(names)s; name each once.",
            names=variables_in_words(twice, instrument),
        )
    found = tuple(_banner(subject(name, instrument, cases), cases) for name in names)
    columns = 1 + sum(banner.split.size for banner in found)
    if columns > MAXIMUM_COLUMNS:
        raise BadQuery(
            "This banner has %(columns)s columns; take fewer variables (%(most)s at most).",
            columns=columns,
            most=MAXIMUM_COLUMNS,
        )
    return found


def _banner(chosen: Subject, cases: Dataset) -> Banner:
    column, variable = chosen.column(cases), chosen.variable
    categories = variable.categories
    if variable.type.traits.is_region and isinstance(column, NumberColumn):
        categories = regions()
        column = CodeColumn(region_codes(column.values, column.missing))
    if isinstance(column, ChoiceColumn):
        return Banner(chosen, categories, Overlapping(column.chosen))
    if not isinstance(column, CodeColumn) or len(categories) > len(LETTERS):
        raise BadQuery(
            "%(name)s cannot divide the cases into groups; take a variable with codes, such as role.",
            ("role",),
            name=in_words({chosen.name: variable.label}),
        )
    size, codes = len(categories), [category.code for category in categories]
    places = np.full(max(codes, default=0) - LOWEST_CODE + 1, size, dtype=np.intp)  # missing codes in front
    places[[code - LOWEST_CODE for code in codes]] = np.arange(size)
    index: Ints = places.take(column.values - LOWEST_CODE, mode="clip")
    return Banner(chosen, categories, Partition(index, size))


def taken(banner: Banner, index: Ints) -> Banner:
    """The same banner over some of the cases."""
    return replace(banner, split=banner.split.take(index))


def groups_of(parts: Sequence[Banner]) -> tuple[Group, ...]:
    """Whom the columns speak of: total first, letters starting anew in each banner."""
    groups = [Group("total", both("Total"))]
    for part in parts:
        for place, category in enumerate(part.categories):
            code = part.subject.keys.get(category.code, category.code)
            groups.append(
                Group(
                    key=f"{part.subject.name}:{code}",
                    label=category.label,
                    banner=part.subject.name,
                    banner_label=part.subject.variable.label,
                    letter=LETTERS[place],
                )
            )
    return tuple(groups)


def positions(parts: Sequence[Banner]) -> list[list[int]]:
    """Positions of each banner's columns in the table; the total stands at 0."""
    found: list[list[int]] = []
    start = 1
    for part in parts:
        found.append(list(range(start, start + part.split.size)))
        start += part.split.size
    return found
