"""What every shape of answer does with a question, and what they share in doing it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from surveyapp.engine import texts
from surveyapp.engine.answers import Answers, Form, Problem, Value, field_name
from surveyapp.engine.people import Answering, Fields
from surveyapp.engine.profile import AnswerProfile
from surveyapp.errors import AnswersRefused
from surveyapp.instrument.model import Question, Variable

if TYPE_CHECKING:
    from surveyapp.instrument.conditions import Condition


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """A question with the form fields, codes and condition that belong to it."""

    question: Question
    name: str
    show_if: Condition | None
    follows_page: bool  # its condition, or its set's, reads an answer of the same page
    fields: tuple[str, ...]
    codes: Mapping[str, int]  # as a form spells them: categories and offered missing codes
    other_name: str | None
    other_code: int | None
    handler: Handler

    def counts_other(self, value: Value | None) -> bool:
        """Whether the text beside "other" counts with this answer."""
        return value == self.other_code or (isinstance(value, list) and self.other_code in value)

    def code(self, text: str, codes: Mapping[str, int] | None = None) -> int:
        """The code that was chosen.

        Raises
        ------
        AnswersRefused     it was never offered here: that is tampering, not a mistake
        """
        found = (self.codes if codes is None else codes).get(text)
        if found is None:
            raise AnswersRefused(
                "%(name)s has no answer “%(text)s”; only what was offered can be stored.",
                name=self.name,
                text=text[:40],
            )
        return found

    def problem(self, code: str, name: str | None = None, **parameters: object) -> Reading:
        """What cannot be stored, and the field it is tied to."""
        return Reading(problem=Problem(self.name, name or self.fields[0], code, parameters))

    def other_text(self, form: Form) -> tuple[str | None, Reading | None]:
        """What was typed beside "other", or what is wrong with it."""
        if self.other_name is None:
            return None, None
        name = field_name(self.name, "other")
        text, fault = self.clean_text(name, first(form, name), texts.OTHER_LENGTH, single_line=True)
        return text or None, fault

    def clean_text(self, name: str, text: str, longest: int, *, single_line: bool) -> tuple[str, Reading | None]:
        """A text as it is stored, or what is wrong with it."""
        if not text:
            return "", None
        longest = min(longest, texts.LONGEST_EVER)
        if texts.has_refused_characters(text):
            return "", self.problem("unusable_characters", name)
        # Cleaning only ever shortens by much what is mostly line ends and spaces; beyond that it is not worth the work.
        length = len(text)
        if length <= 4 * longest + 1000:
            text = texts.clean(text, single_line=single_line)
            length = len(text)
        if length > longest:
            return "", self.problem("too_long", name, maximum=longest, length=length)
        return text, None

    def missing_beside(self, form: Form, *, is_given: bool) -> Reading | None:
        """The missing code ticked beside a field; a problem when the field holds an answer too."""
        text = first(form, field_name(self.name, "missing"))
        if not text:
            return None
        code = self.code(text, {str(missing.code): missing.code for missing in self.question.missing})
        return self.problem("missing_and_value", missing=code) if is_given else Reading(code)


@dataclass(slots=True)
class Reading:
    """What became of one question's fields; with a problem there is no value."""

    value: Value | None = None  # None: nothing was given
    other: str | None = None  # what was typed beside "other"
    problem: Problem | None = None
    implausible: Problem | None = None


class Handler(ABC):
    """What is done with the answers of one shape."""

    may_repeat = False  # its first field comes once per chosen code
    is_spelled = False  # each language writes its answers in its own way

    def fields(self, variable: Variable) -> tuple[str, ...]:
        """The form fields that hold the answer, the text beside "other" and the missing code apart."""
        return (field_name(variable.name),)

    @abstractmethod
    def read(self, planned: PlannedQuestion, form: Form, language: str) -> Reading:
        """What a form says about one question.

        Raises
        ------
        AnswersRefused     a code that was never offered here
        """

    @abstractmethod
    def typed(self, variable: Variable, value: Any, language: str) -> Fields:
        """The fields that would bring this stored answer."""

    @abstractmethod
    def words(self, variable: Variable, value: Any, answers: Answers, language: str) -> str:
        """A valid answer in words."""

    def mistakes(self, question: Question, language: str) -> Iterator[Fields]:
        """What can go wrong besides being left empty, each as a form."""
        return iter(())

    @abstractmethod
    def simulated(self, variable: Variable, answers: AnswerProfile, *, is_flat: bool) -> Answering:
        """How people answer it."""


class FilledIn(Handler):
    """Answers written into fields, beside which a missing code may be ticked."""

    def read(self, planned: PlannedQuestion, form: Form, language: str) -> Reading:
        """The missing code, or what the fields say that hold something."""
        given = {name: text for name in self.fields(planned.question.variable) if (text := first(form, name).strip())}
        other, fault = planned.other_text(form)
        if fault is not None:
            return fault
        if beside := planned.missing_beside(form, is_given=bool(given)):
            return beside
        if not given:
            return Reading()
        found = self.value(planned, given, language)
        return found if other is None else replace(found, other=other)

    @abstractmethod
    def value(self, planned: PlannedQuestion, given: Mapping[str, str], language: str) -> Reading:
        """What the fields say that hold something."""


# ----------------------------------------------------------------------------------------------------------- of a form
def first(form: Form, name: str) -> str:
    """The one value of a field, empty when it did not come."""
    values = form.get(name)
    if not values:
        return ""
    return values if isinstance(values, str) else values[0]


def every(form: Form, name: str) -> Sequence[str]:
    """All values of a field."""
    values = form.get(name)
    if not values:
        return ()
    return (values,) if isinstance(values, str) else values


def missing_field(variable: Variable) -> str:
    """The form field of its missing codes: where answers are ticked they stand among them, otherwise beside."""
    return field_name(variable.name, "" if variable.type.shape.is_ticked else "missing")


def category_words(variable: Variable, code: int, answers: Answers, language: str) -> str:
    """A category by its label, with the text beside "other"."""
    category = variable.category(code)
    label = category.label[language]
    text = answers.get(f"{variable.name}_other") if category.other else None
    return f"{label}: {text}" if isinstance(text, str) else label


def offered_codes(variable: Variable) -> list[str]:
    """The codes that are still offered, as a form spells them."""
    return [str(category.code) for category in variable.categories if not category.retired]


def beside_missing(question: Question, filled: Fields) -> Iterator[Fields]:
    """A filled field with "don't know" ticked next to it."""
    if question.missing:
        yield {**filled, field_name(question.name, "missing"): (str(question.missing[0].code),)}


def too_long_other(question: Question) -> Iterator[Fields]:
    """A text beside "other" that does not fit."""
    for category in question.variable.categories:
        if category.other:
            yield {
                field_name(question.name): (str(category.code),),
                field_name(question.name, "other"): ("x" * (texts.OTHER_LENGTH + 1),),
            }
            return
