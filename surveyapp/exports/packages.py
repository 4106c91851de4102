"""A file of files: single cases leave in a zip, with a readme that names each part and its checksum.

Parts are written as they are made, a piece at a time, and their checksums counted on the way; the readme comes last
because it tells them. The same data give the same bytes: every part is dated at the moment the data stand at.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from surveyapp.exports.finishing import whole_file

README = "readme.txt"
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # a zip archive knows no earlier year


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a package: its name, what it holds in words, and its bytes, made when they are written."""

    name: str
    holds: str
    content: Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """A part as it stands in the package."""

    name: str
    holds: str
    size: int
    sha256: str


def write_package(
    parts: Iterable[Part], readme: Callable[[Sequence[WrittenPart]], str], path: Path, stand: datetime
) -> None:
    """Write the parts one after the other, then the readme; nothing is left at ``path`` when one of them fails."""
    moment = max(stand.astimezone(UTC), _EARLIEST).timetuple()[:6]
    with whole_file(path) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        written = [_written(archive, part, moment) for part in parts]
        text = readme(written).encode("utf-8", errors="replace")
        _written(archive, Part(README, "", lambda: [text]), moment)


def _written(archive: zipfile.ZipFile, part: Part, moment: tuple[int, int, int, int, int, int]) -> WrittenPart:
    info = zipfile.ZipInfo(part.name, date_time=moment)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w") as sink:
        for piece in part.content():
            sink.write(piece)
            digest.update(piece)
            size += len(piece)
    return WrittenPart(part.name, part.holds, size, digest.hexdigest())
