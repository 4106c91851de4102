"""One column of data: its type, codes, missing codes and links with earlier waves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from types import MappingProxyType

from surveyapp.errors import NotFound, Place
from surveyapp.instrument.types import Level, NumberRange, Shape, VariableType

NOT_APPLICABLE, DONT_KNOW, REFUSED, NOT_ASKED, SKIPPED = -1, -2, -3, -8, -9
"""The five kinds of missing. The first three are answers a respondent can give; the last two only the platform sets."""


class Text(Mapping[str, str]):
    """One sentence in every language of the study; the source language stands first.

    ``text["en"]`` falls back to the source language, so that a missing translation shows the original (the checks
    refuse to open such a wave).
    """

    __slots__ = ("_by_language",)

    def __init__(self, by_language: Mapping[str, str]) -> None:
        self._by_language = MappingProxyType(dict(by_language))

    def __getitem__(self, language: str) -> str:
        found = self._by_language.get(language)
        return found if found is not None else next(iter(self._by_language.values()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_language)

    def __len__(self) -> int:
        return len(self._by_language)

    def __hash__(self) -> int:
        return hash(tuple(self._by_language.items()))

    def __repr__(self) -> str:
        return f"Text({dict(self._by_language)!r})"


@dataclass(frozen=True, slots=True)
class Role:
    """A side of the market that answers its own questionnaire."""

    id: str
    label: Text
    plural: Text
    description: Text  # on the landing page: "I work for clients as an independent professional"


@dataclass(frozen=True, slots=True)
class MissingCode:
    """A reason why there is no valid answer. ``offered`` codes are answers; the others only the platform sets."""

    key: str
    code: int
    label: Text
    offered: bool


@dataclass(frozen=True, slots=True)
class Category:
    """One code of a code list and what it means. Codes are ≥ 0 and never reused."""

    code: int
    key: str
    label: Text
    short: Text
    exclusive: bool = False
    other: bool = False  # comes with a text of the respondent's own
    anchored: bool = False  # keeps its place at the end when the order is random
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """A code list that several variables share: agreement, satisfaction, levels of skill, report marks."""

    name: str
    categories: tuple[Category, ...]
    low: Text | None = None  # label of the lowest end, for marks
    high: Text | None = None
    is_ordered: bool = False
    is_descending: bool = False  # a higher code means less
    has_levels: bool = False  # each step holds the one before: no two sides with a middle


class TrendEffect(StrEnum):
    """What a link to an earlier wave allows to be said."""

    CONTINUE = "continue"  # same question, same codes
    RECODE = "recode"  # same question, codes mapped
    INDICATIVE = "indicative"  # reworded: shown with a mark, never tested
    BREAK = "break"  # not comparable, and why

    @property
    def is_comparable(self) -> bool:
        """Whether figures of both waves may stand side by side, and a difference be tested."""
        return self in (TrendEffect.CONTINUE, TrendEffect.RECODE)


@dataclass(frozen=True, slots=True)
class TrendLink:
    """How a variable of the registry answers for a wave that was fielded under other names."""

    series: str  # name of the earlier fieldwork, e.g. "go2014"
    column: str  # its column there
    effect: TrendEffect
    recode: Mapping[int, int] = field(default_factory=dict)
    add: float = 0.0  # added to a number, e.g. an index of years
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """Which blocks of a rotation somebody is asked: ``take`` of the ``codes``, drawn at random."""

    take: int
    codes: tuple[int, ...]

    @property
    def share(self) -> Fraction:
        """The share of people who are asked one block."""
        return Fraction(self.take, len(self.codes))

    def drawn(self) -> tuple[tuple[int, ...], ...]:
        """Every draw there is, its codes in the order of the code list."""
        return tuple(combinations(self.codes, self.take))


class Way(StrEnum):
    """How a variable is made of others."""

    BANDS = "bands"  # of a number
    MERGE = "merge"  # each code belongs to one category
    NETS = "nets"  # a code may belong to several, or to none
    SCORE = "score"  # the mean of several, each from 0 to 100


@dataclass(frozen=True, slots=True)
class Portion:
    """What of the source belongs to one category: numbers from ``low`` up to ``below``, or codes."""

    code: int
    low: float | None = None
    below: float | None = None
    codes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreItem:
    """A part of a score: the code that counts 0 and the one that counts 100."""

    name: str
    worst: int
    best: int


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a variable that nobody is asked is made of others.

    ``source`` is a variable, of a score a construct. ``year`` is set where the source is a year and the bands are of
    the age in that year: of who was born in 1980 the age in 2026 is 46.
    """

    way: Way
    source: str
    portions: tuple[Portion, ...] = ()
    items: tuple[ScoreItem, ...] = ()
    year: int | None = field(default=None, compare=False)
    is_age: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """The variables it is made of."""
        return tuple(item.name for item in self.items) or (self.source,)


