"""Which language a request speaks, and the interface's texts in it.

A page's language stands in its address (respondents, ``/nl/…``) or in the session (staff). Where no page is, as for an
address that does not exist, :func:`decided` decides, for both sides. Each side of the web has its own catalogue; what
all share stands in the domain ``shared``.
"""

from __future__ import annotations

import copy
import gettext
from functools import cache
from urllib.parse import urlsplit

from flask import g, request, session

from surveyapp.catalogues import LANGUAGES, catalogue

DEFAULT = "en"


@cache
def interface(domain: str, language: str) -> gettext.NullTranslations:
    """The texts of one side of the web, with the shared ones behind them."""
    texts = copy.copy(catalogue(domain, language))
    texts.add_fallback(catalogue("shared", language))
    return texts


def use(language: str, domain: str = "respondent") -> None:
    """Let the rest of this request speak ``language`` with the texts of ``domain``."""
    g.language = language
    g.texts = interface(domain, language)


def current() -> str:
    """The language of this request."""
    language: str | None = g.get("language")
    if language is None:
        language = decided()
        use(language)
    return language


def preferred() -> str:
    """The first of the browser's languages that is ours, variants included; otherwise English."""
    for tag, quality in request.accept_languages:  # best first
        language = tag.replace("_", "-").partition("-")[0].lower()
        if quality > 0 and language in LANGUAGES:
            return language
    return DEFAULT


def decided() -> str:
    """The language of the address; where it says none, the one the team's page is read in, that of the page somebody
    came from, or the browser's."""
    came = urlsplit(request.referrer or "")
    return (
        _said_by(request.path)
        or chosen()
        or (_said_by(came.path) if came.netloc == request.host else None)
        or preferred()
    )


def chosen() -> str | None:
    """What a member of the team reads in this browser: chosen, or the account's; None where nobody signed in."""
    found = session.get("staff_language")
    return found if found in LANGUAGES else None


def _said_by(path: str) -> str | None:
    first = path[1:].partition("/")[0].lower()
    return first if first in LANGUAGES else None


def _texts() -> gettext.NullTranslations:
    texts: gettext.NullTranslations | None = g.get("texts")
    if texts is None:
        use(current())
        return _texts()
    return texts


def translate(message: str, **values: object) -> str:
    """An interface text in the language of this request, with ``%(name)s`` filled in."""
    text = _texts().gettext(message)
    return text % values if values else text


def translate_plural(one: str, many: str, n: int, /, **values: object) -> str:
    """The form of an interface text that fits ``n``; ``%(n)s`` is filled in."""
    return plural_form(one, many, n) % {"n": n, **values}


def plural_form(one: str, many: str, n: int) -> str:
    """The form of an interface text that fits ``n``, with its blanks."""
    return _texts().ngettext(one, many, n)
