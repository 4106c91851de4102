"""What is put to one role: questions, sets of statements, pages and the questionnaire they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from surveyapp.errors import Place
from surveyapp.instrument.variables import MissingCode, Text, Variable

if TYPE_CHECKING:
    from surveyapp.instrument.conditions import Condition


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
    is_anchored: bool = False  # keeps its place at the end of a shuffled set or page
    missing: tuple[MissingCode, ...] = ()  # as offered here, with this item's own wording
    place: Place | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The variable's name."""
        return self.variable.name

    @property
    def id(self) -> str:
        """What names it on its page, as an id does a set: the variable's name."""
        return self.variable.name

    @property
    def questions(self) -> tuple[Question, ...]:
        """Itself, as a set has its statements."""
        return (self,)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Statements under one introduction, rendered item by item."""

    id: str
    text: Text
    questions: tuple[Question, ...]
    hint: Text | None = None
    show_if: Condition | None = None
    is_randomised: bool = False  # order of the statements
    is_anchored: bool = False  # keeps its place at the end of a shuffled page
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Information:
    """A text between questions that asks nothing."""

    id: str
    text: Text
    show_if: Condition | None = None
    questions: ClassVar[tuple[Question, ...]] = ()


Item = Question | QuestionSet | Information


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a questionnaire stops early: someone outside the population, who is thanked and not counted."""

    id: str
    condition: Condition
    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Block:
    """The block of a rotation that a page belongs to: only who drew it is asked the page."""

    rotation: Variable  # holds the drawn codes
    code: int
    condition: Condition  # true for who drew it

    @property
    def label(self) -> Text:
        """What the block is called."""
        return self.rotation.category(self.code).label

    @property
    def share(self) -> Fraction:
        """The share of people who are asked it."""
        return self.rotation.draw.share if self.rotation.draw is not None else Fraction(1)


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
    is_randomised: bool = False  # order of the items
    block: Block | None = None  # of a rotation
    place: Place | None = field(default=None, compare=False)

    @property
    def drawn(self) -> Condition | None:
        """The condition that holds for who drew the page's block; None for a page that everybody gets."""
        return None if self.block is None else self.block.condition

    def questions(self) -> Iterator[Question]:
        """Every question of the page in order, statements included."""
        for item in self.items:
            yield from item.questions

    def asked(self) -> Iterator[tuple[Question, tuple[Condition, ...]]]:
        """Every question with the conditions on the page under which it shows: that of its set, and its own."""
        for item in self.items:
            around = item.show_if if isinstance(item, QuestionSet) else None
            for question in item.questions:
                yield question, tuple(each for each in (around, question.show_if) if each is not None)


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
    minutes: int  # measured or estimated, for the landing page: the mean over the draws of its rotations
    longest: int = 0  # the same for who draws the longest blocks; equal where there is no rotation

    @cached_property
    def by_id(self) -> Mapping[str, Page]:
        """Pages by id."""
        return {page.id: page for page in self.pages}

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Questions by variable name."""
        return {question.name: question for page in self.pages for question in page.questions()}

    @cached_property
    def rotations(self) -> tuple[Variable, ...]:
        """The variables that hold what was drawn, in the order in which their blocks come."""
        blocks = [page.block for page in self.pages if page.block is not None]
        return tuple({block.rotation.name: block.rotation for block in blocks}.values())

    @cached_property
    def page_of(self) -> Mapping[str, str]:
        """Page id by variable name."""
        return {question.name: page.id for page in self.pages for question in page.questions()}
