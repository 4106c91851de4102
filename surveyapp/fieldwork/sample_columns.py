"""Which column of somebody's list holds what: known by its heading, in Dutch and English, or chosen by hand."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from surveyapp.instrument.model import Instrument

EMAIL = "email"
FIELDS = (EMAIL, "name", "role", "language", "source", "segment", "organisation")
LONGEST_NAME = 200
LONGEST = {"name": LONGEST_NAME, "segment": 64, "organisation": 200}
"""Characters of each that are kept."""
_HEADINGS = {
    EMAIL: "email e-mail emailadres e-mailadres mail mailadres emailaddress e-mailaddress adres",
    "name": "name naam volledigenaam fullname contactpersoon contactnaam weergavenaam displayname",
    "role": "role rol doelgroep",
    "language": "language taal voertaal taalvoorkeur preferredlanguage",
    "source": "source bron herkomst",
    "segment": "segment deelgroep stratum",
    "organisation": "organisation organization organisatie bedrijf bedrijfsnaam company werkgever employer instelling",
}
_KNOWN: dict[str, str] = {}
TEMPLATE = {
    "nl": ("e-mailadres", "naam", "rol", "taal", "bron", "segment", "organisatie"),
    "en": ("e-mail", "name", "role", "language", "source", "segment", "organisation"),
}
"""The heads of a list to fill in, in the order of `FIELDS`."""
_LANGUAGES = {
    "nl": ("nl", "nederlands", "dutch", "nlnl"),
    "en": ("en", "engels", "english", "engb", "enus"),
}


def plain(text: str) -> str:
    """A heading or word as it is compared: letters and digits alone, without accents and capitals."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parted if sign.isalnum())


_KNOWN.update({plain(word): field for field, words in _HEADINGS.items() for word in words.split()})


def guessed(header: Sequence[str]) -> tuple[str | None, ...]:
    """What each column holds by its heading: one of `FIELDS`, each at most once; None where nobody can tell."""
    found: list[str | None] = []
    for name in header:
        field = _KNOWN.get(plain(name))
        found.append(None if field in found else field)
    return tuple(found)


def roles_by_word(instrument: Instrument) -> dict[str, str]:
    """Every way to write a role of this wave: its name, or what the study calls it in any language."""
    found: dict[str, str] = {}
    for role in instrument.study.roles:
        if role.id in instrument.questionnaires:
            words = (role.id, *role.label.values(), *role.plural.values())
            for word in words:
                found.setdefault(plain(word), role.id)
    return found


def languages_by_word(instrument: Instrument) -> dict[str, str]:
    """Every way to write a language of this study."""
    return {word: language for language in instrument.study.languages for word in _LANGUAGES.get(language, (language,))}
