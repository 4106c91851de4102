"""Every way a page's form can be filled in wrongly: to show each of its messages before anyone meets them.

The forms are made from the types of the questions and sent through `check_page`, the same door as everybody's; what it
says of them is what a respondent would read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from surveyapp.engine.answers import Answers, Form, Problem
from surveyapp.engine.route import visible_page
from surveyapp.engine.texts import DEFAULT_LENGTH, OTHER_LENGTH
from surveyapp.engine.validate import check_page
from surveyapp.instrument.model import NumberRange, Question, Questionnaire, VariableType

Fields = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Misuse:
    """One form and what comes of it: problems that keep the page, or prompts that ask once."""

    form: Form
    problems: tuple[Problem, ...]
    prompts: tuple[Problem, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The kinds of message it shows, each once."""
        return tuple(dict.fromkeys(each.code for each in (*self.problems, *self.prompts)))


def misuses(questionnaire: Questionnaire, page_id: str, answers: Answers, language: str) -> tuple[Misuse, ...]:
    """Every state of the page in which something is said: first left empty, then each kind of mistake.

    The first mistake of every question stands in one form, the second of every question that has one in the next.

    Raises
    ------
    NotFound           this questionnaire has no such page
    AnswersRefused     the answers do not lead to it
    """
    questions = visible_page(questionnaire, page_id, answers, language).questions
    kinds = [list(_mistakes(question, language)) for question in questions]
    rows = zip_longest(*kinds)
    forms: list[Fields] = [{}]
    forms += [{name: values for fields in row if fields for name, values in fields.items()} for row in rows]
    found = []
    for form in forms:
        check = check_page(questionnaire, page_id, answers, form, language)
        if check.problems or check.prompts:
            found.append(Misuse(form, check.problems, check.prompts))
    return tuple(found)


def _mistakes(question: Question, language: str) -> Iterator[Fields]:
    yield from MISTAKES.get(question.variable.type, _none)(question, language)
    base = f"q_{question.name}"
    other = next((category for category in question.variable.categories if category.other), None)
    if other is not None and question.variable.type in (VariableType.SINGLE, VariableType.MULTIPLE):
        yield {base: (str(other.code),), f"{base}__other": ("x" * (OTHER_LENGTH + 1),)}


def _none(question: Question, language: str) -> Iterator[Fields]:
    return iter(())


def _multiple(question: Question, language: str) -> Iterator[Fields]:
    variable, base = question.variable, f"q_{question.name}"
    offered = [category for category in variable.categories if not category.retired]
    plain = [str(category.code) for category in offered if not category.exclusive]
    if variable.maximum_choices is not None and len(plain) > variable.maximum_choices:
        yield {base: tuple(plain[: variable.maximum_choices + 1])}
    if variable.minimum_choices > 1:
        yield {base: tuple(plain[:1])}
    alone = [str(category.code) for category in offered if category.exclusive]
    alone += [str(missing.code) for missing in question.missing]
    if alone and plain:
        yield {base: (plain[0], alone[0])}


def _number(question: Question, language: str) -> Iterator[Fields]:
    base, limits = f"q_{question.name}", question.variable.number or NumberRange()
    yield {base: ("ongeveer tien" if language == "nl" else "about ten",)}
    sign, other = (",", ".") if language == "nl" else (".", ",")
    yield {base: (f"85{other}50" if limits.decimals else f"1{sign}000",)}  # the sign of the other language
    yield {base: (f"1{sign}{'5' * (limits.decimals + 1)}",)}
    if limits.maximum is not None:
        yield {base: (str(int(limits.maximum) + 1),)}
    if limits.minimum is not None and limits.minimum > 0:
        yield {base: (str(int(limits.minimum) - 1),)}
    if limits.warn_above is not None:
        yield {base: (str(int(limits.warn_above) + 1),)}
    if limits.warn_below is not None:
        yield {base: (str(max(int(limits.warn_below) - 1, 0)),)}
    yield from _beside(question, {base: ("10",)})


def _year(question: Question, language: str) -> Iterator[Fields]:
    base, limits = f"q_{question.name}", question.variable.number or NumberRange()
    yield {base: ("'87",)}
    if limits.maximum is not None:
        yield {base: (str(int(limits.maximum) + 1),)}
    yield from _beside(question, {base: ("1987",)})


def _month(question: Question, language: str) -> Iterator[Fields]:
    base, limits = f"q_{question.name}", question.variable.number or NumberRange()
    yield {f"{base}__month": ("3",)}
    yield {f"{base}__month": ("3",), f"{base}__year": ("24",)}
    if limits.maximum is not None:
        yield {f"{base}__month": ("3",), f"{base}__year": (str(int(limits.maximum) + 1),)}
    yield from _beside(question, {f"{base}__month": ("3",), f"{base}__year": ("2024",)})


def _region(question: Question, language: str) -> Iterator[Fields]:
    base = f"q_{question.name}"
    yield {base: ("Utrecht",)}
    yield from _beside(question, {base: ("35",)})


def _ranking(question: Question, language: str) -> Iterator[Fields]:
    variable, base = question.variable, f"q_{question.name}"
    codes = [str(category.code) for category in variable.categories if not category.retired]
    if variable.ranks > 1 and len(codes) > 1:
        yield {f"{base}__1": (codes[0],), f"{base}__2": (codes[0],)}
        yield {f"{base}__2": (codes[1],)}
    if codes:
        yield from _beside(question, {f"{base}__1": (codes[0],)})


def _allocation(question: Question, language: str) -> Iterator[Fields]:
    base = f"q_{question.name}"
    codes = [str(category.code) for category in question.variable.categories if not category.retired]
    if codes:
        yield {f"{base}__{codes[0]}": ("60",)}
        yield {f"{base}__{codes[0]}": ("veel" if language == "nl" else "a lot",)}
        yield {f"{base}__{codes[0]}": ("120",)}
        yield from _beside(question, {f"{base}__{codes[0]}": ("100",)})


def _text(question: Question, language: str) -> Iterator[Fields]:
    base = f"q_{question.name}"
    longest = question.variable.maximum_characters or DEFAULT_LENGTH
    yield {base: ("x" * (longest + 1),)}
    yield from _beside(question, {base: ("tekst" if language == "nl" else "text",)})


def _beside(question: Question, filled: Fields) -> Iterator[Fields]:
    """A filled field with "don't know" ticked next to it."""
    if question.missing:
        yield {**filled, f"q_{question.name}__missing": (str(question.missing[0].code),)}


MISTAKES: Mapping[VariableType, Callable[[Question, str], Iterator[Fields]]] = {
    VariableType.MULTIPLE: _multiple,
    VariableType.NUMBER: _number,
    VariableType.YEAR: _year,
    VariableType.MONTH: _month,
    VariableType.REGION: _region,
    VariableType.RANKING: _ranking,
    VariableType.ALLOCATION: _allocation,
    VariableType.SHORT_TEXT: _text,
    VariableType.LONG_TEXT: _text,
}
"""What can go wrong per type besides being left empty; a choice of one cannot be filled in wrongly."""
