"""How long a questionnaire takes, estimated from its words until the first respondents have been timed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveyapp.instrument.questions import Page, Question, QuestionSet
from surveyapp.instrument.variables import Text

WORDS_PER_MINUTE = 200
"""Reading a form on a screen goes slower than the 240 words a minute of running prose."""
SECONDS_PER_ITEM = 4
"""Choosing and tapping, on top of reading; the first fieldwork took 15 minutes for 105 questions of some 20 words."""


def estimated_minutes(pages: Sequence[Page], language: str) -> int:
    """Whole minutes for someone who sees every page that can be drawn together; at least 1.

    Of a rotation it is the mean over its draws. Routing only makes it shorter.
    """
    return whole_minutes(estimated_seconds(pages, language))


def estimated_seconds(pages: Sequence[Page], language: str) -> float:
    """The same before it is rounded, for ratios between questionnaires.

    The mean over all draws: each block is asked of the same share of people, so each page counts for that share.
    """
    return sum(
        page_seconds(page, language) * (1.0 if page.block is None else float(page.block.share)) for page in pages
    )


def longest_seconds(pages: Sequence[Page], language: str) -> float:
    """For someone who draws the longest blocks of every rotation."""
    seconds = sum(page_seconds(page, language) for page in pages if page.block is None)
    blocks: dict[tuple[str, int], float] = {}
    take: dict[str, int] = {}
    for page in pages:
        if page.block is not None:
            rotation = page.block.rotation
            key = (rotation.name, page.block.code)
            blocks[key] = blocks.get(key, 0.0) + page_seconds(page, language)
            take[rotation.name] = rotation.draw.take if rotation.draw is not None else 1
    for name, number in take.items():
        found = sorted((spent for (rotation_name, _), spent in blocks.items() if rotation_name == name), reverse=True)
        seconds += sum(found[:number])
    return seconds


def page_seconds(page: Page, language: str) -> float:
    """Reading and answering everything on one page."""
    items = sum(1 for _ in page.questions())
    return word_count(page, language) / WORDS_PER_MINUTE * 60 + items * SECONDS_PER_ITEM


def whole_minutes(seconds: float) -> int:
    """As respondents are told: rounded up, at least 1."""
    return max(1, math.ceil(seconds / 60))


def word_count(page: Page, language: str) -> int:
    """How many words a respondent reads on this page."""
    return sum(len(text[language].split()) for text in _read(page))


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of a page in one language: those everybody reads who sees it, and those of each item that is shown.

    ``items`` are the words that come with an item whichever of its questions are seen, the questions' own words, by
    name.
    """

    always: int
    items: tuple[tuple[int, Mapping[str, int]], ...]


def page_words(page: Page, language: str) -> PageWords:
    """The words of a page, part by part: who sees not all of its questions does not read all of its words."""
    always = sum(_count(text, language) for text in (page.title, page.intro))
    items = []
    for item in page.items:
        around = _count(getattr(item, "hint", None), language)
        if isinstance(item, QuestionSet):
            around += _count(item.text, language)
            items.append((around, {one.name: _count(one.text, language) for one in item.questions}))
        elif isinstance(item, Question):
            listed = item.variable.categories if item.variable.type.traits.is_listed else ()
            answers = sum(_count(category.label, language) for category in listed)
            items.append((around, {item.name: _count(item.text, language) + answers}))
        else:
            always += around + _count(item.text, language)
    return PageWords(always, tuple(items))


def _count(text: Text | None, language: str) -> int:
    return len(text[language].split()) if text is not None else 0


def _read(page: Page) -> Iterator[Text]:
    yield page.title
    if page.intro is not None:
        yield page.intro
    for item in page.items:
        yield item.text
        if isinstance(item, QuestionSet):
            yield from (question.text for question in item.questions)
        elif isinstance(item, Question) and item.variable.type.traits.is_listed:
            # Statements share their answers and marks are digits: those are not read anew each time.
            yield from (category.label for category in item.variable.categories)
        hint = getattr(item, "hint", None)
        if hint is not None:
            yield hint
