"""An answer in words: for the review before sending, one's own answers and print."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from surveyapp.engine.answers import Answers, Value, is_missing
from surveyapp.engine.numbers import CENTS, spell_number
from surveyapp.instrument.model import CODED_TYPES, NOT_ASKED, Instrument, Question, Variable, VariableType


def answer_in_words(
    instrument: Instrument, question: Question, value: Value | None, answers: Answers, language: str
) -> str:
    """What someone answered, as they saw it.

    Missing codes are worded as this question offers them, otherwise as the study does. Several choices are joined by
    "; ", ranked ones numbered. ``answers`` give the text beside "other".
    """
    if value is None or is_missing(value):
        return _missing(instrument, question, NOT_ASKED if value is None else value, language)
    return value_in_words(question.variable, value, answers, language)


def value_in_words(variable: Variable, value: Value, answers: Answers, language: str) -> str:
    """A valid answer in words."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        labels = [_category(variable, code, answers, language) for code in value]
        if variable.type is VariableType.RANKING:
            labels = [f"{place}. {label}" for place, label in enumerate(labels, start=1)]
        return "; ".join(labels)
    if isinstance(value, dict):
        parts = (
            f"{_category(variable, int(code), answers, language)}: {spell_number(part, language)}%"
            for code, part in value.items()
            if part
        )
        return "; ".join(parts)
    if variable.type in CODED_TYPES:
        return _category(variable, int(value), answers, language)
    if variable.type is VariableType.MONTH:
        year, month = divmod(int(value), 100)
        return format_date(date(year, month, 1), "MMMM yyyy", locale=language)
    if variable.type is not VariableType.NUMBER:
        return str(value)
    is_amount = variable.number is not None and variable.number.decimals == CENTS and isinstance(value, float)
    pattern = "#,##0.00###" if is_amount else None  # 85,50 euro, as it stands on the page
    number = format_decimal(value, format=pattern, locale=language, decimal_quantization=False)
    if variable.unit is None:
        return number
    unit = variable.unit[language]
    return f"{number}{unit}" if unit.startswith("%") else f"{number} {unit}"


def _category(variable: Variable, code: int, answers: Answers, language: str) -> str:
    category = variable.category(code)
    label = category.label[language]
    text = answers.get(f"{variable.name}_other") if category.other else None
    return f"{label}: {text}" if isinstance(text, str) else label


def _missing(instrument: Instrument, question: Question, code: Value, language: str) -> str:
    for missing in (*question.missing, *instrument.missing.values()):
        if missing.code == code:
            return missing.label[language]
    return ""
