"""Earlier answers inside later texts: ``{a_expertise.label|your field}``.

``.label`` is the answer in words, ``.value`` the answer as a number or text, ``.other`` what was typed beside "other";
the fallback after the bar stands in for every kind of missing, so that a sentence never has a hole. ``{wave_year}`` is
the year of the wave. The result is plain text: whoever puts it on a page escapes it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from surveyapp.engine.answers import Answers, is_missing
from surveyapp.engine.describe import value_in_words
from surveyapp.engine.numbers import spell_amount
from surveyapp.instrument.model import Instrument

_PIPE = re.compile(r"\{(?P<name>[a-z][a-z0-9_]*)(?:\.(?P<part>label|value|other))?(?:\|(?P<fallback>[^{}]*))?\}")


def piped(text: str, instrument: Instrument, answers: Answers, language: str) -> str:
    """The text with answers filled in.

    Pass the answers that count (`route.on_path`): what a person took back must not be quoted to them.
    """
    if "{" not in text:
        return text
    return "".join(
        piece if isinstance(piece, str) else _filled(piece, instrument, answers, language) for piece in _pieces(text)
    )


Pipe = tuple[str, str, str]
"""Name, part and fallback."""


@lru_cache(maxsize=1024)
def _pieces(text: str) -> tuple[str | Pipe, ...]:
    pieces: list[str | Pipe] = []
    end = 0
    for found in _PIPE.finditer(text):
        pieces.append(text[end : found.start()])
        pieces.append((found["name"], found["part"] or "label", found["fallback"] or ""))
        end = found.end()
    return (*pieces, text[end:])


def _filled(pipe: Pipe, instrument: Instrument, answers: Answers, language: str) -> str:
    name, part, fallback = pipe
    if name == "wave_year":
        return str(instrument.wave.year)
    if part == "other":
        typed = answers.get(f"{name}_other")
        return typed if isinstance(typed, str) else fallback
    value = answers.get(name)
    variable = instrument.variables.get(name)
    if variable is None or value is None or is_missing(value):
        return fallback
    # A month is stored as year * 100 + month: a number nobody means.
    if part == "value" and isinstance(value, int | float) and not variable.type.traits.is_month:
        return spell_amount(value, language, variable.number.decimals if variable.number else 0)
    if isinstance(value, int) and any(category.other and category.code == value for category in variable.categories):
        own = answers.get(f"{name}_other")
        return own if isinstance(own, str) else fallback  # "Other, please specify" reads badly inside a sentence
    return value_in_words(variable, value, answers, language)
