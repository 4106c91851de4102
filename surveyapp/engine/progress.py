"""Where someone stands: "Part 2 of 6: Your assignment", and inside a long part "page 3 of 5".

Parts are counted over the whole questionnaire of the role, also those that routing will not show; only what a draw left
out is not counted, for that is known from the start. So the total never changes during a session and the count never
goes back while walking forward, whatever routing hides.

Pages are counted on the person's own route. A page ahead counts as long as it can still come: its condition is true, or
reads an answer that is still to be given. So on the way forward the total only ever falls, as answers close ways; it
rises only when somebody goes back and changes an answer that opens one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from surveyapp.engine.answers import Answers, Value
from surveyapp.engine.plan import Plan, PlannedPage, plan
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.model import NOT_ASKED, Page, Question, Questionnaire, QuestionSet


@dataclass(frozen=True, slots=True)
class Progress:
    """Part ``part`` of ``parts``, counting from 1, and its title; page ``page`` of ``pages`` of that part."""

    part: int
    parts: int
    title: str
    page: int = 1
    pages: int = 1

    @property
    def is_long(self) -> bool:
        """Whether the part has more than one page on this route, so that its pages are worth counting."""
        return self.pages > 1


def progress(questionnaire: Questionnaire, answers: Answers, language: str, page_id: str) -> Progress:
    """The part this page belongs to, and its place among the pages of that part.

    Raises
    ------
    NotFound     this questionnaire has no such page
    """
    whole = plan(questionnaire)
    here = whole.page(page_id)
    drawn = whole.set_by_platform(answers)
    in_use = {page.part for page in questionnaire.pages if _holds(page.drawn, drawn, whole.role, language)}
    in_use.add(here.page.part)
    parts = [part for part in questionnaire.parts if part.id in in_use]
    place = next(index for index, part in enumerate(parts, start=1) if part.id == here.page.part)
    title = next(part.title for part in parts if part.id == here.page.part)
    page, pages = _pages(whole, here, answers, language)
    return Progress(place, len(parts), title[language], page, pages)


def _pages(whole: Plan, here: PlannedPage, answers: Answers, language: str) -> tuple[int, int]:
    """The place of a page among those of its part on this route, and how many there are at most."""
    part, before = here.page.part, 0
    counted: dict[str, Value] = whole.set_by_platform(answers)
    for planned in whole.pages:
        is_seen = planned.visible(answers, counted, whole.role, language) is not None
        before += is_seen and planned.index < here.index and planned.page.part == part
    # What was answered from here on counts as it stands; what was not may still be anything.
    still_open = _unanswered(here, answers)
    last = max(planned.index for planned in whole.pages if planned.page.part == part)
    ahead = 0
    for planned in whole.pages[here.index + 1 : last + 1]:
        if _can_come(planned.page, counted, still_open, whole.role, language):
            still_open |= _unanswered(planned, answers)
            ahead += planned.page.part == part
    return before + 1, before + 1 + ahead


def _unanswered(planned: PlannedPage, answers: Answers) -> set[str]:
    return {each.name for each in planned.questions if answers.get(each.name, NOT_ASKED) == NOT_ASKED}


def _can_come(page: Page, counted: Answers, still_open: Collection[str], role: str, language: str) -> bool:
    def may(condition: Condition | None) -> bool:
        return (
            condition is None
            or not condition.names.isdisjoint(still_open)
            or condition.evaluate(counted, role=role, language=language) is True
        )

    if not (may(page.drawn) and may(page.show_if)):
        return False
    asked = list(_conditions(page))
    return not asked or any(all(map(may, conditions)) for conditions in asked)


def _conditions(page: Page) -> Iterator[tuple[Condition | None, ...]]:
    """For each question of a page the conditions that show it; nothing for a page that asks nothing."""
    for item in page.items:
        if isinstance(item, QuestionSet):
            yield from ((item.show_if, question.show_if) for question in item.questions)
        elif isinstance(item, Question):
            yield (item.show_if,)


def _holds(condition: Condition | None, answers: Answers, role: str, language: str) -> bool:
    return condition is None or condition.evaluate(answers, role=role, language=language) is True
