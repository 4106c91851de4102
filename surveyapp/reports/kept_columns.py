"""The columns of large waves on disk, so that a process that starts need not read every case.

A file holds what a process holds: codes, never a text or anything a secret could be told from. Its cases stand in the
order of their random keys and its names in that of the alphabet, and what is not in it yet stands among at least
`LEFT_OUT` cases drawn by lot, so it tells nothing of who came when. It is made by whoever has read a wave whole, by one
process at a time, and goes when somebody takes answers back (`storage.column_files`); what is damaged, of another
questionnaire or of another program is made anew.

The marks that are in it say which of its cases still stand as they did: the marks of all cases are read before it is
used, so a file can be old, or of before a restore, and never wrong.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

import surveyapp
from surveyapp.journal import structlog
from surveyapp.storage.column_files import PART, column_file

Arrays = Mapping[str, NDArray[Any]]
LEAST = 1_000
"""A wave of fewer cases is read in less than a second: it stands nowhere but in the database."""
LEFT_OUT, SHARE_LEFT_OUT = 200, 50
"""So many cases at the least, and one in so many, are left out of a file by lot."""
log = structlog.get_logger(__name__)


@cache
def program() -> str:
    """The hash of this program: other code can make other columns of the same answers."""
    digest = hashlib.sha256(np.__version__.encode())
    folder = Path(surveyapp.__path__[0])
    for file in sorted(folder.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def read(folder: Path, study: str, year: int, instrument: str) -> Arrays | None:
    """The columns of a wave; None when there are none, or none that can be used.

    Parameters
    ----------
    instrument : hash of the questionnaire the wave runs on
    """
    path = column_file(folder, study, year)
    try:
        with path.open("rb") as source, NpzFile(source, allow_pickle=False) as held:
            if held["made_of"].tolist() != [program(), instrument, study, str(year)]:
                return None
            return {name: held[name] for name in held.files}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as fault:
        log.warning("columns_unreadable", file=path.name, fault=type(fault).__name__)
        return None


def left_out(cases: int) -> int:
    """How many cases of so many are left out of a file."""
    return max(LEFT_OUT, cases // SHARE_LEFT_OUT)


def write(folder: Path, study: str, year: int, instrument: str, arrays: Iterable[tuple[str, NDArray[Any]]]) -> bool:
    """Put the columns of a wave on disk, whole or not at all; False when another process is at it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = column_file(folder, study, year)
    with _alone(path.with_suffix(".lock")) as is_alone:
        if not is_alone:
            return False
        part = path.with_suffix(PART)
        part.unlink(missing_ok=True)
        made_of = np.array([program(), instrument, study, str(year)])
        with (
            _whole(part),
            open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as sink,
            ZipFile(sink, "w") as archive,
        ):
            for name, array in chain((("made_of", made_of),), arrays):  # one at a time: together they are as much again
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
        os.utime(part, (0, 0))  # when it was made is nobody's business
        part.replace(path)
    return True


@contextmanager
def _whole(part: Path) -> Iterator[None]:
    """Leave no half of a file behind."""
    try:
        yield
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Whether no other process writes this file now; a lock goes with its process."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_alone = True
        except BlockingIOError:
            is_alone = False
        yield is_alone
    finally:
        os.close(handle)
