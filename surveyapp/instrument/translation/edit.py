"""Put other words into a YAML file and touch nothing else: comments, order, quotation marks and line ends stay.

The file is not written anew from its data; the few characters of a scalar are replaced where they stand. The result is
read back and compared with what was meant before anyone sees it.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Sequence
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

Path = tuple[str | int, ...]
_HEADER = re.compile(r"[|>][-+]?[ \t]*(#[^\n]*)?\n")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Change:
    """New words in one language for the text at ``path``; a language that is lacking is added after ``beside``."""

    path: Path
    language: str
    beside: str  # the source language
    words: str


@dataclass(frozen=True, slots=True)
class _Scalar:
    start: int
    end: int
    style: str | None
    column: int  # of its key, from 0
    is_flow: bool


def edited(content: bytes, file: str, changes: Sequence[Change]) -> bytes:
    """The file with the changes in it.

    Raises DefinitionError: the file cannot be read, a text is not there, or the change cannot be made in place.
    """
    before = read_document(content, file)
    if isinstance(before, Finding):
        raise before.as_error()
    wanted = copy.deepcopy(before.data)
    original = content.decode("utf-8")
    start = 1 if original.startswith(_BOM) else 0
    # Positions are those of the text with plain line ends; ``places`` leads back to the text as it was.
    places = [index for index in range(start, len(original)) if original[index : index + 2] != "\r\n"]
    text = "".join("\n" if original[index] == "\r" else original[index] for index in places)
    places.append(len(original))
    newline = "\r\n" if "\r\n" in original else "\n"
    scalars = _scalars(text)
    pieces: list[tuple[int, int, str]] = []
    for change in changes:
        here = scalars.get((*change.path, change.language))
        holder = _at(wanted, change.path)
        if here is not None and isinstance(holder, dict):
            old = holder[change.language]
            words = change.words + "\n" if isinstance(old, str) and old.endswith("\n") else change.words
            pieces.append((here.start, here.end, _replaced(text[here.start : here.end], here, words)))
        elif (source := scalars.get((*change.path, change.beside))) is not None and isinstance(holder, dict):
            words = change.words
            pieces.append(_added(text, source, change))
        else:
            raise DefinitionError("The text to be changed is not here any more.", before.place(*change.path))
        holder[change.language] = words
    result = original
    for begin, end, new in sorted(pieces, reverse=True):
        # A line end that is replaced is written back whole: \r\n lies between two positions.
        first = places[begin]
        if original[first - 1 : first + 1] == "\r\n" and first:
            first -= 1
        last = places[end]
        if last and original[last - 1 : last + 1] == "\r\n":
            last -= 1
        result = result[:first] + new.replace("\n", newline) + result[last:]
    made = result.encode("utf-8")
    after = read_document(made, file)
    if isinstance(after, Finding) or after.data != wanted:
        raise DefinitionError("The words cannot be put into this file in place; edit the file by hand.", before.place())
    return made


def _at(data: Any, path: Path) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _replaced(old: str, here: _Scalar, words: str) -> str:
    if here.style in ("|", ">"):
        return _block(old, here, words)
    if here.style == "'" and "\n" not in words:
        return "'" + words.replace("'", "''") + "'"
    return _quoted(words)


def _quoted(words: str) -> str:
    """Every JSON text is a YAML text in double quotation marks."""
    return json.dumps(words, ensure_ascii=False)


def _block(old: str, here: _Scalar, words: str) -> str:
    tail = old[len(old.rstrip(" \n")) :]
    header = _HEADER.match(old)
    first = re.search(r"^( +)\S", old[header.end() :], flags=re.M) if header else None
    lines = words.removesuffix("\n").split("\n")
    if header is None or first is None or any(not line or line != line.strip() for line in lines):
        return _quoted(words) + (tail or "")
    between = "\n\n" if here.style == ">" else "\n"
    return header[0] + between.join(first[1] + line for line in lines) + tail


def _added(text: str, source: _Scalar, change: Change) -> tuple[int, int, str]:
    if source.is_flow:
        return source.end, source.end, f", {change.language}: {_quoted(change.words)}"
    line = f"{' ' * source.column}{change.language}: {_quoted(change.words)}"
    if source.style in ("|", ">"):
        return source.end, source.end, line + "\n"
    end = text.find("\n", source.end)
    at = len(text) if end < 0 else end
    return at, at, "\n" + line


def _scalars(text: str) -> dict[Path, _Scalar]:
    found: dict[Path, _Scalar] = {}
    events = iter(YAML(typ="base", pure=True).parse(text))
    for event in events:
        if isinstance(event, DocumentStartEvent):
            _node(next(events), events, (), 0, False, found)
            break
    return found


def _node(
    event: Any, events: Iterator[Any], path: Path, column: int, is_flow: bool, found: dict[Path, _Scalar]
) -> None:
    if isinstance(event, ScalarEvent):
        found[path] = _Scalar(event.start_mark.index, event.end_mark.index, event.style, column, is_flow)
    elif isinstance(event, MappingStartEvent):
        for key in events:
            if isinstance(key, MappingEndEvent):
                break
            step = (*path, str(key.value))
            _node(next(events), events, step, key.start_mark.column, bool(event.flow_style), found)
    elif isinstance(event, SequenceStartEvent):
        for index, entry in enumerate(events):
            if isinstance(entry, SequenceEndEvent):
                break
            _node(entry, events, (*path, index), column, is_flow, found)
