"""The sentences that stand with a table, in Dutch and English: one message id, one mapping by language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from surveyapp.catalogues import LANGUAGES, catalogue

Words = Mapping[str, str]
"""A text by language."""


def both(message: str, **values: Words | str | int) -> dict[str, str]:
    """A message of the domain ``reports`` in every language; a value that is itself by language is put in its own."""
    return {language: _in(language, message, values) for language in LANGUAGES}


def in_both(words: Words) -> dict[str, str]:
    """Words in every language of the product; a study's own text stands in where it has one language only."""
    return {
        language: words[language] if language in words else next(iter(words.values()), "") for language in LANGUAGES
    }


def quoted(labels: Iterable[Words]) -> dict[str, str]:
    """Labels one after the other, each in quotation marks; a dash where there is none."""
    listed = list(labels)
    return {language: ", ".join(f"“{label[language]}”" for label in listed) or "–" for language in LANGUAGES}


def joined(parts: Sequence[Words]) -> Words:
    """Parts of a sentence one after the other: a, b and c."""
    if len(parts) == 1:
        return parts[0]
    first = {language: ", ".join(one[language] for one in parts[:-1]) for language in LANGUAGES}
    return both("%(first)s and %(last)s", first=first, last=parts[-1])


@cache
def _said(language: str, message: str) -> str:
    return catalogue("reports", language).gettext(message)


def _in(language: str, message: str, values: Mapping[str, Mapping[str, str] | str | int]) -> str:
    return _said(language, message) % {
        name: value[language] if isinstance(value, Mapping) else value for name, value in values.items()
    }
