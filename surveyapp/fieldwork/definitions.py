"""The definition of a wave that is worked on, wherever it lies.

One that was made or changed on the console stands in the database, so that every process and server sees the same and
a back-up holds it; else it is the study's folder on the server; else only what was published is known
(docs/decisions/0052-definitions-of-the-console.md). The checks, translation and comparison read folders: what stands in
the database is laid out under its digest in the instance folder, where it is read and never written.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from surveyapp import clock
from surveyapp.config import Settings
from surveyapp.errors import NotFound, WrongState
from surveyapp.instrument.next_wave import SHARED_FILES, WAVE_FILES
from surveyapp.storage import definitions, waves
from surveyapp.storage.database import Session

Contents = Mapping[str, bytes]
LAID_OUT = "definitions"
UNUSED = 7 * 24 * 3600
"""Seconds after which a folder nobody read goes; who asks for it later gets it laid out anew."""


@dataclass(frozen=True, slots=True)
class Held:
    """A definition the database holds: which revision it is, of what it was made, who changed it last."""

    revision: int
    based_on: int | None
    digest: str
    changed_at: datetime
    changed_by: str


def held(session: Session, study: str, year: int) -> Held | None:
    """What the console holds of a wave; None where its files lie on the server, or nowhere."""
    row = definitions.head(session, study, year)
    return None if row is None else Held(row.revision, row.based_on, row.digest, row.changed_at, row.changed_by)


def working_folder(session: Session, settings: Settings, study: str, year: int) -> Path | None:
    """The folder with the definition that is worked on; None where there is no file of it."""
    there = held(session, study, year)
    if there is not None:
        return _laid_out(session, settings, study, year, there.digest)
    folder = settings.instruments / study
    is_there = (folder / "study.yaml").is_file() and (folder / str(year)).is_dir()
    return folder if is_there else None


def working_contents(session: Session, settings: Settings, study: str, year: int) -> dict[str, bytes]:
    """The files of the definition that is worked on, made of what was published where there are none.

    Raises
    ------
    NotFound     there is no such wave
    """
    there = working_folder(session, settings, study, year)
    return published_contents(session, study, year) if there is None else folder_contents(there, year)


def require_in_files(session: Session, settings: Settings, study: str, year: int) -> None:
    """Let the folder on the server overrule no definition that the console holds; where both say the same it may go on.

    Raises
    ------
    WrongState     the database holds another definition than the folder
    """
    there, folder = held(session, study, year), settings.instruments / study
    if there is None or digest_of(folder_contents(folder, year)) == there.digest:
        return
    raise WrongState(
        "The questionnaire of %(study)s %(year)s is kept in the database since it was changed on the console (last on "
        "%(day)s), and the files in %(folder)s say something else. Nothing was changed: change it on the console, or "
        "send those files in there as an archive.",
        study=study,
        year=year,
        day=f"{clock.local(there.changed_at):%d-%m-%Y}",
        folder=str(folder),
    )


def contents_in_force(session: Session, settings: Settings, study: str, year: int) -> dict[str, bytes]:
    """The files of what a wave runs on: those worked on where nothing differs, else made of what was published.

    Raises
    ------
    NotFound     there is no such wave
    """
    from surveyapp.instrument.loader import read_instrument

    row = waves.find(session, study, year)
    there = working_folder(session, settings, study, year)
    if row is not None and there is not None:
        instrument, _ = read_instrument(there, year)
        if instrument is not None and instrument.hash == row.instrument_hash:
            return folder_contents(there, year)
    return published_contents(session, study, year)


def published_contents(session: Session, study: str, year: int) -> dict[str, bytes]:
    """Files made of the version a wave runs on; comments and approvals are not in it.

    Raises
    ------
    NotFound     there is no such wave, or its version is not there
    """
    from surveyapp.instrument.documents import files_of
    from surveyapp.instrument.xlsform.yaml_text import yaml_text

    row = waves.find(session, study, year)
    documents = waves.version(session, study, row.instrument_hash) if row is not None else None
    if row is None or documents is None:
        raise NotFound("There is no definition of %(study)s %(year)s.", study=study, year=year)
    said = f"The definition of {study} {year} as it was published, version {row.instrument_hash[:12]}."
    files, _ = files_of(documents)
    wave = files.waves[year]
    parts = {
        "study.yaml": files.study,
        "variables.yaml": files.variables,
        f"{year}/questionnaire.yaml": wave.questionnaire,
        f"{year}/tables.yaml": wave.tables,
        f"{year}/mapping.yaml": wave.mapping,
    }
    return {name: yaml_text(file.document.data, said).encode() for name, file in parts.items() if file is not None}


def folder_contents(folder: Path, year: int) -> dict[str, bytes]:
    """The files of one wave in a study's folder."""
    names = (*SHARED_FILES, *(f"{year}/{name}" for name in WAVE_FILES))
    return {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}


