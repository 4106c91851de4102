"""The respondent's addresses in both languages: one endpoint, one rule per language.

Lower case, hyphens, no ids, no personal data. The language stands in the address, so that a page can be mailed and a
switch is another address of the same endpoint. So does the wave, so that a reload shows a tab its own questionnaire
whatever another tab has looked at since.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Flask, current_app, g, has_request_context, request, url_for
from werkzeug.routing import BaseConverter, ValidationError

from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import NotFound
from surveyapp.fieldwork.unsubscribing import PATHS as UNSUBSCRIBING
from surveyapp.fieldwork.waves import LANDING
from surveyapp.recent import Recent
from surveyapp.web import languages

_WAVE_PART = "<wave:wave>"
_NL, _EN = f"/nl/vragenlijst/{_WAVE_PART}", f"/en/questionnaire/{_WAVE_PART}"
ADDRESSES: dict[str, dict[str, str]] = {
    "home": {"nl": "/nl/", "en": "/en/"},
    "landing": {"nl": f"{LANDING['nl']}{_WAVE_PART}", "en": f"{LANDING['en']}{_WAVE_PART}"},
    "notify": {"nl": f"{LANDING['nl']}{_WAVE_PART}/bericht", "en": f"{LANDING['en']}{_WAVE_PART}/notify"},
    "privacy": {"nl": "/nl/privacy", "en": "/en/privacy"},
    "accessibility": {"nl": "/nl/toegankelijkheid", "en": "/en/accessibility"},
    "consent": {"nl": f"{_NL}/toestemming", "en": f"{_EN}/consent"},
    "declined": {"nl": f"{_NL}/niet-meegedaan", "en": f"{_EN}/declined"},
    "page": {"nl": f"{_NL}/p/<page>", "en": f"{_EN}/p/<page>"},
    "visible": {"nl": f"{_NL}/p/<page>/zicht", "en": f"{_EN}/p/<page>/visible"},
    "draft": {"nl": f"{_NL}/p/<page>/concept", "en": f"{_EN}/p/<page>/draft"},
    "saved": {"nl": f"{_NL}/bewaard", "en": f"{_EN}/saved"},
    "resume": {"nl": "/nl/vragenlijst/verder", "en": "/en/questionnaire/resume"},
    "review": {"nl": f"{_NL}/controle", "en": f"{_EN}/review"},
    "done": {"nl": f"{_NL}/klaar", "en": f"{_EN}/done"},
    "ended": {"nl": f"{_NL}/einde", "en": f"{_EN}/ended"},
    "compare": {"nl": f"{_NL}/vergelijk", "en": f"{_EN}/compare"},
    "answers": {"nl": f"{_NL}/mijn-antwoorden", "en": f"{_EN}/my-answers"},
    "leave": {"nl": f"{_NL}/afmelden", "en": f"{_EN}/opt-out"},
    "left": {"nl": "/nl/vragenlijst/afgemeld", "en": "/en/questionnaire/opted-out"},
    "remove": {"nl": "/i/<token>/wissen", "en": "/i/<token>/remove"},
    "opt_out": {"nl": "/i/<token>/afmelden", "en": "/i/<token>/opt-out"},
    "unsubscribe": UNSUBSCRIBING,
}


_EVERYBODYS = frozenset({"wave", "page", "then"})
"""Parts of an address that tell nobody apart."""
_MOST_KEPT = 2048
_WAVE = re.compile(r"[a-z][a-z0-9-]{1,63}-[1-9][0-9]{3}")


class WaveName(str):
    """A study and a year as one word of an address: ``course-2026``."""

    __slots__ = ("study", "year")
    study: str
    year: int

    def __new__(cls, study: str, year: int) -> WaveName:
        """The word for a wave."""
        made = super().__new__(cls, f"{study}-{year}")
        made.study, made.year = study, year
        return made

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
    app.extensions["kept addresses"] = Recent(_MOST_KEPT)
    app.jinja_env.globals["plain_address"] = plain


def add(blueprint: Blueprint, name: str, view: Any, methods: tuple[str, ...] = ("GET",)) -> None:
    """Put a view at its address in every language."""
    for language in LANGUAGES:
        blueprint.add_url_rule(
            ADDRESSES[name][language], name, view, methods=list(methods), defaults={"language": language}
        )


def take_in(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take language and wave out of the address; views ask :func:`surveyapp.web.languages.current`, :func:`wave`."""
    parts = values if values is not None else {}
    languages.use(parts.pop("language", None) or languages.current())
    turn_to(parts.pop("wave", None))


def turn_to(wave: WaveName | None) -> None:
    """From here on this request is about this wave."""
    held = g._get_current_object()
    held.wave, held.visit = wave, None


def wave() -> WaveName | None:
    """The wave this request is about; None where its address names none."""
    found: WaveName | None = g.get("wave")
    return found


def here() -> WaveName:
    """The wave that the address of this request names.

    Raises
    ------
    NotFound     it names none
    """
    found = wave()
    if found is None:
        raise NotFound("This address names no wave.")
    return found


def address(name: str, language: str | None = None, **values: object) -> str:
    """The address of one of :data:`ADDRESSES`, in the language and of the wave of the request unless others are given.

    Raises
    ------
    werkzeug.routing.BuildError     it names a wave, and neither the request nor the caller does
    """
    held = g._get_current_object()
    if _WAVE_PART in ADDRESSES[name]["en"] and "wave" not in values:
        values["wave"] = held.get("wave")
    spoken: str = language or held.language
    if not has_request_context() or not values.keys() <= _EVERYBODYS:
        return url_for(f"respondent.{name}", language=spoken, **values)  # type: ignore[arg-type]
    # A page has some eight of these, the same for everybody.
    kept: Recent[object, str] = current_app.extensions["kept addresses"]
    key = (request.script_root, name, spoken, *values.items())
    return kept.get(key, lambda: url_for(f"respondent.{name}", language=spoken, **values))  # type: ignore[arg-type]
