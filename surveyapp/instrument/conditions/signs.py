"""Signs of other languages and numbers with two readings: refused before an expression is read, with what was meant."""

from __future__ import annotations

import re
from collections.abc import Mapping

from surveyapp.errors import ConditionError

_TOKEN = re.compile(
    r"""\s+ | [A-Za-z_][A-Za-z0-9_]* | \d+(?:\.\d+)?(?![\w.]) | '[^'"\\\n]*' | "[^'"\\\n]*" | [=!<>]= | [<>()\[\],-]""",
    re.VERBOSE,
)
_FOREIGN = re.compile(
    r"===|!==|=>|=<|<>|&&|\|\||[≥≤≠¬∧∨&|]|(?<![=!<>])=(?!=)|!(?!=)|\b(?:AND|OR|NOT|IN|EN|OF|NIET|TRUE|True|FALSE|False)\b"
)
_MEANT: Mapping[str, str] = {
    "===": "==", "=": "==", "!==": "!=", "<>": "!=", "≠": "!=", "=>": ">=", "≥": ">=", "=<": "<=", "≤": "<=",
    "&&": "and", "&": "and", "∧": "and", "AND": "and", "EN": "and", "||": "or", "|": "or", "∨": "or", "OR": "or",
    "OF": "or", "!": "not", "¬": "not", "NOT": "not", "NIET": "not", "IN": "in", "TRUE": "true", "True": "true",
    "FALSE": "false", "False": "false",
}  # fmt: skip
"""Operators of other languages, and how they are written here."""


_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?![\w.])|(?<=[=<>] )\d+(?:,\d+)+|(?<=[=<>])\d+(?:,\d+)+")
"""A number whose sign may set thousands apart or begin the decimals."""


def number_source(number: int | float) -> str:
    """A number as an expression holds it: with a fourth decimal where three would look like thousands."""
    written = f"{number:g}" if isinstance(number, float) and number.is_integer() else str(number)
    return f"{written}0" if _GROUPED.fullmatch(written) else written


def _refuse_grouped(said: str, offset: int) -> None:
    if re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+", said):
        raise ConditionError(
            "“%(said)s” can be read in two ways; write %(whole)s or %(decimals)s.",
            offset,
            said=said,
            whole=re.sub("[.,]", "", said),
            decimals=number_source(float(".".join(re.split("[.,]", said)[:2]))),
        )
    raise ConditionError("The comma in “%(said)s” is no decimal sign here; write a dot.", offset, said=said)


def refuse_foreign_signs(text: str, start: int) -> None:
    """Refuse the first sign that is not one of ours, with a ConditionError that tells where."""
    position = 0
    while position < len(text):
        foreign = _FOREIGN.match(text, position)
        if foreign is not None:
            raise ConditionError(
                "“%(said)s” is no operator here; write “%(meant)s”.",
                start + position,
                said=foreign[0],
                meant=_MEANT[foreign[0]],
            )
        if (position == 0 or not text[position - 1].isalnum()) and (grouped := _GROUPED.match(text, position)):
            _refuse_grouped(grouped[0], start + position)
        token = _TOKEN.match(text, position)
        if token is None:
            raise ConditionError("“%(text)s” is not a sign of this language.", start + position, text=text[position])
        position = token.end()
