"""The answers in words, by part: for the review before sending, one's own answers afterwards, and print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from surveyapp.engine.answers import UNANSWERED, is_missing
from surveyapp.engine.describe import answer_in_words
from surveyapp.engine.pipe import piped
from surveyapp.engine.route import off_path, path
from surveyapp.fieldwork.asked_case import AskedCase
from surveyapp.instrument.model import Page


@dataclass(frozen=True, slots=True)
class Line:
    """One question and what was answered."""

    question: str
    answer: str
    is_answered: bool


@dataclass(frozen=True, slots=True)
class PageLines:
    """The questions of one page."""

    page: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class PartLines:
    """The pages of one part."""

    title: str
    pages: tuple[PageLines, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that was answered; ``left_out`` are questions whose answers do not count any more."""

    parts: tuple[PartLines, ...]
    left_out: tuple[str, ...]
    answered: int

    @property
    def asked(self) -> int:
        """How many questions stand in it."""
        return sum(len(page.lines) for part in self.parts for page in part.pages)


def _names(page: Page) -> list[str]:
    return [question.name for question in page.questions()]


def overview(asked: AskedCase, *, is_sent: bool = False) -> Overview:
    """The answers of this person in the language of the request, but for those on pages that are not to be shown.

    Once sent, wishes that were moved away from the answers are no line any more: they did not go unanswered.
    """
    language, answers, instrument, hidden = asked.language, asked.answers, asked.instrument, asked.hidden
    counted = asked.quotable(answers)
    titles = {part.id: part.title[language] for part in asked.questionnaire.parts}
    by_part: dict[str, list[PageLines]] = {}
    answered = 0
    for seen in path(asked.questionnaire, answers, language).pages:
        if seen.page.id in hidden:
            continue
        lines = []
        for question in seen.questions:
            value = answers.get(question.name)
            has_value = value not in UNANSWERED
            if is_sent and question.variable.is_stored_apart and not has_value:
                continue
            answered += has_value
            words = answer_in_words(instrument, question, value, answers, language) if has_value else ""
            if has_value and is_missing(value):  # it stands alone here, as on its page
                words = words[:1].upper() + words[1:]
            lines.append(Line(piped(question.text[language], instrument, counted, language), words, has_value))
        if lines:
            title = piped(seen.page.title[language], instrument, counted, language)
            by_part.setdefault(seen.page.part, []).append(PageLines(seen.page.id, title, tuple(lines)))
    questions = asked.questionnaire.questions
    page_of = {name: page.id for page in asked.questionnaire.pages for name in _names(page)}
    left_out = tuple(
        piped(questions[name].text[language], instrument, counted, language)
        for name, value in off_path(asked.questionnaire, answers, language).items()
        if name in questions and value not in UNANSWERED and page_of.get(name) not in hidden
    )
    parts = tuple(PartLines(titles[part], tuple(pages)) for part, pages in by_part.items())
    return Overview(parts, left_out, answered)


def page_titles(asked: AskedCase, pages: Iterable[str]) -> dict[str, str]:
    """What these pages are called."""
    language, counted, by_id = asked.language, asked.quotable(asked.answers), asked.questionnaire.by_id
    return {page: piped(by_id[page].title[language], asked.instrument, counted, language) for page in pages}
