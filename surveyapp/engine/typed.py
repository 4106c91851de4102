"""Stored answers as the form fields that would bring them: to show a page again."""

from __future__ import annotations

from surveyapp.engine.answers import UNANSWERED, Answers, Form, Value, field_name, is_missing
from surveyapp.engine.plan import PageOnPath
from surveyapp.engine.shapes import HANDLERS
from surveyapp.engine.shapes.base import missing_field
from surveyapp.instrument.model import Variable


def typed_from(page: PageOnPath, answers: Answers, language: str) -> Form:
    """The visible questions' stored answers as fields, numbers in the language's spelling.

    Checking this form gives the same values again, in any language. Skipped questions have no field.
    """
    form: dict[str, tuple[str, ...]] = {}
    for question in page.questions:
        value = answers.get(question.name)
        if value is not None and value not in UNANSWERED:
            form.update(_fields(question.variable, value, language))
        other = answers.get(f"{question.name}_other")
        if isinstance(other, str) and any(category.other for category in question.variable.categories):
            form[field_name(question.name, "other")] = (other,)
    return form


def _fields(variable: Variable, value: Value, language: str) -> dict[str, tuple[str, ...]]:
    if is_missing(value):
        return {missing_field(variable): (str(value),)}
    return HANDLERS[variable.type].typed(variable, value, language)
