"""Which pages lie on someone's path, in which order, and which answers count.

An answer counts when its question is visible, and visibility is decided by answers that count: a stale answer to a
question that was routed away steers nothing. Off-path answers stay where they are and come back into force when the
person goes back and changes the answer that hid them (the rule of the ONS runner).

The walk goes once through the pages in order. Unknown hides: a page, set or question with a condition shows only when
the condition is true. An ending whose condition is true after its page ends the path there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from surveyapp.engine.answers import Answers, Value
from surveyapp.engine.plan import PageOnPath, Plan, PlannedPage, plan
from surveyapp.instrument.model import NOT_ASKED, Ending, Questionnaire


@dataclass(frozen=True, slots=True)
class Path:
    """The pages someone is led along with these answers; ``ending`` is set when it stops early."""

    pages: tuple[PageOnPath, ...]
    ending: Ending | None


def path(questionnaire: Questionnaire, answers: Answers, language: str) -> Path:
    """The whole path with these answers; pages ahead are those that would follow if nothing more was said."""
    pages, _, ending = _walk(plan(questionnaire), answers, language)
    return Path(tuple(pages), ending)


def ending_of(questionnaire: Questionnaire, answers: Answers, language: str) -> Ending | None:
    """Where the path ends early with these answers; None where it does not."""
    whole = plan(questionnaire)
    return _walk(whole, answers, language, stop=whole.may_end)[2]


def visible_page(questionnaire: Questionnaire, page_id: str, answers: Answers, language: str) -> PageOnPath:
    """One page with what is visible of it; without items when it is not on the path.

    Conditions that read an answer of the same page see ``answers`` too, so that a page can be drawn with what was
    typed and not yet saved (`validate.lenient`).
    """
    whole = plan(questionnaire)
    planned = whole.page(page_id)
    counted, is_reached = counted_before(whole, planned, answers, language)
    seen = planned.visible(answers, counted, whole.role, language) if is_reached else None
    return seen if seen is not None else PageOnPath(planned.page, ())


def next_page(questionnaire: Questionnaire, answers: Answers, language: str, page_id: str) -> str | None:
    """The page after this one; None when the review comes, or when the path ends early (`path` has the ending)."""
    whole = plan(questionnaire)
    here = whole.page(page_id).index
    counted = whole.set_by_platform(answers)
    for planned in whole.pages:
        if planned.visible(answers, counted, whole.role, language) is None:
            continue
        if planned.index > here:
            return planned.page.id
        if planned.page.endings and _ending(planned, counted, whole.role, language) is not None:
            return None
    return None


def is_first(questionnaire: Questionnaire, answers: Answers, language: str, page_id: str) -> bool:
    """Whether no page comes before this one, which is on the path."""
    whole = plan(questionnaire)
    counted = whole.set_by_platform(answers)
    before = whole.pages[: whole.page(page_id).index]
    return all(planned.visible(answers, counted, whole.role, language) is None for planned in before)


def previous_page(questionnaire: Questionnaire, answers: Answers, language: str, page_id: str) -> str | None:
    """The page before this one; None when this is the first."""
    whole = plan(questionnaire)
    pages, _, _ = _walk(whole, answers, language, stop=whole.page(page_id).index)
    return pages[-1].page.id if pages else None


def resume_page(questionnaire: Questionnaire, answers: Answers, language: str, saved: Collection[str]) -> str | None:
    """The first page on the path that still has something to ask; None when everything was seen.

    A page has, when it was never saved, or when one of its visible questions got no value yet: a question that came
    up because an earlier answer was changed. What is stored apart is not among the answers and does not call back.
    """
    for seen in _walk(plan(questionnaire), answers, language)[0]:
        if seen.page.id not in saved:
            return seen.page.id
        for question in seen.questions:
            if not question.variable.is_stored_apart and answers.get(question.name, NOT_ASKED) == NOT_ASKED:
                return seen.page.id
    return None


def on_path(questionnaire: Questionnaire, answers: Answers, language: str) -> dict[str, Value]:
    """The answers that count. What no page asks was put there by the platform (consent) and counts."""
    return _walk(plan(questionnaire), answers, language)[1]


def off_path(questionnaire: Questionnaire, answers: Answers, language: str) -> dict[str, Value]:
    """The answers that are kept and not counted; together with `on_path` all of ``answers``.

    A stored -8 (a text that was taken back) is no answer and stands in neither.
    """
    counted = on_path(questionnaire, answers, language)
    return {name: value for name, value in answers.items() if name not in counted and value != NOT_ASKED}


def turning_point(questionnaire: Questionnaire, answers: Answers, language: str) -> tuple[str, tuple[str, ...]] | None:
    """The page after which the path ends early, and the questions on it that decided so; None where it does not end.

    Where the ending reads nothing of its own page, every question of that page.
    """
    whole = plan(questionnaire)
    pages, _, ending = _walk(whole, answers, language, stop=whole.may_end)
    if ending is None:
        return None
    seen = pages[-1]
    asked = tuple(question.name for question in seen.questions)
    return seen.page.id, tuple(name for name in asked if name in ending.condition.names) or asked


def counted_before(whole: Plan, planned: PlannedPage, answers: Answers, language: str) -> tuple[dict[str, Value], bool]:
    """The answers that count when someone stands before this page, and whether the path reaches it at all.

    It is reached when no ending came before it; whether its own condition shows it is `PlannedPage.visible`.
    """
    _, counted, ending = _walk(whole, answers, language, stop=planned.index)
    return counted, ending is None


def _walk(
    whole: Plan, answers: Answers, language: str, stop: int | None = None
) -> tuple[list[PageOnPath], dict[str, Value], Ending | None]:
    role = whole.role
    counted = whole.set_by_platform(answers)
    pages: list[PageOnPath] = []
    for planned in whole.pages if stop is None else whole.pages[:stop]:
        seen = planned.visible(answers, counted, role, language)
        if seen is None:
            continue
        pages.append(seen)
        if planned.page.endings:
            ending = _ending(planned, counted, role, language)
            if ending is not None:
                return pages, counted, ending
    return pages, counted, None


def _ending(planned: PlannedPage, counted: Answers, role: str, language: str) -> Ending | None:
    endings = planned.page.endings
    return next((each for each in endings if each.condition.evaluate(counted, role=role, language=language)), None)
