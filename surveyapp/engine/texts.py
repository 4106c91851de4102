"""Texts as they may be stored.

Kept as typed, but for: NFC, one kind of line end, no space around it, and no characters that carry no meaning and
break files later (control characters, noncharacters; overrides of writing direction in single-line answers). A NUL or
half a character (lone surrogate) never comes from a person's keyboard: the text is refused and shown again.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_EVER = 20_000
"""Characters; under the 32,767 of an Excel cell."""
DEFAULT_LENGTH = 5_000
OTHER_LENGTH = 200
"""The text beside "other" (the definition format fixes it)."""

_REFUSED = re.compile("[\x00\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_MEANINGLESS = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane + last) for plane in range(0x10000, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_SPACES = re.compile(r"\s+")


def has_refused_characters(text: str) -> bool:
    """Whether it holds NUL or half a character, which no database and no file can keep."""
    return _REFUSED.search(text) is not None


def loses_characters(text: str, *, single_line: bool) -> bool:
    """Whether cleaning takes out more than line ends and blanks: who typed it is told."""
    return bool(_MEANINGLESS.search(_LINE_ENDS.sub("\n", text)) or (single_line and _DIRECTION.search(text)))


def showable(text: str) -> str:
    """The text fit to be shown again: what cannot be encoded becomes the replacement character."""
    return _REFUSED.sub("\ufffd", text)


def clean(text: str, *, single_line: bool) -> str:
    """The text as it is stored; empty when nothing visible is left. Cleaning twice changes nothing."""
    text = _MEANINGLESS.sub("", _LINE_ENDS.sub("\n", text))
    if single_line:
        text = _SPACES.sub(" ", _DIRECTION.sub("", text))
    text = unicodedata.normalize("NFC", text).strip()
    if text.isascii():
        return text
    return text if any(unicodedata.category(character) not in _INVISIBLE for character in text) else ""
