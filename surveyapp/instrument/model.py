"""The resolved definition of one wave, as every floor above sees it.

Files → :mod:`surveyapp.instrument.loader` → :class:`Instrument`. Nothing here reads files or knows YAML. Everything is
frozen: an instrument is a value, and its ``hash`` names it for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from surveyapp.errors import NotFound, Place

if TYPE_CHECKING:
    from surveyapp.instrument.conditions import Condition

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


class VariableType(StrEnum):
    """What kind of answer a variable holds; it decides template, validation, data, table and export shape."""

    SINGLE = "single"  # one code
    MULTIPLE = "multiple"  # any number of codes
    MARK = "mark"  # report mark 1-10
    RECOMMENDATION = "recommendation"  # 0-10
    NUMBER = "number"
    YEAR = "year"
    MONTH = "month"  # stored as year * 100 + month
    REGION = "region"  # first two digits of a Dutch postcode, stored as a number 10-99
    RANKING = "ranking"  # first k of a list of codes, in order
    ALLOCATION = "allocation"  # numbers per code, together 100
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    CONSENT = "consent"  # set by the platform when the respondent takes part


CODED_TYPES = frozenset(
    {VariableType.SINGLE, VariableType.MARK, VariableType.RECOMMENDATION, VariableType.CONSENT}
)
"""Types whose answer is one integer code with a category."""
NUMBER_TYPES = frozenset({VariableType.NUMBER, VariableType.YEAR, VariableType.MONTH, VariableType.REGION})
"""Types whose answer is one number."""
CHOICE_TYPES = frozenset({VariableType.MULTIPLE, VariableType.RANKING, VariableType.ALLOCATION})
"""Types whose answer speaks of several codes."""
TEXT_TYPES = frozenset({VariableType.SHORT_TEXT, VariableType.LONG_TEXT})


class Level(StrEnum):
    """Measurement level; it decides which statistics a variable may carry."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCORE = "score"  # ordinal by nature, averaged by convention (marks, agreement)
    RATIO = "ratio"
    TEXT = "text"


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
    """A code list that several variables share: agreement, satisfaction, maturity, report marks."""

    name: str
    categories: tuple[Category, ...]
    low: Text | None = None  # label of the lowest end, for marks
    high: Text | None = None
    is_ordered: bool = False
    is_descending: bool = False  # a higher code means less


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Which numbers are possible (hard) and which are plausible (asked back once)."""

    minimum: float | None = None
    maximum: float | None = None
    warn_below: float | None = None
    warn_above: float | None = None
    decimals: int = 0


class TrendEffect(StrEnum):
    """What a link to an earlier wave allows to be said."""

    CONTINUE = "continue"  # same question, same codes
    RECODE = "recode"  # same question, codes mapped
    INDICATIVE = "indicative"  # reworded: shown with a mark, never tested
    BREAK = "break"  # not comparable, and why


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
    trend: tuple[TrendLink, ...] = ()
    place: Place | None = field(default=None, compare=False)

    @property
    def codes(self) -> tuple[int, ...]:
        """Valid codes in order; empty for numbers and texts."""
        return tuple(category.code for category in self.categories)

    def category(self, code: int) -> Category:
        """The category with this code.

        Raises
        ------
        NotFound     the code does not belong to this variable
        """
        for category in self.categories:
            if category.code == code:
                return category
        raise NotFound(f"{self.name} has no code {code}.")


@dataclass(frozen=True, slots=True)
class Question:
    """One variable as it is put to one role."""

    variable: Variable
    text: Text
    hint: Text | None = None
    show_if: Condition | None = None
    is_required: bool = False  # routing questions only: the page does not go on without
    has_prompt: bool = True  # skipping asks once, friendly
    is_randomised: bool = False  # order of the categories
    missing: tuple[MissingCode, ...] = ()  # as offered here, with this item's own wording
    place: Place | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The variable's name."""
        return self.variable.name


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Statements under one introduction, rendered item by item."""

    id: str
    text: Text
    questions: tuple[Question, ...]
    hint: Text | None = None
    show_if: Condition | None = None
    is_randomised: bool = False  # order of the statements
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Information:
    """A text between questions that asks nothing."""

    id: str
    text: Text
    show_if: Condition | None = None


Item = Question | QuestionSet | Information


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a questionnaire stops early: someone outside the population, who is thanked and not counted."""

    id: str
    condition: Condition
    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Page:
    """The unit of save and of timing."""

    id: str
    part: str
    title: Text
    items: tuple[Item, ...]
    intro: Text | None = None
    show_if: Condition | None = None
    endings: tuple[Ending, ...] = ()  # tried in order after the page was saved
    place: Place | None = field(default=None, compare=False)

    def questions(self) -> Iterator[Question]:
        """Every question of the page in order, statements included."""
        for item in self.items:
            if isinstance(item, Question):
                yield item
            elif isinstance(item, QuestionSet):
                yield from item.questions


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter of the questionnaire, named in the progress line."""

    id: str
    title: Text


@dataclass(frozen=True)
class Questionnaire:
    """All that is put to one role, in order."""

    role: str
    pages: tuple[Page, ...]
    parts: tuple[Part, ...]
    minutes: int  # measured or estimated, for the landing page

    @cached_property
    def by_id(self) -> Mapping[str, Page]:
        """Pages by id."""
        return {page.id: page for page in self.pages}

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Questions by variable name."""
        return {question.name: question for page in self.pages for question in page.questions()}

    @cached_property
    def page_of(self) -> Mapping[str, str]:
        """Page id by variable name."""
        return {question.name: page.id for page in self.pages for question in page.questions()}


