"""``lock.json`` of a wave: per text the hash of the source at the moment its translation was approved.

A text whose source has another hash now is stale: somebody changed the Dutch and nobody looked at the English. A waiver
says why that does not matter, and holds for that one wording of the source only. The file is generated
(``surveyapp translate approve``), sorted by key so that two people's work merges line by line.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from surveyapp.errors import Message, Place
from surveyapp.instrument.findings import Finding, fault
from surveyapp.instrument.notation import FileModel
from surveyapp.instrument.shape import DefinitionFile, shaped
from surveyapp.instrument.source import MAXIMUM_BYTES, Document

LOCK_NAME = "lock.json"
HASH_DIGITS = 16  # 64 bits: a change that keeps the hash does not happen by accident

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


class Waiver(FileModel):
    """Why a stale translation may stay, for this one wording of the source."""

    source: Digest
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class LockFile(FileModel):
    """<year>/lock.json: per language of translation the approved keys and the waivers."""

    format: Literal[1] = 1
    approved: dict[Language, dict[str, Digest]] = Field(default_factory=dict)
    waived: dict[Language, dict[str, Waiver]] = Field(default_factory=dict)


def source_hash(words: str) -> str:
    """The first 16 hexadecimal digits of the sha-256 of a text in Unicode NFC."""
    return hashlib.sha256(unicodedata.normalize("NFC", words).encode()).hexdigest()[:HASH_DIGITS]


def read_lock(path: Path) -> DefinitionFile[LockFile] | tuple[Finding, ...]:
    """The lock, or what is wrong with the file; never raises for what stands in it."""
    try:
        with path.open("rb") as source:
            content = source.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        return (_unreadable(path, 1, error.strerror or type(error).__name__),)
    if len(content) > MAXIMUM_BYTES:
        return (_unreadable(path, 1, f"> {MAXIMUM_BYTES} bytes"),)
    try:
        data = json.loads(content, object_pairs_hook=_without_doubles)
    except json.JSONDecodeError as error:
        return (_unreadable(path, error.lineno, error.msg),)
    except (ValueError, RecursionError) as error:
        return (_unreadable(path, 1, str(error)[:120]),)
    return shaped(Document(str(path), data, digest=hashlib.sha256(content).hexdigest()), LockFile)


def lock_text(lock: LockFile) -> str:
    """The file as it is written: one key to a line, sorted, ending in a line end."""
    return json.dumps(lock.model_dump(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands here twice")
    return found


def _unreadable(path: Path, line: int, detail: str) -> Finding:
    message = Message("The lock of approved translations cannot be read (%(detail)s).", detail=detail)
    fix = Message("Restore an earlier version, or remove it and approve again.")
    return fault("Y008", Place(str(path), line), path.name, message, fix)
