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
    "error",
    "files",
    title=(
        "De studie is in een taal die het product niet spreekt.",
        "The study is in a language the product does not speak.",
    ),
    fix=(
        f"Kies bij languages uit: {_LISTED}; een of meer, elk één keer, de brontaal eerst.",
        f"Choose languages from: {_LISTED}; one or more, each once, the source language first.",
    ),
)
def language_not_spoken(context: Context) -> Iterator[Found]:
    """``languages`` holds nothing but languages the product's own pages, mails and books are written in."""
    seen: set[str] = set()
    for index, language in enumerate(context.study.languages):
        place = context.study_file.place("languages", index)
        if language not in LANGUAGES:
            yield Found(
                place,
                "languages",
                f"Pagina's, mails en boeken bestaan niet in ‘{language}’.",
                f"Pages, mails and books do not exist in '{language}'.",
            )
        elif language in seen:
            yield Found(
                place, "languages", f"De taal ‘{language}’ staat er twee keer.", f"The language '{language}' is twice."
            )
        seen.add(language)
