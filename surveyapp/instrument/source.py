"""From the bytes of a YAML 1.2 file to plain data with the place of every key.

Only ruamel's scanner and parser are used (some 0.14 s for 85 kB, half of it in the scanner; its composer, resolver and
constructor would double that): scalars are resolved here by the core schema of YAML 1.2, so ``no`` and ``12:30`` stay
text, and what could be a bomb (anchors, tags, depth, size) is refused before anything is built. Keys are always text,
as in JSON: data read here and data read back from the database are equal.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from ruamel.yaml.reader import ReaderError

from surveyapp.errors import Message, Place
from surveyapp.instrument import encodings, source_fixes
from surveyapp.instrument.findings import Finding, fault
from surveyapp.instrument.nodes import START, Block, Listing, Node, Position
from surveyapp.recent import Recent

MAXIMUM_BYTES = 2_000_000
MAXIMUM_DEPTH = 40
MAXIMUM_DIGITS = 15
CACHED_FILES = 64
# The core schema of YAML 1.2: which unquoted words are no text, and what no text may hold.
WORDS: Mapping[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Document:
    """One file as plain data, with places.

    ``data`` holds blocks and lists, text, numbers, booleans and None: exactly what JSON holds.
    """

    file: str
    data: Any
    digest: str = ""

    def place(self, *path: str | int) -> Place:
        """Where the key or entry at this path stands; the nearest one above it when the path goes too far."""
        return Place(self.file, *self.data.position(*path)) if isinstance(self.data, Node) else Place(self.file)

    def as_written(self, *path: str | int) -> str | None:
        """The value at this path as it stands in the file, where that differs from what was read; else None."""
        node: Any = self.data
        for step in path[:-1]:
            node = node[step]
        return node.written.get(path[-1]) if path and isinstance(node, Node) else None


class _Refused(Exception):
    def __init__(self, code: str, mark: Any, message: Message, fix: Message | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.fix = code, message, fix or source_fixes.FIXES[code]
        self.line: int = 1 if mark is None else mark.line + 1
        self.column: int = 1 if mark is None else mark.column + 1


_read: Recent[str, Any] = Recent(CACHED_FILES)


def read_document(content: bytes, file: str) -> Document | Finding:
    """Read one file; a fault comes back as a finding with its place, never as a traceback.

    The same content is parsed once: what was read is kept by its hash.
    """
    digest = hashlib.sha256(content).hexdigest()
    try:
        return Document(file, _read.get(digest, lambda: _composed(content)), digest)
    except _Refused as refusal:
        return fault(refusal.code, Place(file, refusal.line, refusal.column), file, refusal.message, refusal.fix)


@dataclass(frozen=True, slots=True)
class _Mark:
    line: int
    column: int


def _composed(content: bytes) -> Any:
    if len(content) > MAXIMUM_BYTES:
        size, most = ({"nl": f"{n:,}".replace(",", "."), "en": f"{n:,}"} for n in (len(content), MAXIMUM_BYTES))
        raise _Refused(
            "Y003", None, Message("The file has %(bytes)s bytes; %(most)s is the limit.", bytes=size, most=most)
        )
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    spoilt = encodings.spoilt_at(text)
    if spoilt is not None:
        raise _Refused(
            "Y002",
            _Mark(text.count("\n", 0, spoilt), spoilt - (text.rfind("\n", 0, spoilt) + 1)),
            Message("This character is not UTF-8, or was once saved in the wrong encoding."),
        )
    composer = _Composer(text.split("\n"))
    last: Any = None
    try:
        # One reader per file: ruamel's objects keep state and are not safe between threads.
        return composer.document(YAML(typ="base", pure=True).parse(text))
    except ReaderError as error:
        before_text = text[: error.position]
        mark = _Mark(before_text.count("\n"), len(before_text) - (before_text.rfind("\n") + 1))
        raise _Refused("Y001", mark, Message("This control character does not belong in a file.")) from None
    except MarkedYAMLError as error:
        last = error.problem_mark or error.context_mark
        detail = str(error.problem or error.context or "").strip()
        begun = error.context_mark
        if begun is not None and last is not None and begun.line < last.line:
            # What was never closed is noticed far below; the fault is where it begins.
            detail += f", {error.context} (line {begun.line + 1})"
            if any(kind in str(error.context) for kind in source_fixes.BEGUN):
                last = begun
        told = f"{error.context} {error.problem}"
        fix = source_fixes.usual_cause(told)
        said = Message("The file is no valid YAML here: %(detail)s.", detail=detail)
        raise _Refused("Y001", last, said, fix) from None
    except (YAMLError, ValueError, LookupError, TypeError, AttributeError, NotImplementedError) as error:
        # ruamel raises plain exceptions on some malformed escapes and directives.
        detail = type(error).__name__
        said = Message("The file is no valid YAML near here (%(detail)s).", detail=detail)
        raise _Refused("Y001", composer.mark, said) from None


class _Composer:
    """Builds plain data from a stream of events."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.mark: Any = None

    def document(self, events: Iterator[Any]) -> Any:
        data: Any = None
        documents = 0
        for event in events:
            kind = type(event)
            self.mark = event.start_mark
            if kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise _Refused("Y005", event.start_mark, Message("A file holds one document."))
                if event.version or event.tags:
                    raise _Refused(
                        "Y005", event.start_mark, Message("Directives with % are not allowed; every file is YAML 1.2.")
                    )
            elif kind not in (StreamStartEvent, StreamEndEvent, DocumentEndEvent):
                data = self.node(event, events, 1)
        return data

    def node(self, event: Any, events: Iterator[Any], depth: int, at: tuple[Node, str | int] | None = None) -> Any:
        kind = type(event)
        self.mark = event.start_mark
        if kind is AliasEvent or event.anchor is not None:
            raise _Refused(
                "Y005",
                event.start_mark,
                Message("Anchors and aliases (& and *) are not allowed."),
                source_fixes.WRITE_OUT,
            )
        if event.ctag is not None:
            raise _Refused("Y005", event.start_mark, Message("Tags (!) are not allowed."), source_fixes.WRITE_OUT)
        if kind is ScalarEvent:
            value = self.scalar(event)
            if event.style is None:
                self.whole(event, value, at)
                if at is not None and not isinstance(value, str) and repr(value) != event.value.lower():
                    at[0].written[at[1]] = event.value
            return value
        if depth > MAXIMUM_DEPTH:
            raise _Refused(
                "Y006", event.start_mark, Message("The structure is deeper than %(most)s levels.", most=MAXIMUM_DEPTH)
            )
        start = START if at is None else at[0].places[at[1]]
        if kind is MappingStartEvent:
            return self.mapping(events, depth, start, in_list=at is not None and isinstance(at[1], int))
        return self.sequence(event, events, depth, start)

    def mapping(self, events: Iterator[Any], depth: int, start: Position, *, in_list: bool) -> Block:
        data = Block().stand(start)
        marks = data.places
        for event in events:
            if type(event) is MappingEndEvent:
                break
            key = self.key(event)
            mark = event.start_mark
            if key in data:
                first = marks[key][0]
                raise _Refused(
                    "Y004",
                    mark,
                    Message(
                        "The key '%(key)s' stands here twice; the first is on line %(line)s.", key=key[:60], line=first
                    ),
                    source_fixes.DASH if in_list else None,
                )
            marks[key] = (mark.line + 1, mark.column + 1)
            data[key] = self.node(next(events), events, depth + 1, (data, key))
        return data

    def sequence(self, begun: Any, events: Iterator[Any], depth: int, start: Position) -> Listing:
        if type(begun) is not SequenceStartEvent:
            raise _Refused("Y001", begun.start_mark, Message("This cannot be read here."))
        data = Listing().stand(start)
        for event in events:
            if type(event) is SequenceEndEvent:
                break
            data.places[len(data)] = (event.start_mark.line + 1, event.start_mark.column + 1)
            data.append(self.node(event, events, depth + 1, (data, len(data))))
        return data

    def key(self, event: Any) -> str:
        if type(event) is not ScalarEvent or event.anchor is not None or event.ctag is not None:
            raise _Refused("Y005", event.start_mark, Message("A key is a word or a number, without anchor or tag."))
        self.fit(event)
        return str(event.value)

    def scalar(self, event: Any) -> Any:
        value: str = event.value
        if event.style is None:
            first = value[:1]
            if (not first or first in "~nNtTfF") and value in WORDS:
                return WORDS[value]
            if first and first in "+-.0123456789":
                return self.number(value, event)
        self.fit(event)
        return value

    def whole(self, event: Any, value: Any, at: tuple[Node, str | int] | None) -> None:
        """Refuse a text of which a number sign took the rest."""
        end = event.end_mark
        line = self.lines[end.line] if end.line < len(self.lines) else ""
        found = source_fixes.swallowed(line, end.column, is_text=at is not None and at[1] in source_fixes.LANGUAGE_KEYS)
        if found is not None and isinstance(value, str):
            said = Message(
                "After '%(value)s' '%(lost)s' is not read: what stands behind # is a comment.",
                value=value[:40],
                lost=line[found:][:40],
            )
            raise _Refused("Y009", _Mark(end.line, found), said)

    def number(self, value: str, event: Any) -> Any:
        if NO_NUMBER.fullmatch(value):
            raise _Refused(
                "Y007",
                event.start_mark,
                Message("'%(value)s' is no usable number.", value=value),
                source_fixes.WRITE_NUMBER,
            )
        is_integer = INTEGER.fullmatch(value)
        if not is_integer and not FLOAT.fullmatch(value):
            self.fit(event)
            return value
        if len(value) > MAXIMUM_DIGITS or ("e" in value.lower() and not value.startswith("0x")):
            raise _Refused(
                "Y007",
                event.start_mark,
                Message(
                    "'%(value)s' is too long or in powers of ten; %(most)s characters is the limit.",
                    value=value[:40],
                    most=MAXIMUM_DIGITS,
                ),
                source_fixes.WRITE_NUMBER,
            )
        if not is_integer:
            return float(value)
        return int(value, 0) if value.startswith(("0o", "0x")) else int(value)

    def fit(self, event: Any) -> None:
        if UNFIT.search(event.value):
            raise _Refused(
                "Y007", event.start_mark, Message("This text holds a control character or half a character.")
            )
