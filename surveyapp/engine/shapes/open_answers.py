"""A text in somebody's own words."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.engine import texts
from surveyapp.engine.answers import Answers, Form, field_name
from surveyapp.engine.people import Answering, Fields, Person, sentence
from surveyapp.engine.profile import AnswerProfile
from surveyapp.engine.shapes.base import (
    Handler,
    PlannedQuestion,
    Reading,
    beside_missing,
    first,
)
from surveyapp.instrument.model import Question, Variable


class OpenAnswer(Handler):
    """A text of one line or of several."""

    def read(self, planned: PlannedQuestion, form: Form, language: str) -> Reading:
        variable, name = planned.question.variable, planned.fields[0]
        single_line = variable.type.traits.is_single_line
        longest = variable.maximum_characters or texts.DEFAULT_LENGTH
        text, fault = planned.clean_text(name, first(form, name), longest, single_line=single_line)
        if fault is not None:
            return fault
        if beside := planned.missing_beside(form, is_given=bool(text)):
            return beside
        return Reading(text or None)

    def typed(self, variable: Variable, value: str, language: str) -> Fields:
        return {field_name(variable.name): (value,)}

    def words(self, variable: Variable, value: str, answers: Answers, language: str) -> str:
        return value

    def mistakes(self, question: Question, language: str) -> Iterator[Fields]:
        base = field_name(question.name)
        longest = question.variable.maximum_characters or texts.DEFAULT_LENGTH
        yield {base: ("x" * (longest + 1),)}
        yield from beside_missing(question, {base: ("tekst" if language == "nl" else "text",)})

    def simulated(self, variable: Variable, answers: AnswerProfile, *, is_flat: bool) -> Answering:
        short = ("kort antwoord", "short answer") if variable.type.traits.is_single_line else None

        def answer(person: Person, language: str) -> Fields:
            if person.random.random() >= answers.answered:
                return {field_name(variable.name): ("",)}
            text = sentence(person, answers, language, short)
            return {field_name(variable.name): (text[: variable.maximum_characters or len(text)],)}

        return answer
