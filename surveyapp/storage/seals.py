"""A checksum behind the last page of a copy, so that one in which a disk or a hand altered something is not restored.

SQLite reads no further than its last page. That a copy is sealed stands in its header too (as SQLite's
`application_id`): one whose seal was spoilt or cut off must not pass for a copy made before there were seals.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

SEALED = int.from_bytes(b"Seal")
_AT, _WIDTH = 68, 4
"""Where the number stands in the header of a SQLite file, and its bytes."""
_BEFORE = b"\nsha256 "
LENGTH = len(_BEFORE) + hashlib.sha256().digest_size * 2
_BLOCK = 1 << 20


def seal(file: Path) -> None:
    """Put the checksum of a finished copy behind it; whatever writes into the copy afterwards breaks the seal."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA application_id = {SEALED}")
    found = _BEFORE + _checksum(file, file.stat().st_size)
    with file.open("ab") as copy:
        copy.write(found)


def take_off(connection: sqlite3.Connection) -> None:
    """Let a database that came of a sealed copy no longer say that it is sealed."""
    connection.execute("PRAGMA application_id = 0")


def holds(file: Path) -> bool | None:
    """Whether a copy is what was written, to the byte; None where it bears no seal."""
    size = file.stat().st_size - LENGTH
    with file.open("rb") as copy:
        is_said = int.from_bytes(copy.read(_AT + _WIDTH)[_AT:]) == SEALED
        copy.seek(max(size, 0))
        found = copy.read()
    if not is_said and not found.startswith(_BEFORE):
        return None
    return is_said and size > 0 and found == _BEFORE + _checksum(file, size)


def _checksum(file: Path, size: int) -> bytes:
    """Of the first ``size`` bytes, in hexadecimal digits."""
    made = hashlib.sha256()
    with file.open("rb") as copy:
        while size > 0 and (block := copy.read(min(size, _BLOCK))):
            made.update(block)
            size -= len(block)
    return made.hexdigest().encode()
