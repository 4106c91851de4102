"""The columns of a table: the total and, side by side, the groups of each banner variable."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations

import numpy as np

from surveyapp.analysis.columns import LOWEST_CODE, Bools, ChoiceColumn, CodeColumn, Ints, NumberColumn
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.moments import Overlapping, Partition, Split
from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import BadQuery
from surveyapp.instrument.model import Category, Instrument, Text
from surveyapp.instrument.nesting import BETWEEN, as_written, nested_in
from surveyapp.reports.grid import Group
from surveyapp.reports.sentences import both
from surveyapp.reports.subjects import Subject, in_words, region_codes, regions, subject, variables_in_words

MOST_COLUMNS = 52
"""Beside the total; two rounds of the alphabet, as many as tables of market research hold."""
LETTERS = (*string.ascii_uppercase, *(f"A{letter}" for letter in string.ascii_uppercase))


@dataclass(frozen=True, slots=True, eq=False)
class Banner:
    """The groups of one variable."""

    subject: Subject
    categories: tuple[Category, ...]
    split: Split
    within: tuple[int, ...] = ()  # of a nested one, per group that of the banner it is nested in
    of: tuple[Banner, ...] = ()  # of a nested one, the plain ones it is made of, the outermost first

    @property
    def is_overlapping(self) -> bool:
        """Whether someone can belong to several groups."""
        return isinstance(self.split, Overlapping)

    def key(self, category: Category) -> int | str:
        """What a group is called in keys of columns."""
        return self.subject.keys.get(category.code, category.code)

    def margins(self) -> Iterator[Margin]:
        """Of a nested one, every banner it divides further: those of some of its variables."""
        sizes = [one.split.size for one in self.of]
        at = np.unravel_index(np.arange(self.split.size), sizes) if self.of else ()
        for many in range(1, len(self.of)):
            for kept in combinations(range(len(self.of)), many):
                banner = reduce(_nested, (self.of[one] for one in kept))
                within = np.ravel_multi_index(tuple(at[one] for one in kept), [sizes[one] for one in kept])
                gone = set(range(len(self.of))) - {*kept}
                yield Margin(banner, tuple(within.tolist()), any(self.of[one].is_overlapping for one in gone))

    def keys(self) -> list[str]:
        """What each group is called there."""
        return [str(self.key(category)) for category in self.categories]

    @property
    def families(self) -> list[list[int]]:
        """The groups that are compared with each other: all, of a nested banner those within one group."""
        outer = self.within or (0,) * self.split.size
        return [[group for group, of in enumerate(outer) if of == one] for one in dict.fromkeys(outer)]

    def people(self) -> tuple[int, ...]:
        """How many cases each group has."""
        return tuple(int(self.split.members(group).sum()) for group in range(self.split.size))


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """A banner whose groups a nested one divides.

    Attributes
    ----------
    within :         per group of the nested one the group of this it is part of
    is_overlapping : whether the parts of a group can share people
    """

    banner: Banner
    within: tuple[int, ...]
    is_overlapping: bool

    def parts(self) -> Iterator[tuple[int, list[int]]]:
        """Each of its groups with the groups of the nested one within it."""
        for group in range(self.banner.split.size):
            yield group, [part for part, of in enumerate(self.within) if of == group]


def banners(names: Sequence[str], instrument: Instrument, cases: Dataset) -> tuple[Banner, ...]:
    """The banners of a table over these cases.

    Raises
    ------
    BadQuery     no such variable, one that cannot divide cases into groups, the same one twice, or too many columns
    """
    names = [as_written(name) for name in names]
    if len(set(names)) < len(names):
        twice = (name for name in dict.fromkeys(names) if names.count(name) > 1)
        raise BadQuery(
            "A banner variable stands more than once: %(names)s; name each once.",
            names=variables_in_words(twice, instrument),
        )
    found = tuple(_banner_of(name, instrument, cases) for name in names)
    columns = sum(banner.split.size for banner in found)
    if columns > MOST_COLUMNS:
        raise BadQuery(
            "This banner has %(columns)s columns; take fewer variables (%(most)s at most).",
            columns=columns,
            most=MOST_COLUMNS,
        )
    return found


def _banner_of(name: str, instrument: Instrument, cases: Dataset) -> Banner:
    parts = [_banner(subject(one, instrument, cases), cases) for one in nested_in(name)]
    found = parts[0]
    for inner in parts[1:]:
        found = _nested(found, inner)
    return found


def _nested(outer: Banner, inner: Banner) -> Banner:
    """The groups of one within those of another."""
    size = outer.split.size * inner.split.size
    if size > MOST_COLUMNS:
        raise BadQuery(
            "This banner has %(columns)s columns; take fewer variables (%(most)s at most).",
            columns=size,
            most=MOST_COLUMNS,
        )
    split: Split
    if isinstance(outer.split, Partition) and isinstance(inner.split, Partition):
        index = outer.split.index * inner.split.size + inner.split.index
        is_in = (outer.split.index < outer.split.size) & (inner.split.index < inner.split.size)
        split = Partition(np.where(is_in, index, size), size)
    else:
        split = Overlapping(np.stack([one & other for one in _groups(outer) for other in _groups(inner)], axis=1))
    pairs = [(one, other) for one in outer.categories for other in inner.categories]
    labels = [Text({at: f"{one.label[at]} › {other.label[at]}" for at in LANGUAGES}) for one, other in pairs]
    keys = [f"{outer.key(one)} {BETWEEN} {inner.key(other)}" for one, other in pairs]
    categories = tuple(Category(place, str(keys[place]), label, label) for place, label in enumerate(labels))
    name = f"{outer.subject.name} {BETWEEN} {inner.subject.name}"
    label = Text({at: f"{outer.subject.variable.label[at]} › {inner.subject.variable.label[at]}" for at in LANGUAGES})
    variable = replace(inner.subject.variable, name=name, label=label, categories=categories)
    within = tuple(place for place in range(outer.split.size) for _ in inner.categories)
    of = (*(outer.of or (outer,)), inner)
    return Banner(Subject(variable, dict(enumerate(keys))), categories, split, within, of)


def _groups(banner: Banner) -> list[Bools]:
    return [banner.split.members(group) for group in range(banner.split.size)]


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
            groups.append(
                Group(
                    key=f"{part.subject.name}:{part.key(category)}",
                    label=category.label,
                    banner=part.subject.name,
                    banner_label=part.subject.variable.label,
                    letter=LETTERS[place],
                )
            )
    return tuple(groups)


def families(parts: Sequence[Banner]) -> list[list[int]]:
    """Positions of the columns that are compared with each other; the total stands at 0."""
    found: list[list[int]] = []
    start = 1
    for part in parts:
        found += [[start + group for group in family] for family in part.families]
        start += part.split.size
    return found
