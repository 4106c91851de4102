"""How names and texts of a definition become header lines that every mail program reads as one.

Three faults are kept out. The standard library folds a quoted name at its commas when the line grows long, and drops
the quotation marks on the way: one sender becomes several (Python 3.11). A line break in a name would begin a header of
its own. And the library reads encoded words in what it is given, so that a title that looks like one could bring a
line break. So a name in ASCII travels in quotation marks on one line, any other as encoded words, folded by
:mod:`email.header`; texts are brought to one line first, and a subject is what it says, whatever it looks like.
"""

from __future__ import annotations

import re
import unicodedata
from email.header import Header
from email.headerregistry import Address
from email.policy import EmailPolicy
from typing import Any

LONGEST_HEADER = "Reply-To"
LONGEST_PLAIN = 66
"""Characters that stand behind the longest name of a header we write; a line should have 78 (RFC 5322, 2.1.1)."""
LONGEST_QUOTED = 400
"""Not folded: older readers end a name at the line break. A line may have 998."""
WHOLE = frozenset({"list-unsubscribe", "message-id"})
"""Headers of one word that the library would spell as encoded words when it is long, and no program then reads."""


def one_line(text: str) -> str:
    """The text with every run of spaces, line breaks and control characters as one space; lone surrogates go."""
    return " ".join("".join(_harmless(sign) for sign in text).split())


def _harmless(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Cs":
        return ""
    return " " if kind in ("Cc", "Zl", "Zp") else sign


class _AsGiven(str):
    """A header's text that nobody reads for encoded words: one in a title could hold a line break."""

    name = "Subject"


class HeaderPolicy(EmailPolicy):
    """SMTP's line ends; names and subjects are folded between addresses and encoded words only."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """The header as it is kept; a subject is what it says, whatever it looks like."""
        if name.lower() == "subject":
            return name, _AsGiven(one_line(str(value)))
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: Any) -> str:
        """The header as the lines it travels in."""
        spelt = self._spelt(name, value)
        return super().fold(name, value) if spelt is None else f"{name}: {spelt}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same as bytes; a local part in letters of its own needs `utf8` (SMTPUTF8)."""
        spelt = self._spelt(name, value)
        if spelt is None:
            return super().fold_binary(name, value)
        return f"{name}: {spelt}{self.linesep}".encode("utf-8" if self.utf8 else "ascii", "surrogateescape")

    def _spelt(self, name: str, value: Any) -> str | None:
        if addresses := getattr(value, "addresses", None):
            return f",{self.linesep} ".join(self._mailbox(address) for address in addresses)
        if name.lower() in WHOLE:
            return str(value)
        return self._words(str(value)) if name.lower() == "subject" else None

    def _mailbox(self, address: Address) -> str:
        name = one_line(address.display_name)
        if not name:
            return str(address.addr_spec)
        return f"{_quoted(name) or self._words(name)}{self.linesep} <{address.addr_spec}>"

    def _words(self, text: str) -> str:
        """As it is where it is short and in ASCII, else as encoded words."""
        if len(text) <= LONGEST_PLAIN and text.isascii() and "=?" not in text:
            return text
        return Header(text, charset="utf-8", header_name=LONGEST_HEADER).encode(linesep=self.linesep)


def _quoted(name: str) -> str | None:
    """The name in quotation marks; None where they cannot hold it."""
    if not name.isascii() or "=?" in name or len(name) > LONGEST_QUOTED:
        return None
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


MAIL = HeaderPolicy(linesep="\r\n")
