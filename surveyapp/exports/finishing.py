"""How a file becomes whole: the descriptions of a book's charts, and bytes that depend on nothing but the data.

openpyxl writes no description into a drawing, and stamps the hour of saving into the file. Both are put right in one
pass over the archive, which is written beside the target and moved in place only when whole.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from xml.sax.saxutils import quoteattr

from openpyxl.workbook import Workbook

from surveyapp.exports.sheet_writer import save_workbook

_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_DRAWING = re.compile(r"xl/drawings/drawing(\d+)\.xml")
_NAME = re.compile(rb"<((?:\w+:)?cNvPr)([^>]*?)\s*(/?)>")
_OWN_FORMAT = re.compile(rb'(<(?:\w+:)?numFmt formatCode="[^"]*")\s*/>')  # a label's own format, not the cell's
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # a zip archive knows no earlier year


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path beside the target to write to; moved onto the target when the block ends well, removed when it fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix, delete=False) as handle:
        draft = Path(handle.name)
    try:
        yield draft
        draft.chmod(0o640)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_json(content: object, path: Path) -> None:
    """An object for programs, in a form that people can read too."""
    with whole_file(path) as draft:
        draft.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def save_book(book: Workbook, path: Path, stand: datetime, descriptions: Sequence[Sequence[str]] = ()) -> None:
    """Save a book so that the same data give the same bytes.

    Parameters
    ----------
    stand :        the moment the data stand at; becomes the date of the document and of every part
    descriptions : per sheet that has charts, in sheet order, one description per chart
    """
    with whole_file(path) as draft:
        raw = draft.with_suffix(".raw")
        try:
            save_workbook(book, raw)
            _finish(raw, draft, max(stand.astimezone(UTC), _EARLIEST), descriptions)
        finally:
            raw.unlink(missing_ok=True)


def _finish(raw: Path, target: Path, stand: datetime, descriptions: Sequence[Sequence[str]]) -> None:
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as sink:
        for item in source.infolist():
            part = zipfile.ZipInfo(item.filename, date_time=stand.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            drawing = _DRAWING.fullmatch(item.filename)
            if item.filename == "docProps/core.xml":
                sink.writestr(part, _dated(source.read(item), stand))
            elif item.filename.startswith("xl/charts/chart"):
                sink.writestr(part, _plain_chart(source.read(item)))
            elif drawing:
                sink.writestr(part, _described(source.read(item), descriptions[int(drawing[1]) - 1]))
            else:
                with source.open(item) as content, sink.open(part, "w", force_zip64=item.file_size > 2**31) as copy:
                    while block := content.read(1 << 18):
                        copy.write(block)


def _dated(core: bytes, stand: datetime) -> bytes:
    shown = stand.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return _MODIFIED.sub(rb"\g<1>" + shown + rb"\g<3>", core)


def _plain_chart(chart: bytes) -> bytes:
    """Labels keep their own number format, and one series does not become a title by itself."""
    own = _OWN_FORMAT.sub(rb'\g<1> sourceLinked="0" />', chart)
    return own.replace(b"<plotArea>", b'<autoTitleDeleted val="1" /><plotArea>', 1)


def _described(drawing: bytes, descriptions: Sequence[str]) -> bytes:
    remaining = iter(descriptions)

    def describe(found: re.Match[bytes]) -> bytes:
        text = quoteattr(next(remaining), {"\n": " "}).encode()
        return b"<%s%s descr=%s%s>" % (found[1], found[2], text, found[3])

    return _NAME.sub(describe, drawing)
