"""From the bytes of a YAML 1.2 file to plain data with the place of every key.

Only ruamel's scanner and parser are used (some 0.14 s for 85 kB, half of it in the scanner; its composer, resolver and
constructor would double that): scalars are resolved here by the core schema of YAML 1.2, so ``no`` and ``12:30`` stay
text, and what could be a bomb (anchors, tags, depth, size) is refused before anything is built. Keys are always text,
as in JSON: data read here and data read back from the database are equal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
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

from surveyapp.errors import Place
from surveyapp.instrument import encodings, scalars, source_fixes
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.nodes import START, Block, Listing, Node, Position
from surveyapp.recent import Recent

MAXIMUM_BYTES = 2_000_000
MAXIMUM_DEPTH = 40
MAXIMUM_DIGITS = 15
CACHED_FILES = 64


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
    def __init__(self, code: str, mark: Any, nl: str, en: str, fix: tuple[str, str] | None = None) -> None:
        super().__init__(en)
        self.code, self.nl, self.en = code, nl, en
        self.fix = fix or source_fixes.FIXES[code]
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
        nl, en = refusal.fix
        place = Place(file, refusal.line, refusal.column)
        messages = {"nl": refusal.nl, "en": refusal.en}
        return Finding(refusal.code, "error", place, file, messages, {"nl": nl, "en": en})


@dataclass(frozen=True, slots=True)
class _Mark:
    line: int
    column: int


def _composed(content: bytes) -> Any:
    if len(content) > MAXIMUM_BYTES:
        raise _Refused(
            "Y003",
            None,
            f"Het bestand is {len(content):,} bytes groot; {MAXIMUM_BYTES:,} is de grens.".replace(",", "."),
            f"The file has {len(content):,} bytes; {MAXIMUM_BYTES:,} is the limit.",
        )
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    spoilt = encodings.spoilt_at(text)
    if spoilt is not None:
        raise _Refused(
            "Y002",
            _Mark(text.count("\n", 0, spoilt), spoilt - (text.rfind("\n", 0, spoilt) + 1)),
            "Dit teken is geen UTF-8, of is ooit in de verkeerde codering bewaard.",
            "This character is not UTF-8, or was once saved in the wrong encoding.",
        )
    composer = _Composer(text.split("\n"))
    last: Any = None
    try:
        # One reader per file: ruamel's objects keep state and are not safe between threads.
        return composer.document(YAML(typ="base", pure=True).parse(text))
    except ReaderError as error:
        before_text = text[: error.position]
        mark = _Mark(before_text.count("\n"), len(before_text) - (before_text.rfind("\n") + 1))
        raise _Refused(
            "Y001",
            mark,
            "Dit stuurteken hoort niet in een bestand.",
            "This control character does not belong in a file.",
        ) from None
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
        said = f"The file is no valid YAML here: {detail}."
        raise _Refused("Y001", last, source_fixes.unreadable_nl(detail), said, fix) from None
    except (YAMLError, ValueError, LookupError, TypeError, AttributeError, NotImplementedError) as error:
        # ruamel raises plain exceptions on some malformed escapes and directives.
        detail = type(error).__name__
        said = f"The file is no valid YAML near here ({detail})."
        raise _Refused("Y001", composer.mark, source_fixes.unreadable_nl(detail), said) from None


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
                    raise _Refused(
                        "Y005", event.start_mark, "Een bestand bevat één document.", "A file holds one document."
                    )
                if event.version or event.tags:
                    raise _Refused(
                        "Y005",
                        event.start_mark,
                        "Aanwijzingen met % zijn niet toegestaan; elk bestand is YAML 1.2.",
                        "Directives with % are not allowed; every file is YAML 1.2.",
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
                "Ankers en verwijzingen (& en *) zijn niet toegestaan.",
                "Anchors and aliases (& and *) are not allowed.",
                source_fixes.WRITE_OUT,
            )
        if event.ctag is not None:
            raise _Refused(
                "Y005",
                event.start_mark,
                "Labels met ! zijn niet toegestaan.",
                "Tags (!) are not allowed.",
                source_fixes.WRITE_OUT,
            )
        if kind is ScalarEvent:
            value = self.scalar(event)
            if event.style is None:
                self.whole(event, value, at)
                if at is not None and not isinstance(value, str) and repr(value) != event.value.lower():
                    at[0].written[at[1]] = event.value
            return value
        if depth > MAXIMUM_DEPTH:
            raise _Refused(
                "Y006",
                event.start_mark,
                f"De opbouw gaat dieper dan {MAXIMUM_DEPTH} lagen.",
                f"The structure is deeper than {MAXIMUM_DEPTH} levels.",
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
                    f"De sleutel ‘{key[:60]}’ staat hier dubbel; de eerste staat op regel {first}.",
                    f"The key '{key[:60]}' stands here twice; the first is on line {first}.",
                    source_fixes.DASH if in_list else None,
                )
            marks[key] = (mark.line + 1, mark.column + 1)
            data[key] = self.node(next(events), events, depth + 1, (data, key))
        return data

    def sequence(self, begun: Any, events: Iterator[Any], depth: int, start: Position) -> Listing:
        if type(begun) is not SequenceStartEvent:
            raise _Refused("Y001", begun.start_mark, "Dit is hier niet te lezen.", "This cannot be read here.")
        data = Listing().stand(start)
        for event in events:
            if type(event) is SequenceEndEvent:
                break
            data.places[len(data)] = (event.start_mark.line + 1, event.start_mark.column + 1)
            data.append(self.node(event, events, depth + 1, (data, len(data))))
        return data

    def key(self, event: Any) -> str:
        if type(event) is not ScalarEvent or event.anchor is not None or event.ctag is not None:
            raise _Refused(
                "Y005",
                event.start_mark,
                "Een sleutel is een woord of een getal, zonder anker of label.",
                "A key is a word or a number, without anchor or tag.",
            )
        self.fit(event)
        return str(event.value)

    def scalar(self, event: Any) -> Any:
        value: str = event.value
        if event.style is None:
            first = value[:1]
            if (not first or first in "~nNtTfF") and value in scalars.WORDS:
                return scalars.WORDS[value]
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
            raise _Refused("Y009", _Mark(end.line, found), *source_fixes.swallowed_words(value, line[found:]))

    def number(self, value: str, event: Any) -> Any:
        if scalars.NO_NUMBER.fullmatch(value):
            raise _Refused(
                "Y007",
                event.start_mark,
                f"‘{value}’ is geen bruikbaar getal.",
                f"'{value}' is no usable number.",
                source_fixes.WRITE_NUMBER,
            )
        is_integer = scalars.INTEGER.fullmatch(value)
        if not is_integer and not scalars.FLOAT.fullmatch(value):
            self.fit(event)
            return value
        if len(value) > MAXIMUM_DIGITS or ("e" in value.lower() and not value.startswith("0x")):
            raise _Refused(
                "Y007",
                event.start_mark,
                f"‘{value[:40]}’ is te lang of staat in machten van tien; {MAXIMUM_DIGITS} tekens is de grens.",
                f"'{value[:40]}' is too long or in powers of ten; {MAXIMUM_DIGITS} characters is the limit.",
                source_fixes.WRITE_NUMBER,
            )
        if not is_integer:
            return float(value)
        return int(value, 0) if value.startswith(("0o", "0x")) else int(value)

    def fit(self, event: Any) -> None:
        if scalars.UNFIT.search(event.value):
            raise _Refused(
                "Y007",
                event.start_mark,
                "Deze tekst bevat een stuurteken of een half teken.",
                "This text holds a control character or half a character.",
            )
