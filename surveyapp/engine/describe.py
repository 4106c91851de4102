"""An answer in words: for the review before sending, one's own answers and print."""

from __future__ import annotations

from surveyapp.engine.answers import Answers, Value, is_missing
from surveyapp.engine.shapes import HANDLERS
from surveyapp.instrument.model import NOT_ASKED, Instrument, Question, Variable


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
    return HANDLERS[variable.type].words(variable, value, answers, language)


def _missing(instrument: Instrument, question: Question, code: Value, language: str) -> str:
    for missing in (*question.missing, *instrument.missing.values()):
        if missing.code == code:
            return missing.label[language]
    return ""
