"""The template engine: what every template may use besides its own view model."""

from __future__ import annotations

import json
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
from surveyapp.web.hyphens import soft
from surveyapp.web.sessions import services

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
