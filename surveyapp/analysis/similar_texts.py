"""Which codes short texts that look alike were given before: a suggestion to a person, never a decision."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Sequence

LENGTHS = (3, 4, 5)
"""Letters in a group."""
ALIKE = 0.3
"""Cosine from which two texts look alike."""
NEIGHBOURS = 7
ENOUGH = 0.5
"""Share of the neighbours' weight that must have a code before it is suggested."""


def suggested_codes(
    text: str, known: Sequence[tuple[str, Sequence[int]]], *, alike: float = ALIKE, enough: float = ENOUGH
) -> tuple[int, ...]:
    """The codes that most of the texts had that look like this one, those with most weight first.

    Parameters
    ----------
    known : texts with the codes they were given
    alike : cosine from which a text counts as a neighbour, 0..1
    enough : share of the neighbours' weight a code needs, 0..1

    Returns
    -------
    tuple[int, ...]     none where nothing looks alike

    References
    ----------
    Groups of letters at word ends and within words, each weighted by how rare it is: tf-idf with a cosine (Salton &
    Buckley 1988; Cavnar & Trenkle 1994 for groups of letters). A text that was coded before gets its own codes.
    """
    wanted = _groups(text)
    listed = [(_groups(words), codes) for words, codes in known]
    rare = _rarity([wanted, *(groups for groups, _ in listed)])
    closeness_of = [(_cosine(wanted, groups, rare), at) for at, (groups, _) in enumerate(listed)]
    neighbours = sorted(closeness_of, key=lambda one: (-one[0], one[1]))
    near = [(closeness, at) for closeness, at in neighbours[:NEIGHBOURS] if closeness >= alike]
    weights: dict[int, float] = {}
    for closeness, at in near:
        for code in dict.fromkeys(listed[at][1]):
            weights[code] = weights.get(code, 0.0) + closeness
    whole = sum(closeness for closeness, _ in near)
    found = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(code for code, weight in found if whole and weight / whole >= enough)


def _groups(text: str) -> frozenset[str]:
    """The groups of letters of a text, in small letters without accents, a blank at both ends of each word."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(sign if sign.isalnum() else " " for sign in apart if not unicodedata.combining(sign))
    words = [f" {word} " for word in plain.split()]
    return frozenset(
        word[at : at + length] for word in words for length in LENGTHS for at in range(max(len(word) - length + 1, 0))
    )


def _rarity(texts: Sequence[frozenset[str]]) -> dict[str, float]:
    seen = Counter(group for groups in texts for group in groups)
    return {group: math.log((1 + len(texts)) / (1 + times)) + 1 for group, times in seen.items()}


def _cosine(one: frozenset[str], other: frozenset[str], rare: dict[str, float]) -> float:
    shared = sum(rare[group] ** 2 for group in one & other)
    sizes = [math.sqrt(sum(rare[group] ** 2 for group in groups)) for groups in (one, other)]
    return shared / (sizes[0] * sizes[1]) if shared else 0.0
