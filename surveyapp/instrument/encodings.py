"""What the bytes of a file of the team really are, and whether its letters survived how it was saved."""

from __future__ import annotations

import re
import zipfile
import zlib

BROKEN_ZIP = (
    zipfile.BadZipFile, OSError, LookupError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error
)  # fmt: skip
"""What opening a zip that is cut off, locked with a password or packed by another method may end in."""
_SIGNATURES = (
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"\xd0\xcf\x11\xe0", "a workbook of the old kind (.xls), or one locked with a password"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a document of a word processor"),
    (b"SQLite format 3\0", "a database"),
)
_ZIPPED = (
    (b"xl/", "an Excel workbook (.xlsx)"),
    (b"opendocument.spreadsheet", "an OpenDocument workbook (.ods)"),
    (b"word/", "a document of a word processor"),
)
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|table|\?xml)", re.IGNORECASE)
_FURTHER_BYTE = "\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122\u20ac"
_SPOILT = re.compile(f"\ufffd|\xc3[{_FURTHER_BYTE}]|\xc2[\xa0-\xbf]|\xe2(?:\u20ac[{_FURTHER_BYTE}]|\u201e\xa2)")
"""A letter that was lost, and what é, ·, ’ and ™ become when UTF-8 is read as what Windows programs write."""


def kind_of_file(data: bytes) -> str | None:
    """What a file is that is no plain text in an encoding of one byte or UTF-8; None for such a text.

    UTF-16 without its mark is known by the zeros beside its letters.
    """
    begin = data.removeprefix(b"\xef\xbb\xbf")
    for signature, kind in _SIGNATURES:
        if begin.startswith(signature):
            return kind
    if begin.startswith(b"PK\x03\x04"):
        return next((kind for part, kind in _ZIPPED if part in data), "a zip archive")
    if _WEB_PAGE.match(begin):
        return "a web page or XML"
    start = begin[:200]
    if (
        len(start) > 3
        and min(start[::2].count(0), start[1::2].count(0)) * 4
        < max(start[::2].count(0), start[1::2].count(0))
        > len(start) // 4
    ):
        return "UTF-16"
    return None


def spoilt_at(text: str) -> int | None:
    """Where letters stand that were saved in the wrong encoding ("Ã©") or lost ("�"); None where all are well."""
    if text.isascii():
        return None
    found = _SPOILT.search(text)
    if found is not None:
        return found.start()
    try:
        # As bytes that a Windows program read one by one; five that mean nothing to it pass as they are.
        read = b"".join(sign.encode("latin-1" if "\x80" <= sign <= "\x9f" else "cp1252") for sign in text)
        return 0 if len(read.decode("utf-8")) < len(text) else None
    except UnicodeError:
        return None
