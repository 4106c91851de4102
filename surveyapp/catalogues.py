"""Interface texts in Dutch and English, read straight from the ``.po`` files.

One domain per audience (``respondent``, ``console``, ``books`` …), message ids in English. Reading the source files
at start costs some 20 ms a file and leaves no compiled file that could be stale. A study's own texts are not here:
they stand in its instrument.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

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
