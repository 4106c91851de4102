"""Interface texts in Dutch and English, read straight from the ``.po`` files.

One domain per audience (``respondent``, ``console``, ``books`` …), message ids in English. Reading the source files
at start costs some 20 ms a file and leaves no compiled file that could be stale. A study's own texts are not here:
they stand in its instrument.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from surveyapp.errors import Counted, Listed, Message, SurveyError, Word

FOLDER = Path(__file__).parent / "translations"
LANGUAGES = ("nl", "en")
LOCALES = {"nl": "nl_NL", "en": "en_GB"}
"""How days and numbers are spelled in each language."""


@cache
def catalogue(domain: str, language: str) -> gettext.NullTranslations:
    """The texts of one audience in one language; English, the language of the message ids, needs no file."""
    path = FOLDER / language / f"{domain}.po"
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as source:
        messages = read_po(source, locale=language, domain=domain)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def told(message: SurveyError | Message, language: str, domain: str = "errors", context: str = "") -> str:
    """What an error or a message says, in this language; empty where the catalogue does not know its text.

    Whoever shows it then says what its kind means, so that no page ever mixes languages. ``context`` tells two
    translations of one English text apart.
    """
    if language == "en":
        return str(message)
    texts = catalogue(domain, language)
    text = texts.pgettext(context, message.text)
    if text == message.text:
        text = texts.gettext(message.text)
    if text == message.text:
        return ""
    values = {name: _worded(value, language, domain) for name, value in message.values.items()}
    return text % values if values else text


def _worded(value: object, language: str, domain: str) -> object:
    texts = catalogue(domain, language)
    match value:
        case SurveyError():
            return told(value, language)
        case Message():
            return told(value, language, domain)
        case Word():
            return texts.gettext(value)
        case Counted():
            return f"{value.number} {texts.ngettext(value.one, value.many, value.number)}"
        case Mapping():
            return value.get(language, "")
        case Listed():
            return ", ".join(str(_worded(each, language, domain)) for each in value)
        case tuple():
            return f" {texts.gettext('or')} ".join(str(_worded(each, language, domain)) for each in value)
        case _:
            return value