@dataclass(frozen=True, slots=True)
class Coded:
    """How open answers became a variable: of which question, by how many people, and how far they agreed.

    ``kappa``, ``low`` and ``high`` are NaN where nothing was coded by two people, or kappa is not defined.
    """

    source: str
    answers: int  # finished questionnaires with an answer
    coded: int  # of these, how many have their codes
    twice: int  # of these, how many two people coded
    kappa: float = field(default=float("nan"), compare=False)
    low: float = field(default=float("nan"), compare=False)
    high: float = field(default=float("nan"), compare=False)

    @property
    def is_provisional(self) -> bool:
        """Whether some answers wait for their codes."""
        return self.coded < self.answers


@dataclass(frozen=True, slots=True)
class Variable:
    """One column of data and what its values mean; outlives wording, order, layout and wave."""

    name: str
    type: VariableType
    level: Level
    label: Text
    categories: tuple[Category, ...] = ()
    scale: str | None = None
    low: Text | None = None
    high: Text | None = None
    number: NumberRange | None = None
    unit: Text | None = None
    missing: tuple[MissingCode, ...] = ()  # offered to the respondent, in order
    minimum_choices: int = 0
    maximum_choices: int | None = None
    ranks: int = 0  # ranking: how many places
    maximum_characters: int = 0  # texts
    construct: str | None = None
    phase: str | None = None
    use: str = "content"  # outcome · driver · background · content · admin
    is_reversed: bool = False
    is_sensitive: bool = False
    is_stored_apart: bool = False  # kept outside the answers (contact wishes)
    mirror: str | None = None  # paired variable of another object, when not the same variable
    other_of: str | None = None  # this is the text beside category "other" of that variable
    draw: Draw | None = None  # set by the platform: which blocks of a rotation somebody is asked
    trend: tuple[TrendLink, ...] = ()
    derivation: Derivation | None = None  # nobody is asked it: it is made of other variables
    coded: Coded | None = None  # nobody is asked it: people read it into the answers to an open question
    place: Place | None = field(default=None, compare=False)

    @property
    def codes(self) -> tuple[int, ...]:
        """Valid codes in order; empty for numbers and texts."""
        return tuple(category.code for category in self.categories)

    @property
    def is_scored(self) -> bool:
        """Whether its answers are steps of a scale, or yes and no, so that they make a number per person."""
        if self.type.shape is not Shape.CODE or self.is_stored_apart or len(self.codes) < 2:
            return False
        is_yes_or_no = len(self.codes) == 2 and any(one.key == "yes" for one in self.categories)
        return self.level is Level.SCORE or (self.type.picks_one and is_yes_or_no)

    def category(self, code: int) -> Category:
        """The category with this code. Raises NotFound: the code does not belong to this variable."""
        for category in self.categories:
            if category.code == code:
                return category
        raise NotFound("%(name)s has no code %(code)s.", name=self.name, code=code)
