"""Stored answers as the form fields that would bring them: to show a page again."""

from __future__ import annotations

from surveyapp.engine.answers import Answers, Form, Value, is_missing
from surveyapp.engine.numbers import spell_amount, spell_number
from surveyapp.engine.plan import PageOnPath
from surveyapp.instrument.model import CODED_TYPES, NOT_ASKED, SKIPPED, Question, VariableType


def typed_from(page: PageOnPath, answers: Answers, language: str) -> Form:
    """The visible questions' stored answers as fields, numbers in the language's spelling.

    Checking this form gives the same values again, in any language. Skipped questions have no field.
    """
    form: dict[str, tuple[str, ...]] = {}
    for question in page.questions:
        value = answers.get(question.name)
        if value is not None and value not in (SKIPPED, NOT_ASKED):
            form.update(_fields(question, value, language))
        other = answers.get(f"{question.name}_other")
        if isinstance(other, str) and any(category.other for category in question.variable.categories):
            form[f"q_{question.name}__other"] = (other,)
    return form


def _fields(question: Question, value: Value, language: str) -> dict[str, tuple[str, ...]]:
    base = f"q_{question.name}"
    kind = question.variable.type
    if is_missing(value):
        if kind in CODED_TYPES or kind is VariableType.MULTIPLE:
            return {base: (str(value),)}
        return {f"{base}__missing": (str(value),)}
    if isinstance(value, dict):
        return {f"{base}__{code}": (spell_number(part, language),) for code, part in value.items()}
    if isinstance(value, list):
        if kind is VariableType.RANKING:
            return {f"{base}__{place}": (str(code),) for place, code in enumerate(value, start=1)}
        return {base: tuple(str(code) for code in value)}
    if isinstance(value, str):
        return {base: (value,)}
    if kind is VariableType.MONTH:
        year, month = divmod(int(value), 100)
        return {f"{base}__month": (str(month),), f"{base}__year": (str(year),)}
    limits = question.variable.number
    return {base: (spell_amount(value, language, limits.decimals if limits else 0),)}
