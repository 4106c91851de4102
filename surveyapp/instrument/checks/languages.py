"""R030: a study is asked in languages the product speaks, one or several of them, each once.

Addresses, buttons, mails, books and pages exist in these languages only. A study in any other would pass for ready and
then break where its first respondent or its first export meets the product's own words.
"""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.catalogues import LANGUAGES
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check

_LISTED = ", ".join(LANGUAGES)


@check(
    "R030",
    "The study is in a language the product does not speak.",
    "Pages, mails and books do not exist in '%(language)s'.",
    "Choose languages from: %(languages)s; one or more, each once, the source language first.",
    languages=_LISTED,
)
def language_not_spoken(context: Context) -> Iterator[Found]:
    """``languages`` holds nothing but languages the product's own pages, mails and books are written in."""
    seen: set[str] = set()
    for index, language in enumerate(context.study.languages):
        place = context.study.at("languages", index)
        if language not in LANGUAGES:
            yield Found(place, "languages", language=language)
        elif language in seen:
            yield Found(place, "languages", "The language '%(language)s' is twice.", language=language)
        seen.add(language)
