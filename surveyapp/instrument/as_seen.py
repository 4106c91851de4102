"""What a file gives its reader is what its author sees: numbers read otherwise than written, and keys without a value.

YAML reads ``010`` as ten, ``0x1F`` as 31 and a key with nothing behind it as if it were not there. An author who sees
``show_if:`` on the screen believes that there is a condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from surveyapp.errors import Message, Place
from surveyapp.instrument.findings import Finding, fault
from surveyapp.instrument.nodes import Block, Listing, Step
from surveyapp.instrument.source import Document

_PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*)?|-?\.[0-9]+")
Path = tuple[Step, ...]


def read_otherwise(document: Document) -> Iterator[Finding]:
    """Everything in a file that does not read as it looks; nothing for a document that came from elsewhere."""
    if document.data.places:
        yield from _within(document, document.data, ())


def _within(document: Document, node: Block | Listing, path: Path) -> Iterator[Finding]:
    steps: Iterable[tuple[Step, Any]] = node.items() if isinstance(node, Block) else enumerate(node)
    for step, value in steps:
        here, written = (*path, step), node.written.get(step)
        if isinstance(value, Block | Listing):
            yield from _within(document, value, here)
        elif value is None:
            yield _nothing(document.place(*here), here, written or "")
        elif written is not None and not isinstance(value, bool | str) and not _PLAIN.fullmatch(written):
            yield _number(document.place(*here), here, written, value)


def _nothing(place: Place, path: Path, written: str) -> Finding:
    key, name = str(path[-1]), ".".join(map(str, path))
    if not written:
        fix = Message("Write what belongs there, or remove the key if you mean nothing.")
        return fault("S007", place, name, Message("'%(key)s' has nothing.", key=key), fix)
    message = Message("'%(key)s' has nothing (there stands '%(written)s').", key=key, written=written)
    fix = Message(
        'Write what belongs there, or remove the key if you mean nothing. If it is a text, write "%(written)s".',
        written=written,
    )
    return fault("S007", place, name, message, fix)


def _number(place: Place, path: Path, written: str, value: float) -> Finding:
    return fault(
        "S008",
        place,
        ".".join(map(str, path)),
        Message("'%(written)s' would be read as %(value)s.", written=written, value=f"{value:g}"),
        Message(
            'Write %(value)s if you mean that, or "%(written)s" if it is a text.', value=f"{value:g}", written=written
        ),
    )
