"""How long a questionnaire takes, estimated from its words until the first respondents have been timed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from surveyapp.instrument.questions import Page, Question, QuestionSet
from surveyapp.instrument.variables import CHOICE_TYPES, Text, VariableType

WORDS_PER_MINUTE = 200
"""Reading a form on a screen goes slower than the 240 words a minute of running prose."""
SECONDS_PER_ITEM = 4
"""Choosing and tapping, on top of reading; the first fieldwork took 15 minutes for 105 questions of some 20 words."""


def estimated_minutes(pages: Sequence[Page], language: str) -> int:
    """Whole minutes for someone who sees every page; at least 1. Routing only makes it shorter."""
    return whole_minutes(estimated_seconds(pages, language))


def estimated_seconds(pages: Sequence[Page], language: str) -> float:
    """The same before it is rounded, for ratios between questionnaires."""
    words = sum(len(text[language].split()) for page in pages for text in _read(page))
    items = sum(1 for page in pages for _ in page.questions())
    return words / WORDS_PER_MINUTE * 60 + items * SECONDS_PER_ITEM


def whole_minutes(seconds: float) -> int:
    """As respondents are told: rounded up, at least 1."""
    return max(1, math.ceil(seconds / 60))


def word_count(page: Page, language: str) -> int:
    """How many words a respondent reads on this page."""
    return sum(len(text[language].split()) for text in _read(page))


def _read(page: Page) -> Iterator[Text]:
    yield page.title
    if page.intro is not None:
        yield page.intro
    for item in page.items:
        yield item.text
        if isinstance(item, QuestionSet):
            yield from (question.text for question in item.questions)
        elif isinstance(item, Question):
            yield from _categories(item)
        hint = getattr(item, "hint", None)
        if hint is not None:
            yield hint


def _categories(question: Question) -> Iterator[Text]:
    # Statements share their answers and marks are digits: those are not read anew each time.
    variable = question.variable
    if variable.type is VariableType.SINGLE or variable.type in CHOICE_TYPES:
        yield from (category.label for category in variable.categories)
