"""The template engine: what every template may use besides its own view model."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from jinja2 import StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from surveyapp import clock
from surveyapp.catalogues import LANGUAGES, LOCALES
from surveyapp.fieldwork import made_up
from surveyapp.web import languages
from surveyapp.web.sessions import services

JOINER = "\u2060"  # takes no room; no line ends there: 10–49 stays whole
_DASH = re.compile(r"(?<=\d)–(?=\d)")
SHY = "\u00ad"  # shown only where the line ends there
_PARTED = """
aan-beveling aan-bestedings arbeids-voor-waarden bemid-delaar beoor-deling be-trouwbaar-heid dienst-verlening
duide-lijk-heid financi-eel hoofd-aannemer inde-pendent in-hurend inter-mediar inter-mediair maat-schappelijk
onder-neming onder-handel op-dracht-gever op-dracht-nemer orga-nisatie orga-nisation procure-ment
profes-sional recom-men-dation respon-dent respons-percen-tage samen-werking satis-faction standaard-afwijking stan-dard
ter-beschik-king tevreden-heid uit-voering verant-woorde verwach-tingen voor-bereiding voor-waarde
volle-dig-heid zelf-standig
"""
"""Where a long word may be parted at the end of a line of a table. Browsers hyphenate by the language of the page where
they have its patterns; these seams serve where they have none. Nowhere is a word broken without a hyphen: a column is
as wide as the longest piece in it."""
_SEAMS = {parted.replace("-", ""): parted.replace("-", SHY) for parted in _PARTED.split()}
_WORDS = re.compile("|".join(sorted(_SEAMS, key=len, reverse=True)), re.IGNORECASE)


def soft(text: str) -> str:
    """The text with soft hyphens where long words may be parted (op|dracht|gever), and its ranges held together."""
    parted = _WORDS.sub(lambda word: _as_written(word.group(), _SEAMS[word.group().lower()]), text)
    return _DASH.sub(f"–{JOINER}", parted)


def _as_written(word: str, parted: str) -> str:
    """The parted word with the capitals of the word as it stands."""
    letters = iter(word)
    return "".join(one if one == SHY else next(letters) for one in parted)


HTMX_CONFIG = json.dumps(
    {
        "allowEval": False,
        "includeIndicatorStyles": False,
        "allowScriptTags": False,
        "selfRequestsOnly": True,
        "historyEnabled": False,
        "timeout": 10_000,
    }
)
"""No eval and no style of its own: our content policy lets a browser run neither."""


def day(value: date | datetime | str | None, language: str | None = None, form: str = "long") -> str:
    """A calendar day in words: 18 december 2026 · 18 December 2026. Accepts ISO text; empty for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if isinstance(value, datetime):
        value = clock.local(value).date()
    return format_date(value, form, locale=LOCALES[language or languages.current()])


def hour(value: datetime, language: str | None = None) -> str:
    """A time of day on the study's clock: 14:05."""
    return format_time(clock.local(value), "HH:mm", locale=LOCALES[language or languages.current()])


def whole(value: int, language: str | None = None) -> str:
    """A count with the thousands sign of the language: 1.003 · 1,003."""
    return _whole(int(value), language or languages.current())


@lru_cache(4096)  # the fieldwork page prints eight hundred counts
def _whole(value: int, language: str) -> str:
    return format_decimal(value, locale=LOCALES[language])


def made_up_people() -> str:
    """What a page says when the wave it is about, or without one any wave here, holds made-up people; else empty."""
    if not has_request_context():
        return ""
    named, shown = request.view_args or {}, g.get("wave")
    study, year = (shown.study, shown.year) if shown is not None else (named.get("study"), named.get("year"))
    return made_up.sentence(services().made_up.holds(study, year), languages.current())


@pass_eval_context
def _text(context: EvalContext, message: str, /, **values: object) -> str:
    """An interface text with its blanks filled in, as the library's own would give it by three calls more."""
    text = languages.translate(message)
    if context.autoescape:
        text = Markup(text)  # noqa: S704  texts of ours
    return text % values if "%" in text else text


@pass_eval_context
def _counted(context: EvalContext, one: str, many: str, number: int, /, **values: object) -> str:
    """The form of a text that fits a number, with the other blanks filled in; the number itself where none is given."""
    text = languages.plural_form(one, many, number)
    return (Markup(text) if context.autoescape else text) % {"n": number, **values}  # noqa: S704  texts of ours


def install(app: Flask, addresses: Mapping[str, str]) -> None:
    """Set up the template engine: strict, escaped, translated."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        languages.translate, languages.plural_form, newstyle=True
    )
    environment.globals.update(ngettext=_counted, gettext=_text, _=_text)
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters.update(day=day, hour=hour, whole=whole, soft=soft)
    environment.globals.update(
        static=lambda name: addresses[name],
        language=languages.current,
        languages=LANGUAGES,
        htmx_config=HTMX_CONFIG,
        made_up_people=made_up_people,
    )
