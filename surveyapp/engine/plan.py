"""A questionnaire prepared for walking: what a step needs of it, worked out once.

Every request walks the pages of one role from the start, because what counts on a page depends on what counted before
it. The walk must therefore be cheap: names, form fields and codes are looked up here once per questionnaire and kept
for as long as the questionnaire lives.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from surveyapp.engine.answers import Answers, Value, field_name
from surveyapp.engine.shapes import HANDLERS
from surveyapp.engine.shapes.base import Handler, PlannedQuestion, missing_field
from surveyapp.errors import NotFound
from surveyapp.instrument.model import (
    NOT_ASKED,
    Item,
    Page,
    Question,
    Questionnaire,
)

if TYPE_CHECKING:
    from surveyapp.instrument.conditions import Condition


@dataclass(frozen=True, slots=True)
class VisibleItem:
    """An item as it stands on someone's page; ``questions`` are its visible ones, none for information."""

    item: Item
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class PageOnPath:
    """A page with what is visible of it; ``items`` is empty when the page is not on the path."""

    page: Page
    items: tuple[VisibleItem, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every visible question in order, statements included."""
        return tuple(question for item in self.items for question in item.questions)


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """An item with its condition and planned questions."""

    item: Item
    show_if: Condition | None
    questions: tuple[PlannedQuestion, ...]
    whole: VisibleItem  # with every question visible
    is_plain: bool  # no condition anywhere in it


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A page with its place in the questionnaire."""

    index: int
    page: Page
    items: tuple[PlannedItem, ...]
    whole: PageOnPath  # with every item visible
    is_plain: bool  # no condition anywhere on it, its own apart
    always_comes: bool  # no condition of its own either
    questions: tuple[PlannedQuestion, ...]
    owners: Mapping[str, PlannedQuestion]  # by form field

    def is_open(self, counted: Answers, role: str, language: str) -> bool:
        """Whether the page itself may be shown: its block was drawn and its condition is true."""
        drawn, show_if = self.page.drawn, self.page.show_if
        return (drawn is None or drawn.evaluate(counted, role=role, language=language) is True) and (
            show_if is None or show_if.evaluate(counted, role=role, language=language) is True
        )

    def visible(self, answers: Answers, counted: dict[str, Value], role: str, language: str) -> PageOnPath | None:
        """What of this page is seen, or None when it is not on the path.

        ``counted`` holds the answers that count before this page; those of this page are added to it. A page with
        questions is on the path when at least one of them is visible: information alone never makes a page of it.
        """
        if not (self.always_comes or self.is_open(counted, role, language)):
            return None
        if self.is_plain:
            for planned in self.questions:
                count(planned, answers, counted)
            return self.whole if self.items else None
        seen: list[VisibleItem] = []
        has_question = not self.questions
        for item in self.items:
            if item.show_if is not None and item.show_if.evaluate(counted, role=role, language=language) is not True:
                continue
            if item.is_plain:
                for planned in item.questions:
                    count(planned, answers, counted)
                seen.append(item.whole)
                has_question = has_question or bool(item.questions)
                continue
            shown: list[Question] = []
            for planned in item.questions:
                own = planned.show_if
                if own is None or own.evaluate(counted, role=role, language=language) is True:
                    count(planned, answers, counted)
                    shown.append(planned.question)
            if shown:
                has_question = True
                seen.append(VisibleItem(item.item, tuple(shown)))
        return PageOnPath(self.page, tuple(seen)) if has_question and seen else None


@dataclass(frozen=True, slots=True)
class Plan:
    """The planned pages of one questionnaire."""

    role: str
    pages: tuple[PlannedPage, ...]
    by_id: Mapping[str, PlannedPage]
    asked: frozenset[str]  # every name some page asks, texts beside "other" included
    may_end: int  # so many pages from the first one may end the path early; after them none does

    def page(self, page_id: str) -> PlannedPage:
        """The planned page with this id. Raises NotFound: this role's questionnaire has no such page."""
        try:
            return self.by_id[page_id]
        except KeyError:
            raise NotFound(
                "The questionnaire for role %(role)s has no page %(page)s.", role=self.role, page=page_id
            ) from None

    def set_by_platform(self, answers: Answers) -> dict[str, Value]:
        """Answers that no page asks (consent, for one): the platform put them there and they count."""
        asked = self.asked
        return {name: value for name, value in answers.items() if name not in asked and value != NOT_ASKED}


def count(planned: PlannedQuestion, answers: Answers, counted: dict[str, Value]) -> None:
    """Let the stored answer to a visible question count, and the text beside "other" where that was chosen."""
    value = answers.get(planned.name)
    if value is None or value == NOT_ASKED:
        return
    counted[planned.name] = value
    if planned.other_name is not None and planned.counts_other(value):
        text = answers.get(planned.other_name)
        if text is not None and text != NOT_ASKED:
            counted[planned.other_name] = text


def plan(questionnaire: Questionnaire) -> Plan:
    """The plan of a questionnaire, made at the first call and kept as long as the questionnaire lives."""
    key = id(questionnaire)
    kept = _plans.get(key)
    if kept is not None and kept[0]() is questionnaire:
        return kept[1]
    made = _plan(questionnaire)
    _plans[key] = (weakref.ref(questionnaire, lambda _: _plans.pop(key, None)), made)
    return made


_plans: dict[int, tuple[weakref.ref[Questionnaire], Plan]] = {}


def _plan(questionnaire: Questionnaire) -> Plan:
    pages = tuple(_plan_page(index, page) for index, page in enumerate(questionnaire.pages))
    asked = {planned.name for page in pages for planned in page.questions}
    asked |= {planned.other_name for page in pages for planned in page.questions if planned.other_name}
    may_end = max((page.index + 1 for page in pages if page.page.endings), default=0)
    return Plan(questionnaire.role, pages, {page.page.id: page for page in pages}, frozenset(asked), may_end)


def _plan_page(index: int, page: Page) -> PlannedPage:
    own_names = frozenset(question.name for question in page.questions())
    items = tuple(_plan_item(item, own_names) for item in page.items)
    questions = tuple(planned for item in items for planned in item.questions)
    is_plain = all(item.show_if is None and item.is_plain for item in items)
    return PlannedPage(
        index=index,
        page=page,
        items=items,
        whole=PageOnPath(page, tuple(item.whole for item in items)),
        is_plain=is_plain,
        always_comes=is_plain and page.drawn is None and page.show_if is None,
        questions=questions,
        owners={name: planned for planned in questions for name in planned.fields},
    )


def _plan_item(item: Item, own_names: frozenset[str]) -> PlannedItem:
    # A question of its own carries its condition itself; only a set and an information have one at this level.
    show_if = None if isinstance(item, Question) else item.show_if
    questions = item.questions
    follows = show_if is not None and bool(show_if.names & own_names)
    planned = tuple(_plan_question(question, follows, own_names) for question in questions)
    return PlannedItem(
        item=item,
        show_if=show_if,
        questions=planned,
        whole=VisibleItem(item, questions),
        is_plain=all(question.show_if is None for question in questions),
    )


def _plan_question(question: Question, set_follows: bool, own_names: frozenset[str]) -> PlannedQuestion:
    variable = question.variable
    handler = HANDLERS[variable.type]
    own = question.show_if
    categories = [category for category in variable.categories if not category.retired]
    other = next((category for category in categories if category.other), None)
    codes: dict[str, int] = {str(category.code): category.code for category in categories}
    if variable.type.shape.is_ticked:
        codes.update({str(missing.code): missing.code for missing in question.missing})
    return PlannedQuestion(
        question=question,
        name=variable.name,
        show_if=own,
        follows_page=set_follows or (own is not None and bool(own.names & own_names)),
        fields=_fields(question, handler, other is not None),
        codes=codes,
        other_name=f"{variable.name}_other" if other else None,
        other_code=other.code if other else None,
        handler=handler,
    )


def _fields(question: Question, handler: Handler, has_other: bool) -> tuple[str, ...]:
    fields = handler.fields(question.variable)
    apart = missing_field(question.variable)
    if question.missing and apart not in fields:
        fields += (apart,)
    return (*fields, field_name(question.name, "other")) if has_other else fields
