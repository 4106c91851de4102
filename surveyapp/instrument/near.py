"""Names that look like one that does not exist: every message that names an unknown thing suggests by this."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

ALIKE = 0.6
"""How alike two names are to be mistaken for each other; the default of difflib."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like this one; None where none does. Capitals and hyphens do not count."""
    plain = {_plain(each): each for each in known}
    found = get_close_matches(_plain(name), plain, n=1, cutoff=ALIKE)
    return plain[found[0]] if found and plain[found[0]] != name else None


def nearest_few(name: str, known: Iterable[str], most: int = 5) -> tuple[str, ...]:
    """The known names that look like this one, best first; for a list to choose from, so a little looser."""
    plain = {_plain(each): each for each in known}
    return tuple(plain[found] for found in get_close_matches(_plain(name), plain, n=most, cutoff=ALIKE - 0.1))


def nearest_words(name: str, known: Iterable[str], language: str = "en") -> str:
    """``; do you mean 'x'?`` without its last sign, to stand behind a message; empty where no name looks like it."""
    found = nearest(name, known)
    return "" if found is None else do_you_mean(found, language)


def do_you_mean(found: str, language: str) -> str:
    """``; do you mean 'x'``: a name that was probably meant, in words."""
    return f"; bedoelt u ‘{found}’" if language == "nl" else f"; do you mean '{found}'"


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_")
