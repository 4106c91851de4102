"""The words of the books in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from surveyapp.catalogues import LANGUAGES, catalogue
from surveyapp.errors import ExportError
from surveyapp.fieldwork import made_up
from surveyapp.reports.grid import Grid


class Words:
    """Fixed texts from the catalogue ``books`` and the study's own texts, both in one language.

    Raises
    ------
    ExportError     a language the books are not made in
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ExportError(
                "Books are made in %(names)s, not in “%(language)s”.", names=" and ".join(LANGUAGES), language=language
            )
        self.language = language
        self._catalogue = catalogue("books", language)

    def __call__(self, message: str, **parts: object) -> str:
        """A fixed text, its ``{names}`` filled in."""
        text = self._catalogue.gettext(message)
        return text.format(**parts) if parts else text

    def made_up(self, is_made_up: bool) -> str:
        """What a file says over people who do not exist; empty where they do."""
        return made_up.sentence(is_made_up, self.language)

    def section(self, name: str) -> str:
        """The title of a section of the report; its name in the plan of tables is the English message id."""
        title = self(name.replace("-", " "))
        return title[:1].upper() + title[1:]

    def pick(self, text: Mapping[str, str] | None) -> str:
        """The study's own text; in the language it was written in when this one has no translation."""
        if not text:
            return ""
        found = text.get(self.language)
        return found if found is not None else next(iter(text.values()))


def base_text(grid: Grid, words: Words, otherwise: str) -> str:
    """The base in words when all items share it, ``otherwise`` when they do not; then what their filter asks."""
    texts = {words.pick(item.base) for item in grid.items}
    base = texts.pop() if len(texts) == 1 else otherwise
    condition = words.pick(grid.filter.condition) if grid.filter else ""
    return f"{base} · {words('Filter: {filter}', filter=condition)}" if condition else base
