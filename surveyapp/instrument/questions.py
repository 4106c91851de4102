"""What is put to one role: questions, sets of statements, pages and the questionnaire they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

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
    is_randomised: bool = False  # order of the items
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
