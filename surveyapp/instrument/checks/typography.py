"""W: signs in what respondents read. One form of the apostrophe, and examples that may be copied into the field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from babel.numbers import NumberFormatError, parse_decimal

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.questions import Question
from surveyapp.instrument.types import NumberRange, Shape

_CURLY = re.compile("[‘’“”]")
_STRAIGHT = re.compile("['\"]")
_EXAMPLE = re.compile(
    r"(?:\bbijvoorbeeld|\bbijv\.|\bbv\.|\bfor example|\bfor instance|\be\.g\.),?:? +(?:€ ?)?(\d[\d.,]*\d|\d)",
    re.IGNORECASE,
)


@check(
    "W011",
    "Straight and curly apostrophes are mixed.",
    "'%(name)s' has a straight apostrophe or quotation mark, other texts have curly ones.",
    "Write ’ and “ ”, as the other texts do.",
    level="warning",
)
def mixed_apostrophes(context: Context) -> Iterator[Found]:
    """A study that writes ’ writes it everywhere; one that keeps to ' is left in peace."""
    if not any(_CURLY.search(words) for text in context.texts for words in text.words.values()):
        return
    for text in context.texts:
        for language, words in text.words.items():
            if _STRAIGHT.search(words):
                yield Found(text.place_of(language), text.name)


@check(
    "W012",
    "An example does not fit its question.",
    "'%(name)s' gives %(example)s as an example (%(language)s) and would refuse it or ask it back.",
    "Name a number within the limits, as the language writes it: 85.50 in English.",
    level="warning",
)
def example_out_of_place(context: Context) -> Iterator[Found]:
    """What a question or its hint gives as an example would be taken if somebody typed it."""
    seen: set[tuple[str, str]] = set()
    for role, question in context.put_to:
        variable = question.variable
        if variable.type.shape is not Shape.NUMBER or variable.type.traits.is_month:
            continue
        limits = variable.type.traits.usual_range or variable.number or NumberRange()
        for key, language, example in _examples(question):
            if (question.name, example) not in seen and not _fits(example, limits, language):
                seen.add((question.name, example))
                yield Found(
                    context.cause(question.place, key, role, "default", language),
                    question.name,
                    example=example,
                    language=language,
                )


def _examples(question: Question) -> Iterator[tuple[str, str, str]]:
    for key, text in (("text", question.text), ("hint", question.hint)):
        for language, words in text.items() if text is not None else ():
            yield from ((key, language, found[1]) for found in _EXAMPLE.finditer(words))


def _fits(example: str, limits: NumberRange, language: str) -> bool:
    try:
        value = parse_decimal(example, locale=language, strict=True)
    except NumberFormatError:
        return False
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > limits.decimals:
        return False
    lows = [Decimal(repr(end)) for end in (limits.minimum, limits.warn_below) if end is not None]
    highs = [Decimal(repr(end)) for end in (limits.maximum, limits.warn_above) if end is not None]
    return all(low <= value for low in lows) and all(value <= high for high in highs)
