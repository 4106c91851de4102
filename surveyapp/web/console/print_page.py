"""The whole questionnaire of one role on paper: every page, text, code and condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.phrases import number_text
from surveyapp.instrument.conditions.sentence import block_text, clause
from surveyapp.instrument.minutes import page_seconds, whole_minutes, word_count
from surveyapp.instrument.model import Category, Instrument, Page, Question, QuestionSet, Shape, VariableType
from surveyapp.web.console.block_choices import draws_of, is_asked
from surveyapp.web.console.choices import one_of
from surveyapp.web.languages import translate, translate_plural
from surveyapp.web.rendering import whole

Code = tuple[int, str, str]
"""A code, what it means, and what is to be remarked of it."""
_MARKS = {Shape.CHOICE: "box", Shape.RANKING: "line", Shape.ALLOCATION: "line"}


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that is put to one role in one language; the template prints the definition's own pages."""

    instrument: Instrument
    role: str
    language: str
    pages: tuple[Page, ...]
    minutes: int
    longest: int  # with the longest blocks; 0 where one draw is printed
    words: int
    draw: str
    draws: tuple[tuple[str, str], ...]

    @property
    def questions(self) -> int:
        """How many questions are put."""
        return sum(1 for page in self.pages for _ in page.questions())

    def part(self, page: Page) -> str:
        """What the part of a page is called."""
        parts = self.instrument.questionnaires[self.role].parts
        return next((part.title[self.language] for part in parts if part.id == page.part), page.part)

    def block(self, page: Page) -> str:
        """The block of a rotation that a page belongs to, in words."""
        return "" if page.block is None else block_text(page.block, self.language)

    def condition(self, condition: Condition | None) -> str:
        """Who sees something, in words; empty where everybody does."""
        return "" if condition is None else clause(condition, self.language, self.instrument)

    def mark(self, question: Question) -> str:
        """What stands before an answer: circle · box · line."""
        return _MARKS.get(question.variable.type.shape, "circle")

    def codes(self, question: Question) -> tuple[Code, ...]:
        """The answers that are offered."""
        offered = (category for category in question.variable.categories if not category.retired)
        return tuple((each.code, each.label[self.language], _note(each)) for each in offered)

    def missing(self, question: Question) -> tuple[Code, ...]:
        """Don't know and the like."""
        return tuple((each.code, each.label[self.language], "") for each in question.missing)

    def shared(self, item: QuestionSet) -> tuple[Code, ...]:
        """The answers that all statements of a set share: such a set is printed as one grid; empty for others."""
        codes = {self.codes(question) for question in item.questions}
        if len(codes) != 1 or len(item.questions) < 2:
            return ()
        (shared,) = codes
        return shared if len(shared) <= 7 else ()

    def rules(self, question: Question) -> Iterator[str]:
        """What an answer has to hold to."""
        variable, limits = question.variable, question.variable.number
        if question.is_required:
            yield translate("an answer is needed")
        if variable.maximum_choices is not None:
            yield translate("at most %(n)s", n=variable.maximum_choices)
        if variable.ranks:
            yield translate("the first %(n)s, in order", n=variable.ranks)
        if variable.type.shape is Shape.ALLOCATION:
            yield translate("together 100")
        if limits is not None and (limits.minimum is not None or limits.maximum is not None):
            ends = (limits.minimum, limits.maximum)
            yield "–".join("…" if end is None else _limit(end, variable.type, self.language) for end in ends)
        if variable.unit is not None:
            yield variable.unit[self.language]
        if variable.type.shape is Shape.TEXT and variable.maximum_characters:
            yield translate_plural("at most %(n)s character", "at most %(n)s characters", variable.maximum_characters)
        if question.is_randomised:
            yield translate("answers in random order")


def printed(instrument: Instrument, role: str, language: str, draw: str = "") -> Paper:
    """The print version.

    Parameters
    ----------
    draw : a key of `block_choices.draws_of`, to print what somebody with that draw is asked; otherwise every block

    Raises
    ------
    BadQuery     no such draw in this role
    """
    questionnaire = instrument.questionnaire(role)
    draws = draws_of(questionnaire)
    one_of("draw", draw, {"": "", **{key: said for key, (said, _) in draws.items()}})
    drawn = draws[draw][1] if draw else None
    asked = tuple(page for page in questionnaire.pages if is_asked(page, drawn))
    seconds = sum(page_seconds(page, instrument.study.source_language) for page in asked)
    return Paper(
        instrument,
        role,
        language,
        asked,
        minutes=questionnaire.minutes if drawn is None else whole_minutes(seconds),
        longest=questionnaire.longest if drawn is None else 0,
        words=sum(word_count(page, language) for page in asked),
        draw=draw,
        draws=(("", translate("every block")), *((key, name) for key, (name, _) in draws.items())) if draws else (),
    )


def _note(category: Category) -> str:
    if category.other:
        return translate("in one’s own words: …")
    return translate("alone") if category.exclusive else ""


def _limit(value: float, kind: VariableType, language: str) -> str:
    """A limit as people write it: 20.000 workers, but the year 2026."""
    if kind.traits.is_amount and float(value).is_integer():
        return whole(int(value), language)
    return number_text(value, language)