@dataclass(frozen=True, slots=True)
class Role:
    """A side of the market that answers its own questionnaire."""

    id: str
    label: Text
    plural: Text
    description: Text  # on the landing page: "I work for clients as an independent professional"


@dataclass(frozen=True, slots=True)
class Construct:
    """Items that measure one thing together."""

    id: str
    label: Text
    kind: str
    items: tuple[str, ...] = ()
    reversed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """A step in the life of an assignment; ``order`` is its place on the profile."""

    id: str
    label: Text
    order: int


@dataclass(frozen=True, slots=True)
class Universe:
    """Who is asked a variable: per role a condition, or None for everyone of that role; roles absent are never asked."""

    by_role: Mapping[str, Condition | None]


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """One sheet of the report book: a permanent id, a title, the stub variables and the banner."""

    id: str  # three capitals and two digits, never reused
    title: Text
    section: str
    kind: str  # frequencies · statements · marks · phases · multiple · ranking · numbers
    variables: tuple[str, ...]
    banner: tuple[str, ...]
    filter: Condition | None = None
    chart: str | None = None  # bars · stacked · profile · dots


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who runs the study and can be asked about it."""

    name: str
    contact: str
    email: str
    telephone: str
    address: str
    payer: Text


@dataclass(frozen=True, slots=True)
class Study:
    """What all waves share."""

    id: str
    title: Text
    introduction: Text
    languages: tuple[str, ...]  # source language first
    organisation: Organisation
    roles: tuple[Role, ...]
    threshold: int = 10  # smallest group that is shown
    low_base: int = 30  # smaller groups are shown with a mark

    @property
    def source_language(self) -> str:
        """The language texts are written in first."""
        return self.languages[0]


@dataclass(frozen=True, slots=True)
class Wave:
    """One round of the study as its definition has it; dates and state in force stand in the database."""

    year: int
    title: Text
    mode: str  # anonymous · confidential
    opens: str | None = None  # ISO dates
    closes: str | None = None
    report_month: Text | None = None
    targets: Mapping[str, int] = field(default_factory=dict)  # completes wanted per role
    kept_until: int | None = None  # year until which answers are kept
    country: Text | None = None  # where the servers stand
    imported_series: str | None = None  # set when the wave came in as a file, e.g. "go2014"


@dataclass(frozen=True)
class Instrument:
    """The whole definition of one wave.

    ``variables`` holds every column of data in codebook order, the texts beside "other" included. ``documents`` are the
    definition files as plain data; loading them again gives an equal instrument.
    """

    study: Study
    wave: Wave
    variables: Mapping[str, Variable]
    scales: Mapping[str, Scale]
    missing: Mapping[str, MissingCode]
    constructs: Mapping[str, Construct]
    phases: Mapping[str, Phase]
    questionnaires: Mapping[str, Questionnaire]  # by role, in the study's order of roles; empty for imported waves
    universes: Mapping[str, Universe]
    tables: tuple[TableDefinition, ...]
    hash: str
    documents: Mapping[str, object] = field(repr=False, compare=False, default_factory=dict)

    def variable(self, name: str) -> Variable:
        """The variable with this name.

        Raises
        ------
        NotFound     no such variable in this wave
        """
        try:
            return self.variables[name]
        except KeyError:
            raise NotFound(f"{self.study.id} {self.wave.year} has no variable {name}.") from None

    def questionnaire(self, role: str) -> Questionnaire:
        """What is put to this role.

        Raises
        ------
        NotFound     no such role in this wave
        """
        try:
            return self.questionnaires[role]
        except KeyError:
            raise NotFound(f"{self.study.id} {self.wave.year} has no questionnaire for role {role}.") from None

    def role(self, role: str) -> Role:
        """The role with this id.

        Raises
        ------
        NotFound     no such role in this study
        """
        for candidate in self.study.roles:
            if candidate.id == role:
                return candidate
        raise NotFound(f"{self.study.id} has no role {role}.")
