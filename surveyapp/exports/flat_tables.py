"""The tables of a package of CSV files, and how each kind of reader wants them written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written for one kind of reader."""

    name: str
    separator: str
    decimal_comma: bool
    byte_order_mark: bool


DUTCH = Dialect("nl-excel", ";", decimal_comma=True, byte_order_mark=True)
INTERNATIONAL = Dialect("international", ",", decimal_comma=False, byte_order_mark=False)
DIALECTS = (DUTCH, INTERNATIONAL)


@dataclass(frozen=True, slots=True)
class FlatTable:
    """One table: its name, its columns, and its lines, made anew for each dialect."""

    name: str
    header: Sequence[str]
    lines: Callable[[], Iterable[Sequence[object]]]
