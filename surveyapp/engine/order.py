"""A random order that stays the same for one person.

Statements and options are shuffled per case so that no item profits from standing first. The order follows from the
case's seed alone: the same in both languages, on every visit, and on every machine and Python version, which is why it
rests on a hash and not on a random generator.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


def order(keys: Sequence[T], seed: int, salt: str, anchored: Collection[T] = ()) -> tuple[T, ...]:
    """The keys in this person's order; anchored ones stay last, in the order given.

    ``salt`` names what is ordered (a set's id, a variable's name), so that two lists of one person differ. Keys must
    have a ``str`` that tells them apart.
    """

    def place(key: T) -> bytes:
        return blake2b(f"{seed}\0{salt}\0{key}".encode(), digest_size=16).digest()

    loose = sorted((key for key in keys if key not in anchored), key=place)
    return (*loose, *(key for key in keys if key in anchored))
