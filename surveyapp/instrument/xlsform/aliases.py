"""The spellings XLSForms are written in, brought to one: headings of columns, types of rows, names of languages.

Whatever the reference converter of the format takes as another spelling is taken here; a test holds the two against
each other. Capitals and spaces never matter. What is not known stays as it was written and is named as not carried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from babel import Locale, UnknownLocaleError

from surveyapp.catalogues import LANGUAGES

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
COUNTED = frozenset(
    (
        *("type", "name", "label", "hint", "relevant", "required", "constraint", "appearance", "parameters"),
        *("disabled", "list_name", "form_title", "form_id", "version", "default_language", "style"),
    )
)
"""Columns whose cells are read; any other keeps its heading as it was written, and cannot refuse a form."""
_SURVEY: Mapping[str, str] = {
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "relevance": "relevant",
}
_CHOICES: Mapping[str, str] = {"caption": "label", "value": "name"}
_SETTINGS: Mapping[str, str] = {
    "title": "form_title",
    "set_form_title": "form_title",
    "id_string": "form_id",
    "set_form_id": "form_id",
}
_OTHERS: Mapping[str, Mapping[str, str]] = {SURVEY: _SURVEY, CHOICES: _CHOICES, SETTINGS: _SETTINGS}
_GROUPS = ("bind", "control", "body")
"""First halves of headings whose second half is a column of its own: ``bind::relevant``."""
LABELLED = ("label", "hint")
NAMES = "en nl de fr es it pt pl"
"""Languages whose names for Dutch and English are known."""

_BEGIN_END = re.compile(r"(begin|end)[\s_]+(group|lgroup|repeat|looped group|loop)\b.*", re.IGNORECASE)
_SELECT = re.compile(
    r"(?P<command>add select one prompt using|select one from|select one using|select1|select_one|select one|"
    r"add select multiple prompt using|select all that apply from|select multiple from|select multiple using|"
    r"select_multiple|select all that apply|rank)\s+(?P<list>\S+)(?P<other>\s+or(?:_| |\s+specify\s+)other)?",
    re.IGNORECASE,
)
_PLAIN_TYPES: Mapping[str, str] = {
    "string": "text",
    "q string": "text",
    "add text prompt": "text",
    "int": "integer",
    "q int": "integer",
    "add integer prompt": "integer",
    "q decimal": "decimal",
    "add decimal prompt": "decimal",
    "q date": "date",
    "add date prompt": "date",
    "q note": "note",
    "add note prompt": "note",
}


def column_of(heading: str, sheet: str, *, is_double: bool = True) -> str:
    """The one name of a column: ``relevant``, ``label``, ``label::en``; an unknown heading as it was written.

    Parameters
    ----------
    sheet :     survey, choices or settings
    is_double : the sheet has a heading with ``::``; then a single colon divides nothing
    """
    parts = [part.strip() for part in heading.split("::" if is_double or "::" in heading else ":")]
    if len(parts) > 1 and "_".join(parts[0].split()).lower() in _GROUPS:
        parts = parts[1:]
    first = "_".join(parts[0].split()).lower()
    known = _OTHERS[sheet].get(first, first)
    if known in LABELLED and len(parts) > 1:
        return f"{known}::{language_code(parts[1]) or parts[1]}"
    return known if known in COUNTED and len(parts) == 1 else heading.strip()


def type_as_known(written: str) -> str:
    """A row's type in the spelling used from here on: ``select_one list or_other``, ``begin_group``, ``text``."""
    said = " ".join(written.split())
    if (block := _BEGIN_END.fullmatch(said)) is not None:
        return f"{block[1].lower()}_{'group' if block[2].lower() == 'group' else 'repeat'}"
    if (select := _SELECT.fullmatch(said)) is not None:
        command = select["command"].lower()
        is_multiple = "multiple" in command or "all that apply" in command
        kind = "rank" if command == "rank" else "select_multiple" if is_multiple else "select_one"
        return f"{kind} {select['list']}{' or_other' if select['other'] else ''}"
    return _PLAIN_TYPES.get(said.lower(), said.lower())


def language_code(name: str) -> str | None:
    """``nl`` or ``en`` for "Dutch", "English (en)", "en-GB", "Nederlands"; None for every other language or word."""
    said = name.strip().lower()
    in_brackets = re.search(r"\(([a-z]{2,3})(?:[-_][a-z0-9]+)*\)$", said)
    if in_brackets is not None:
        return in_brackets[1] if in_brackets[1] in LANGUAGES else None
    code = re.split(r"[-_]", said)[0]
    return code if code in LANGUAGES else _names().get(said)


def is_other_language(name: str) -> bool:
    """Whether a heading names a language that questionnaires here are not in."""
    if language_code(name) is not None:
        return False
    said = name.strip().lower()
    if re.search(r"\(([a-z]{2,3})(?:[-_][a-z0-9]+)*\)$", said):
        return True
    try:
        return bool(Locale.parse(said.replace("-", "_")).language)
    except (UnknownLocaleError, ValueError, TypeError):
        return any(
            said in (named.lower() for named in Locale.parse(reader).languages.values()) for reader in NAMES.split()
        )


def is_double_coloned(headings: Iterable[str]) -> bool:
    """Whether a sheet divides its headings by ``::``."""
    return any("::" in heading for heading in headings)


@cache
def _names() -> Mapping[str, str]:
    """What Dutch and English are called in eight languages, and in themselves."""
    found: dict[str, str] = {"flemish": "nl", "vlaams": "nl", "british english": "en"}
    for reader in NAMES.split():
        found.update({Locale.parse(reader).languages[code].lower(): code for code in LANGUAGES})
    return found
