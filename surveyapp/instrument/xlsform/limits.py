"""Limits of an answer as a ``constraint`` of XLSForm, and back: bounds, counts, exclusive choices, length."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_PART = {
    "minimum": re.compile(r"\.\s*>=\s*(-?\d+(?:\.\d+)?)"),
    "maximum": re.compile(r"\.\s*<=\s*(-?\d+(?:\.\d+)?)"),
    "least": re.compile(r"count-selected\(\s*\.\s*\)\s*>=\s*(\d+)"),
    "most": re.compile(r"count-selected\(\s*\.\s*\)\s*<=\s*(\d+)"),
    "length": re.compile(r"string-length\(\s*\.\s*\)\s*<=\s*(\d+)"),
    "exclusive": re.compile(
        r"not\(\s*selected\(\s*\.\s*,\s*'([^']+)'\s*\)\s*and\s*count-selected\(\s*\.\s*\)\s*>\s*1\s*\)"
    ),
}
_AND = re.compile(r"\s+and\s+")


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer may be; None and empty where there is no limit. ``exclusive`` are names of choices."""

    minimum: float | None = None
    maximum: float | None = None
    least: int | None = None
    most: int | None = None
    length: int | None = None
    exclusive: tuple[str, ...] = ()


def constraint_of(limits: Limits) -> str:
    """The limits in words of XPath, in a fixed order."""
    parts = [
        f". >= {_plain(limits.minimum)}" if limits.minimum is not None else "",
        f". <= {_plain(limits.maximum)}" if limits.maximum is not None else "",
        f"count-selected(.) >= {limits.least}" if limits.least is not None else "",
        f"count-selected(.) <= {limits.most}" if limits.most is not None else "",
        f"string-length(.) <= {limits.length}" if limits.length is not None else "",
        *(f"not(selected(., '{name}') and count-selected(.) > 1)" for name in limits.exclusive),
    ]
    return " and ".join(part for part in parts if part)


def limits_of(constraint: str) -> Limits | None:
    """The limits an expression states; None when it says more than limits can."""
    found: dict[str, list[str]] = {}
    rest = constraint.strip()
    while rest:
        for kind, pattern in _PART.items():
            match = pattern.match(rest)
            if match is not None:
                found.setdefault(kind, []).append(match[1])
                rest = rest[match.end() :]
                break
        else:
            return None
        joint = _AND.match(rest)
        if joint is None:
            if rest.strip():
                return None
            break
        rest = rest[joint.end() :]
        if not rest:
            return None
    if any(len(values) > 1 for kind, values in found.items() if kind != "exclusive"):
        return None
    exclusive = tuple(found.pop("exclusive", ()))
    given: dict[str, Any] = {
        kind: float(said) if kind in ("minimum", "maximum") else int(said) for kind, (said,) in found.items()
    }
    return Limits(**given, exclusive=exclusive)


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)
