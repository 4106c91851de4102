"""Data of definition files as YAML a person would have written: blocks of keys, texts between quotation marks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_PLAIN_WORD = re.compile(r"[a-z][a-z0-9_-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
WIDEST = 110


def yaml_text(data: Mapping[str, Any], comment: str) -> str:
    """A file: the comment, then the keys; what the loader reads back equals ``data``."""
    return "".join(f"# {line}\n" for line in comment.splitlines()) + "\n".join(_mapping(data, 0)) + "\n"


def yaml_lines(data: Mapping[str, Any] | Sequence[Any], indent: int) -> Iterator[str]:
    """The lines of a piece of a file, each indented by so much."""
    return _mapping(data, indent) if isinstance(data, Mapping) else _sequence(data, indent)


def inline_text(data: Any) -> str:
    """The same between brackets, on one line, however long."""
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {inline_text(part)}" for key, part in data.items()) + "}"
    if isinstance(data, Sequence) and not isinstance(data, str):
        return "[" + ", ".join(map(inline_text, data)) + "]"
    return _scalar(data)


def _mapping(data: Mapping[str, Any], indent: int) -> Iterator[str]:
    for key, value in data.items():
        start = f"{' ' * indent}{_key(key)}:"
        short = _short(value)
        if short is not None and len(start) + len(short) < WIDEST:
            yield f"{start} {short}"
        elif isinstance(value, Mapping):
            yield start
            yield from _mapping(value, indent + 2)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield start
            yield from _sequence(value, indent + 2)
        else:
            yield f"{start} {_scalar(value)}"


def _sequence(data: Sequence[Any], indent: int) -> Iterator[str]:
    for entry in data:
        short = _short(entry)
        if short is not None and indent + len(short) < WIDEST:
            yield f"{' ' * indent}- {short}"
        elif isinstance(entry, Mapping):
            lines = list(_mapping(entry, indent + 2))
            yield f"{' ' * indent}- {lines[0].lstrip()}"
            yield from lines[1:]
        else:
            yield f"{' ' * indent}- {_scalar(entry)}"


def _short(value: Any) -> str | None:
    """On one line between brackets, for what holds only short things; None for what asks for lines of its own."""
    if isinstance(value, Mapping):
        parts = [(key, _short(part)) for key, part in value.items()]
        if any(part is None for _, part in parts) or any(isinstance(part, list) for part in value.values()):
            return None
        return "{" + ", ".join(f"{_key(key)}: {part}" for key, part in parts) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(not isinstance(entry, str | int | float) for entry in value):
            return None
        return "[" + ", ".join(_scalar(entry) for entry in value) + "]"
    return _scalar(value)


def _key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) and key.lower() not in _WORDS else json.dumps(key, ensure_ascii=False)


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN_WORD.fullmatch(value) and value not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
