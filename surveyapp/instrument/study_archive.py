"""The files of a study as one archive: a zip that anybody can unpack, looked at before any of it is unfolded.

A zip can claim to be small and unfold to gigabytes, name files outside itself, hold links and files that are locked.
Nothing of it is written as it comes: only files a study has are taken, under the names they have here, and everything
else in it is named and left.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from surveyapp.errors import DefinitionRefused
from surveyapp.instrument.encodings import BROKEN_ZIP
from surveyapp.instrument.next_wave import SHARED_FILES, WAVE_FILES
from surveyapp.instrument.source import MAXIMUM_BYTES

ZIP = b"PK\x03\x04"
LARGEST_PACKED = 5_000_000
LARGEST_UNPACKED = 50_000_000
MOST_FILES = 100
HIGHEST_RATIO = 100
"""How much smaller honest text gets by being packed; what unfolds further was made to."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_WAVE_FILE = re.compile(r"((?:19|20)\d{2})/([a-z.]+)")


@dataclass(frozen=True, slots=True)
class ReadArchive:
    """What an archive holds: files of a study by name, and the names of what is none."""

    contents: Mapping[str, bytes]
    left: tuple[str, ...]


def archive_bytes(contents: Mapping[str, bytes], folder: str) -> bytes:
    """The files in one zip, inside a folder of this name; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(contents):
            info = zipfile.ZipInfo(f"{folder}/{name}", _EPOCH)
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, contents[name])
    return buffer.getvalue()


def require_honest(data: bytes) -> tuple[str, ...]:
    """The names of what is in a zip, refused by what it says of itself before anything is unfolded.

    Raises
    ------
    DefinitionRefused     it is no zip, too large, or holds what no honest one does
    """
    if len(data) > LARGEST_PACKED:
        raise DefinitionRefused("The file is larger than %(most)s MB.", most=LARGEST_PACKED // 1_000_000)
    if not data.startswith(ZIP):
        raise DefinitionRefused("This is neither a zip archive nor an Excel workbook (.xlsx).")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _require_honest(archive.infolist())
            return tuple(archive.namelist())
    except DefinitionRefused:
        raise
    except BROKEN_ZIP as error:
        raise _unreadable(error) from None


def read_archive(data: bytes) -> ReadArchive:
    """The files of a study that are in a zip.

    Raises
    ------
    DefinitionRefused     it is no zip, too large, or holds what no archive of a study does
    """
    require_honest(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            inside = _common_folder([entry.filename for entry in entries])
            contents: dict[str, bytes] = {}
            left: list[str] = []
            for entry in entries:
                name = entry.filename.removeprefix(inside)
                if not _is_of_a_study(name):
                    left.append(name)
                elif name in contents:
                    raise DefinitionRefused("The archive holds %(name)s twice.", name=name)
                else:
                    contents[name] = _unfolded(archive, entry, name)
    except DefinitionRefused:
        raise
    except BROKEN_ZIP as error:
        raise _unreadable(error) from None
    if "study.yaml" not in contents or "variables.yaml" not in contents:
        raise DefinitionRefused("The archive is none of a study: study.yaml and variables.yaml are not both in it.")
    return ReadArchive(contents, tuple(left))


def _unreadable(error: Exception) -> DefinitionRefused:
    return DefinitionRefused("The file cannot be read (%(kind)s); make it anew.", kind=type(error).__name__)


def _require_honest(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse by what the zip says of itself, before anything is unfolded."""
    if len(entries) > MOST_FILES:
        raise DefinitionRefused("The archive holds more than %(most)s files.", most=MOST_FILES)
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise DefinitionRefused("Unpacked the archive is larger than %(most)s MB.", most=LARGEST_UNPACKED // 1_000_000)
    for entry in entries:
        name, kind = entry.filename, stat.S_IFMT(entry.external_attr >> 16)
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/") or "\x00" in name:
            raise DefinitionRefused("The archive holds a file outside itself (%(name)s).", name=name[:80])
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise DefinitionRefused("The archive holds something that is no file (%(name)s).", name=name[:80])
        if entry.flag_bits & 0x1:
            raise DefinitionRefused("The archive is locked with a password.")
        if entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1):
            raise DefinitionRefused("%(name)s unfolds to more than a file of words can.", name=name[:80])


def _common_folder(names: list[str]) -> str:
    """The folder everything is in, with its slash; empty where there is none, or the files stand bare."""
    first = {name.partition("/")[0] for name in names if not name.startswith("__MACOSX/")}
    bare = any("/" not in name for name in names)
    return f"{first.pop()}/" if len(first) == 1 and not bare else ""


def _is_of_a_study(name: str) -> bool:
    of_wave = _WAVE_FILE.fullmatch(name)
    return name in SHARED_FILES or (of_wave is not None and of_wave[2] in WAVE_FILES)


def _unfolded(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """One file, read no further than a definition may be long, whatever the zip says of its size."""
    with archive.open(entry) as file:
        content = file.read(MAXIMUM_BYTES + 1)
    if len(content) > MAXIMUM_BYTES:
        raise DefinitionRefused("%(name)s is larger than %(most)s MB.", name=name, most=MAXIMUM_BYTES // 1_000_000)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        raise DefinitionRefused("%(name)s is not saved as UTF-8.", name=name) from None
    return content
