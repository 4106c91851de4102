"""Numbers as people type them, strictly per language.

A Dutch comma is a decimal sign and an English one groups thousands. "85.50" typed in Dutch is neither: a lenient
parser makes 8550 of it, so it is asked back (`Fault.DECIMAL_SIGN`). Spaces, no-break spaces, currency signs, percent
signs and the question's own unit are understood and dropped.
"""

from __future__ import annotations

import re
from collections.abc import Set
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from babel.numbers import NumberFormatError, get_decimal_symbol, parse_decimal

LONGEST = 60
"""Characters; what is longer is no number anybody means."""

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2008\u2009\u200a\u202f\t", " ") | {"\u2212": "-", "\u2019": "'"})
_NO_CENTS = re.compile(r"[.,](?:-{1,2}|\u2013|\u2014|=)(?=\s|$)")  # "85,-" and "85,--"
_NUMBER = re.compile(r"(?P<before>[^0-9.,+-]*)(?P<body>[+-]?[.,]?[0-9](?:[0-9., ]*[0-9])?)[.,]?(?P<after>[^0-9]*)")
_GROUPED_BY_SPACES = re.compile(r"[+-]?[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_WORD = re.compile(r"[^\s.,;:()/]+")
_COMMON_WORDS = frozenset(
    {"€", "eur", "euro", "euros", "euro's", "%", "procent", "percent", "per", "cent", "ca", "circa", "±", "~", "about"}
    | {"ongeveer", "approximately", "approx"}
)


_EURO = frozenset({"€", "euro", "euros"})
_OTHER_CURRENCIES = frozenset(
    {"£", "$", "gbp", "usd", "chf", "pound", "pounds", "dollar", "dollars", "pond", "ponden", "sterling"}
)


class Fault(StrEnum):
    """Why a text is no number; the codes `validate` gives to problems."""

    NOT_A_NUMBER = "not_a_number"
    DECIMAL_SIGN = "decimal_sign"
    TOO_MANY_DECIMALS = "too_many_decimals"
    OTHER_CURRENCY = "other_currency"


def parse_number(text: str, language: str, *, decimals: int = 0, unit: Set[str] = frozenset()) -> Decimal | Fault:
    """What was typed, as an exact number, or why it is none.

    Parameters
    ----------
    text :     as typed, not empty
    language : whose decimal and grouping signs hold
    decimals : how many the question takes; "1,000" in Dutch is then no 1 with three decimals but asked back
    unit :     words that may stand beside the number, lower case
    """
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return Decimal(text)
    if len(text) > LONGEST:
        return Fault.NOT_A_NUMBER
    found = _NUMBER.fullmatch(_NO_CENTS.sub("", text.translate(_SPACES)).strip())
    if found is None:
        return Fault.NOT_A_NUMBER
    words = [word.lower() for part in ("before", "after") for word in _WORD.findall(found[part])]
    unknown = frozenset(words) - _COMMON_WORDS - frozenset(unit)
    if unknown:
        is_money = unknown <= _OTHER_CURRENCIES and not unit.isdisjoint(_EURO)
        return Fault.OTHER_CURRENCY if is_money else Fault.NOT_A_NUMBER
    body = found["body"]
    if " " in body:
        if not _GROUPED_BY_SPACES.fullmatch(body):
            return Fault.NOT_A_NUMBER
        body = body.replace(" ", "")
    value = _strict(body, language)
    if value is None:
        other = _strict(body.translate(str.maketrans(".,", ",.")), language)
        if other is None:
            return Fault.NOT_A_NUMBER
        # Where whole numbers are asked, 80.5 is the same mistake as 80,5, in whatever spelling.
        is_broken = not decimals and other != other.to_integral_value()
        return Fault.TOO_MANY_DECIMALS if is_broken else Fault.DECIMAL_SIGN
    after_sign = body.rpartition(decimal_sign(language))
    if after_sign[1] and len(after_sign[2]) == 3 and decimals < 3:
        # A thousand in the other spelling, or one decimal too many: where decimals are asked, nobody can tell.
        return Fault.TOO_MANY_DECIMALS if decimals else Fault.DECIMAL_SIGN
    return value


def _strict(body: str, language: str) -> Decimal | None:
    try:
        return parse_decimal(body, locale=language, strict=True)
    except NumberFormatError:
        return None


def as_stored(value: Decimal) -> int | float:
    """A whole number as int, any other as float: the shape of stored numbers."""
    return int(value) if value == value.to_integral_value() else float(value)


def spell_number(value: float, language: str) -> str:
    """A stored number as the language types it, without grouping; `parse_number` reads it back as the same number."""
    if isinstance(value, int):
        return str(value)
    return format(Decimal(repr(value)), "f").replace(".", decimal_sign(language))


CENTS = 2
"""Decimals of an amount of money, and of whatever else takes two of them."""


def spell_amount(value: float, language: str, decimals: int) -> str:
    """A stored number as people write it where two decimals are asked: 85,50 and not 85,5; a whole number stays 85.

    A number does not remember how it was typed. Euros and cents are written with both decimals or with none, so that is
    how they come back. `parse_number` reads it back as the same number.
    """
    exact = Decimal(repr(value))
    in_cents = round(exact, CENTS)
    if decimals != CENTS or isinstance(value, int) or in_cents != exact:
        return spell_number(value, language)
    return format(in_cents, "f").replace(".", decimal_sign(language))


@lru_cache(maxsize=32)
def decimal_sign(language: str) -> str:
    """The sign before decimals."""
    return get_decimal_symbol(language)


@lru_cache(maxsize=256)
def unit_words(text: str) -> frozenset[str]:
    """The words of a unit, lower case, as they may be typed beside the number."""
    return frozenset(word.lower() for word in _WORD.findall(text))
