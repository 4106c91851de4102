"""Where someone stands: "Part 2 of 6: Your assignment", and inside a long part "page 3 of 5".

Parts, and the pages of a part, are counted on the person's own route. A page ahead counts as long as it can still come:
its condition is true, or reads an answer that is still to be given. So on the way forward no number is skipped and the
totals only ever fall, as answers close ways; they rise when somebody goes back and changes an answer that opens one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from surveyapp.engine.answers import Answers, Value
from surveyapp.engine.plan import Plan, PlannedPage, plan
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.model import NOT_ASKED, Questionnaire


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
    """The part this page belongs to, and its place among the pages of that part."""
    whole = plan(questionnaire)
    here = whole.page(page_id)
    before, ahead = _around(whole, here, answers, language)
    part = here.page.part
    in_use = {part, *before, *ahead}
    parts = [each for each in questionnaire.parts if each.id in in_use]
    place = next(index for index, each in enumerate(parts, start=1) if each.id == part)
    page = before.count(part) + 1
    return Progress(place, len(parts), parts[place - 1].title[language], page, page + ahead.count(part))


def _around(whole: Plan, here: PlannedPage, answers: Answers, language: str) -> tuple[list[str], list[str]]:
    """The parts of the pages that were seen before this one, and of those that can still come, page by page."""
    counted: dict[str, Value] = whole.set_by_platform(answers)
    seen = [planned.visible(answers, counted, whole.role, language) is not None for planned in whole.pages]
    before = [planned.page.part for planned in whole.pages[: here.index] if seen[planned.index]]
    # What was answered from here on counts as it stands; what was not may still be anything.
    still_open = _unanswered(here, answers)
    ahead = []
    for planned in whole.pages[here.index + 1 :]:
        if _can_come(planned, counted, still_open, whole.role, language):
            still_open |= _unanswered(planned, answers)
            ahead.append(planned.page.part)
    return before, ahead


def _unanswered(planned: PlannedPage, answers: Answers) -> set[str]:
    return {each.name for each in planned.questions if answers.get(each.name, NOT_ASKED) == NOT_ASKED}


def _can_come(planned: PlannedPage, counted: Answers, still_open: Collection[str], role: str, language: str) -> bool:
    if planned.always_comes:
        return True
    page = planned.page

    def may(condition: Condition | None) -> bool:
        return (
            condition is None
            or not condition.names.isdisjoint(still_open)
            or condition.evaluate(counted, role=role, language=language) is True
        )

    if not (may(page.drawn) and may(page.show_if)):
        return False
    asked = list(page.asked())
    return not asked or any(all(map(may, conditions)) for _, conditions in asked)
