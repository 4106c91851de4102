"""What answers can be: six shapes carry all types, and a type says here whatever anybody asks of it.

What is done with an answer has its handlers, one per shape: :mod:`surveyapp.engine.shapes` reads, words and simulates
it, :mod:`surveyapp.web.questionnaire.question_types` draws it. No other module names a type
(docs/decisions/0040-one-handler-per-shape.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Measurement level; it decides which statistics a variable may carry."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCORE = "score"  # ordinal by nature, averaged by convention (marks, agreement)
    RATIO = "ratio"
    TEXT = "text"


MODELS = frozenset({"scale", "drivers", "profile", "gaps", "trend"})
"""Kinds of table that take a variable as one number per person: a step of a scale, or whether it is so."""


class Shape(StrEnum):
    """How an answer looks in the data."""

    CODE = "code"  # one code
    CHOICE = "choice"  # any number of codes
    RANKING = "ranking"  # the first k codes, in order
    ALLOCATION = "allocation"  # numbers per code, together 100
    NUMBER = "number"
    TEXT = "text"

    @property
    def has_codes(self) -> bool:
        """Whether the answer speaks of the codes of a list."""
        return self not in (Shape.NUMBER, Shape.TEXT)

    @property
    def is_several(self) -> bool:
        """Whether it speaks of several codes at once."""
        return self.has_codes and self is not Shape.CODE

    @property
    def is_list(self) -> bool:
        """Whether several codes are all it is: a condition can count them."""
        return self in (Shape.CHOICE, Shape.RANKING)

    @property
    def is_ticked(self) -> bool:
        """Whether it is chosen from what is shown: a missing code is then one choice more, and groups can be made."""
        return self in (Shape.CODE, Shape.CHOICE)


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Which numbers are possible (hard) and which are plausible (asked back once)."""

    minimum: float | None = None
    maximum: float | None = None
    warn_below: float | None = None
    warn_above: float | None = None
    decimals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What holds for every variable of a type."""

    shape: Shape
    levels: tuple[Level, ...]  # that it may have; the first when nothing is said
    level_of_ordered: Level | None = None  # when nothing is said and its list is ordered
    scale: tuple[int, ...] = ()  # the codes its list must have
    is_listed: bool = False  # its list is the study's own, and says all there is to say
    limits: frozenset[str] = frozenset()  # keys of the entry that only some types heed
    limits_of_range: frozenset[str] = frozenset()  # the same within range, besides min and max
    tables: frozenset[str] = frozenset()  # kinds of table that show it, besides frequencies
    headline: str = ""  # the row that is its key figure
    unit: str = "mean"  # how a mean or median of it is printed
    usual_range: NumberRange | None = None
    usual_ranks: int = 0
    usual_characters: int = 0
    is_single_line: bool = False

    @property
    def is_amount(self) -> bool:
        """Whether it counts something: decimals and a grouping of thousands make sense, unlike in a year."""
        return "decimals" in self.limits_of_range

    @property
    def is_month(self) -> bool:
        """Whether it is stored as year * 100 + month: an order, not an amount."""
        return self.unit == "month"

    @property
    def has_years(self) -> bool:
        """Whether its limits are years."""
        return self.unit in ("year", "month")

    @property
    def is_region(self) -> bool:
        """Whether it is the first two digits of a postcode: a number that names an area."""
        return self.usual_range is not None


class VariableType(StrEnum):
    """The name of a type, as files say it."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    MARK = "mark"
    RECOMMENDATION = "recommendation"
    NUMBER = "number"
    YEAR = "year"
    MONTH = "month"
    REGION = "region"
    RANKING = "ranking"
    ALLOCATION = "allocation"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    CONSENT = "consent"  # set by the platform when the respondent takes part

    @property
    def traits(self) -> Traits:
        """What holds for every variable of this type."""
        return TRAITS[self]

    @property
    def shape(self) -> Shape:
        """How an answer of this type looks in the data."""
        return TRAITS[self].shape

    @classmethod
    def of(cls, shape: Shape) -> VariableType:
        """The first type of a shape, which is nothing besides: what is derived has no question to be of a type for."""
        return next(each for each in cls if each.shape is shape)

    @property
    def picks_one(self) -> bool:
        """Whether it is one code of a list of the study's own."""
        return self.traits.is_listed and self.shape is Shape.CODE


TRAITS: Mapping[VariableType, Traits] = {
    VariableType.SINGLE: Traits(
        shape=Shape.CODE,
        levels=(Level.NOMINAL, Level.ORDINAL, Level.SCORE),
        level_of_ordered=Level.SCORE,
        is_listed=True,
        tables=frozenset({"statements", "phases"}),
    ),
    VariableType.MULTIPLE: Traits(
        shape=Shape.CHOICE,
        levels=(Level.NOMINAL,),
        is_listed=True,
        limits=frozenset({"min_choices", "max_choices"}),
        tables=frozenset({"multiple"}),
    ),
    VariableType.MARK: Traits(
        shape=Shape.CODE,
        levels=(Level.SCORE, Level.ORDINAL),
        scale=tuple(range(1, 11)),
        tables=frozenset({"marks", "statements", "phases"}),
        headline="mean",
        unit="mark",
    ),
    VariableType.RECOMMENDATION: Traits(
        shape=Shape.CODE,
        levels=(Level.SCORE, Level.ORDINAL),
        scale=tuple(range(11)),
        tables=frozenset({"marks"}),
        headline="score",
    ),
    VariableType.NUMBER: Traits(
        shape=Shape.NUMBER,
        levels=(Level.RATIO,),
        limits=frozenset({"range", "unit"}),
        limits_of_range=frozenset({"decimals", "warn_below", "warn_above"}),
        tables=frozenset({"numbers"}),
    ),
    VariableType.YEAR: Traits(
        shape=Shape.NUMBER,
        levels=(Level.RATIO, Level.ORDINAL),
        limits=frozenset({"range"}),
        limits_of_range=frozenset({"warn_below", "warn_above"}),
        tables=frozenset({"numbers"}),
        unit="year",
    ),
    VariableType.MONTH: Traits(
        shape=Shape.NUMBER,
        levels=(Level.ORDINAL,),  # 202612 and 202701 are one month apart: no arithmetic
        limits=frozenset({"range"}),
        tables=frozenset({"numbers"}),
        unit="month",
    ),
    VariableType.REGION: Traits(
        shape=Shape.NUMBER,
        levels=(Level.NOMINAL,),
        tables=frozenset({"numbers"}),
        usual_range=NumberRange(10, 99),  # the first two digits of a Dutch postcode
    ),
    VariableType.RANKING: Traits(
        shape=Shape.RANKING,
        levels=(Level.NOMINAL, Level.ORDINAL),
        is_listed=True,
        limits=frozenset({"ranks"}),
        tables=frozenset({"ranking"}),
        usual_ranks=3,
    ),
    VariableType.ALLOCATION: Traits(
        shape=Shape.ALLOCATION,
        levels=(Level.RATIO, Level.NOMINAL),
        is_listed=True,
        limits=frozenset({"unit"}),
        tables=frozenset({"numbers"}),
    ),
    VariableType.SHORT_TEXT: Traits(
        shape=Shape.TEXT,
        levels=(Level.TEXT,),
        limits=frozenset({"max_characters"}),
        usual_characters=200,
        is_single_line=True,
    ),
    VariableType.LONG_TEXT: Traits(
        shape=Shape.TEXT, levels=(Level.TEXT,), limits=frozenset({"max_characters"}), usual_characters=2000
    ),
    VariableType.CONSENT: Traits(shape=Shape.CODE, levels=(Level.NOMINAL,)),
}
