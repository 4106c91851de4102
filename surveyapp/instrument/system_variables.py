"""What the platform knows of every case without asking: its role, language, source and device, written down once.

Each divides cases into groups, so each can be a banner, stand in a filter and be a column of the data, under one name
everywhere. The values of role and language are the study's; the sources are those a wave has, so only its data tell
which there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from surveyapp.instrument.variables import Text

if TYPE_CHECKING:
    from surveyapp.instrument.conditions.codebook import Codebook


@dataclass(frozen=True, slots=True)
class SystemVariable:
    """One fact of a case."""

    name: str
    label: Text  # the heading of its groups
    spoken: Text  # how a sentence about a filter begins
    values: Mapping[str, Text] = field(default_factory=dict)  # the names of those that are not the study's own
    is_routing: bool = False  # known while somebody answers, so that the questionnaire's route may rest on it


def _text(nl: str, en: str) -> Text:
    return Text({"nl": nl, "en": en})


SYSTEM_VARIABLES: Mapping[str, SystemVariable] = {
    each.name: each
    for each in (
        SystemVariable("role", _text("Rol", "Role"), _text("de rol", "the role"), is_routing=True),
        SystemVariable(
            "language",
            _text("Taal", "Language"),
            _text("de taal", "the language"),
            {
                "nl": _text("Nederlands", "Dutch"),
                "en": _text("Engels", "English"),
                "unknown": _text("onbekend", "unknown"),  # of answers that were taken back
            },
            is_routing=True,
        ),
        SystemVariable(
            "source",
            _text("Bron", "Source"),
            _text("de bron", "the source"),
            {
                "open": _text("open link", "open link"),
                "personal": _text("persoonlijke link", "personal link"),
                "file": _text("bestand", "file"),
                "other": _text("anders", "other"),
                "unknown": _text("onbekend", "unknown"),
            },
        ),
        SystemVariable(
            "device",
            _text("Apparaat", "Device"),
            _text("het apparaat", "the device"),
            {
                "phone": _text("telefoon", "phone"),
                "tablet": _text("tablet", "tablet"),
                "desktop": _text("computer", "computer"),
                "unknown": _text("onbekend", "unknown"),
            },
        ),
    )
}
FORMER_NAMES: Mapping[str, str] = {"lang": "language"}
"""What a condition may still call one of them: definitions that are in the field are not rewritten."""


def values_of(name: str, book: Codebook) -> tuple[str, ...] | None:
    """The values there can be; None where only a wave's data tell."""
    if name == "role":
        return tuple(role.id for role in book.roles)
    if name == "language":
        return tuple(book.languages)
    return None if name == "source" else tuple(SYSTEM_VARIABLES[name].values)


def value_label(name: str, value: str, book: Codebook) -> Text:
    """A value in words: a role by its label, what nobody named as it is written."""
    if name == "role":
        return next((role.label for role in book.roles if role.id == value), plain(value))
    return SYSTEM_VARIABLES[name].values.get(value, plain(value))


def group_label(name: str, value: str, book: Codebook) -> Text:
    """A value as the name of a group of people: a role in the plural."""
    if name == "role":
        return next((role.plural for role in book.roles if role.id == value), plain(value))
    label = value_label(name, value, book)
    if value not in SYSTEM_VARIABLES[name].values:
        return label
    return Text({language: label[language][:1].upper() + label[language][1:] for language in label})


def plain(value: str) -> Text:
    """A value that is its own name in every language."""
    return _text(value, value)


def labels(names: Sequence[str], language: str) -> dict[str, str]:
    """The headings of some of them."""
    return {name: SYSTEM_VARIABLES[name].label[language] for name in names}
