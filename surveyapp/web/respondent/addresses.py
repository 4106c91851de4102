"""The respondent's addresses in both languages: one endpoint, one rule per language.

Lower case, hyphens, no ids, no personal data. The language stands in the address, so that a page can be mailed and a
switch is another address of the same endpoint.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Flask, g, url_for
from werkzeug.routing import BaseConverter, ValidationError

from surveyapp.catalogues import LANGUAGES
from surveyapp.web import languages

ADDRESSES: dict[str, dict[str, str]] = {
    "home": {"nl": "/nl/", "en": "/en/"},
    "landing": {"nl": "/nl/onderzoek/<wave:wave>", "en": "/en/survey/<wave:wave>"},
    "notify": {"nl": "/nl/onderzoek/<wave:wave>/bericht", "en": "/en/survey/<wave:wave>/notify"},
    "privacy": {"nl": "/nl/privacy", "en": "/en/privacy"},
    "accessibility": {"nl": "/nl/toegankelijkheid", "en": "/en/accessibility"},
    "consent": {"nl": "/nl/vragenlijst/toestemming", "en": "/en/questionnaire/consent"},
    "declined": {"nl": "/nl/vragenlijst/niet-meegedaan", "en": "/en/questionnaire/declined"},
    "page": {"nl": "/nl/vragenlijst/p/<page>", "en": "/en/questionnaire/p/<page>"},
    "visible": {"nl": "/nl/vragenlijst/p/<page>/zicht", "en": "/en/questionnaire/p/<page>/visible"},
    "draft": {"nl": "/nl/vragenlijst/p/<page>/concept", "en": "/en/questionnaire/p/<page>/draft"},
    "saved": {"nl": "/nl/vragenlijst/bewaard", "en": "/en/questionnaire/saved"},
    "resume": {"nl": "/nl/vragenlijst/verder", "en": "/en/questionnaire/resume"},
    "review": {"nl": "/nl/vragenlijst/controle", "en": "/en/questionnaire/review"},
    "done": {"nl": "/nl/vragenlijst/klaar", "en": "/en/questionnaire/done"},
    "ended": {"nl": "/nl/vragenlijst/einde", "en": "/en/questionnaire/ended"},
    "compare": {"nl": "/nl/vragenlijst/vergelijk", "en": "/en/questionnaire/compare"},
    "answers": {"nl": "/nl/vragenlijst/mijn-antwoorden", "en": "/en/questionnaire/my-answers"},
    "leave": {"nl": "/nl/vragenlijst/afmelden", "en": "/en/questionnaire/opt-out"},
    "left": {"nl": "/nl/vragenlijst/afgemeld", "en": "/en/questionnaire/opted-out"},
    "opt_out": {"nl": "/i/<token>/afmelden", "en": "/i/<token>/opt-out"},
}


_WAVE = re.compile(r"[a-z][a-z0-9-]{1,63}-[1-9][0-9]{3}")


class WaveName:
    """A study and a year as one word of an address: ``course-2026``."""

    __slots__ = ("study", "year")

    def __init__(self, study: str, year: int) -> None:
        self.study = study
        self.year = year

    @classmethod
    def read(cls, text: str) -> WaveName:
        """The wave this word names.

        Raises
        ------
        ValueError     it names none
        """
        if not _WAVE.fullmatch(text):
            raise ValueError(text)
        study, _, year = text.rpartition("-")
        return cls(study, int(year))

    def __str__(self) -> str:
        return f"{self.study}-{self.year}"


class WaveConverter(BaseConverter):
    """`WaveName` in an address."""

    regex = _WAVE.pattern

    def to_python(self, value: str) -> WaveName:
        """From the address."""
        try:
            return WaveName.read(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: Any) -> str:
        """Into the address."""
        return str(value)


def plain(name: str) -> str:
    """An address without parts to fill in; known even where a request was refused before it was routed."""
    return ADDRESSES[name][languages.current()]


def prepare(app: Flask) -> None:
    """Let the application's addresses hold waves, and its frame know the plain ones."""
    app.url_map.converters["wave"] = WaveConverter
    app.jinja_env.globals["plain_address"] = plain


def add(blueprint: Blueprint, name: str, view: Any, methods: tuple[str, ...] = ("GET",)) -> None:
    """Put a view at its address in every language."""
    for language in LANGUAGES:
        blueprint.add_url_rule(
            ADDRESSES[name][language], name, view, methods=list(methods), defaults={"language": language}
        )


def speak(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take the language out of the address; views ask :func:`surveyapp.web.languages.current`."""
    language = (values or {}).pop("language", None)
    languages.use(language or languages.current())


def address(name: str, language: str | None = None, **values: object) -> str:
    """The address of one of :data:`ADDRESSES`, in the language of the request unless another is asked."""
    return url_for(f"respondent.{name}", language=language or g.language, **values)  # type: ignore[arg-type]
