"""Put other data into a YAML file where something stood, or before the first entry of a list; the rest stays as it is.

Words of a text are replaced by :mod:`surveyapp.instrument.translation.edit`, sign by sign. Here whole pieces are: what
a form of the console holds of a wave, the entry of a new one. Comments inside a piece go with it, all others stay. The
result is read back and compared with what was meant before anyone sees it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from surveyapp.errors import DefinitionError
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.source import read_document
from surveyapp.instrument.xlsform.yaml_text import inline_text, yaml_lines

Path = tuple[str | int, ...]
INDENT = 2


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    column: int  # in which it begins, from 0
    key_column: int  # of the key or dash before it
    is_block: bool  # a mapping or list on lines of its own


def with_values(content: bytes, file: str, values: Mapping[Path, Any]) -> bytes:
    """The file with other data at these paths.

    Raises DefinitionError: the file cannot be read, or something is not there to be replaced.
    """
    return _made(content, file, values, {})


def with_first_entries(content: bytes, file: str, entries: Mapping[Path, Any]) -> bytes:
    """The file with one more entry at the head of these lists.

    Raises DefinitionError: the file cannot be read, or there is no such list.
    """
    return _made(content, file, {}, entries)


def _made(content: bytes, file: str, values: Mapping[Path, Any], entries: Mapping[Path, Any]) -> bytes:
    before = read_document(content, file)
    if isinstance(before, Finding):
        raise before.as_error()
    wanted = copy.deepcopy(before.data)
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    spans = _spans(text)
    pieces: list[tuple[int, int, str]] = []
    for path, data in entries.items():
        held = _at(wanted, path)
        span = spans.get(path)
        if not isinstance(held, list) or span is None:
            raise DefinitionError("The list to be added to is not here any more.", before.place(*path))
        held.insert(0, data)
        if span.is_block:
            lines = list(yaml_lines([data], span.column))
            pieces.append((span.start, span.start, "\n".join(lines).lstrip() + "\n" + " " * span.column))
        else:
            pieces.append((span.start, span.end, _inline(held)))
    for path, data in values.items():
        holder = _at(wanted, path[:-1])
        span = spans.get(path)
        if holder is None or span is None:
            raise DefinitionError("What is to be changed is not here any more.", before.place(*path))
        holder[path[-1]] = data
        pieces.append((span.start, span.end, _replacement(data, span)))
    for start, end, new in sorted(pieces, reverse=True):
        text = text[:start] + new + text[end:]
    made = text.encode("utf-8")
    after = read_document(made, file)
    if isinstance(after, Finding) or after.data != wanted:
        raise DefinitionError("This cannot be put into the file in place; edit the file by hand.", before.place())
    return made


def _replacement(data: Any, span: _Span) -> str:
    is_long = isinstance(data, Mapping | list) and bool(data)
    if not is_long:
        return _inline(data)
    if span.is_block:
        return "\n".join(yaml_lines(data, span.column)).lstrip()
    if span.key_column < 0:  # an entry between brackets
        return _inline(data)
    indent = span.key_column + INDENT
    return "\n" + "\n".join(yaml_lines(data, indent))


def _inline(data: Any) -> str:
    return inline_text(data)


def _at(data: Any, path: Path) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _spans(text: str) -> dict[Path, _Span]:
    found: dict[Path, _Span] = {}
    events = iter(YAML(typ="base", pure=True).parse(text))
    for event in events:
        if isinstance(event, DocumentStartEvent):
            _node(next(events), events, (), 0, found)
            break
    return found


def _node(event: Any, events: Iterator[Any], path: Path, key_column: int, found: dict[Path, _Span]) -> int:
    """Note where a node stands; where what it holds ends."""
    start, column = event.start_mark.index, event.start_mark.column
    end = event.end_mark.index
    is_block = False
    if isinstance(event, MappingStartEvent):
        is_block = not event.flow_style
        for key in events:
            if isinstance(key, MappingEndEvent):
                end = end if is_block else key.end_mark.index
                break
            of_key = key.start_mark.column if is_block else -1
            end = _node(next(events), events, (*path, str(key.value)), of_key, found)
    elif isinstance(event, SequenceStartEvent):
        is_block = not event.flow_style
        for index, entry in enumerate(events):
            if isinstance(entry, SequenceEndEvent):
                end = end if is_block else entry.end_mark.index
                break
            end = _node(entry, events, (*path, index), column if is_block else -1, found)
    elif isinstance(event, ScalarEvent) and event.style in ("|", ">"):
        end = event.end_mark.index
    found[path] = _Span(start, end, column, key_column, is_block)
    return int(end)