def digest_of(contents: Contents) -> str:
    """What names these files and no others."""
    seen = hashlib.sha256()
    for name in sorted(contents):
        seen.update(f"{name}\n{len(contents[name])}\n".encode())
        seen.update(contents[name])
    return seen.hexdigest()


def hold(
    session: Session,
    study: str,
    year: int,
    contents: Contents,
    actor: str,
    *,
    expected: int,
    based_on: int | None = None,
) -> int:
    """Put files in the place of those of the revision that was looked at; the revision they are.

    Parameters
    ----------
    expected : the revision that was looked at; 0 where the console held none

    Raises
    ------
    WrongState     somebody else changed the definition meanwhile
    """
    there = held(session, study, year)
    values = {
        "digest": digest_of(contents),
        "files": packed(contents),
        "changed_at": clock.now(),
        "changed_by": actor[:254],
    }
    if (there.revision if there is not None else 0) != expected:
        raise _changed(year)
    if there is None:
        definitions.add(session, study, year, based_on=based_on, **values)
    elif not definitions.change(session, study, year, expected, **values):
        raise _changed(year)
    return expected + 1


def _changed(year: int) -> WrongState:
    return WrongState(
        "Somebody else changed the definition of %(year)s while you were at it. Nothing was written; look at what it "
        "says now and do it again.",
        year=year,
    )


def packed(contents: Contents) -> bytes:
    """The files as the database keeps them."""
    return zlib.compress(json.dumps({name: data.decode("utf-8") for name, data in sorted(contents.items())}).encode())


def unpacked(content: bytes) -> dict[str, bytes]:
    """What was packed."""
    found: dict[str, str] = json.loads(zlib.decompress(content))
    return {name: text.encode("utf-8") for name, text in found.items()}


def lay_out(settings: Settings, study: str, contents: Contents) -> Path:
    """A folder of this study with these files, to be read."""
    return _folder_of(settings, study, digest_of(contents), lambda: contents)


def _laid_out(session: Session, settings: Settings, study: str, year: int, digest: str) -> Path:
    def read() -> Contents:
        files = definitions.files(session, study, year)
        if files is None:
            raise NotFound("There is no definition of %(study)s %(year)s.", study=study, year=year)
        return unpacked(files)

    return _folder_of(settings, study, digest, read)


def _folder_of(settings: Settings, study: str, digest: str, read: Callable[[], Contents]) -> Path:
    root = settings.instance / LAID_OUT
    there = root / digest[:32]
    if there.is_dir():
        os.utime(there)  # it is in use
        return there / study
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = Path(mkdtemp(prefix=".", dir=root))
    try:
        for name, content in read().items():
            path = draft / study / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        try:
            draft.rename(there)
        except OSError:  # another process was first; a folder of this name holds the same
            if not there.is_dir():
                raise
        _sweep(root, there.stat().st_mtime)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return there / study


def _sweep(root: Path, now: float) -> None:
    """Remove what nobody read for a week, by the clock that dates these folders."""
    for entry in root.iterdir():
        if entry.stat().st_mtime < now - UNUSED:
            shutil.rmtree(entry, ignore_errors=True)
