"""What the address of a team's page may hold: a view says what it takes, and nothing else is dropped without a word.

A part that is misspelt, stands twice or cannot be read would otherwise change nothing, and the page would show
everybody where somebody asked for a group.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from flask import request

from surveyapp.errors import BadQuery

MANY = frozenset({"by", "codes"})
"""What may stand in an address more than once."""
BLANKS = "\t\r\n"
UNREADABLE = "\ufffd"
"""What stands for bytes that are no text."""


def require_known(takes: Collection[str]) -> None:
    """Refuse an address with a part that its page does not take, that stands twice, or that holds unreadable signs.

    A part that was emptied asks for nothing: that is how one is taken back in a form.

    Raises
    ------
    BadQuery     says which part it is
    """
    held = request.args
    if unreadable := [
        name for name, values in held.lists() if any(UNREADABLE in legible(one) for one in (name, *values))
    ]:
        raise BadQuery("The address holds signs that cannot be read, in %(names)s.", names=_said(unreadable))
    if strange := sorted({name for name, values in held.lists() if any(values)} - set(takes)):
        if shown := sorted(name for name in takes if not name.startswith("_")):
            raise BadQuery(
                "The address holds %(names)s, which means nothing here; use %(known)s.",
                names=_said(strange),
                known=", ".join(shown),
            )
        raise BadQuery("The address holds %(names)s, which means nothing here.", names=_said(strange))
    if twice := [name for name, values in held.lists() if len(values) > 1 and name not in MANY]:
        raise BadQuery("The address holds %(names)s more than once; leave one of them.", names=_said(twice))


def legible(text: str) -> str:
    """The text with a sign for whatever in it is a control character, or stands for bytes that were no text."""
    return "".join(sign if sign in BLANKS or unicodedata.category(sign) != "Cc" else UNREADABLE for sign in text)


def _said(names: list[str]) -> str:
    return ", ".join(legible(name[:40]) for name in names)
