"""A number as a column of text holds it: read in the notation the file declares, and never guessed.

``1.250`` is twelve hundred and fifty to a Dutch reader and one and a quarter to an English one. Unless the file says
which sign its decimals stand behind, such a cell is a fault; every other number can be read in one way only.
"""

from __future__ import annotations

import re
from typing import Literal

Decimal = Literal["point", "comma"]
SIGNS: dict[Decimal, str] = {"point": ".", "comma": ","}
# Spreadsheets write large numbers as 1.00E+05; the file of 2014 has sixteen of them.
_EXPONENT = r"(?:[eE][+-]?\d{1,2})?"
_PATTERNS = {
    decimal: re.compile(
        rf"[+-]?(?:\d{{1,15}}|\d{{1,3}}(?:{re.escape(group)}\d{{3}}){{1,4}})(?:{re.escape(sign)}\d{{1,6}})?{_EXPONENT}",
        re.ASCII,
    )
    for decimal, sign, group in (("point", ".", ","), ("comma", ",", "."))
}


class NotANumber(ValueError):
    """What is wrong with a cell, and what to do about it."""


def typed_number(cell: str, decimal: Decimal | None) -> float:
    """The number a cell stands for.

    Parameters
    ----------
    decimal : the sign before the decimals in this file; None where the file does not say

    Raises
    ------
    NotANumber     it is none, or it could be two
    """
    readings = {
        _value(cell, notation) for notation in ((decimal,) if decimal else SIGNS) if _PATTERNS[notation].fullmatch(cell)
    }
    if not readings:
        raise NotANumber(f"'{cell[:40]}' is no number{_in_this_file(decimal)}")
    if len(readings) > 1:
        small, large = (f"{value:g}" if value < 1e6 else f"{value:.0f}" for value in sorted(readings))
        raise NotANumber(
            f"'{cell[:40]}' may be {small} or {large}; declare under file which sign stands before the decimals: "
            "decimal: point or decimal: comma"
        )
    return readings.pop()


def _value(cell: str, decimal: Decimal) -> float:
    group = SIGNS["comma" if decimal == "point" else "point"]
    return float(cell.replace(group, "").replace(SIGNS[decimal], "."))


def _in_this_file(decimal: Decimal | None) -> str:
    return f" with a decimal {decimal}, as the mapping declares" if decimal else ""
